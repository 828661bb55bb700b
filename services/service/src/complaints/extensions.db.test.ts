import { actorOf, aService, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { service } from '../service.js';
import { ADVISER, AGENT, compliance, deskOf, START } from './complaints.fixture.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = START;
});
const at = (instant: string) => {
  world.clock.now = new Date(instant);
};
const { step, codesOf, investigated } = deskOf(() => world);

describe('the special extension', () => {
  const told = { toldVia: 'PHONE', toldAt: START.toISOString() };
  async function proposed() {
    const complex = await step('extendComplaint', await investigated(), {
      complexity: 'COMPLEX',
      reason: 'Complex.',
      ...told,
    });
    const wish = { complexity: 'SPECIAL', reason: 'Abroad.' };
    expect(await codesOf('extendComplaint', complex, { ...wish, ...told })).toEqual(['NEEDS_SECOND_PERSON']);
    const complaint = await step('proposeComplaintExtension', complex, wish);
    const [row] = await world.sql<{ id: string }>(
      `select id from complaint_extension where complaint_id = $1 and status = 'PROPOSED'`,
      [complaint.id],
    );
    return { complaint, extensionId: row?.id };
  }
  const approvalOf = async (targetId: string | undefined) =>
    (await world.sql('select status from approval where target_id = $1', [targetId]))[0]?.['status'];
  test('is granted by a second person who says how the complainant was told', async () => {
    const { complaint, extensionId } = await proposed();
    const ask = { extensionId, isGranted: true };
    expect(await codesOf('decideComplaintExtension', complaint, ask, compliance)).toEqual(['TOLD_AT']);
    expect(await codesOf('decideComplaintExtension', complaint, { ...ask, ...told })).toEqual(['FORBIDDEN']);
    expect(
      await codesOf('proposeComplaintExtension', complaint, { complexity: 'SPECIAL', reason: 'x' }),
    ).toEqual(['EXTENSION_PROPOSED']);
    const waiting = await world.ask(
      compliance,
      '{ serviceApprovals(first: 100) { nodes { action targetId canDecide } } }',
    );
    expect(waiting.data.serviceApprovals.nodes).toContainEqual({
      action: 'COMPLAINT_EXTENSION',
      targetId: extensionId,
      canDecide: true,
    });
    const granted = await step('decideComplaintExtension', complaint, { ...ask, ...told }, compliance);
    expect([granted.dueOn, granted.complexity]).toEqual(['2026-04-14', 'SPECIAL']);
    expect(await approvalOf(extensionId)).toBe('APPROVED');
  });
  test('is not granted by who proposed it, be they both', async () => {
    const both = actorOf(AGENT, ['SERVICE_AGENT', 'COMPLIANCE']);
    const { complaint, extensionId } = await proposed();
    expect(
      await codesOf('decideComplaintExtension', complaint, { extensionId, isGranted: true, ...told }, both),
    ).toEqual(['SAME_PERSON']);
  });
  test("is not decided by the client's own adviser", async () => {
    const adviser = actorOf(ADVISER, ['ADVISER', 'COMPLIANCE']);
    const { complaint, extensionId } = await proposed();
    const ask = { extensionId, isGranted: true, ...told };
    expect(await codesOf('decideComplaintExtension', complaint, ask, adviser)).toEqual(['OWN_CLIENT']);
  });
  test('is granted as it was proposed only, and is refused by time', async () => {
    const { complaint, extensionId } = await proposed();
    const ask = { extensionId, isGranted: true, ...told };
    await world.sql('update complaint_extension set complexity = $2 where id = $1', [extensionId, 'COMPLEX']);
    expect(await codesOf('decideComplaintExtension', complaint, ask, compliance)).toEqual([
      'PAYLOAD_CHANGED',
    ]);
    await world.sql('update complaint_extension set complexity = $2 where id = $1', [extensionId, 'SPECIAL']);
    world.clock.now = new Date(START.getTime() + 60 * 86_400_000);
    expect(await codesOf('decideComplaintExtension', complaint, ask, compliance)).toEqual([
      'PROPOSAL_EXPIRED',
    ]);
    await service.jobs?.find(({ name }) => name === 'expire-approvals')?.run(world.db);
    expect(await world.sql('select status from complaint_extension where id = $1', [extensionId])).toEqual([
      { status: 'REFUSED' },
    ]);
    expect(await approvalOf(extensionId)).toBe('EXPIRED');
  });
  test('decided ten times at once is granted once', async () => {
    const { complaint, extensionId } = await proposed();
    const ask = { extensionId, isGranted: true, ...told };
    const codes = await Promise.all(
      Array.from({ length: 10 }, () => codesOf('decideComplaintExtension', complaint, ask, compliance)),
    );
    expect(codes.flat()).toEqual(Array(9).fill('STALE_VERSION'));
  });
  test('refused, or granted after the due date, changes nothing', async () => {
    const { complaint, extensionId } = await proposed();
    at('2026-03-15T16:00:00.000Z');
    expect(
      await codesOf(
        'decideComplaintExtension',
        complaint,
        { extensionId, isGranted: true, ...told },
        compliance,
      ),
    ).toEqual(['PAST_DUE']);
    const refused = await step(
      'decideComplaintExtension',
      complaint,
      { extensionId, isGranted: false },
      compliance,
    );
    expect([refused.dueOn, refused.isOverdue]).toEqual(['2026-03-15', true]);
  });
});
