import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ADVISER, aClient, anOrder, points } from '../fixture.js';
import { service } from '../service.js';

const marketing = actorOf(freshId(), ['MARKETING']);
const compliance = actorOf(freshId(), ['COMPLIANCE']);
const adviser = actorOf(ADVISER, ['ADVISER']);

let world: World;
beforeEach(async () => {
  world = await aService(service, { now: new Date('2026-03-02T02:00:00.000Z') });
});
afterEach(() => world.stop());

const ask = (name: string, type: string, input: object, actor = marketing) =>
  world.ask(
    actor,
    `mutation ($input: ${type}!) { ${name}(input: $input) { id kind code state stateLabel(locale: ZH_HANS) effectiveFrom content proposedBy decidedBy version } }`,
    { input },
  );
const earnRule = (more = {}, actor = marketing) =>
  ask(
    'proposeEarnRule',
    'ProposeEarnRuleInput',
    {
      requestId: freshId(),
      code: 'E1',
      effectiveFrom: '2026-04-01',
      pendingDays: 10,
      expiryMonths: 12,
      qualifying: true,
      purchase: { productClasses: ['TRUST'], currency: 'CNY', per: 500, points: 1, tierMultiplier: false },
      ...more,
    },
    actor,
  );
const TIERS = [
  { code: 'CLASSIC', qualifyingPoints: 0, multiplier: '1' },
  { code: 'PLUS', qualifyingPoints: 50, multiplier: '1.25' },
  { code: 'PREMIER', qualifyingPoints: 20_000, multiplier: '1.5' },
  { code: 'SIGNATURE', qualifyingPoints: 100_000, multiplier: '2' },
];
const tiers = (more = {}) =>
  ask('proposeTiers', 'ProposeTiersInput', {
    requestId: freshId(),
    effectiveFrom: '2026-04-01',
    tiers: TIERS,
    ...more,
  });
const reward = (more = {}) =>
  ask('proposeReward', 'ProposeRewardInput', {
    requestId: freshId(),
    code: 'GIFT-BOOK',
    kind: 'GIFT',
    effectiveFrom: '2026-04-01',
    points: 300,
    tier: 'CLASSIC',
    name: { en: 'Book', zhHans: '书', zhHant: '書' },
    ...more,
  });
const decide = (name: string, changeId: string, more = {}, actor = compliance) =>
  ask(name, 'DecideRuleChangeInput', { changeId, expectedVersion: 1, ...more }, actor);
const approved = async (proposal: Promise<{ data: Record<string, { id: string }>; codes: string[] }>) => {
  const { data, codes } = await proposal;
  expect(codes).toEqual([]);
  const answer = await decide('approveRuleChange', Object.values(data)[0]!.id);
  expect(answer.codes).toEqual([]);
  return answer.data.approveRuleChange;
};
const order = (clientId: string, settledOn: string) =>
  anOrder({ clientId, orderId: freshId(), productId: freshId() }, { productClass: 'TRUST', settledOn });
const membershipOf = async (clientId: string) =>
  (
    await world.ask(
      compliance,
      'query ($c: [_Any!]!) { _entities(representations: $c) { ... on Client { membership { tier pending } } } }',
      { c: [{ __typename: 'Client', id: clientId }] },
    )
  ).data._entities[0].membership;

