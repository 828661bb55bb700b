import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { STATES } from '../assessments/assessments.rules.js';
import { LEVELS, rankOf } from '../levels.rules.js';
import { interviewReasonLabel } from './interview-reasons.rules.js';
import {
  askReview,
  checkAppointment,
  concludeReview,
  moveReview,
  REVIEW_STATES,
  REVIEW_TRANSITIONS,
} from './reviews.rules.js';

const ID = '01920000-0000-7000-8000-000000000001';
const refusal = (code: string) => expect.objectContaining({ code });

describe('the life of a review', () => {
  const actions = Object.keys(REVIEW_TRANSITIONS) as (keyof typeof REVIEW_TRANSITIONS)[];
  test.each(REVIEW_STATES.flatMap((state) => actions.map((action) => [state, action] as const)))(
    '%s, %s',
    (state, action) => {
      if (state === 'OPEN')
        expect(moveReview(state, action)).toBe(action === 'decide' ? 'DECIDED' : 'LAPSED');
      else expect(() => moveReview(state, action)).toThrow(refusal('REVIEW_ENDED'));
    },
  );
});

test.each(STATES)('a review of an assessment that is %s', (state) => {
  const ask = () =>
    askReview({ id: ID, clientId: ID, state, interviewReasons: ['LEVEL_HIGH'] }, ID, 'COMPLIANCE');
  if (state === 'EFFECTIVE') expect(ask().changes).toBeNull();
  else if (state === 'REPORT_ISSUED')
    expect(ask().changes).toMatchObject({
      state: 'INTERVIEW_REQUIRED',
      interviewReasons: ['LEVEL_HIGH', 'COMPLIANCE_ASKS'],
      finalLevel: null,
    });
  else expect(ask).toThrow(refusal('WRONG_STATE'));
});

test('a review never raises a level, whatever it comes to', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...LEVELS),
      fc.boolean(),
      fc.constantFrom('CONFIRM', 'LOWER', 'REDO'),
      fc.option(fc.constantFrom(...LEVELS)),
      (level, marks, outcome, newLevel) => {
        const isLower = outcome === 'LOWER';
        if (isLower && (newLevel === null || rankOf(newLevel) >= rankOf(level))) {
          expect(() => concludeReview(level, marks, { outcome, newLevel })).toThrow(
            refusal('LEVEL_NOT_LOWER'),
          );
          return;
        }
        const lowered = concludeReview(level, marks, { outcome, newLevel });
        expect(lowered === null).toBe(!isLower);
        if (lowered !== null) {
          expect(rankOf(lowered.finalLevel)).toBeLessThan(rankOf(level));
          expect(lowered.lowestCategory).toBe(lowered.finalLevel === 'LOW' && marks);
        }
      },
    ),
  );
});

describe('an appointment', () => {
  const now = new Date('2026-03-02T02:00:00Z');
  const after = (ms: number) => new Date(now.getTime() + ms);
  const DAY = 86_400_000;
  test.each([
    [1, true],
    [0, false],
    [-1, false],
    [10 * DAY, true],
    [10 * DAY + 1, false],
  ])('%i ms from now within ten days: %s', (ms, isAllowed) => {
    const check = () => checkAppointment(after(ms), now, 10);
    if (isAllowed) expect(check).not.toThrow();
    else expect(check).toThrow(refusal('INTERVIEW_TIME'));
  });
});

test.each(['LEVEL_HIGH', 'IMPORTANT_CLIENT', 'LEVEL_RISE', 'CLIENT_ASKS', 'COMPLIANCE_ASKS', 'GATE_G7'])(
  '%s is explained in three languages',
  (code) => {
    const { en, zh, zhHant } = interviewReasonLabel(code);
    expect(en).toMatch(/^[A-Z].*\.$/);
    for (const chinese of [zh, zhHant]) expect(chinese).toMatch(/[\u4e00-\u9fff].*。$/);
  },
);
