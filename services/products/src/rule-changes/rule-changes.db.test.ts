import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { aClient, admin, adviser, aProduct, command, demand, place, START } from '../fixture.js';
import { service } from '../service.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
beforeEach(() => {
  world.clock.now = START;
});
afterAll(() => world.stop());

const compliance = actorOf(freshId(), ['COMPLIANCE']);
const PROPOSAL =
  'id version state versionCode baseVersion tables { matching { csrcSteps rows { row ratings } } categories { level } allocation { reviewMonths bands { level minPct } goals { goal } } }';
const RATINGS = ['R1', 'R2', 'R3', 'R4', 'R5'];
const rows = (reach: Record<string, number> = {}) =>
  Object.entries({
    LOWEST: 1,
    LOW: 1,
    MEDIUM_LOW: 2,
    MEDIUM: 3,
    MEDIUM_HIGH: 4,
    HIGH: 5,
    PROFESSIONAL: 5,
    ...reach,
  }).map(([row, n]) => ({
    row,
    ratings: RATINGS.slice(0, n),
  }));
const matching = (reach: Record<string, number> = {}) => ({ rows: rows(reach), csrcSteps: 0, nfraSteps: 0 });
const propose = (facts: object = {}, actor = admin) =>
  world.ask(actor, command('proposeSuitabilityRules', 'ProposeSuitabilityRulesInput', PROPOSAL), {
    input: {
      requestId: freshId(),
      version: `T-${freshId().slice(0, 8)}`,
      effectiveFrom: '2026-04-01',
      source: 'test',
      matching: matching(),
      ...facts,
    },
  });
const decide = (
  name: 'approve' | 'reject' | 'withdraw',
  proposalId: string,
  actor = compliance,
  expectedVersion = 1,
) =>
  world.ask(actor, command(`${name}SuitabilityRules`, 'DecideSuitabilityRulesInput', 'state decidedBy'), {
    input: { proposalId, expectedVersion },
  });
const withdrawAll = async () => {
  for (const { id } of await world.sql<{ id: string }>(
    `select id from rule_proposal where state = 'PENDING'`,
  ))
    await decide('withdraw', id, admin);
};

test('one person proposes, another approves: from its day on purchases are decided by the new table, and old ones replay by the old', async () => {
  const clientId = await aClient(world, 'MEDIUM_LOW');
  const { id: productId } = await aProduct(world);
  const amount = { amount: '100', currency: 'CNY' };
  const before = await demand(
    world,
    adviser,
    'checkSuitability',
    'CheckSuitabilityInput',
    'id result ruleVersion',
    { clientId, productId, amount },
  );
  expect(before.data).toMatchObject({ result: 'SUITABLE', ruleVersion: 'SUIT-2026.3' });
  const requestId = freshId();
  const facts = { requestId, version: 'STRICT-1', matching: matching({ MEDIUM_LOW: 1 }) };
  const answers = await Promise.all(Array.from({ length: 10 }, () => propose(facts)));
  expect(answers.flatMap(({ codes }) => codes)).toEqual([]);
  const proposal = answers[0]?.data.proposeSuitabilityRules;
  expect(proposal).toMatchObject({
    state: 'PENDING',
    baseVersion: 'SUIT-2026.3',
    tables: { categories: null, allocation: null, matching: { csrcSteps: 0 } },
  });
  expect((await propose()).codes).toEqual(['PROPOSAL_OPEN']);
  expect((await decide('approve', proposal.id, admin)).codes).toEqual(['FORBIDDEN']);
  const both = actorOf(admin.id ?? '', ['ADMIN', 'COMPLIANCE']);
  expect((await decide('approve', proposal.id, both)).codes).toEqual(['MAKER_IS_CHECKER']);
  const decided = await Promise.all(Array.from({ length: 10 }, () => decide('approve', proposal.id)));
  expect(decided.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('STALE_VERSION'));
  expect((await decide('reject', proposal.id, compliance, 2)).codes).toEqual(['PROPOSAL_CLOSED']);
  expect((await place(world, clientId, productId)).codes).toEqual([]);
  world.clock.now = new Date('2026-03-31T16:00:00.000Z');
  const after = await demand(
    world,
    adviser,
    'checkSuitability',
    'CheckSuitabilityInput',
    'id result ruleVersion reasons { code }',
    { clientId, productId, amount },
  );
  expect(after.data).toMatchObject({
    result: 'BLOCKED',
    ruleVersion: 'STRICT-1',
    reasons: [{ code: 'RATING_ABOVE_LEVEL' }],
  });
  const READ = 'query ($id: ID!) { suitabilityDecision(id: $id) { replay { isSame result } } }';
  for (const [id, result] of [
    [before.data.id, 'SUITABLE'],
    [after.data.id, 'BLOCKED'],
  ])
    expect((await world.ask(adviser, READ, { id })).data.suitabilityDecision.replay).toEqual({
      isSame: true,
      result,
    });
  const ON =
    'query ($day: Date) { suitabilityRulesOn(day: $day) { version tables { allocation { bands { maxPct } } } } }';
  expect((await world.ask(compliance, ON, { day: '2026-03-31' })).data.suitabilityRulesOn.version).toBe(
    'SUIT-2026.3',
  );
  expect((await world.ask(compliance, ON)).data.suitabilityRulesOn).toMatchObject({
    version: 'STRICT-1',
    tables: { allocation: { bands: [{ maxPct: 0 }, {}, {}, {}, {}] } },
  });
  expect((await world.events('suitability.rules.approved')).map(({ data }) => data)).toEqual([
    { ruleVersion: 'STRICT-1', effectiveFrom: '2026-04-01' },
  ]);
});