describe('a change that is approved', () => {
  test('of an earn rule holds from its day, and what came before is reckoned as before', async () => {
    expect(await approved(earnRule())).toMatchObject({
      kind: 'EARN_RULE',
      code: 'E1',
      state: 'APPROVED',
      stateLabel: '已批准',
      version: 2,
    });
    const [before, after] = [await aClient(world, freshId()), await aClient(world, freshId())];
    await world.deliver(order(before, '2026-03-31'));
    await world.deliver(order(after, '2026-04-01'));
    expect((await membershipOf(before)).pending).toBe(88);
    expect((await membershipOf(after)).pending).toBe(176);
    const [lot] = await world.sql(
      `select to_char(available_on, 'YYYY-MM-DD') as from, to_char(expires_on, 'YYYY-MM-DD') as to from point_lot where client_id = $1`,
      [after],
    );
    expect(lot).toEqual({ from: '2026-04-11', to: '2027-04-30' });
    expect(
      (await world.events())
        .filter((e) => e.type.startsWith('rule.change'))
        .map((e) => [e.type, e.data.ruleCode]),
    ).toEqual([
      ['rule.change.proposed', 'E1'],
      ['rule.change.approved', 'E1'],
    ]);
  });

  test('of the tiers holds from its day', async () => {
    await approved(tiers());
    const [before, after] = [await aClient(world, freshId()), await aClient(world, freshId())];
    await world.deliver(order(before, '2026-03-31'));
    await world.deliver(order(after, '2026-04-01'));
    expect((await membershipOf(before)).tier).toBe('CLASSIC');
    expect((await membershipOf(after)).tier).toBe('PLUS');
  });

  test('brings a new reward into the catalogue, without stock, from its day', async () => {
    await approved(reward());
    const clientId = await aClient(world, freshId());
    await points(world, clientId, 1_000, '2028-01-31');
    const redeem = () =>
      world.ask(adviser, 'mutation ($input: RedeemPointsInput!) { redeemPoints(input: $input) { points } }', {
        input: { requestId: freshId(), clientId, rewardCode: 'GIFT-BOOK' },
      });
    expect((await redeem()).codes).toEqual(['REWARD_NOT_OFFERED']);
    world.clock.now = new Date('2026-03-31T16:00:00Z');
    expect((await redeem()).codes).toEqual(['OUT_OF_STOCK']);
    const add = 'mutation ($input: AddRewardStockInput!) { addRewardStock(input: $input) { stock } }';
    await world.ask(marketing, add, { input: { requestId: freshId(), rewardCode: 'GIFT-BOOK', units: 1 } });
    expect((await redeem()).data.redeemPoints).toEqual({ points: 300 });

    await approved(reward({ points: 400, effectiveFrom: '2026-05-01' }));
    expect(
      await world.sql(`select version, points from reward_terms where code = 'GIFT-BOOK' order by version`),
    ).toEqual([
      { version: 1, points: '300' },
      { version: 2, points: '400' },
    ]);
  });
});

