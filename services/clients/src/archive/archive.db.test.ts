import { ComplaintClosed, ComplaintReceived, ComplaintReopened, OrderSettled } from '@client-graph/events';
import type { Actor } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  AUDITOR,
  active,
  aFile,
  ask,
  complaint,
  HOUR,
  itemsOf,
  keepingOf,
  later,
  OFFICER,
  openDesk,
  order,
  run,
  SECOND,
  send,
  stored,
  WATCH,
} from '../../test/archive-desk.js';
import { comeBack } from '../../test/own-events.js';
import { service } from '../service.js';
import { archiveHandlers } from './archive.handlers.js';
import { FILED } from './filing.rules.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
  openDesk(world);
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = new Date('2026-03-02T02:00:00Z');
});

test('every event that is filed has a class, and every class an event', () => {
  expect(archiveHandlers.map(({ type }) => type).sort()).toEqual(Object.keys(FILED).sort());
});

describe('a file', () => {
  test('is composed of what every service tells, each thing once', async () => {
    const { id } = await aFile();
    const items = await itemsOf(id);
    expect(items.map(({ what }) => what).sort()).toEqual([
      'assessment.report.issued',
      'client.activated',
      'client.onboarded',
      'order.settled',
    ]);
    expect(items.find(({ what }) => what === 'order.settled')).toMatchObject({
      itemClass: 'TRADE',
      source: 'products',
      itemClassLabel: '交易記錄',
      retainedUntil: '2046-03-02',
    });
    expect(items.find(({ what }) => what === 'client.onboarded')).toMatchObject({ retainedUntil: null });
  });

  test('is seen by those who may and reach the client, and by nobody else', async () => {
    const { id, adviser } = await aFile();
    const query = `{ archiveFile(clientId: "${id}") { counts { itemClass count } } }`;
    for (const actor of [WATCH, AUDITOR, OFFICER, adviser])
      expect((await ask(actor, query)).codes).toEqual([]);
    expect((await ask(actorOf(freshId(), ['ADVISER']), query)).codes).toEqual(['NOT_FOUND']);
    for (const role of ['MARKETING', 'ANALYST', 'SERVICE_AGENT'] as const)
      expect((await ask(actorOf(freshId(), [role]), query)).codes).toEqual(['FORBIDDEN']);
    expect((await ask(actorOf(id, ['CLIENT'], id), query)).codes).toEqual(['FORBIDDEN']);
  });

  test('whose index is looked at has been opened, and that is written down', async () => {
    const { id } = await aFile();
    const looker = actorOf(freshId(), ['AUDITOR']);
    await ask(looker, `{ archiveFile(clientId: "${id.toUpperCase()}") { keeping { isHeld } } }`);
    await ask(looker, `{ archiveFile(clientId: "${freshId()}") { keeping { isHeld } } }`);
    expect(
      await stored('select subject_type, subjects from access_log where actor_id = $1', looker.id),
    ).toContainEqual({ subject_type: 'CLIENT', subjects: [id] });
    expect(
      await stored(
        'select 1 from access_log where actor_id = $1 and subjects <> array[$2::uuid]',
        looker.id,
        id,
      ),
    ).toEqual([]);
  });

  test('a complaint is kept from its end on, and not while it is reopened', async () => {
    const { id } = await active();
    const told = complaint(id);
    const until = async () =>
      (await itemsOf(id))
        .filter(({ itemClass }) => itemClass === 'COMPLAINT')
        .map((item) => item.retainedUntil);
    await world.deliver(ComplaintReceived(told), { times: 2 });
    expect(await until()).toEqual([null]);
    await world.deliver(ComplaintClosed(told), { at: new Date('2026-03-20T02:00:00Z') });
    expect(await until()).toEqual(['2036-03-20', '2036-03-20']);
    await world.deliver(ComplaintReopened(told));
    expect(await until()).toEqual([null, null, null]);
    await world.deliver(ComplaintClosed(told), { at: new Date('2026-05-31T02:00:00Z') });
    expect(await until()).toEqual(Array(4).fill('2036-05-31'));
  });

  test('is kept for the longest of all retentions once the relationship has ended', async () => {
    const { id, version } = await aFile();
    expect(await keepingOf(id)).toEqual({ keptUntil: null, isHeld: false });
    await send(OFFICER, 'beginClosing', 'BeginClosingInput', {
      clientId: id,
      expectedVersion: version,
      reason: 'CLIENT_WISH',
    });
    later(86_400_000);
    await send(OFFICER, 'closeClient', 'CloseClientInput', { clientId: id, expectedVersion: version + 1 });
    expect(await keepingOf(id)).toEqual({ keptUntil: null, isHeld: false });
    await comeBack(world);
    expect(await keepingOf(id)).toEqual({ keptUntil: '2046-03-03', isHeld: false });
    expect((await itemsOf(id)).find(({ what }) => what === 'client.onboarded')?.retainedUntil).toBe(
      '2046-03-03',
    );
  });

  test('the index of a thousand items costs as many statements as that of one', async () => {
    const { id } = await aFile();
    const cost = () => world.statements(() => itemsOf(id));
    const before = await cost();
    for (let n = 0; n < 60; n += 1)
      await world.deliver(OrderSettled({ ...order(id), settledOn: '2026-03-02' }));
    expect(await cost()).toBe(before);
  });
});

