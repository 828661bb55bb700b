import {
  ComplaintClosed,
  ComplaintReceived,
  HoldingChanged,
  InteractionLogged,
  OrderCancelled,
  OrderSubmitted,
} from '@client-graph/events';
import { type Actor, ROLES, type Role } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { activate, openOrganisation, openPerson } from '../../test/applications.js';
import { StatusChangeRow } from '../clients.entities.js';
import { service } from '../service.js';

const OFFICER = actorOf(freshId(), ['OPERATIONS']);
const WATCH = actorOf(freshId(), ['COMPLIANCE']);
const INPUTS = {
  reactivateClient: 'ReactivateClientInput',
  restrictClient: 'RestrictClientInput',
  unrestrictClient: 'UnrestrictClientInput',
  beginClosing: 'BeginClosingInput',
  closeClient: 'CloseClientInput',
  reportDeath: 'ReportDeathInput',
  eraseClient: 'EraseClientInput',
  reassignClient: 'ReassignClientInput',
} as const;
type Command = keyof typeof INPUTS;

let world: World;
const ask = (actor: Actor, operation: string, variables: Record<string, unknown>) =>
  world.ask(actor, operation, variables);
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = new Date('2026-03-02T02:00:00Z');
});

const send = (
  command: Command,
  actor: Actor,
  clientId: string,
  expectedVersion: number,
  more: object = {},
) => {
  world.clock.now = new Date(world.clock.now.getTime() + 1_000);
  return world.ask(
    actor,
    `mutation ($input: ${INPUTS[command]}!) { ${command}(input: $input) { id status version restrictedUntil adviserId } }`,
    {
      input: { clientId, expectedVersion, ...more },
    },
  );
};
const active = async (adviser = actorOf(freshId(), ['ADVISER'])) =>
  activate(ask, OFFICER, await openPerson(ask, adviser));
const run = (name: string) => service.jobs!.find((job) => job.name === name)!.run(world.db);
const told = async (id: string) =>
  (await world.events())
    .filter(({ key }) => key === id)
    .slice(2)
    .map(({ type, data }) => [type, data['to'] ?? data['adviserId'], data['reason'] ?? null]);
const statusOf = async (id: string, actor: Actor = WATCH) =>
  (await world.ask(actor, `{ client(id: "${id}") { status } }`)).data?.client?.status ?? null;
const order = (clientId: string, orderId: string) => ({
  clientId,
  orderId,
  productId: freshId(),
  productClass: 'BANK_WMP' as const,
  side: 'BUY' as const,
  amountMinor: 100,
  currency: 'CNY',
});
const holding = (clientId: string, productId: string, units: string) =>
  HoldingChanged({ clientId, productId, rating: 'R2', units, valueBand: 'B1' });
const complaint = (clientId: string | null) => ({
  complaintId: freshId(),
  clientId,
  category: 'SERVICE',
  severity: 'LOW' as const,
  dueOn: '2026-03-17',
  onTime: null,
  rootCause: null,
});

describe('falling dormant', () => {
  test('a client without trade, contact and assets for twelve months is dormant; a trade wakes it', async () => {
    const { id } = await active();
    world.clock.now = new Date('2026-06-01T02:00:00Z');
    await world.deliver(
      InteractionLogged({ clientId: id, interactionId: freshId(), channel: 'PHONE', subjectCode: 'X' }),
      { times: 2 },
    );
    world.clock.now = new Date('2027-06-01T15:59:00Z');
    await run('fall-dormant');
    expect(await statusOf(id)).toBe('ACTIVE');
    world.clock.now = new Date('2027-06-01T16:20:00Z');
    await run('fall-dormant');
    await run('fall-dormant');
    expect(await statusOf(id)).toBe('DORMANT');
    await world.deliver(OrderSubmitted(order(id, freshId())), { times: 2 });
    expect(await statusOf(id)).toBe('ACTIVE');
    expect(await told(id)).toEqual([
      ['client.dormant', 'DORMANT', 'SILENCE'],
      ['client.reactivated', 'ACTIVE', 'TRADE'],
    ]);
  });

  test('a silent client with a holding stays active until it is gone', async () => {
    const { id } = await active();
    const productId = freshId();
    await world.deliver(holding(id, productId, '10'));
    world.clock.now = new Date('2027-03-03T02:00:00Z');
    await run('fall-dormant');
    expect(await statusOf(id)).toBe('ACTIVE');
    await world.deliver(holding(id, productId, '0'));
    world.clock.now = new Date('2027-03-10T02:00:00Z');
    await run('fall-dormant');
    expect(await statusOf(id)).toBe('DORMANT');
    const { version } = (await world.ask(OFFICER, `{ client(id: "${id}") { version } }`)).data.client;
    expect((await send('reactivateClient', OFFICER, id, version)).data.reactivateClient.status).toBe(
      'ACTIVE',
    );
  });
});