describe('a proposal', () => {
  test('changes nothing by itself, nor when it is rejected; then another may come', async () => {
    const first = await tiers();
    expect((await tiers()).codes).toEqual(['CHANGE_OPEN']);
    const { data } = await decide('rejectRuleChange', first.data.proposeTiers.id);
    expect(data.rejectRuleChange).toMatchObject({ state: 'REJECTED', decidedBy: compliance.id });
    expect((await tiers()).codes).toEqual([]);
    expect(await world.sql('select distinct version from tier_rule')).toEqual([{ version: 1 }]);
  });

  test('sent twice is made once; ten different ones at once leave one open', async () => {
    const requestId = freshId();
    const [a, b] = [await tiers({ requestId }), await tiers({ requestId })];
    expect(b.data.proposeTiers.id).toBe(a.data.proposeTiers.id);
    const many = await Promise.all(Array.from({ length: 10 }, () => reward()));
    expect(many.filter((answer) => answer.codes.length === 0)).toHaveLength(1);
    expect(await world.sql(`select 1 from rule_change where kind = 'REWARD'`)).toHaveLength(1);
  });

  test('is decided once, by another, on the version that was read', async () => {
    const both = actorOf(freshId(), ['MARKETING', 'COMPLIANCE']);
    const { data } = await earnRule({}, both);
    const { id } = data.proposeEarnRule;
    expect((await decide('approveRuleChange', id, {}, both)).codes).toEqual(['MAKER_IS_CHECKER']);
    expect((await decide('approveRuleChange', id, { expectedVersion: 2 })).codes).toEqual(['STALE_VERSION']);
    const answers = await Promise.all(Array.from({ length: 10 }, () => decide('approveRuleChange', id)));
    expect(answers.filter((answer) => answer.codes.length === 0)).toHaveLength(1);
    expect((await decide('approveRuleChange', id, { expectedVersion: 2 })).codes).toEqual(['CHANGE_DECIDED']);
    expect((await decide('approveRuleChange', freshId())).codes).toEqual(['NOT_FOUND']);
    expect(await world.sql(`select 1 from earn_rule where code = 'E1'`)).toHaveLength(2);
  });

  test('approved after its day, or for a day before a version that is there, is refused', async () => {
    const { data } = await tiers();
    world.clock.now = new Date('2026-03-31T16:00:00Z');
    expect((await decide('approveRuleChange', data.proposeTiers.id)).codes).toEqual(['NOT_AHEAD']);
    await decide('rejectRuleChange', data.proposeTiers.id);
    await approved(tiers({ effectiveFrom: '2026-06-01' }));
    const earlier = await tiers({ effectiveFrom: '2026-05-01' });
    expect((await decide('approveRuleChange', earlier.data.proposeTiers.id)).codes).toEqual(['NOT_AHEAD']);
  });

  test.each([
    ['for today', () => tiers({ effectiveFrom: '2026-03-02' }), 'NOT_AHEAD'],
    ['of tiers that do not rise', () => tiers({ tiers: [...TIERS].reverse() }), 'RULE_INVALID'],
    ['of a rule that is not there', () => earnRule({ code: 'E9' }), 'NOT_FOUND'],
    ['of a rule of another kind', () => earnRule({ code: 'E2' }), 'RULE_INVALID'],
    ['of a rule without terms', () => earnRule({ purchase: null }), 'RULE_INVALID'],
    ['of a rule that never lapses', () => earnRule({ expiryMonths: 0 }), 'RULE_INVALID'],
    ['of a gift without a price', () => reward({ points: null }), 'RULE_INVALID'],
    ['of a gift that costs nothing', () => reward({ points: 0 }), 'RULE_INVALID'],
    ['of a code that is none', () => reward({ code: 'a gift' }), 'BAD_INPUT'],
    ['of a reward of another kind', () => reward({ code: 'GIFT-TEA', kind: 'EVENT_SEAT' }), 'RULE_INVALID'],
  ])('%s is refused', async (_, proposal, code) => {
    expect((await proposal()).codes).toEqual([code]);
    expect(await world.sql('select 1 from rule_change')).toEqual([]);
  });

  test('of an activity rule is made with its variants', async () => {
    const proposal = earnRule({
      code: 'E2',
      purchase: null,
      activity: { points: [{ variant: 'ON_SITE', points: 300 }], pointsPerYear: 3_000 },
    });
    const change = await approved(proposal);
    expect(JSON.parse(change.content).terms).toEqual({
      points: { ON_SITE: 300 },
      pointsPerYear: 3_000,
      timesPerYear: null,
    });
  });

  test('is made and decided by those whose posts it is', async () => {
    for (const role of ['CLIENT', 'ADVISER', 'OPERATIONS', 'COMPLIANCE', 'AUDITOR', 'ANALYST'] as const)
      expect((await earnRule({}, actorOf(freshId(), [role]))).codes).toEqual(['FORBIDDEN']);
    const { data } = await earnRule();
    for (const role of ['MARKETING', 'ADMIN', 'AUDITOR', 'OPERATIONS'] as const)
      expect(
        (await decide('approveRuleChange', data.proposeEarnRule.id, {}, actorOf(freshId(), [role]))).codes,
      ).toEqual(['FORBIDDEN']);
    const list = '{ ruleChanges(state: PROPOSED) { nodes { code } } }';
    expect((await world.ask(compliance, list)).data.ruleChanges.nodes).toEqual([{ code: 'E1' }]);
    expect((await world.ask(adviser, list)).codes).toEqual(['FORBIDDEN']);
  });
});