describe('a legal hold', () => {
  const place = (actor: Actor, clientId: string, changes: object = {}) =>
    send(actor, 'placeLegalHold', 'PlaceLegalHoldInput', {
      requestId: freshId(),
      clientId,
      caseReference: 'Case 12 of 2026',
      reason: 'A claim is announced',
      ...changes,
    });
  const decision = (actor: Actor, holdId: string, expectedVersion: number, said = 'APPROVE') =>
    send(actor, 'decideLegalHold', 'DecideLegalHoldInput', {
      holdId,
      expectedVersion,
      decision: said,
      reason: 'agreed',
    });
  const lift = (actor: Actor, holdId: string, expectedVersion: number) =>
    send(actor, 'liftLegalHold', 'LiftLegalHoldInput', {
      holdId,
      expectedVersion,
      reason: 'The claim is settled',
    });

  test('holds from its proposal until two people have lifted it', async () => {
    const { id } = await aFile();
    const hold = (await place(WATCH, id)).data.placeLegalHold;
    expect((await keepingOf(id)).isHeld).toBe(true);
    expect((await decision(WATCH, hold.id, 1)).codes).toEqual(['MAKER_IS_CHECKER']);
    expect((await decision(SECOND, hold.id, 1)).data.decideLegalHold.status).toBe('IN_FORCE');
    expect((await decision(SECOND, hold.id, 2)).codes).toEqual(['HOLD_STATE']);
    expect((await lift(SECOND, hold.id, 2)).data.liftLegalHold.status).toBe('IN_FORCE');
    expect((await lift(WATCH, hold.id, 3)).codes).toEqual(['PROPOSAL_OPEN']);
    expect((await decision(SECOND, hold.id, 3)).codes).toEqual(['MAKER_IS_CHECKER']);
    expect((await decision(WATCH, hold.id, 3, 'REJECT')).data.decideLegalHold.status).toBe('IN_FORCE');
    expect((await keepingOf(id)).isHeld).toBe(true);
    await lift(SECOND, hold.id, 4);
    expect((await decision(WATCH, hold.id, 5)).data.decideLegalHold.status).toBe('LIFTED');
    expect((await keepingOf(id)).isHeld).toBe(false);
  });

  test('that is rejected, or that nobody decides on within fourteen days, holds no more', async () => {
    const { id } = await aFile();
    const hold = (await place(WATCH, id)).data.placeLegalHold;
    await decision(SECOND, hold.id, 1, 'REJECT');
    expect((await keepingOf(id)).isHeld).toBe(false);
    await place(WATCH, id);
    expect((await keepingOf(id)).isHeld).toBe(true);
    later(14 * 24 * HOUR);
    await run('expire-approvals');
    expect((await keepingOf(id)).isHeld).toBe(false);
  });

  test('on named items holds these, and is put on no item of another file', async () => {
    const { id } = await aFile();
    const other = await itemsOf((await aFile()).id);
    const [item] = await itemsOf(id);
    expect((await place(WATCH, id, { itemIds: [other[0]!.id] })).codes).toEqual(['ITEMS_NEEDED']);
    await place(WATCH, id, { itemIds: [item!.id] });
    expect((await itemsOf(id)).filter(({ isHeld }) => isHeld).map((held) => held.id)).toEqual([item!.id]);
    expect((await place(OFFICER, id)).codes).toEqual(['FORBIDDEN']);
  });
});

