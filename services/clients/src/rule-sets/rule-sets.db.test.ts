import { RiskLevel, RiskProfileChanged } from '@client-graph/events';
import { type Actor, ROLES, type Role } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openOrganisation, openPerson, yuan } from '../../test/applications.js';
import { GradingRuleSetRow } from '../grading.entities.js';
import { service } from '../service.js';
import { previewGradingRules } from './preview.js';

const PROPOSE = `mutation ($input: ProposeGradingRulesInput!) {
  proposeGradingRules(input: $input) { id version status effectiveFrom makerId checkerId tables { assetRanks { rank min below } } }
}`;
const decision = (name: string) =>
  `mutation ($input: DecideGradingRulesInput!) { ${name}GradingRules(input: $input) { id status checkerId decisionReason regradedAt } }`;
const PREVIEW = `query ($rules: GradingTablesInput!) {
  previewGradingRules(rules: $rules) {
    computedOn clients unchanged overridden moves { kind fromClass fromGrade toClass toGrade clients }
  }
}`;
const IN_FORCE =
  '{ gradingRules { version regradedAt tables { currency clientClasses { class min below } mediumFromProductClasses } } }';

const OFFICER = actorOf(freshId(), ['OPERATIONS']);
const MAKER = actorOf(freshId(), ['ADMIN']);
const CHECKER = actorOf(freshId(), ['COMPLIANCE']);

/** The firm's tables with other lines for silver. */
const tables = (silverFrom = '500000', changes: Record<string, unknown> = {}) => ({
  clientClasses: [
    { class: 'ORDINARY', min: '0', below: '6000000' },
    { class: 'HIGH_NET_WORTH', min: '6000000', below: '30000000' },
    { class: 'ULTRA_HIGH_NET_WORTH', min: '30000000' },
  ],
  assetRanks: [
    { rank: 1, min: '0', below: silverFrom },
    { rank: 2, min: silverFrom, below: '3000000' },
    { rank: 3, min: '3000000', below: '30000000' },
    { rank: 4, min: '30000000' },
  ],
  toleranceRanks: [
    { rank: 1 },
    ...RiskLevel.options.map((level, n) => ({ level, rank: [1, 1, 2, 3, 3][n] })),
  ],
  experienceRanks: [
    { rank: 1, min: '0', below: '2' },
    { rank: 2, min: '2', below: '5' },
    { rank: 3, min: '5' },
  ],
  institutionGrades: [
    { grade: 'SMALL', min: '0', below: '20000000' },
    { grade: 'MEDIUM', min: '20000000', below: '200000000' },
    { grade: 'LARGE', min: '200000000' },
  ],
  mediumFromProductClasses: 3,
  financialInstitutionLargeFrom: '100000000',
  ...changes,
});

let world: World;
const ask = (actor: Actor, operation: string, variables: Record<string, unknown>) =>
  world.ask(actor, operation, variables);
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());
beforeEach(async () => {
  world.clock.now = new Date('2026-03-02T02:00:00Z');
  await world.sql(`delete from grading_rule_set where version <> '2026.1'`);
});

let serial = 1;
const proposal = (changes: Record<string, unknown> = {}) => {
  serial += 1;
  return {
    input: {
      requestId: freshId(),
      version: `2026.${serial}`,
      effectiveFrom: '2026-04-01',
      source: 'minutes of the committee',
      reason: 'more clients deserve silver',
      tables: tables('300000'),
      ...changes,
    },
  };
};
const propose = async (changes: Record<string, unknown> = {}, maker = MAKER) =>
  (await world.ask(maker, PROPOSE, proposal(changes))).data.proposeGradingRules.id as string;
const decide = (actor: Actor, name: string, ruleSetId: string) =>
  world.ask(actor, decision(name), { input: { ruleSetId, reason: 'looked at' } });
const run = (name: string) => service.jobs!.find((job) => job.name === name)!.run(world.db);
const withAssets = async (adviser: Actor, aum: string, investmentYears = 3) => {
  const { id } = await openPerson(ask, adviser, { investmentYears });
  const input = {
    requestId: freshId(),
    clientId: id,
    asOf: '2026-03-01',
    aumWithFirm: yuan(aum),
    externalVerified: yuan('0'),
    source: 'STATEMENT',
  };
  await world.ask(OFFICER, 'mutation ($input: RecordAssetsInput!) { recordAssets(input: $input) { id } }', {
    input,
  });
  return id;
};
const gradeOf = async (id: string) =>
  (await world.ask(OFFICER, `{ client(id: "${id}") { grade } }`)).data.client.grade;