describe('the programme and what a tier gives', () => {
  const programme = (more = {}, actor = marketing) =>
    ask(
      'proposeProgramme',
      'ProposeProgrammeInput',
      {
        requestId: freshId(),
        effectiveFrom: '2026-04-01',
        pointsPerCurrency: 50,
        feeCreditMaxPercent: 25,
        graceDays: 10,
        lapseNoticeDays: 60,
        expiryNoticeDays: 30,
        debtRule: 'FORGIVE',
        reservationDays: 14,
        adjustmentExpiryMonths: 12,
        ...more,
      },
      actor,
    );
  const now = async () =>
    (
      await world.ask(
        marketing,
        `{ programme { version pointsPerCurrency debtRule reservationDays currency }
           membershipTiers { code label(locale: ZH_HANT) multiplier benefits { code label(locale: ZH_HANT) } }
           earnRules { code label terms } }`,
      )
    ).data;

  test('are shown as they are in force, with their words', async () => {
    const { programme: today, membershipTiers, earnRules } = await now();
    expect(today).toEqual({
      version: 1,
      pointsPerCurrency: 100,
      debtRule: 'CARRY',
      reservationDays: 30,
      currency: 'CNY',
    });
    expect(membershipTiers.map(({ code, label }: { code: string; label: string }) => [code, label])).toEqual([
      ['CLASSIC', '普通'],
      ['PLUS', '優享'],
      ['PREMIER', '尊享'],
      ['SIGNATURE', '至尊'],
    ]);
    expect(membershipTiers[1].benefits).toContainEqual({ code: 'PRIORITY-LINE', label: '熱線優先接入' });
    expect(earnRules.map(({ code }: { code: string }) => code)).toEqual(['E1', 'E2', 'E3', 'E4', 'E5', 'E6']);
    expect(JSON.parse(earnRules[0].terms)).toMatchObject({ per: 1_000 });
  });

  test('change from their day on by two people; benefits that are left out stay', async () => {
    await approved(programme());
    await approved(
      tiers({
        tiers: TIERS.map((tier) =>
          tier.code === 'PLUS'
            ? {
                ...tier,
                benefits: [{ code: 'LOUNGE', name: { en: 'Lounge', zhHans: '贵宾厅', zhHant: '貴賓廳' } }],
              }
            : tier,
        ),
      }),
    );
    expect((await now()).programme.version).toBe(1);
    world.clock.now = new Date('2026-04-01T02:00:00.000Z');
    const { programme: then, membershipTiers } = await now();
    expect(then).toMatchObject({
      version: 2,
      pointsPerCurrency: 50,
      debtRule: 'FORGIVE',
      reservationDays: 14,
    });
    expect(membershipTiers[1]).toMatchObject({
      label: '優享',
      benefits: [{ code: 'LOUNGE', label: '貴賓廳' }],
    });
    expect(membershipTiers[2].benefits).not.toEqual([]);
    const clientId = await aClient(world, freshId());
    await world.sql(`update membership set tier = 'PLUS' where client_id = $1`, [clientId]);
    const { data } = await world.ask(
      adviser,
      'query ($c: [_Any!]!) { _entities(representations: $c) { ... on Client { membership { benefits { label } } } } }',
      { c: [{ __typename: 'Client', id: clientId }] },
    );
    expect(data._entities[0].membership.benefits).toEqual([{ label: 'Lounge' }]);
  });

  test.each([
    ['NOT_AHEAD', { effectiveFrom: '2026-03-02' }],
    ['RULE_INVALID', { pointsPerCurrency: 0 }],
    ['RULE_INVALID', { feeCreditMaxPercent: 101 }],
    ['RULE_INVALID', { reservationDays: 0 }],
    ['RULE_INVALID', { adjustmentExpiryMonths: 121 }],
  ])('%s: %j', async (code, more) => {
    expect((await programme(more)).codes).toEqual([code]);
  });

  test('is proposed by those whose post it is, and one waits at a time', async () => {
    expect((await programme({}, adviser)).codes).toEqual(['FORBIDDEN']);
    expect((await programme()).codes).toEqual([]);
    expect((await programme()).codes).toEqual(['CHANGE_OPEN']);
  });
});

test('a change is shown to whoever decides, is approved as it was proposed only, and is rejected by time', async () => {
  const { id } = (await reward({ effectiveFrom: '2027-04-01' })).data.proposeReward;
  const waiting = await world.ask(
    compliance,
    '{ loyaltyApprovals(first: 100) { nodes { action targetId canDecide } } }',
  );
  expect(waiting.data.loyaltyApprovals.nodes).toEqual([
    { action: 'CHANGE_PROGRAMME', targetId: id, canDecide: true },
  ]);
  const approve = () =>
    world.ask(
      compliance,
      'mutation ($input: DecideRuleChangeInput!) { approveRuleChange(input: $input) { state } }',
      { input: { changeId: id, expectedVersion: 1 } },
    );
  await world.sql(`update rule_change set effective_from = '2027-04-02' where id = $1`, [id]);
  expect((await approve()).codes).toEqual(['PAYLOAD_CHANGED']);
  world.clock.now = new Date(world.clock.now.getTime() + 90 * 86_400_000);
  expect((await approve()).codes).toEqual(['PROPOSAL_EXPIRED']);
  await service.jobs?.find(({ name }) => name === 'expire-approvals')?.run(world.db);
  expect(await world.sql('select state, decided_by from rule_change where id = $1', [id])).toEqual([
    { state: 'REJECTED', decided_by: null },
  ]);
  expect(await world.events('rule.change.rejected')).toHaveLength(1);
});