describe('restricting', () => {
  test('a restricted client is seen by compliance and audit only, is left alone, and others are told to stop', async () => {
    const adviser = actorOf(freshId(), ['ADVISER']);
    const { id, version } = await active(adviser);
    const { data } = await send('restrictClient', WATCH, id, version, {
      reason: 'INVESTIGATION',
      until: '2026-12-31',
    });
    expect(data.restrictClient).toMatchObject({ status: 'RESTRICTED', restrictedUntil: '2026-12-31' });
    for (const actor of [adviser, OFFICER, actorOf(id, ['CLIENT'], id)])
      expect(await statusOf(id, actor)).toBeNull();
    expect((await world.ask(actorOf(id, ['CLIENT'], id), '{ me { id } }')).data.me).toBeNull();
    for (const actor of [WATCH, actorOf(freshId(), ['AUDITOR'])])
      expect(await statusOf(id, actor)).toBe('RESTRICTED');
    const list = '{ clients(first: 100) { nodes { id } } }';
    const listed = async (actor: Actor) =>
      (await world.ask(actor, list)).data.clients.nodes.some((node: { id: string }) => node.id === id);
    expect(await listed(adviser)).toBe(false);
    expect(await listed(OFFICER)).toBe(false);
    expect(await listed(WATCH)).toBe(true);
    expect(
      (await world.ask(OFFICER, '{ clients(status: RESTRICTED) { nodes { id } } }')).data.clients.nodes,
    ).toEqual([]);

    world.clock.now = new Date('2026-12-31T15:59:00Z');
    for (const job of service.jobs!) await job.run(world.db);
    expect(await told(id)).toEqual([['client.restricted', 'RESTRICTED', 'INVESTIGATION']]);
    const lifted = await send('unrestrictClient', WATCH, id, version + 1, { reason: 'GROUND_GONE' });
    expect(lifted.data.unrestrictClient).toMatchObject({ status: 'ACTIVE', restrictedUntil: null });
    expect((await told(id)).slice(1).map(([type]) => type)).toEqual([
      'client.unrestricted',
      'client.updated',
    ]);
  });

  test('a restriction ends by itself after its last day, and what time has changed is caught up with', async () => {
    const { id, version } = await active();
    const { data } = await send('restrictClient', WATCH, id, version, {
      reason: 'INVESTIGATION',
      until: '2039-12-31',
    });
    expect(data.restrictClient).toMatchObject({ status: 'RESTRICTED' });
    world.clock.now = new Date('2040-01-01T00:00:00Z');
    for (const job of service.jobs!) await job.run(world.db);
    await run('end-restrictions');
    expect(await told(id)).toEqual([
      ['client.restricted', 'RESTRICTED', 'INVESTIGATION'],
      ['client.unrestricted', 'ACTIVE', 'ENDED'],
      ['client.updated', expect.any(String), null],
    ]);
    expect((await world.events('client.updated')).at(-1)?.data).toMatchObject({
      ageBand: 'FROM_31',
      changedFieldCodes: ['ageBand'],
    });
  });

  test('of ten at once one counts, and a past end is refused', async () => {
    const { id, version } = await active();
    expect(
      (await send('restrictClient', WATCH, id, version, { reason: 'CLIENT_REQUEST', until: '2026-03-02' }))
        .codes,
    ).toEqual(['UNTIL_PAST']);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        send('restrictClient', WATCH, id, version, { reason: 'CLIENT_REQUEST' }),
      ),
    );
    expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('STALE_VERSION'));
  });
});