describe('a change of the tables', () => {
  test('is proposed, approved by another person, takes effect on its day and grades the whole book once', async () => {
    const adviser = actorOf(freshId(), ['ADVISER']);
    const client = await withAssets(adviser, '400000');
    const id = await propose();
    expect((await decide(CHECKER, 'approve', id)).data.approveGradingRules).toMatchObject({
      status: 'APPROVED',
      checkerId: CHECKER.id,
      decisionReason: 'looked at',
      regradedAt: null,
    });
    world.clock.now = new Date('2026-03-31T15:59:00Z');
    await run('apply-grading-rules');
    expect(await gradeOf(client)).toBe('BRONZE');

    world.clock.now = new Date('2026-03-31T16:10:00Z');
    await run('apply-grading-rules');
    expect(await gradeOf(client)).toBe('SILVER');
    const graded = async () => (await world.events('client.graded')).filter(({ key }) => key === client);
    expect((await graded()).map(({ data }) => data['to'])).toEqual(['SILVER']);
    const { regradedAt } = (await world.ask(CHECKER, IN_FORCE)).data.gradingRules;
    expect(regradedAt).toBe('2026-03-31T16:10:00.000Z');
    await run('apply-grading-rules');
    expect(await graded()).toHaveLength(1);
    await world.sql('update grading_rule_set set regraded_at = null, regraded_to = null');
  });

  test('a book of more than one batch is graded to its end, and a run that died goes on where it stopped', async () => {
    const client = await withAssets(actorOf(freshId(), ['ADVISER']), '400000');
    await world.sql(
      `with copied as (
         insert into client select (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'grade_assignment_id', gen_random_uuid()))).*
         from client c, generate_series(1, 410) where c.id = $1 returning id, grade_assignment_id
       ), profiles as (
         insert into individual_profile (client_id, annual_income_currency, investment_years, birthday_calendar)
         select x.id, p.annual_income_currency, p.investment_years, p.birthday_calendar from individual_profile p, copied x where p.client_id = $1
       ), classes as (
         insert into class_assignment select (jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid(), 'client_id', x.id))).* from class_assignment a, copied x where a.client_id = $1
       )
       insert into grade_assignment select (jsonb_populate_record(a, jsonb_build_object('id', x.grade_assignment_id, 'client_id', x.id))).*
       from grade_assignment a, copied x where a.client_id = $1 and a.effective_to is null`,
      [client],
    );
    await decide(CHECKER, 'approve', await propose());
    world.clock.now = new Date('2026-03-31T16:10:00Z');
    await run('apply-grading-rules');
    const left = await world.sql(
      `select count(*)::int as n from client c where grade = 'BRONZE' and exists (select from asset_snapshot s where s.id = c.asset_snapshot_id and s.aum_with_firm = 400000)`,
    );
    expect(left).toEqual([{ n: 0 }]);
  });

  test('not by the maker, not twice, not after its day; and a rejected one changes nothing', async () => {
    const both: Actor = { ...MAKER, scopes: new Set([...MAKER.scopes, ...CHECKER.scopes]) };
    const id = await propose({}, both);
    expect((await decide(both, 'approve', id)).codes).toEqual(['MAKER_IS_CHECKER']);
    expect((await decide(both, 'reject', id)).codes).toEqual(['MAKER_IS_CHECKER']);
    expect((await decide(MAKER, 'withdraw', freshId())).codes).toEqual(['NOT_FOUND']);
    world.clock.now = new Date('2026-04-01T02:00:00Z');
    expect((await decide(CHECKER, 'approve', id)).codes).toEqual(['EFFECTIVE_DATE_PAST']);
    expect((await decide(CHECKER, 'reject', id)).data.rejectGradingRules.status).toBe('REJECTED');
    expect((await decide(CHECKER, 'approve', id)).codes).toEqual(['PROPOSAL_CLOSED']);
    expect((await world.ask(CHECKER, IN_FORCE)).data.gradingRules.version).toBe('2026.1');
  });

  test('only its maker withdraws it', async () => {
    const id = await propose();
    const colleague = actorOf(freshId(), ['ADMIN']);
    expect((await decide(colleague, 'withdraw', id)).codes).toEqual(['NOT_THE_MAKER']);
    expect((await decide(MAKER, 'withdraw', id)).data.withdrawGradingRules.status).toBe('WITHDRAWN');
  });

  test('of ten proposals at once one is open; of ten approvals at once one counts', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => world.ask(MAKER, PROPOSE, proposal())),
    );
    expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('PROPOSAL_OPEN'));
    const id = answers.find(({ codes }) => codes.length === 0)!.data.proposeGradingRules.id;
    const decisions = await Promise.all(Array.from({ length: 10 }, () => decide(CHECKER, 'approve', id)));
    expect(decisions.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('PROPOSAL_CLOSED'));
    expect((await world.ask(MAKER, PROPOSE, proposal())).codes).toEqual(['EFFECTIVE_DATE_TAKEN']);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['today', { effectiveFrom: '2026-03-02' }, 'EFFECTIVE_DATE_PAST'],
    ['a day past', { effectiveFrom: '2026-01-01' }, 'EFFECTIVE_DATE_PAST'],
    ['a known version', { version: '2026.1' }, 'VERSION_TAKEN'],
    ['a version of words', { version: 'the new one' }, 'BAD_INPUT'],
    ['no reason', { reason: ' ' }, 'BAD_INPUT'],
    [
      'a gap between bands',
      {
        tables: tables('500000', {
          experienceRanks: [
            { rank: 1, min: '0', below: '2' },
            { rank: 2, min: '3' },
          ],
        }),
      },
      'TABLES_WRONG',
    ],
    [
      'overlapping bands',
      {
        tables: tables('500000', {
          experienceRanks: [
            { rank: 1, min: '0', below: '4' },
            { rank: 2, min: '2' },
          ],
        }),
      },
      'TABLES_WRONG',
    ],
    ['a negative line', { tables: tables('-5') }, 'BAD_INPUT'],
    [
      'diamond apart from its segment',
      {
        tables: tables('500000', {
          assetRanks: tables().assetRanks.map((row) =>
            row.rank === 4
              ? { ...row, min: '40000000' }
              : row.rank === 3
                ? { ...row, below: '40000000' }
                : row,
          ),
        }),
      },
      'TABLES_WRONG',
    ],
    [
      'a grade of the other kind',
      { tables: tables('500000', { institutionGrades: [{ grade: 'GOLD', min: '0' }] }) },
      'TABLES_WRONG',
    ],
    ['a level missing', { tables: tables('500000', { toleranceRanks: [{ rank: 1 }] }) }, 'TABLES_WRONG'],
  ])('%s is refused', async (_, changes, code) => {
    expect((await world.ask(MAKER, PROPOSE, proposal(changes))).codes).toEqual([code]);
  });
});

