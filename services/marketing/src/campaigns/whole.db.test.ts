import { ClientActivated, OrderReversed, OrderSettled } from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { service } from '../service.js';

const MARKETING = actorOf(freshId(), ['MARKETING']);
const COMPLIANCE = actorOf(freshId(), ['COMPLIANCE']);
const BOTH = actorOf(freshId(), ['MARKETING', 'COMPLIANCE']);
const START = new Date('2026-03-02T02:00:00.000Z');
let world: World;
beforeAll(async () => {
  world = await aService(service);
});
beforeEach(() => {
  world.clock.now = START;
});
afterAll(() => world.stop());

const on = (day: string) => {
  world.clock.now = new Date(`${day}T02:00:00.000Z`);
};
const run = (name: string) => service.jobs!.find((job) => job.name === name)!.run(world.db);
const mutate =
  (name: string, result: string, type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`) =>
  async (input: Record<string, unknown>, actor = MARKETING) => {
    const text = `mutation ($input: ${type}!) { ${name}(input: $input) { ${result} } }`;
    const { data, codes, errors } = await world.ask(actor, text, { input });
    return { found: data?.[name], codes, details: errors[0]?.extensions?.['details'] };
  };
const CAMPAIGN = 'id version name endsOn startedAt endedAt budget { amount currency }';
const createCampaign = mutate('createCampaign', CAMPAIGN);
const changeCampaign = mutate('changeCampaign', CAMPAIGN);
const aCampaign = async (override: Record<string, unknown> = {}) =>
  (
    await createCampaign({
      requestId: freshId(),
      name: `Fair ${freshId()}`,
      channel: 'OFFLINE',
      medium: 'FAIR',
      startsOn: '2026-03-01',
      ...override,
    })
  ).found;
let numbers = 50_000_000;
const aLead = async (campaignId: string) =>
  (
    await mutate(
      'createLead',
      'id version',
    )({
      requestId: freshId(),
      personName: '王小明',
      mobile: `138${numbers++}`,
      campaignId,
      consent: {
        channels: ['PHONE'],
        textVersion: '2026.1',
        evidence: 'form',
        at: '2026-03-01T00:00:00.000Z',
      },
    })
  ).found;

describe('a campaign', () => {
  test('is changed while it runs, and its end is announced once, the day after, with its counts', async () => {
    const campaign = await aCampaign({ endsOn: '2026-04-30' });
    await aLead(campaign.id);
    const change = { campaignId: campaign.id, expectedVersion: campaign.version, name: campaign.name };
    expect((await changeCampaign({ ...change, endsOn: '2026-03-01' })).codes).toEqual(['BAD_PERIOD']);
    const { found } = await changeCampaign({
      ...change,
      endsOn: '2026-03-05',
      budget: { amount: '500', currency: 'CNY' },
    });
    expect(found).toMatchObject({ endsOn: '2026-03-05', budget: { amount: '500' }, endedAt: null });
    on('2026-03-05');
    await run('start-and-end-campaigns');
    expect((await world.events('campaign.ended')).filter(({ key }) => key === campaign.id)).toEqual([]);
    on('2026-03-06');
    await Promise.all([run('start-and-end-campaigns'), run('start-and-end-campaigns')]);
    expect((await world.events('campaign.ended')).filter(({ key }) => key === campaign.id)).toMatchObject([
      { data: { channel: 'OFFLINE', budgetMinor: 50_000, leads: 1, converted: 0 } },
    ]);
    const again = await changeCampaign({ ...change, expectedVersion: found.version + 1 });
    expect(again.codes).toEqual(['CAMPAIGN_ENDED']);
  });

  test('what it has cost per lead and per conversion is exact, and a cost called off counts no longer', async () => {
    const campaign = await aCampaign();
    const record = mutate('recordCampaignCost', 'id isCancelled amount { amount }');
    const cost = (amount: string, override = {}) => ({
      requestId: freshId(),
      campaignId: campaign.id,
      kind: 'VENUE',
      amount: { amount, currency: 'CNY' },
      spentOn: '2026-03-02',
      ...override,
    });
    for (let n = 0; n < 3; n += 1) await aLead(campaign.id);
    const first = cost('1000.01');
    expect((await record(first)).found.id).toBe((await record(first)).found.id);
    const wrong = await record(cost('99'));
    await record(cost('10', { amount: { amount: '10', currency: 'HKD' } }));
    expect(
      (await mutate('cancelCampaignCost', 'isCancelled')({ costId: wrong.found.id })).found.isCancelled,
    ).toBe(true);
    expect((await mutate('cancelCampaignCost', 'id')({ costId: wrong.found.id })).codes).toEqual([
      'COST_CANCELLED',
    ]);
    expect((await record(cost('1', { spentOn: '2026-03-03' }))).codes).toEqual(['BAD_COST']);
    expect((await record(cost('0'))).codes).toEqual(['BAD_INPUT']);
    const FIGURES = `query ($id: ID!) { campaign(id: $id) { figures { leads conversions costs { currency spent perLead perConversion } }
      costs { nodes { isCancelled } } } }`;
    const figures = async () =>
      (await world.ask(MARKETING, FIGURES, { id: campaign.id })).data.campaign.figures;
    const none = await figures();
    expect(none).toEqual({
      leads: 3,
      conversions: 0,
      costs: [
        { currency: 'CNY', spent: '1000.01', perLead: '333.34', perConversion: null },
        { currency: 'HKD', spent: '10', perLead: '3.33', perConversion: null },
      ],
    });
    await run('add-up-lead-counts');
    expect(await figures()).toEqual(none);
  });

  test('the figures of fifty campaigns cost three statements', async () => {
    const LIST = '{ campaigns(first: 50) { nodes { figures { leads } costs { nodes { id } } } } }';
    const cost = await world.statements(async () => void (await world.ask(MARKETING, LIST)));
    expect(cost).toBe(3);
  });
});

describe('materials', () => {
  const MATERIAL = 'id version status checkerId';
  const propose = mutate('proposeMaterial', MATERIAL);
  const decide = (name: string) => mutate(name, MATERIAL, 'DecideMaterialInput');
  const aMaterial = (campaignId: string, override: Record<string, unknown> = {}) => ({
    requestId: freshId(),
    campaignId,
    title: 'Lecture on funds',
    body: 'What a fund is and what may be lost.',
    isPrivateFund: false,
    ...override,
  });
  const of = ({ id, version }: { id: string; version: number }) => ({
    materialId: id,
    expectedVersion: version,
  });

  test.each(['保 本 又 保 息', '穩賺不賠', 'GUARANTEED return', '零．風．險', '保證－收益'])(
    '%s is refused, however it is disguised',
    async (body) => {
      const { id } = await aCampaign();
      expect((await propose(aMaterial(id, { body }))).codes).toEqual(['BANNED_PHRASE']);
    },
  );

  test('one person proposes and another approves, and only then it is shown; about private funds to qualified people only', async () => {
    const campaign = await aCampaign();
    const { found } = await propose(
      aMaterial(campaign.id, { isPrivateFund: true, validTo: '2026-03-31' }),
      BOTH,
    );
    const lead = await aLead(campaign.id);
    const contact = mutate('logLeadContact', 'id version stage touches { nodes { materialId } }');
    const touch = {
      requestId: freshId(),
      leadId: lead.id,
      expectedVersion: lead.version,
      channel: 'PHONE',
      outcome: 'INTERESTED',
      materialId: found.id,
    };
    expect((await contact(touch)).codes).toEqual(['NOT_APPROVED']);
    expect((await decide('approveMaterial')(of(found), MARKETING)).codes).toEqual(['FORBIDDEN']);
    expect((await decide('approveMaterial')(of(found), BOTH)).codes).toEqual(['MAKER_IS_CHECKER']);
    const approved = await decide('approveMaterial')(of(found), COMPLIANCE);
    expect(approved.found).toMatchObject({ status: 'APPROVED', checkerId: COMPLIANCE.id });
    expect((await contact(touch)).codes).toEqual(['NOT_QUALIFIED']);
    const noted = await mutate(
      'noteLeadQualification',
      'version',
    )({
      leadId: lead.id,
      expectedVersion: lead.version,
      evidence: 'statement 3',
    });
    const shown = await contact({ ...touch, expectedVersion: noted.found.version });
    expect(shown.found.touches.nodes.map((node: { materialId: string }) => node.materialId)).toContain(
      found.id,
    );
    on('2026-04-01');
    const late = { ...touch, requestId: freshId(), expectedVersion: shown.found.version };
    expect((await contact(late)).codes).toEqual(['NOT_APPROVED']);
    const unknown = { ...late, requestId: freshId(), materialId: freshId() };
    expect((await contact(unknown)).codes).toEqual(['MATERIAL_UNKNOWN']);
  });

  test('whoever proposed may take it back, and what nobody decides expires', async () => {
    const { id } = await aCampaign();
    const mine = (await propose(aMaterial(id))).found;
    expect((await decide('withdrawMaterial')(of(mine), BOTH)).codes).toEqual(['NOT_THE_MAKER']);
    expect((await decide('withdrawMaterial')(of(mine))).found.status).toBe('WITHDRAWN');
    const old = (await propose(aMaterial(id))).found;
    const waiting = await world.ask(
      COMPLIANCE,
      '{ marketingApprovals { nodes { targetId service canDecide } } }',
    );
    expect(waiting.data.marketingApprovals.nodes).toContainEqual({
      targetId: old.id,
      service: 'marketing',
      canDecide: true,
    });
    on('2026-04-02');
    await run('expire-approvals');
    expect(
      (await decide('approveMaterial')({ materialId: old.id, expectedVersion: 2 }, COMPLIANCE)).codes,
    ).toEqual(['PROPOSAL_CLOSED']);
  });
});

describe('tables of marketing', () => {
  const CHANGE = 'id status ruleVersion';
  const propose = mutate('proposeLeadRule', CHANGE);
  const decide = (name: string) => mutate(name, CHANGE, 'DecideLeadRuleInput');
  const clocks = {
    firstContactWorkingDays: 2,
    noAnswerAttemptDays: 3,
    silenceDays: 14,
    conversionTimeoutDays: 7,
    retentionYears: 2,
    daysOff: ['2026-03-12', '2026-03-13'],
    makeUpDays: ['2026-03-14'],
  };
  const aChange = (override: Record<string, unknown> = {}) => ({
    requestId: freshId(),
    kind: 'CLOCKS',
    effectiveFrom: '2026-03-10',
    reason: 'fewer people at the fair',
    terms: JSON.stringify(clocks),
    ...override,
  });

  test('a new version is proposed by one person, approved by another, and holds from its day', async () => {
    const { found } = await propose(aChange());
    expect((await propose(aChange())).codes).toEqual(['PROPOSAL_OPEN']);
    expect((await decide('approveLeadRule')({ changeId: found.id })).codes).toEqual(['FORBIDDEN']);
    expect((await decide('approveLeadRule')({ changeId: found.id }, COMPLIANCE)).found).toMatchObject({
      status: 'APPROVED',
      ruleVersion: 2,
    });
    const due = async () => {
      const { id } = await aLead((await aCampaign()).id);
      return (await world.ask(MARKETING, `{ lead(id: "${id}") { firstContactDueOn } }`)).data.lead
        .firstContactDueOn;
    };
    expect(await due()).toBe('2026-03-03');
    on('2026-03-10');
    expect(await due()).toBe('2026-03-14');
    const rule = async (day: string) =>
      (await world.ask(MARKETING, `{ leadRule(kind: CLOCKS, on: "${day}") { version } }`)).data.leadRule;
    expect([await rule('2025-12-31'), await rule('2026-03-09'), await rule('2026-03-10')]).toEqual([
      null,
      { version: 1 },
      { version: 2 },
    ]);
  });

  test.each([
    [{ terms: 'x' }, 'RULE_INVALID'],
    [{ terms: '{}' }, 'RULE_INVALID'],
    [{ kind: 'ATTRIBUTION', terms: '{"positionFirst":"0.6","positionLast":"0.5"}' }, 'RULE_INVALID'],
    [
      { kind: 'SCORING', terms: '[{"code":"AGE","when":[{"fact":"AGE","is":["OLD"]}],"points":1}]' },
      'RULE_INVALID',
    ],
    [{ effectiveFrom: '2026-03-02' }, 'NOT_AHEAD'],
    [{ reason: ' ' }, 'BAD_REASON'],
  ])('%j: %s', async (override, code) => {
    expect((await propose(aChange({ effectiveFrom: '2026-03-20', ...override }))).codes).toEqual([code]);
  });
});

describe('goals', () => {
  const GOAL = 'id version reached share isClosed';
  const set = mutate('setGoal', GOAL);
  const aGoal = (override: Record<string, unknown> = {}) => ({
    requestId: freshId(),
    name: 'Spring',
    metric: 'NEW_CLIENTS',
    firstDay: '2026-03-02',
    lastDay: '2026-03-31',
    target: '4',
    ...override,
  });
  const reached = async (id: string) =>
    (
      await world.ask(MARKETING, '{ goals(first: 100) { nodes { id reached share } } }')
    ).data.goals.nodes.find((goal: { id: string }) => goal.id === id);
  const activated = () =>
    ClientActivated({ clientId: freshId(), from: 'ONBOARDING', to: 'ACTIVE', reason: 'IDENTITY_VERIFIED' });
  const order = {
    clientId: freshId(),
    productId: freshId(),
    productClass: 'BANK_WMP' as const,
    currency: 'CNY',
    settledOn: '2026-03-10',
  };

  test('new clients are counted by their first activation within the period, each event delivered twice', async () => {
    const { found } = await set(aGoal());
    for (const at of [
      '2026-03-01T15:59:59Z',
      '2026-03-01T16:00:00Z',
      '2026-03-31T15:59:59Z',
      '2026-03-31T16:00:00Z',
    ])
      await world.deliver(activated(), { times: 2, at: new Date(at) });
    expect(await reached(found.id)).toMatchObject({ reached: '2', share: '0.5' });
    await run('tell-goals');
    await run('tell-goals');
    const told = async () => (await world.events('goal.progress')).filter(({ key }) => key === found.id);
    expect((await told()).map(({ data }) => data)).toEqual([
      {
        goalId: found.id,
        metric: 'NEW_CLIENTS',
        target: '4',
        reached: '2',
        currency: null,
        asOf: '2026-03-02',
      },
    ]);
    await world.deliver(activated(), { at: new Date('2026-03-20T00:00:00Z') });
    on('2026-03-20');
    await run('tell-goals');
    expect(await told()).toHaveLength(2);
    expect(
      (await mutate('closeGoal', GOAL)({ goalId: found.id, expectedVersion: found.version + 2 })).found
        .isClosed,
    ).toBe(true);
  });

  test('net new assets are what was bought less what was redeemed, in the currency of the goal, reversals taken back', async () => {
    const { found } = await set(aGoal({ metric: 'NET_NEW_ASSETS', target: '1000000', currency: 'CNY' }));
    const [bought, wrong] = [freshId(), freshId()];
    await world.deliver(OrderSettled({ ...order, orderId: bought, side: 'BUY', amountMinor: 88_000_00 }), {
      times: 2,
    });
    await world.deliver(
      OrderSettled({ ...order, orderId: freshId(), side: 'REDEEM', amountMinor: 8_000_01 }),
    );
    await world.deliver(
      OrderSettled({ ...order, orderId: freshId(), side: 'SWITCH', amountMinor: 5_000_00 }),
    );
    await world.deliver(
      OrderSettled({ ...order, orderId: freshId(), side: 'BUY', amountMinor: 7_00, currency: 'HKD' }),
    );
    await world.deliver(
      OrderSettled({ ...order, orderId: freshId(), side: 'BUY', amountMinor: 7_00, settledOn: '2026-04-01' }),
    );
    await world.deliver(OrderSettled({ ...order, orderId: wrong, side: 'BUY', amountMinor: 9_00 }));
    const { settledOn: _, ...reversed } = order;
    await world.deliver(OrderReversed({ ...reversed, orderId: wrong, side: 'BUY', amountMinor: 9_00 }), {
      times: 2,
    });
    expect(await reached(found.id)).toMatchObject({ reached: '79999.99', share: '0.08' });
  });

  test.each([
    [{ target: '0' }, 'BAD_GOAL'],
    [{ target: '1.5' }, 'BAD_GOAL'],
    [{ lastDay: '2026-03-01' }, 'BAD_GOAL'],
    [{ currency: 'CNY' }, 'BAD_GOAL'],
    [{ metric: 'NET_NEW_ASSETS' }, 'BAD_GOAL'],
    [{ metric: 'NET_NEW_ASSETS', currency: 'CNY', channel: 'ONLINE' }, 'GOAL_NOT_OF_CAMPAIGN'],
    [{ metric: 'NET_NEW_ASSETS', currency: 'XXX' }, 'BAD_INPUT'],
    [{ campaignId: '01950000-0000-7000-8000-000000000001' }, 'CAMPAIGN_UNKNOWN'],
    [{ name: '' }, 'BAD_NAME'],
  ])('%j: %s', async (override, code) => {
    expect((await set(aGoal(override))).codes).toEqual([code]);
  });
});
