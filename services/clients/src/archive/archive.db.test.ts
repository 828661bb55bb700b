import {
  ComplaintClosed,
  ComplaintReceived,
  ComplaintReopened,
  OrderSettled,
  ReportIssued,
} from '@client-graph/events';
import type { Actor } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { activate, openPerson } from '../../test/applications.js';
import { comeBack } from '../../test/own-events.js';
import { service } from '../service.js';
import { archiveHandlers } from './archive.handlers.js';
import { FILED } from './filing.rules.js';

const OFFICER = actorOf(freshId(), ['OPERATIONS']);
const WATCH = actorOf(freshId(), ['COMPLIANCE']);
const SECOND = actorOf(freshId(), ['COMPLIANCE']);
const AUDITOR = actorOf(freshId(), ['AUDITOR']);

let world: World;
const ask = (actor: Actor, operation: string, variables: Record<string, unknown> = {}, purpose?: string) => {
  later(1);
  return world.ask(actor, operation, variables, purpose);
};
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = new Date('2026-03-02T02:00:00Z');
});

const later = (ms: number) => {
  world.clock.now = new Date(world.clock.now.getTime() + ms);
};
const HOUR = 3_600_000;
const run = (name: string) => service.jobs!.find((job) => job.name === name)!.run(world.db);
const active = async (adviser = actorOf(freshId(), ['ADVISER'])) => {
  const client = await activate(ask, OFFICER, await openPerson(ask, adviser));
  return { ...client, adviser };
};
const send = (actor: Actor, name: string, type: string, input: object, fields = 'id status version') =>
  ask(actor, `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} } }`, { input });

type Item = {
  id: string;
  itemClass: string;
  what: string;
  retainedUntil: string | null;
  isHeld: boolean;
  sourceRef: string;
};
const itemsOf = async (clientId: string, actor: Actor = WATCH): Promise<Item[]> =>
  (
    await ask(
      actor,
      `{ archiveFile(clientId: "${clientId}") { items(first: 100) { nodes { id itemClass itemClassLabel(locale: ZH_HANT) what source sourceRef hash occurredAt retainedUntil isHeld } } } }`,
    )
  ).data.archiveFile.items.nodes;
const keepingOf = async (clientId: string) =>
  (await ask(WATCH, `{ archiveFile(clientId: "${clientId}") { keeping { keptUntil isHeld } } }`)).data
    .archiveFile.keeping;

const order = (clientId: string) => ({
  clientId,
  orderId: freshId(),
  productId: freshId(),
  productClass: 'BANK_WMP' as const,
  side: 'BUY' as const,
  amountMinor: 8_800_000,
  currency: 'CNY',
});
const complaint = (clientId: string, complaintId = freshId()) => ({
  complaintId,
  clientId,
  category: 'SERVICE',
  severity: 'LOW' as const,
  dueOn: '2026-03-17',
  onTime: null,
  rootCause: null,
});

/** A client with something of every service in the file. */
async function aFile() {
  const client = await active();
  await comeBack(world);
  await world.deliver(OrderSettled({ ...order(client.id), settledOn: '2026-03-02' }), { times: 2 });
  await world.deliver(
    ReportIssued({ clientId: client.id, assessmentId: freshId(), reportId: freshId(), level: 'MEDIUM' }),
    { times: 2 },
  );
  return client;
}

async function anAccess(actor: Actor, clientId: string, changes: object = {}) {
  const items = (await itemsOf(clientId)).map(({ id }) => id);
  const input = {
    requestId: freshId(),
    clientId,
    itemIds: items,
    purpose: 'INSPECTION',
    reason: 'The yearly sample',
    hours: 8,
    ...changes,
  };
  const answer = await send(actor, 'requestArchiveAccess', 'RequestArchiveAccessInput', input);
  return { ...answer, access: answer.data?.requestArchiveAccess, items };
}
const decideOn = (actor: Actor, accessId: string, decision = 'APPROVE', expectedVersion = 1) =>
  send(actor, 'decideArchiveAccess', 'DecideArchiveAccessInput', {
    accessId,
    expectedVersion,
    decision,
    reason: 'The sample needs it',
  });
const step = (actor: Actor, name: string, accessId: string, expectedVersion: number) =>
  send(actor, name, 'ArchiveAccessInput', { accessId, expectedVersion }, 'id status version closesAt');
const read = (actor: Actor, accessId: string, itemId: string) =>
  ask(
    actor,
    `mutation ($input: ReadArchiveItemInput!) { readArchiveItem(input: $input) {
       item { id } facts { name value } isIntact readAt client { status individual { name } } } }`,
    { input: { accessId, itemId } },
  );
async function anOpenAccess(actor: Actor, clientId: string) {
  const { access, items } = await anAccess(actor, clientId);
  await decideOn(WATCH, access.id);
  const opened = await step(actor, 'openArchiveAccess', access.id, 2);
  return { id: access.id as string, items, closesAt: opened.data.openArchiveAccess.closesAt };
}
const stored = (sql: string, ...values: unknown[]) => world.sql<Record<string, unknown>>(sql, values);

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