describe('the preview', () => {
  beforeAll(async () => {
    await world.stop();
    world = await aService(service);
  });

  test('says for a whole book what the rules themselves say of each client', async () => {
    const adviser = actorOf(freshId(), ['ADVISER']);
    const amounts = [
      '0',
      '299999.99',
      '300000',
      '499999',
      '500000',
      '2999999',
      '3000000',
      '6000000',
      '29999999',
      '30000000',
    ];
    for (const [n, amount] of amounts.entries()) {
      const id = await withAssets(adviser, amount, [0, 1, 2, 4, 5][n % 5]);
      if (n % 2 === 0)
        await world.deliver(
          RiskProfileChanged({
            clientId: id,
            assessmentId: freshId(),
            from: null,
            to: RiskLevel.options[n % 5]!,
            lowestCategory: false,
            validTo: '2027-01-01',
          }),
        );
    }
    const { id: institution } = await openOrganisation(ask, adviser, {
      institutionType: 'FINANCIAL_INSTITUTION',
    });
    await world.ask(
      OFFICER,
      'mutation ($input: RecordFinancialsInput!) { recordFinancials(input: $input) { id } }',
      {
        input: {
          requestId: freshId(),
          clientId: institution,
          yearEnd: '2025-12-31',
          netAssets: yuan('60000000'),
          liabilities: yuan('0'),
          revenue: yuan('0'),
          profit: yuan('0'),
          source: 'AUDITED',
        },
      },
    );

    const asNow = (await world.ask(CHECKER, PREVIEW, { rules: tables() })).data.previewGradingRules;
    expect(asNow.computedOn).toBe('2026-03-02');
    expect(asNow.moves).toEqual([]);
    expect(asNow.unchanged).toBe(asNow.clients);

    const changed = tables('300000', {
      experienceRanks: [
        { rank: 1, min: '0', below: '4' },
        { rank: 3, min: '4' },
      ],
      financialInstitutionLargeFrom: '50000000',
      mediumFromProductClasses: 1,
    });
    const preview = (await world.ask(CHECKER, PREVIEW, { rules: changed })).data.previewGradingRules;
    const before = await world.sql<{ id: string; grade: string }>('select id, grade from client');
    await decide(CHECKER, 'approve', await propose({ tables: changed }));
    world.clock.now = new Date('2026-03-31T16:10:00Z');
    await run('apply-grading-rules');
    // Downgrades wait for the quarter end; their assignments carry what the rules have said.
    const ruled = await world.sql<{ id: string; ruled: string }>(
      `select client_id as id, grounds->>'ruledGrade' as ruled from grade_assignment where effective_to is null`,
    );
    const to = new Map(ruled.map((row) => [row.id, row.ruled]));
    const expected = new Map<string, number>();
    for (const { id, grade } of before) {
      const key = `${grade} ${to.get(id)}`;
      if (grade !== to.get(id)) expected.set(key, (expected.get(key) ?? 0) + 1);
    }
    const counted = new Map<string, number>();
    for (const { fromGrade, toGrade, clients } of preview.moves)
      counted.set(`${fromGrade} ${toGrade}`, (counted.get(`${fromGrade} ${toGrade}`) ?? 0) + clients);
    expect(counted).toEqual(expected);
    expect(expected.size).toBeGreaterThan(1);
    expect(preview.moves.map(({ kind }: { kind: string }) => kind)).toContain('INSTITUTION');
  });

  test('is the same in one piece and in slices of any size', async () => {
    for (const investmentYears of [0, 3, 8, 9])
      await openPerson(ask, actorOf(freshId(), ['ADVISER']), { investmentYears });
    const sets = world.db.source.getRepository(GradingRuleSetRow);
    const { tables: rules } = await sets.findOneByOrFail({ version: '2026.1' });
    const years = { ...rules, grade: { ...rules.grade, experienceRanksYears: [[1, 0, null]] as const } };
    const whole = await previewGradingRules(world.db, years);
    expect(whole.clients).toBeGreaterThan(3);
    const counted = ({ moves, ...preview }: typeof whole) => ({
      ...preview,
      moves: moves.map(({ exampleIds, ...move }) => ({ ...move, examples: exampleIds.length })),
    });
    for (const slice of [2, 5])
      expect(counted(await previewGradingRules(world.db, years, slice))).toEqual(counted(whole));
  });

  test('names examples to those who may see clients, and refuses tables that contradict themselves', async () => {
    const withExamples = PREVIEW.replace('clients }', 'clients examples { id } }');
    await withAssets(actorOf(freshId(), ['ADVISER']), '100000');
    const rules = tables('100000');
    const { data, codes } = await world.ask(CHECKER, withExamples, { rules });
    expect(codes).toEqual([]);
    expect(data.previewGradingRules.moves[0].examples.length).toBeGreaterThan(0);
    expect((await world.ask(MAKER, withExamples, { rules })).codes).toContain('FORBIDDEN');
    expect((await world.ask(CHECKER, PREVIEW, { rules: tables('-1') })).codes).toEqual(['BAD_INPUT']);
  });
});

