import { MembershipTierChanged, RiskProfileChanged } from '@client-graph/events';
import { type Actor, Decimal } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { activate, openPerson } from '../../test/applications.js';
import { comeBack } from '../../test/own-events.js';
import { service } from '../service.js';
import { assetsBand, isTold, levelOn } from './snapshots.rules.js';

const OFFICER = actorOf(freshId(), ['OPERATIONS']);
const WATCH = actorOf(freshId(), ['COMPLIANCE']);

let world: World;
const ask = (actor: Actor, operation: string, variables: Record<string, unknown> = {}) => {
  world.clock.now = new Date(world.clock.now.getTime() + 1);
  return world.ask(actor, operation, variables);
};
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = new Date('2026-03-02T02:00:00Z');
});

const send = (actor: Actor, name: string, type: string, input: object) =>
  ask(actor, `mutation ($input: ${type}!) { ${name}(input: $input) { id status version } }`, { input });
const active = async () => {
  const client = await activate(ask, OFFICER, await openPerson(ask, actorOf(freshId(), ['ADVISER'])));
  await comeBack(world);
  return client;
};
const toldOf = async (clientId: string) => {
  const pseudonym = world.db.vault.hash('pseudonym', clientId);
  return (await world.events('client.snapshot'))
    .filter(({ key }) => key === pseudonym)
    .map(({ data }) => data);
};
const last = async (clientId: string) => (await toldOf(clientId)).at(-1);
const profile = (clientId: string, validTo: string) =>
  RiskProfileChanged({
    clientId,
    assessmentId: freshId(),
    from: null,
    to: 'MEDIUM',
    lowestCategory: false,
    validTo,
  });
const run = () => service.jobs!.find(({ name }) => name === 'refresh-snapshots')!.run(world.db);

test('what is so of a client is told once it changes, under a pseudonym, in codes and bands', async () => {
  const { id } = await active();
  expect(await last(id)).toEqual({
    pseudonym: expect.stringMatching(/^[\w-]{43}$/),
    kind: 'INDIVIDUAL',
    class: 'ORDINARY',
    grade: 'BRONZE',
    status: 'ACTIVE',
    level: null,
    tier: null,
    ageBand: 'FROM_18',
    assetsBand: null,
  });
  const before = (await toldOf(id)).length;
  await world.deliver(profile(id, '2027-03-01'), { times: 2 });
  await world.deliver(MembershipTierChanged({ clientId: id, from: 'CLASSIC', to: 'PLUS', validTo: null }), {
    times: 2,
  });
  await world.deliver(profile(id, '2027-03-02'));
  expect((await toldOf(id)).slice(before)).toMatchObject([
    { level: 'MEDIUM', tier: null },
    { level: 'MEDIUM', tier: 'PLUS' },
  ]);
  expect(JSON.stringify(await toldOf(id))).not.toContain(id);
});

test('a restricted client is forgotten, and told of again when it is released', async () => {
  const { id, version } = await active();
  await send(WATCH, 'restrictClient', 'RestrictClientInput', {
    clientId: id,
    expectedVersion: version,
    reason: 'INVESTIGATION',
  });
  await comeBack(world);
  await comeBack(world);
  expect(await last(id)).toBeNull();
  expect((await toldOf(id)).filter((data) => data === null)).toHaveLength(1);
  await world.deliver(MembershipTierChanged({ clientId: id, from: 'CLASSIC', to: 'PREMIER', validTo: null }));
  expect(await last(id)).toBeNull();
  await send(WATCH, 'unrestrictClient', 'UnrestrictClientInput', {
    clientId: id,
    expectedVersion: version + 1,
    reason: 'GROUND_GONE',
  });
  await comeBack(world);
  expect(await last(id)).toMatchObject({ status: 'ACTIVE', tier: 'PREMIER' });
});

test('what time alone changes is told by the nightly run, once', async () => {
  const { id } = await active();
  await world.deliver(profile(id, '2026-03-02'));
  const input = {
    requestId: freshId(),
    clientId: id,
    asOf: '2026-03-02',
    aumWithFirm: { amount: '3000000.00', currency: 'CNY' },
    externalVerified: { amount: '0.00', currency: 'CNY' },
    source: 'STATEMENT',
    evidenceReference: 'statement 7',
  };
  await ask(OFFICER, 'mutation ($input: RecordAssetsInput!) { recordAssets(input: $input) { id } }', {
    input,
  });
  world.clock.now = new Date('2026-03-02T16:45:00Z');
  await run();
  const before = (await toldOf(id)).length;
  expect(await last(id)).toMatchObject({ level: null });
  await run();
  expect(await toldOf(id)).toHaveLength(before);
});

test.each([
  ['0', '0', 'UNDER_500K'],
  ['499999.99', '0', 'UNDER_500K'],
  ['500000', '0', 'FROM_500K'],
  ['2999999.99', '0.01', 'FROM_3M'],
  ['5999999.99', '0', 'FROM_3M'],
  ['0', '6000000', 'FROM_6M'],
  ['30000000', '0', 'FROM_30M'],
])('%s with the firm and %s elsewhere: %s', (aum, external, band) => {
  expect(assetsBand({ aumWithFirm: new Decimal(aum), externalVerified: new Decimal(external) })).toBe(band);
});

test('bands, levels and who is told of', () => {
  expect(assetsBand(null)).toBeNull();
  expect(levelOn({ level: 'LOW', validTo: '2026-03-02' }, '2026-03-02')).toBe('LOW');
  expect(levelOn({ level: 'LOW', validTo: '2026-03-02' }, '2026-03-03')).toBeNull();
  expect(levelOn(null, '2026-03-03')).toBeNull();
  const told = ['PROSPECT', 'ONBOARDING', 'ACTIVE', 'DORMANT', 'CLOSING', 'CLOSED', 'DECEASED'] as const;
  expect(told.every((status) => isTold({ status }))).toBe(true);
  expect((['RESTRICTED', 'MERGED', 'ERASED'] as const).some((status) => isTold({ status }))).toBe(false);
});