describe('ending a relationship', () => {
  test('a client is closed once nothing binds it', async () => {
    const { id, version } = await active();
    const orderId = freshId();
    const productId = freshId();
    const filed = complaint(id);
    await world.deliver(OrderSubmitted(order(id, orderId)));
    await world.deliver(holding(id, productId, '1.5'));
    await world.deliver(ComplaintReceived(filed), { times: 2 });
    await world.deliver(ComplaintReceived(complaint(null)));
    expect((await send('closeClient', OFFICER, id, version)).codes).toEqual(['WRONG_STATUS']);
    await send('beginClosing', OFFICER, id, version, { reason: 'CLIENT_WISH' });
    const bound = await send('closeClient', OFFICER, id, version + 1);
    expect(bound.errors[0]?.extensions).toEqual({
      code: 'STILL_BOUND',
      details: { ORDER: 1, HOLDING: 1, COMPLAINT: 1 },
    });
    await world.deliver(OrderCancelled(order(id, orderId)));
    await world.deliver(holding(id, productId, '0'));
    await world.deliver(ComplaintClosed({ ...filed, onTime: true, rootCause: 'X' }));
    expect((await send('closeClient', OFFICER, id, version + 1)).data.closeClient.status).toBe('CLOSED');
    expect(await told(id)).toEqual([
      ['client.closing', 'CLOSING', 'CLIENT_WISH'],
      ['client.closed', 'CLOSED', 'SETTLED'],
    ]);
  });

  test('a death is noted with evidence, and the estate is settled', async () => {
    const { id, version } = await active();
    expect((await send('reportDeath', OFFICER, id, version, { evidenceReference: ' ' })).codes).toEqual([
      'BAD_INPUT',
    ]);
    expect(
      (await send('reportDeath', OFFICER, id, version, { evidenceReference: 'certificate 1' })).data
        .reportDeath.status,
    ).toBe('DECEASED');
    expect(
      (await send('beginClosing', OFFICER, id, version + 1, { reason: 'ESTATE' })).data.beginClosing.status,
    ).toBe('CLOSING');
  });
});

describe('another adviser', () => {
  test('takes over at once, the others are told, and the former one sees nothing any more', async () => {
    const [before, after] = [actorOf(freshId(), ['ADVISER']), actorOf(freshId(), ['ADVISER'])];
    const { id, version } = await active(before);
    const opened = world.clock.now.toISOString();
    const { codes } = await send('reassignClient', OFFICER, id, version, {
      adviserId: after.id,
      reason: 'LEAVE',
    });
    expect(codes).toEqual([]);
    expect([await statusOf(id, before), await statusOf(id, after)]).toEqual([null, 'ACTIVE']);
    expect(await told(id)).toEqual([['client.updated', after.id, null]]);
    const asOf = (at: string) => `{ client(id: "${id}") { asOf(at: "${at}") { adviserId } } }`;
    expect((await world.ask(OFFICER, asOf(opened))).data.client.asOf.adviserId).toBe(before.id);
    expect((await world.ask(OFFICER, asOf('2030-01-01T00:00:00Z'))).data.client.asOf.adviserId).toBe(
      after.id,
    );
    expect(
      (await send('reassignClient', OFFICER, id, version + 1, { adviserId: after.id, reason: 'X' })).codes,
    ).toEqual(['SAME_ADVISER']);
    expect(
      (await send('reassignClient', OFFICER, id, version + 1, { adviserId: 'me', reason: 'X' })).codes,
    ).toEqual(['BAD_INPUT']);
  });
});