describe('who may', () => {
  const ways: Record<string, [string, () => object, readonly Role[]]> = {
    propose: [PROPOSE, proposal, ['ADMIN']],
    approve: [decision('approve'), () => ({ input: { ruleSetId: freshId(), reason: 'x' } }), ['COMPLIANCE']],
    reject: [decision('reject'), () => ({ input: { ruleSetId: freshId(), reason: 'x' } }), ['COMPLIANCE']],
    withdraw: [decision('withdraw'), () => ({ input: { ruleSetId: freshId(), reason: 'x' } }), ['ADMIN']],
    preview: [PREVIEW, () => ({ rules: tables() }), ['COMPLIANCE', 'AUDITOR', 'ADMIN']],
    read: [IN_FORCE, () => ({}), ['COMPLIANCE', 'AUDITOR', 'ADMIN']],
  };
  const isRole = (role: string): role is Role => role in ROLES;
  const table = Object.keys(ROLES)
    .filter(isRole)
    .flatMap((role) => Object.keys(ways).map((way): [Role, string] => [role, way]));
  test.each(table)('%s: %s', async (role, way) => {
    const [operation, variables, can] = ways[way]!;
    const { codes } = await world.ask(actorOf(freshId(), [role]), operation, { ...variables() });
    expect(codes.includes('FORBIDDEN')).toBe(!can.includes(role));
  });
});
