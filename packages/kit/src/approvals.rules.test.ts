import { describe, expect, test } from '@jest/globals';
import { type ApprovalDecision, type ApprovalStatus, decideProposal } from './approvals.rules.js';
import { isRefusal } from './refusals.js';

const MAKER = 'maker';
const CHECKER = 'checker';
const ADVISER = 'adviser';
const expiresAt = new Date('2026-03-10T00:00:00Z');
const before = new Date('2026-03-09T23:59:59.999Z');

const outcome = (
  status: ApprovalStatus,
  decision: ApprovalDecision,
  staffId: string,
  { now = before, payloadHash = 'as proposed' } = {},
) => {
  try {
    const proposal = { status, makerId: MAKER, payloadHash: 'as proposed', expiresAt };
    return decideProposal(proposal, decision, { staffId, adviserIds: [ADVISER] }, { now, payloadHash });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return error.code;
  }
};

describe('a proposal that waits', () => {
  test.each<[ApprovalDecision, string, string]>([
    ['APPROVED', CHECKER, 'APPROVED'],
    ['APPROVED', MAKER, 'MAKER_IS_CHECKER'],
    ['APPROVED', ADVISER, 'OWN_CLIENT'],
    ['REJECTED', CHECKER, 'REJECTED'],
    ['REJECTED', MAKER, 'MAKER_IS_CHECKER'],
    ['REJECTED', ADVISER, 'OWN_CLIENT'],
    ['WITHDRAWN', MAKER, 'WITHDRAWN'],
    ['WITHDRAWN', CHECKER, 'NOT_THE_MAKER'],
    ['WITHDRAWN', ADVISER, 'NOT_THE_MAKER'],
  ])('%s by the %s: %s', (decision, by, expected) => {
    expect(outcome('PENDING', decision, by)).toBe(expected);
  });

  test('is approved as it was proposed, and rejected or withdrawn whatever became of it', () => {
    const changed = { payloadHash: 'changed since' };
    expect(outcome('PENDING', 'APPROVED', CHECKER, changed)).toBe('PAYLOAD_CHANGED');
    expect(outcome('PENDING', 'REJECTED', CHECKER, changed)).toBe('REJECTED');
    expect(outcome('PENDING', 'WITHDRAWN', MAKER, changed)).toBe('WITHDRAWN');
  });

  test.each<[ApprovalDecision, string]>([
    ['APPROVED', CHECKER],
    ['REJECTED', CHECKER],
    ['WITHDRAWN', MAKER],
  ])('is no longer %s at the instant it expires', (decision, by) => {
    expect(outcome('PENDING', decision, by, { now: expiresAt })).toBe('PROPOSAL_EXPIRED');
  });
});

const ENDS: ApprovalStatus[] = ['APPROVED', 'REJECTED', 'WITHDRAWN', 'EXPIRED'];
test.each(
  ENDS.flatMap((status) =>
    (['APPROVED', 'REJECTED', 'WITHDRAWN'] as const).flatMap((decision) =>
      [MAKER, CHECKER].map((by) => [status, decision, by] as const),
    ),
  ),
)('one that is %s is not %s by the %s', (status, decision, by) => {
  expect(outcome(status, decision, by)).toBe('PROPOSAL_CLOSED');
});
