import { readFileSync } from 'node:fs';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { assessor, compliance, people, SAVER } from '../people.fixture.js';
import { seed } from '../questionnaires/questionnaires.js';
import { service } from '../service.js';

let world: World;
const MORNING = new Date('2026-03-02T02:00:00.000Z');
const shanghai = (text: string) => new Date(`${text}+08:00`);
beforeAll(async () => {
  world = await aService(service, { now: MORNING });
});
beforeEach(() => {
  world.clock.now = MORNING;
});
afterAll(() => world.stop());

const { run, aClient, submitted, assessed, ofClient } = people(() => world);
/** A value for a path, `limits.maxPerDay`; undefined takes the field away. */
type Change = readonly [path: string, value?: unknown];
function table(name: string, ...changes: readonly Change[]): string {
  const content = JSON.parse(readFileSync(new URL(`../../data/${name}.json`, import.meta.url), 'utf8'));
  for (const [path, value] of [
    ['version', `T-${freshId()}`],
    ['effectiveFrom', '2026-04-01'],
    ...changes,
  ] as Change[]) {
    const steps = path.split('.');
    const last = steps.pop() ?? '';
    const parent = steps.reduce((part, step) => part[step], content);
    if (value === undefined) delete parent[last];
    else parent[last] = value;
  }
  return JSON.stringify(content);
}
const FIELDS =
  'id version state kind subject tableVersion effectiveFrom proposedById decidedById contentHash';
const propose = (
  kind: 'ASSESSMENT_RULES' | 'ALERT_RULES',
  content: string,
  by = assessor,
  own: object = {},
) => run(by, 'proposeTable', { requestId: freshId(), kind, content, ...own }, FIELDS);
const decide = async (name: string, changeId: string, by = compliance, own: object = {}) => {
  const { data, codes } = await world.ask(
    by,
    `mutation ($input: DecideTableChangeInput!) { ${name}(input: $input) { ${FIELDS} } }`,
    { input: { changeId, expectedVersion: 1, ...own } },
  );
  return { answer: data?.[name] ?? null, codes };
};
const withdrawn = (id: string) => decide('withdrawTableChange', id, assessor);

describe('the rules of assessments', () => {
  test('change from their day on by two people; what was decided before stays as it was', async () => {
    const { who } = await assessed(SAVER);
    const { answer, codes } = await propose(
      'ASSESSMENT_RULES',
      table(
        'assessment-rules',
        ['version', '2026.9'],
        ['limits.validityMonths', 6],
        ['limits.maxPerDay', 1],
        ['exemption.investors', ['PROFESSIONAL_A']],
      ),
    );
    expect(codes).toEqual([]);
    expect(answer).toMatchObject({ state: 'OPEN', subject: 'ASSESSMENT_RULES', tableVersion: '2026.9' });
    expect((await decide('approveTableChange', answer.id)).answer).toMatchObject({
      state: 'APPROVED',
      decidedById: compliance.id,
      version: 2,
    });
    const other = await aClient();
    await submitted(other, SAVER);
    await submitted(other, SAVER);
    world.clock.now = shanghai('2026-04-01T00:00:00');
    await submitted(other, SAVER);
    await expect(submitted(other, SAVER)).rejects.toThrow('ATTEMPT_LIMIT');
    expect((await ofClient(compliance, who, 'riskProfile { validTo }')).riskProfile.validTo).toBe(
      '2027-03-01',
    );
    // A restart finds the table of the files and the new one, and disturbs neither.
    await seed(world.db);
    const { data } = await world.ask(
      assessor,
      '{ riskTables(kind: ASSESSMENT_RULES) { version effectiveFrom content } }',
    );
    expect(data.riskTables[0]).toMatchObject({ version: '2026.9', effectiveFrom: '2026-04-01' });
    expect(JSON.parse(data.riskTables[0].content).limits.maxPerDay).toBe(1);
    expect((await world.events('risk.table.changed')).map(({ data: told }) => told['outcome'])).toEqual([
      'OPEN',
      'APPROVED',
    ]);
  });

  test.each<[string, Change, string]>([
    [
      'a level that is offered less than the one below',
      ['offers.levels.HIGH.productRisks', ['R5']],
      'offers.levels.HIGH',
    ],
    [
      'a lowest category with more than LOW',
      ['offers.lowestCategory.productRisks', ['R1', 'R2']],
      'offers.lowestCategory',
    ],
    ['fewer a year than a day', ['limits.maxPer12Months', 1], 'fewer a year'],
    ['a change without its cause', ['materialChanges.changes.0.becomes'], 'materialChanges.CAPACITY_LOST'],
    ['a fact nobody knows', ['materialChanges.changes.0.fact', 'shoeSize'], 'no fact'],
    ['no validity', ['limits.validityMonths', 0], 'limits.validityMonths'],
    ['a level that is missing', ['offers.levels.MEDIUM'], 'offers.levels'],
    ['an investor nobody knows', ['exemption.investors.0', 'RICH'], 'exemption.investors'],
    ['a field nobody knows', ['colour', 'red'], 'colour'],
  ])('with %s are refused', async (_, spoil, problem) => {
    const { data, errors } = await world.ask(
      assessor,
      'mutation ($input: ProposeTableInput!) { proposeTable(input: $input) { id } }',
      {
        input: {
          requestId: freshId(),
          kind: 'ASSESSMENT_RULES',
          content: table('assessment-rules', spoil),
        },
      },
    );
    expect(data).toBeNull();
    expect(errors[0]?.extensions?.['code']).toBe('TABLE_MALFORMED');
    expect(JSON.stringify(errors[0]?.extensions?.['details'])).toContain(problem);
  });
});