test('as of an instant a client is what it was, to the field', async () => {
  const adviser = actorOf(freshId(), ['ADVISER']);
  world.clock.now = new Date('2026-03-02T02:00:00Z');
  const { id } = await openPerson(ask, adviser, { occupation: 'Student' });
  world.clock.now = new Date('2026-03-03T02:00:00Z');
  await world.ask(
    adviser,
    'mutation ($input: ChangeIndividualInput!) { changeIndividual(input: $input) { id } }',
    {
      input: { clientId: id, expectedVersion: 1, occupation: 'Engineer', investmentYears: 5 },
    },
  );
  const fields =
    'status class grade classLabel gradeReasons adviserId institution { legalName } individual { name occupation investmentYears annualIncome { amount } }';
  const then = async (at: string) =>
    (await world.ask(adviser, `{ client(id: "${id}") { asOf(at: "${at}") { ${fields} } } }`)).data.client
      .asOf;
  expect(await then('2026-03-02T01:59:59Z')).toBeNull();
  expect(await then('2026-03-02T02:00:00Z')).toMatchObject({
    status: 'ONBOARDING',
    class: 'ORDINARY',
    grade: 'BRONZE',
    adviserId: adviser.id,
    institution: null,
    individual: {
      name: '王小明',
      occupation: 'Student',
      investmentYears: 3,
      annualIncome: { amount: '240000' },
    },
  });
  expect((await then('2026-03-04T00:00:00Z')).individual.occupation).toBe('Engineer');
  expect((await then('2026-03-02T12:00:00Z')).gradeReasons[2]).toContain('3 years');
  expect((await then('2026-03-04T00:00:00Z')).gradeReasons[2]).toContain('5 years');
});

test('the client itself can be asked for as of an instant', async () => {
  const adviser = actorOf(freshId(), ['ADVISER']);
  const { id } = await openPerson(ask, adviser, { occupation: 'Student' });
  const next = actorOf(freshId(), ['ADVISER']);
  world.clock.now = new Date('2026-03-03T02:00:00Z');
  await world.ask(
    adviser,
    'mutation ($input: ChangeIndividualInput!) { changeIndividual(input: $input) { id } }',
    { input: { clientId: id, expectedVersion: 1, occupation: 'Engineer', investmentYears: 5 } },
  );
  await send('reassignClient', OFFICER, id, 2, { adviserId: next.id, reason: 'LEAVE' });
  const then = (at: string, actor: Actor = next) =>
    world.ask(
      actor,
      `{ client(id: "${id}", asOf: "${at}") { status class grade gradeReasons adviserId individual { occupation } version } }`,
    );
  expect((await then('2026-03-02T02:00:00Z')).data.client).toMatchObject({
    status: 'ONBOARDING',
    class: 'ORDINARY',
    grade: 'BRONZE',
    gradeReasons: expect.arrayContaining([expect.stringContaining('3 years')]),
    adviserId: adviser.id,
    individual: { occupation: 'Student' },
  });
  expect((await then('2026-03-04T00:00:00Z')).data.client).toMatchObject({
    adviserId: next.id,
    individual: { occupation: 'Engineer' },
  });
  expect((await then('2026-03-02T01:59:59Z')).codes).toEqual(['NOT_FOUND']);
  expect((await then('2026-03-02T02:00:00Z', adviser)).codes).toEqual(['NOT_FOUND']);
});