describe('access to a file', () => {
  test('is asked for by one, allowed by another, open for its hours, and each reading is written down', async () => {
    const { id } = await aFile();
    const access = await anOpenAccess(AUDITOR, id);
    expect(access.closesAt).toMatch(/^2026-03-02T10:00:00/);
    const [identity] = (await itemsOf(id)).filter(({ what }) => what === 'client.activated');
    const reading = await read(AUDITOR, access.id, identity!.id);
    expect(reading.codes).toEqual([]);
    expect(reading.data.readArchiveItem).toMatchObject({
      isIntact: true,
      client: { status: 'ACTIVE', individual: { name: '王小明' } },
    });
    const [row] = await stored(
      'select item_id, reader_id, role, format from archive_read where access_id = $1',
      access.id,
    );
    expect(row).toEqual({ item_id: identity!.id, reader_id: AUDITOR.id, role: 'AUDITOR', format: 'SCREEN' });
    const told = (await world.events()).filter(({ type }) => type.startsWith('archive.'));
    expect(told.map(({ type, key, data }) => [type, key, data['role'], data['requestId']])).toEqual([
      ['archive.access.granted', id, 'AUDITOR', access.id],
      ['archive.read', id, 'AUDITOR', access.id],
    ]);
    const reads = await ask(
      WATCH,
      `{ archiveFile(clientId: "${id}") { reads { nodes { itemId readerId } } } }`,
    );
    expect(reads.data.archiveFile.reads.nodes).toEqual([{ itemId: identity!.id, readerId: AUDITOR.id }]);
  });

  test('closes after eight hours: nothing is read then, and the job says so once', async () => {
    const { id } = await aFile();
    const { id: accessId, items } = await anOpenAccess(AUDITOR, id);
    later(8 * HOUR - 2);
    expect((await read(AUDITOR, accessId, items[0]!)).codes).toEqual([]);
    expect((await read(AUDITOR, accessId, items[0]!)).codes).toEqual(['WINDOW_CLOSED']);
    await run('expire-archive-access');
    await run('expire-archive-access');
    expect(await stored('select status, version from archive_access where id = $1', accessId)).toEqual([
      { status: 'EXPIRED', version: 4 },
    ]);
    expect((await read(AUDITOR, accessId, items[0]!)).codes).toEqual(['ACCESS_STATE']);
    expect((await step(AUDITOR, 'openArchiveAccess', accessId, 4)).codes).toEqual(['ACCESS_STATE']);
  });

  test('is never allowed by whoever has asked, nor by the adviser, nor changed behind the back of who allows', async () => {
    const adviser = actorOf(freshId(), ['ADVISER', 'COMPLIANCE']);
    const { id } = await active(adviser);
    await comeBack(world);
    const own = await anAccess(WATCH, id);
    expect((await decideOn(WATCH, own.access.id)).codes).toEqual(['MAKER_IS_CHECKER']);
    expect((await decideOn(adviser, own.access.id)).codes).toEqual(['OWN_CLIENT']);
    await stored('update archive_access set hours = 7 where id = $1', own.access.id);
    expect((await decideOn(SECOND, own.access.id)).codes).toEqual(['PAYLOAD_CHANGED']);
    await stored('update archive_access set hours = 8 where id = $1', own.access.id);
    expect((await decideOn(SECOND, own.access.id)).codes).toEqual([]);
    expect((await decideOn(SECOND, own.access.id, 'APPROVE', 2)).codes).toEqual(['PROPOSAL_CLOSED']);
    expect((await decideOn(OFFICER, own.access.id)).codes).toEqual(['FORBIDDEN']);
  });

  test('is used by whoever has asked, for what was named, and given back', async () => {
    const { id } = await aFile();
    const [first, second] = await itemsOf(id);
    const { access } = await anAccess(AUDITOR, id, { itemIds: [first!.id], hours: 1 });
    expect((await read(AUDITOR, access.id, first!.id)).codes).toEqual(['ACCESS_STATE']);
    await decideOn(WATCH, access.id);
    expect((await step(WATCH, 'openArchiveAccess', access.id, 2)).codes).toEqual(['NOT_THE_REQUESTER']);
    await step(AUDITOR, 'openArchiveAccess', access.id, 2);
    expect((await read(AUDITOR, access.id, second!.id)).codes).toEqual(['ITEM_NOT_NAMED']);
    expect((await read(WATCH, access.id, first!.id)).codes).toEqual(['NOT_THE_REQUESTER']);
    expect((await step(AUDITOR, 'returnArchiveAccess', access.id, 3)).data.returnArchiveAccess.status).toBe(
      'RETURNED',
    );
    expect((await read(AUDITOR, access.id, first!.id)).codes).toEqual(['ACCESS_STATE']);
  });

  test('lapses when nobody decides within seven days, or opens it within three', async () => {
    const { id } = await aFile();
    const undecided = (await anAccess(AUDITOR, id)).access.id;
    const unused = (await anAccess(AUDITOR, id)).access.id;
    await decideOn(WATCH, unused);
    later(72 * HOUR);
    expect((await step(AUDITOR, 'openArchiveAccess', unused, 2)).codes).toEqual(['WINDOW_CLOSED']);
    await run('expire-archive-access');
    later(96 * HOUR);
    expect((await decideOn(WATCH, undecided)).codes).toEqual(['PROPOSAL_EXPIRED']);
    await run('expire-approvals');
    expect(
      await stored('select distinct status from archive_access where id = any($1)', [undecided, unused]),
    ).toEqual([{ status: 'EXPIRED' }]);
  });

  test('withdrawn by whoever has asked, and rejected, it leads nowhere', async () => {
    const { id } = await aFile();
    const one = (await anAccess(AUDITOR, id)).access.id;
    expect((await step(WATCH, 'withdrawArchiveAccess', one, 1)).codes).toEqual(['NOT_THE_MAKER']);
    expect((await step(AUDITOR, 'withdrawArchiveAccess', one, 1)).data.withdrawArchiveAccess.status).toBe(
      'WITHDRAWN',
    );
    const two = (await anAccess(AUDITOR, id)).access.id;
    expect((await decideOn(WATCH, two, 'REJECT')).data.decideArchiveAccess.status).toBe('REJECTED');
    for (const accessId of [one, two])
      expect((await step(AUDITOR, 'openArchiveAccess', accessId, 2)).codes).toEqual(['ACCESS_STATE']);
  });

  test.each<[string, object, string]>([
    ['no items', { itemIds: [] }, 'ITEMS_NEEDED'],
    ['an item of nobody', { itemIds: [freshId()] }, 'ITEMS_NEEDED'],
    ['what is no id', { itemIds: ['x'] }, 'ITEMS_NEEDED'],
    ['nine hours', { hours: 9 }, 'HOURS_IMPOSSIBLE'],
    ['no hour', { hours: 0 }, 'HOURS_IMPOSSIBLE'],
    ['no reason', { reason: ' ' }, 'BAD_INPUT'],
    ['another client', { clientId: freshId() }, 'NOT_FOUND'],
  ])('with %s is refused', async (_, changes, code) => {
    const { id } = await aFile();
    expect((await anAccess(AUDITOR, id, changes)).codes).toEqual([code]);
  });

  test('ten requests with one requestId are one, and ten approvals at once allow once', async () => {
    const { id } = await aFile();
    const requestId = freshId();
    const asked = await Promise.all(Array.from({ length: 10 }, () => anAccess(AUDITOR, id, { requestId })));
    const ids = new Set(asked.map(({ access }) => access.id));
    expect(ids.size).toBe(1);
    const decisions = await Promise.all(Array.from({ length: 10 }, () => decideOn(WATCH, [...ids][0])));
    expect(decisions.filter(({ codes }) => codes.length === 0)).toHaveLength(1);
    expect((await world.events('archive.access.granted')).filter(({ key }) => key === id)).toHaveLength(1);
  });

  test('an item that was changed in the database is found out, and a reading cannot be taken back', async () => {
    const { id } = await aFile();
    const { id: accessId, items } = await anOpenAccess(AUDITOR, id);
    await stored(`update archive_item set facts = facts || '{"x": 1}' where id = $1`, items[0]);
    expect((await read(AUDITOR, accessId, items[0]!)).data.readArchiveItem.isIntact).toBe(false);
    await expect(stored('delete from archive_read where access_id = $1', accessId)).rejects.toThrow(
      'never changed',
    );
    await expect(
      stored('update archive_read set reader_id = item_id where access_id = $1', accessId),
    ).rejects.toThrow('never changed');
  });

  test('its export is a PDF that names reader and instant on every page, with the index and every hash', async () => {
    const { id } = await aFile();
    const access = await anOpenAccess(AUDITOR, id);
    const answer = await ask(
      AUDITOR,
      'mutation ($input: ExportArchiveInput!) { exportArchive(input: $input) { id content sha256 items fileName } }',
      { input: { accessId: access.id, locale: 'ZH_HANT' } },
      `ARCHIVE_ACCESS:${access.id}`,
    );
    const made = answer.data.exportArchive;
    const bytes = Buffer.from(made.content, 'base64');
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    expect(made.items).toBe(access.items.length);
    expect(bytes.toString('latin1')).toContain('/Subject');
    expect(await stored('select sha256, items from archive_export where id = $1', made.id)).toEqual([
      { sha256: made.sha256, items: access.items.length },
    ]);
    expect(
      await stored(
        `select count(*)::int as n from archive_read where access_id = $1 and format = 'EXPORT'`,
        access.id,
      ),
    ).toEqual([{ n: access.items.length }]);
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