describe('the rules of alerts', () => {
  test.each<[string, Change, string]>([
    ['without a limit', ['types.LARGE_REDEMPTION.thresholds.shareBp'], 'LARGE_REDEMPTION'],
    ['with a limit below zero', ['types.HIGH_RISK_SHARE.thresholds.shareBp', -1], 'HIGH_RISK_SHARE'],
    ['without a time to take it up', ['types.DRAWDOWN.ackWithin', {}], 'DRAWDOWN'],
    ['without a type', ['types.DRAWDOWN'], 'types'],
    ['with words in two languages', ['types.DRAWDOWN.text.zhHant'], 'zhHant'],
  ])('%s are refused', async (_, spoil, problem) => {
    const { errors } = await world.ask(
      assessor,
      'mutation ($input: ProposeTableInput!) { proposeTable(input: $input) { id } }',
      {
        input: {
          requestId: freshId(),
          kind: 'ALERT_RULES',
          content: table('alert-rules', spoil),
        },
      },
    );
    expect(errors[0]?.extensions?.['code']).toBe('TABLE_MALFORMED');
    expect(JSON.stringify(errors[0]?.extensions?.['details'])).toContain(problem);
  });

  test('hold from their day on', async () => {
    const { answer } = await propose('ALERT_RULES', table('alert-rules', ['version', '2026.7']));
    expect((await decide('approveTableChange', answer.id)).codes).toEqual([]);
    const [row] = await world.sql(
      `select effective_from::text as day from alert_rule where version = '2026.7'`,
    );
    expect(row).toEqual({ day: '2026-04-01' });
  });
});

describe('two people', () => {
  const later = (day: string) => table('alert-rules', ['effectiveFrom', day]);

  test('the maker does not decide, others do not withdraw, nobody decides twice or on a stale version', async () => {
    const both = actorOf(freshId(), ['ADMIN']);
    const { answer } = await propose('ALERT_RULES', later('2026-05-01'), both);
    expect((await decide('approveTableChange', answer.id, both)).codes).toEqual(['MAKER_IS_CHECKER']);
    expect((await decide('rejectTableChange', answer.id, both)).codes).toEqual(['MAKER_IS_CHECKER']);
    expect((await withdrawn(answer.id)).codes).toEqual(['NOT_THE_MAKER']);
    expect((await decide('approveTableChange', answer.id, compliance, { expectedVersion: 9 })).codes).toEqual(
      ['STALE_VERSION'],
    );
    expect((await decide('approveTableChange', freshId())).codes).toEqual(['NOT_FOUND']);
    expect((await decide('rejectTableChange', answer.id)).answer).toMatchObject({ state: 'REJECTED' });
    expect((await decide('approveTableChange', answer.id, compliance, { expectedVersion: 2 })).codes).toEqual(
      ['CHANGE_CLOSED'],
    );
  });

  test('ten proposals at once leave one; ten approvals at once count once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => propose('ALERT_RULES', later('2026-06-01'))),
    );
    expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('PROPOSAL_OPEN'));
    const open = answers.find(({ answer }) => answer !== null)?.answer;
    const decided = await Promise.all(
      Array.from({ length: 10 }, () =>
        decide('approveTableChange', open.id, actorOf(freshId(), ['COMPLIANCE'])),
      ),
    );
    expect(decided.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('STALE_VERSION'));
  });

  test.each([
    ['TABLE_IN_PAST', '2026-03-02'],
    ['TABLE_IN_PAST', '2025-01-01'],
    ['TABLE_DAY_TAKEN', '2026-03-15'],
  ])('%s: %s', async (code, day) => {
    const before = await propose('ASSESSMENT_RULES', table('assessment-rules', ['effectiveFrom', day]));
    expect(before.codes).toEqual([code]);
  });

  test('approved too late it is refused, and after thirty days it is given up', async () => {
    const { answer } = await propose(
      'ASSESSMENT_RULES',
      table('assessment-rules', ['effectiveFrom', '2026-04-10']),
    );
    world.clock.now = shanghai('2026-04-10T09:00:00');
    expect((await decide('approveTableChange', answer.id)).codes).toEqual(['PROPOSAL_EXPIRED']);
    await service.jobs?.find(({ name }) => name === 'expire-approvals')?.run(world.db);
    const { data } = await world.ask(compliance, '{ riskTableChanges(first: 100) { nodes { id state } } }');
    expect(data.riskTableChanges.nodes).toContainEqual({ id: answer.id, state: 'EXPIRED' });
    world.clock.now = MORNING;
    const { answer: soon } = await propose(
      'ASSESSMENT_RULES',
      table('assessment-rules', ['effectiveFrom', '2026-04-10']),
    );
    const waiting = await world.ask(
      compliance,
      '{ riskApprovals(first: 100) { nodes { service targetId canDecide } } }',
    );
    expect(waiting.data.riskApprovals.nodes).toContainEqual({
      service: 'risk',
      targetId: soon.id,
      canDecide: true,
    });
    expect((await withdrawn(soon.id)).answer).toMatchObject({ state: 'WITHDRAWN' });
  });

  test.each(['CLIENT', 'ADVISER', 'OPERATIONS', 'AUDITOR', 'MARKETING', 'ANALYST', 'SERVICE_AGENT'] as const)(
    '%s neither proposes nor decides',
    async (role) => {
      const id = freshId();
      const by = actorOf(id, [role], role === 'CLIENT' ? id : null);
      expect((await propose('ALERT_RULES', later('2026-07-01'), by)).codes).toEqual(['FORBIDDEN']);
      expect((await decide('approveTableChange', freshId(), by)).codes).toEqual(['FORBIDDEN']);
    },
  );
});