describe('erasure', () => {
  const closed = async () => {
    const { id, version } = await active();
    await send('beginClosing', OFFICER, id, version, { reason: 'CLIENT_WISH' });
    await send('closeClient', OFFICER, id, version + 1);
    return { id, version: version + 2 };
  };
  const erase = (id: string, version: number, actor = WATCH) =>
    send('eraseClient', actor, id, version, { reason: 'RETENTION_OVER' });

  test('waits for the end of retention and leaves id, dates and reason', async () => {
    const { id, version } = await closed();
    expect((await erase(id, version)).errors[0]?.extensions).toMatchObject({
      code: 'RETENTION_RUNS',
      details: { until: '2046-03-02' },
    });
    world.clock.now = new Date('2046-03-02T15:00:00Z');
    expect((await erase(id, version)).codes).toEqual(['RETENTION_RUNS']);
    world.clock.now = new Date('2046-03-02T16:00:00Z');
    const answers = await Promise.all(Array.from({ length: 10 }, () => erase(id, version)));
    expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('STALE_VERSION'));
    const fields =
      'status adviserId onboardedAt individual { name } assets { id } gradeHistory { grade } gradeReasons statusHistory { to reason } profileHistory { at }';
    expect((await world.ask(WATCH, `{ client(id: "${id}") { ${fields} } }`)).data.client).toMatchObject({
      status: 'ERASED',
      individual: null,
      assets: null,
      gradeHistory: [],
      gradeReasons: [],
      profileHistory: [],
      statusHistory: [{ to: 'ERASED', reason: 'RETENTION_OVER' }, {}, {}, {}, {}],
    });
    const tables = await world.sql<{ t: string }>(
      `select table_name as t from information_schema.columns where table_schema = 'public' and column_name = 'client_id' order by 1`,
    );
    const kept: string[] = [];
    for (const { t } of tables)
      if ((await world.sql(`select from ${t} where client_id = $1`, [id])).length > 0) kept.push(t);
    expect(kept).toEqual(['adviser_assignment', 'status_change']);
    expect((await told(id)).at(-1)).toEqual(['client.erased', 'ERASED', 'RETENTION_OVER']);
    expect((await send('restrictClient', WATCH, id, version + 1, { reason: 'RETENTION' })).codes).toEqual([
      'WRONG_STATUS',
    ]);
  });

  test('is of a former client only, of one restricted for retention too', async () => {
    const { id, version } = await active();
    expect((await erase(id, version)).codes).toEqual(['WRONG_STATUS']);
    const former = await closed();
    await send('restrictClient', WATCH, former.id, former.version, {
      reason: 'RETENTION',
      until: '2046-03-02',
    });
    world.clock.now = new Date('2047-01-01T00:00:00Z');
    await run('end-restrictions');
    expect(await statusOf(former.id)).toBe('RESTRICTED');
    expect((await erase(former.id, former.version + 1)).data.eraseClient.status).toBe('ERASED');
    expect((await told(former.id)).slice(-2)).toEqual([
      ['client.unrestricted', 'CLOSED', 'RETENTION_OVER'],
      ['client.erased', 'ERASED', 'RETENTION_OVER'],
    ]);
  });

  test('an institution does not die, and the evidence of a death is kept', async () => {
    const organisation = await activate(
      ask,
      OFFICER,
      await openOrganisation(ask, actorOf(freshId(), ['ADVISER'])),
    );
    const death = { evidenceReference: 'certificate 7' };
    expect((await send('reportDeath', OFFICER, organisation.id, organisation.version, death)).codes).toEqual([
      'WRONG_KIND',
    ]);
    const { id, version } = await active();
    await send('reportDeath', OFFICER, id, version, death);
    expect(
      await world.db.source.getRepository(StatusChangeRow).findBy({ clientId: id, to: 'DECEASED' }),
    ).toMatchObject([{ evidence: 'certificate 7' }]);
  });
});

describe('who may', () => {
  const can: Record<Command, readonly Role[]> = {
    reactivateClient: ['OPERATIONS'],
    restrictClient: ['COMPLIANCE'],
    unrestrictClient: ['COMPLIANCE'],
    beginClosing: ['OPERATIONS', 'COMPLIANCE'],
    closeClient: ['OPERATIONS'],
    reportDeath: ['OPERATIONS'],
    eraseClient: ['COMPLIANCE'],
    reassignClient: ['OPERATIONS'],
  };
  const more: Record<Command, object> = {
    reactivateClient: {},
    restrictClient: { reason: 'RETENTION' },
    unrestrictClient: { reason: 'MISTAKE' },
    beginClosing: { reason: 'ESTATE' },
    closeClient: {},
    reportDeath: { evidenceReference: 'x' },
    eraseClient: { reason: 'RETENTION_OVER' },
    reassignClient: { adviserId: freshId(), reason: 'X' },
  };
  const commands = Object.keys(INPUTS) as Command[];
  const roles = Object.keys(ROLES) as Role[];
  test.each(roles.flatMap((role) => commands.map((command): [Role, Command] => [role, command])))(
    '%s: %s',
    async (role, command) => {
      const { codes } = await send(command, actorOf(freshId(), [role]), freshId(), 1, more[command]);
      expect(codes).toEqual([can[command].includes(role) ? 'NOT_FOUND' : 'FORBIDDEN']);
    },
  );
});