const CATEGORIES = [
  'CASH',
  'FIXED_INCOME',
  'STEADY_MIX',
  'BALANCED_MIX',
  'EQUITY',
  'PRIVATE_EQUITY',
  'STRUCTURED',
];
const LEVELS = ['LOW', 'MEDIUM_LOW', 'MEDIUM', 'MEDIUM_HIGH', 'HIGH'];
const categories = (reach = [2, 3, 4, 5, 7]) =>
  LEVELS.map((level, at) => ({ level, categories: CATEGORIES.slice(0, reach[at]) }));
const allocation = (facts: object = {}) => ({
  bands: LEVELS.map((level, at) => ({ level, minPct: at * 10, maxPct: at * 20 + 10, maxSinglePct: 40 })),
  goals: ['PRESERVE', 'INCOME', 'BALANCED', 'GROWTH'].map((goal) => ({ goal, fromPct: 0, toPct: 100 })),
  reviewMonths: 12,
  minTradePct: 2,
  planValidDays: 5,
  ...facts,
});

test.each([
  ['TABLE_INVALID', { matching: null }],
  ['TABLE_INVALID', { matching: { ...matching(), rows: rows().slice(1) } }],
  ['TABLE_INVALID', { matching: { ...matching(), rows: [...rows(), ...rows().slice(1, 2)] } }],
  ['TABLE_INVALID', { matching: matching({ MEDIUM: 1 }) }],
  ['TABLE_INVALID', { matching: matching({ LOW: 0 }) }],
  ['TABLE_INVALID', { matching: matching({ LOWEST: 2 }) }],
  [
    'TABLE_INVALID',
    { matching: { ...matching(), rows: rows().map((row) => ({ ...row, ratings: row.ratings.slice(-1) })) } },
  ],
  ['TABLE_INVALID', { matching: { ...matching(), csrcSteps: 5 } }],
  ['TABLE_INVALID', { categories: categories([2, 1, 4, 5, 7]) }],
  ['TABLE_INVALID', { categories: categories([0, 3, 4, 5, 7]) }],
  ['TABLE_INVALID', { categories: categories().slice(1) }],
  ['TABLE_INVALID', { allocation: allocation({ reviewMonths: 0 }) }],
  ['TABLE_INVALID', { allocation: allocation({ planValidDays: 91 }) }],
  ['TABLE_INVALID', { allocation: allocation({ goals: [] }) }],
  [
    'TABLE_INVALID',
    {
      allocation: {
        ...allocation(),
        bands: [...allocation().bands].reverse().map((band, at) => ({ ...band, level: LEVELS[at] })),
      },
    },
  ],
  ['TABLE_INVALID', { version: 'a b' }],
  ['TABLE_INVALID', { source: ' ' }],
  ['VERSION_TAKEN', { version: 'SUIT-2026.1', effectiveFrom: '2027-01-01' }],
  ['NOT_AHEAD', { effectiveFrom: '2026-03-02' }],
  ['NOT_AHEAD', { effectiveFrom: '2025-01-01' }],
] as const)('%s: %j', async (code, facts) => {
  await withdrawAll();
  expect((await propose({ effectiveFrom: '2027-01-01', ...facts })).codes).toEqual([code]);
});

test('an approval that comes after another version, or after its day, is refused; a rejected or withdrawn one changes nothing', async () => {
  await withdrawAll();
  const one = (
    await propose({
      effectiveFrom: '2027-02-01',
      categories: categories(),
      allocation: allocation(),
      matching: null,
    })
  ).data.proposeSuitabilityRules;
  expect(one.tables).toMatchObject({
    matching: null,
    allocation: { reviewMonths: 12, bands: [{ minPct: 0 }, { minPct: 10 }, {}, {}, {}] },
  });
  expect((await decide('withdraw', one.id, actorOf(freshId(), ['ADMIN']))).codes).toEqual(['NOT_THE_MAKER']);
  expect((await decide('withdraw', one.id, admin)).data.withdrawSuitabilityRules.state).toBe('WITHDRAWN');
  const two = (await propose({ effectiveFrom: '2027-02-01' })).data.proposeSuitabilityRules;
  expect((await decide('reject', two.id)).data.rejectSuitabilityRules).toEqual({
    state: 'REJECTED',
    decidedBy: compliance.id,
  });
  const three = (await propose({ effectiveFrom: '2026-04-02' })).data.proposeSuitabilityRules;
  world.clock.now = new Date('2026-04-01T16:00:00.000Z');
  expect((await decide('approve', three.id)).codes).toEqual(['NOT_AHEAD']);
  expect(
    (await world.ask(compliance, '{ suitabilityRules(first: 100) { nodes { version } } }')).data
      .suitabilityRules.nodes,
  ).toHaveLength(4);
  expect(
    (
      await world.ask(
        compliance,
        '{ suitabilityProposals(first: 2) { nodes { state } pageInfo { hasNextPage } } }',
      )
    ).data.suitabilityProposals.pageInfo.hasNextPage,
  ).toBe(true);
});

test.each(['CLIENT', 'ADVISER', 'OPERATIONS', 'AUDITOR', 'MARKETING', 'ANALYST'] as const)(
  '%s neither proposes nor approves',
  async (role) => {
    const actor = actorOf(freshId(), [role]);
    expect((await propose({}, actor)).codes).toEqual(['FORBIDDEN']);
    expect((await decide('approve', freshId(), actor)).codes).toEqual(['FORBIDDEN']);
  },
);