describe('tables of retention', () => {
  const ADMIN = actorOf(freshId(), ['ADMIN']);
  const rows = async () =>
    (await ask(WATCH, '{ retentionRules { version rows { itemClass starts years law } } }')).data
      .retentionRules;
  const propose = async (changes: object = {}, years = 25) => {
    const present = (await rows()).rows as { itemClass: string; years: number }[];
    return send(
      ADMIN,
      'proposeRetentionRules',
      'ProposeRetentionRulesInput',
      {
        requestId: freshId(),
        version: `v-${freshId()}`,
        effectiveFrom: '2026-07-01',
        source: 'A new law',
        reason: 'It asks for more',
        rows: present.map((row) => (row.itemClass === 'TRADE' && row.years === 20 ? { ...row, years } : row)),
        ...changes,
      },
      'id status',
    );
  };
  const decide = (actor: Actor, ruleSetId: string, said = 'APPROVE') =>
    send(
      actor,
      'decideRetentionRules',
      'DecideRetentionRulesInput',
      { ruleSetId, decision: said, reason: 'read' },
      'id status',
    );

  test('are proposed by one, approved by another, and count every file anew on their day, once', async () => {
    const { id } = await aFile();
    const { id: setId } = (await propose()).data.proposeRetentionRules;
    expect((await propose()).codes).toEqual(['PROPOSAL_OPEN']);
    expect((await decide(ADMIN, setId)).codes).toEqual(['FORBIDDEN']);
    expect((await decide(WATCH, setId)).data.decideRetentionRules.status).toBe('APPROVED');
    const trade = async () =>
      (await itemsOf(id)).find(({ itemClass }) => itemClass === 'TRADE')?.retainedUntil;
    await run('apply-retention-rules');
    expect(await trade()).toBe('2046-03-02');
    world.clock.now = new Date('2026-06-30T16:30:00Z');
    await run('apply-retention-rules');
    await run('apply-retention-rules');
    expect(await trade()).toBe('2051-03-02');
    world.clock.now = new Date('2026-06-30T15:59:00Z');
    expect((await rows()).version).toBe('2026.1');
  });

  test.each<[string, object, string]>([
    ['that take effect today', { effectiveFrom: '2026-03-02' }, 'EFFECTIVE_DATE_PAST'],
    ['with a row missing', { rows: [] }, 'RETENTION_WRONG'],
    ['of a version there is', { version: '2026.1' }, 'VERSION_TAKEN'],
    ['without a reason', { reason: '', effectiveFrom: '2032-01-01' }, 'BAD_INPUT'],
  ])('%s are refused', async (_, changes, code) => {
    expect((await propose(changes)).codes).toEqual([code]);
  });

  test('a day belongs to one set; a proposal is withdrawn by its maker only', async () => {
    const { id: first } = (await propose({ effectiveFrom: '2030-01-01' })).data.proposeRetentionRules;
    await decide(WATCH, first);
    expect((await propose({ effectiveFrom: '2030-01-01' })).codes).toEqual(['EFFECTIVE_DATE_TAKEN']);
    const { id: second } = (await propose({ effectiveFrom: '2031-01-01' })).data.proposeRetentionRules;
    const withdraw = (actor: Actor) =>
      send(actor, 'withdrawRetentionRules', 'RetentionRuleSetInput', { ruleSetId: second }, 'status');
    expect((await withdraw(actorOf(freshId(), ['ADMIN']))).codes).toEqual(['NOT_THE_MAKER']);
    expect((await withdraw(ADMIN)).data.withdrawRetentionRules.status).toBe('WITHDRAWN');
    expect((await decide(WATCH, second)).codes).toEqual(['PROPOSAL_CLOSED']);
  });
});
