import {
  type Actor,
  ApprovalRow,
  expireApprovals,
  listApprovals,
  openApproval,
  settleApproval,
  transact,
} from '@client-graph/kit';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { fixture } from './fixture.js';
import { actorOf, aService, freshId, type World } from './index.js';

let world: World;
beforeAll(async () => {
  world = await aService(fixture());
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = new Date('2026-03-02T02:00:00Z');
});

const lapsed: string[] = [];
const COINS = {
  action: 'COINS',
  scope: 'grades:approve',
  days: 7,
  lapse: async (_: unknown, targetId: string) => lapsed.push(targetId),
};
const maker = actorOf(freshId(), ['OPERATIONS']);
const checker = actorOf(freshId(), ['COMPLIANCE']);

const db = (actor: Actor) => ({ ...world.db, actor });
const ask = (subject = freshId(), payload: unknown = { b: 1, a: [2] }) => ({
  subject,
  targetId: freshId(),
  payload,
  clientId: null,
});
const make = (actor: Actor, about: ReturnType<typeof ask>) =>
  transact(db(actor), (tx) => openApproval(tx, COINS, about));
const settle = (
  actor: Actor,
  decision: 'APPROVED' | 'REJECTED' | 'WITHDRAWN',
  about: { targetId: string; payload: unknown; adviserIds?: string[] },
) => transact(db(actor), (tx) => settleApproval(tx, COINS, decision, about));
const codeOf = async (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: { code: string }) => error.code,
  );

test('ten proposals at once for one subject leave one open; another subject has one of its own', async () => {
  const subject = freshId();
  const codes = await Promise.all(Array.from({ length: 10 }, () => codeOf(make(maker, ask(subject)))));
  expect(codes.filter((code) => code === null)).toHaveLength(1);
  expect(codes.filter((code) => code === 'PROPOSAL_OPEN')).toHaveLength(9);
  expect(await codeOf(make(maker, ask()))).toBeNull();
});

test('ten approvals at once decide once', async () => {
  const about = ask();
  await make(maker, about);
  const codes = await Promise.all(
    Array.from({ length: 10 }, () => codeOf(settle(checker, 'APPROVED', about))),
  );
  expect(codes.filter((code) => code === null)).toHaveLength(1);
  expect(codes.filter((code) => code === 'PROPOSAL_CLOSED')).toHaveLength(9);
  const [row] = await world.sql('select status, checker_id from approval where target_id = $1', [
    about.targetId,
  ]);
  expect(row).toEqual({ status: 'APPROVED', checker_id: checker.id });
});

test('the order of fields does not matter, a changed value does; a refusal leaves the proposal open', async () => {
  const about = ask();
  await make(maker, about);
  expect(await codeOf(settle(checker, 'APPROVED', { ...about, payload: { a: [2], b: 2 } }))).toBe(
    'PAYLOAD_CHANGED',
  );
  expect(await codeOf(settle(maker, 'APPROVED', about))).toBe('MAKER_IS_CHECKER');
  expect(await codeOf(settle(checker, 'APPROVED', { ...about, adviserIds: [checker.id ?? ''] }))).toBe(
    'OWN_CLIENT',
  );
  expect(await codeOf(settle(checker, 'APPROVED', { ...about, payload: { a: [2], b: 1 } }))).toBeNull();
});

test("a decision without a proposal, and a proposal in nobody's name, are refused", async () => {
  expect(await codeOf(settle(checker, 'APPROVED', ask()))).toBe('NOT_FOUND');
  expect(await codeOf(transact(world.db, (tx) => openApproval(tx, COINS, ask())))).toBe('UNAUTHENTICATED');
});

test('after its time a proposal is not approved, gives way to a new one, and its noun is closed', async () => {
  const first = ask();
  await make(maker, first);
  world.clock.now = new Date('2026-03-09T02:00:00Z');
  expect(await codeOf(settle(checker, 'APPROVED', first))).toBe('PROPOSAL_EXPIRED');
  const second = ask(first.subject);
  await make(maker, second);
  expect(lapsed).toContain(first.targetId);
  expect(await codeOf(settle(checker, 'APPROVED', first))).toBe('PROPOSAL_CLOSED');
  expect(await codeOf(settle(checker, 'APPROVED', second))).toBeNull();
});

test('the job closes what nobody has decided in time, once', async () => {
  const about = ask();
  await make(maker, about);
  world.clock.now = new Date('2026-03-09T02:00:00Z');
  const job = expireApprovals([COINS]);
  await job.run(world.db);
  await job.run(world.db);
  expect(lapsed.filter((id) => id === about.targetId)).toHaveLength(1);
  const row = await world.db.source.getRepository(ApprovalRow).findOneByOrFail({ targetId: about.targetId });
  expect(row.status).toBe('EXPIRED');
});

test('a checker is shown what waits for them, the maker their own, others nothing; a statement a page', async () => {
  const about = ask();
  await make(maker, about);
  const seen = async (actor: Actor) =>
    (await listApprovals(db(actor), [COINS], { first: 100 })).nodes.some(
      ({ targetId }) => targetId === about.targetId,
    );
  expect(await seen(checker)).toBe(true);
  expect(await seen(maker)).toBe(true);
  expect(await seen(actorOf(freshId(), ['ADVISER']))).toBe(false);
  expect(await world.statements(() => listApprovals(db(checker), [COINS], {}))).toBe(1);
  await settle(checker, 'REJECTED', about);
  expect(await seen(checker)).toBe(false);
});

test('the database itself refuses a checker who is the maker', async () => {
  const about = ask();
  await make(maker, about);
  await expect(
    world.sql(`update approval set status = 'APPROVED', checker_id = maker_id where target_id = $1`, [
      about.targetId,
    ]),
  ).rejects.toThrow('approval_maker_is_not_checker');
});
