import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { service } from '../service.js';

const admin = actorOf(freshId(), ['ADMIN']);
const compliance = actorOf(freshId(), ['COMPLIANCE']);
const both = actorOf(freshId(), ['ADMIN', 'COMPLIANCE']);
const NOON = new Date('2026-03-02T04:00:00.000Z');
let world: World;
beforeAll(async () => {
  world = await aService(service, { now: NOON });
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = NOON;
});

async function run(name: string, input: Record<string, unknown>, actor = admin) {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const operation = `mutation ($input: ${type}!) { ${name}(input: $input) { id version revision status } }`;
  const answer = await world.ask(actor, operation, { input });
  return { ...answer, row: answer.data?.[name] };
}
const BANNED = { phrases: ['保本', '包贏'], negations: ['不'] };
const aVersion = (changes: Record<string, unknown> = {}) => ({
  requestId: freshId(),
  table: 'BANNED_PHRASES',
  code: 'BANNED',
  effectiveFrom: '2026-03-05',
  source: 'Circular 7 of compliance',
  terms: JSON.stringify(BANNED),
  ...changes,
});
const aYear = (daysOff: string[], makeUpDays: string[]) => ({
  table: 'WORKING_YEAR',
  code: '2027',
  terms: JSON.stringify({ daysOff, makeUpDays }),
});
async function approved(changes: Record<string, unknown>) {
  const { row } = await run('proposeTableVersion', aVersion(changes));
  const decision = { tableVersionId: row.id, expectedVersion: row.version, isApproved: true };
  expect((await run('decideTableVersion', decision, compliance)).codes).toEqual([]);
  return row;
}
const aCareRule = (month: number, day: number, changes: Record<string, unknown> = {}, wish = 'w') => ({
  table: 'CARE_RULE',
  code: 'CHILDRENS_DAY',
  terms: JSON.stringify({
    terms: {
      ...{ on: 'SOLAR_DATE', month, day, daysBefore: 0, ageBands: null, years: null },
      ...{ hasGift: false, isSilent: false, ...changes },
    },
    labels: { EN: 'x', ZH_HANS: 'x', ZH_HANT: 'x' },
    wishes: { EN: 'w', ZH_HANS: 'w', ZH_HANT: wish },
  }),
});
const aTemplate = async (body: string) =>
  (
    await world.ask(
      actorOf(freshId(), ['OPERATIONS']),
      'mutation ($input: ProposeTemplateInput!) { proposeTemplate(input: $input) { id } }',
      { input: { requestId: freshId(), code: 'ANY_WORDS', kind: 'MARKETING', subject: 'S', body } },
    )
  ).codes;

describe('a version of a table', () => {
  test('counts from its day on, once another person has approved it', async () => {
    expect(await aTemplate('包贏')).toEqual([]);
    const { row } = await run('proposeTableVersion', aVersion(), both);
    expect(row).toMatchObject({ revision: 2, status: 'PROPOSED' });
    const decision = { tableVersionId: row.id, expectedVersion: 1, isApproved: true };
    expect((await run('decideTableVersion', decision, both)).codes).toEqual(['OWN_TABLE']);
    const codes = await Promise.all(
      Array.from({ length: 10 }, () => run('decideTableVersion', decision, compliance)),
    );
    expect(codes.flatMap((answer) => answer.codes)).toEqual(Array(9).fill('STALE_VERSION'));
    expect((await run('decideTableVersion', { ...decision, expectedVersion: 2 }, compliance)).codes).toEqual([
      'TABLE_DECIDED',
    ]);
    expect(await aTemplate('包贏')).toEqual([]);
    world.clock.now = new Date('2026-03-05T04:00:00.000Z');
    expect(await aTemplate('包贏')).toEqual(['BANNED_PHRASE']);
    // The version that counts takes the place of the former one.
    expect(await aTemplate('零風險')).toEqual([]);
  });
  test('rejected never counts; approved too late it is proposed anew', async () => {
    const { row } = await run(
      'proposeTableVersion',
      aVersion({ terms: JSON.stringify({ ...BANNED, phrases: ['必勝'] }) }),
    );
    const decision = { tableVersionId: row.id, expectedVersion: 1, isApproved: false };
    world.clock.now = new Date('2026-03-06T04:00:00.000Z');
    expect((await run('decideTableVersion', { ...decision, isApproved: true }, compliance)).codes).toEqual([
      'TABLE_DAY',
    ]);
    expect((await run('decideTableVersion', decision, compliance)).row.status).toBe('REJECTED');
    expect(await aTemplate('必勝')).toEqual([]);
  });
  test('sent ten times at once with one requestId is proposed once; ten others have ten numbers', async () => {
    const one = aVersion({
      table: 'FEEDBACK_TERMS',
      code: 'X',
      terms: '{"answerWithin":{"amount":3,"unit":"WORKING_DAYS"}}',
    });
    const same = await Promise.all(Array.from({ length: 10 }, () => run('proposeTableVersion', one)));
    expect(new Set(same.map(({ row }) => row.id)).size).toBe(1);
    const others = await Promise.all(
      Array.from({ length: 10 }, () => run('proposeTableVersion', { ...one, requestId: freshId() })),
    );
    expect(others.map(({ row }) => row.revision).sort((a, b) => a - b)).toEqual([
      2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
    ]);
  });
  test.each([
    ['that is no JSON', { terms: '{' }, 'TABLE_TERMS'],
    ['with a word too many', { terms: JSON.stringify({ ...BANNED, more: 1 }) }, 'TABLE_TERMS'],
    ['of another table', { table: 'SURVEY_TERMS' }, 'TABLE_TERMS'],
    ['of yesterday', { effectiveFrom: '2026-03-01' }, 'TABLE_DAY'],
    ['without source', { source: ' ' }, 'BAD_INPUT'],
    ['of a code that is none', { code: 'a b' }, 'BAD_INPUT'],
    ['of a grade that is none', { table: 'CARE_GIFT', code: 'GOLDEN' }, 'BAD_INPUT'],
    ['of a year that is none', { table: 'WORKING_YEAR', code: 'next' }, 'BAD_INPUT'],
    ['of a year with days of another', { ...aYear(['2028-01-03'], []) }, 'TABLE_TERMS'],
    ['of a year with a day twice', { ...aYear(['2027-10-01'], ['2027-10-01']) }, 'TABLE_TERMS'],
    ['of a year with a make-up day on a Monday', { ...aYear([], ['2027-10-04']) }, 'TABLE_TERMS'],
    ['of a date that does not exist', aCareRule(2, 30), 'TABLE_TERMS'],
    ['of a lunar day 31', aCareRule(1, 31, { on: 'LUNAR_DATE' }), 'TABLE_TERMS'],
    ['of no anniversary', aCareRule(1, 1, { on: 'ANNIVERSARY' }), 'TABLE_TERMS'],
    ['whose wish is a promise', aCareRule(6, 1, {}, '祝您 保 證 收 益'), 'BANNED_PHRASE'],
    ['of a year with a day that does not exist', { ...aYear(['2027-02-29'], []) }, 'TABLE_TERMS'],
  ])('%s is refused', async (_, changes, code) => {
    expect((await run('proposeTableVersion', aVersion(changes))).codes).toEqual([code]);
  });
  test('of a leap day is one of the days that there are', async () => {
    expect((await run('proposeTableVersion', aVersion(aCareRule(2, 29)))).codes).toEqual([]);
  });
  test('is for those whose post it is', async () => {
    expect((await run('proposeTableVersion', aVersion(), actorOf(freshId(), ['ADVISER']))).codes).toEqual([
      'FORBIDDEN',
    ]);
    expect(
      (await run('decideTableVersion', { tableVersionId: freshId(), expectedVersion: 1, isApproved: true }))
        .codes,
    ).toEqual(['FORBIDDEN']);
  });
});

test('a working year that two people have approved takes the place of weekends, and open clocks are counted anew', async () => {
  const agent = actorOf(freshId(), ['SERVICE_AGENT']);
  const filing = { channel: 'PHONE', category: 'FEE', claim: 'x', profile: 'FIRM_FAST' };
  const complainant = { kind: 'NON_CLIENT', name: 'Passer-by', contact: '000' };
  world.clock.now = new Date('2027-09-29T04:00:00.000Z');
  const file = async () =>
    (
      await world.ask(
        agent,
        'mutation ($input: FileComplaintInput!) { fileComplaint(input: $input) { id dueOn dueIsProvisional } }',
        { input: { requestId: freshId(), ...filing, complainant } },
      )
    ).data.fileComplaint;
  const first = await file();
  expect(first).toMatchObject({ dueOn: '2027-10-06', dueIsProvisional: true });
  const yearOf = async (year: number) =>
    (
      await world.ask(
        agent,
        'query ($year: Int!) { workingCalendar(year: $year) { isProvisional daysOff makeUpDays } }',
        {
          year,
        },
      )
    ).data.workingCalendar;
  expect(await yearOf(2027)).toEqual({ isProvisional: true, daysOff: [], makeUpDays: [] });
  const daysOff = ['01', '02', '03', '04', '05', '06', '07'].map((day) => `2027-10-${day}`);
  await approved({ ...aYear(daysOff, ['2027-10-09']), effectiveFrom: '2027-09-29' });
  expect(await yearOf(2027)).toEqual({ isProvisional: false, daysOff, makeUpDays: ['2027-10-09'] });
  expect(await file()).toMatchObject({ dueOn: '2027-10-12', dueIsProvisional: false });
  await service.jobs?.find(({ name }) => name === 'recount-provisional-clocks')?.run(world.db);
  const recounted = await world.ask(
    agent,
    'query ($id: ID!) { complaint(id: $id) { dueOn dueIsProvisional } }',
    {
      id: first.id,
    },
  );
  expect(recounted.data.complaint).toEqual({ dueOn: '2027-10-12', dueIsProvisional: false });
  // A published year is corrected as a whole: what the firm's version does not name is an ordinary day.
  world.clock.now = NOON;
  const published = await yearOf(2026);
  expect(published.daysOff).toContain('2026-10-01');
  await approved({
    table: 'WORKING_YEAR',
    code: '2026',
    terms: JSON.stringify({ daysOff: ['2026-05-04'], makeUpDays: [] }),
  });
  world.clock.now = new Date('2026-03-05T04:00:00.000Z');
  expect(await yearOf(2026)).toEqual({ isProvisional: false, daysOff: ['2026-05-04'], makeUpDays: [] });
});

test('a new clock of complaints and a new gift count where they are used', async () => {
  const shown = await world.ask(
    compliance,
    '{ tableVersions(table: COMPLAINT_CLOCK, code: "FIRM_FAST") { nodes { revision status terms } } }',
  );
  const terms = JSON.parse(shown.data.tableVersions.nodes[0].terms);
  terms.decide.amount = 3;
  await approved({ table: 'COMPLAINT_CLOCK', code: 'FIRM_FAST', terms: JSON.stringify(terms) });
  const gift = {
    value: '450',
    yearlyCap: '900',
    currency: 'CNY',
    labels: { EN: 'g', ZH_HANS: 'g', ZH_HANT: 'g' },
  };
  await approved({ table: 'CARE_GIFT', code: 'GOLD', terms: JSON.stringify(gift) });
  world.clock.now = new Date('2026-03-05T04:00:00.000Z');
  const filed = await world.ask(
    actorOf(freshId(), ['SERVICE_AGENT']),
    'mutation ($input: FileComplaintInput!) { fileComplaint(input: $input) { dueOn } }',
    {
      input: {
        requestId: freshId(),
        profile: 'FIRM_FAST',
        channel: 'PHONE',
        category: 'FEE',
        claim: 'x',
        complainant: { kind: 'NON_CLIENT', name: 'Passer-by', contact: '000' },
      },
    },
  );
  expect(filed.data.fileComplaint.dueOn).toBe('2026-03-10');
  expect(await world.sql(`select value::text from care_gift where grade = 'GOLD' order by version`)).toEqual([
    { value: '300' },
    { value: '450' },
  ]);
});

test('what waits is shown to whoever decides, is approved as it was proposed only, and is rejected by time', async () => {
  const { row } = await run('proposeTableVersion', aVersion({ effectiveFrom: '2026-09-01' }));
  const waiting = await world.ask(
    compliance,
    '{ serviceApprovals(first: 100) { nodes { service action targetId canDecide } } }',
  );
  expect(waiting.data.serviceApprovals.nodes).toContainEqual({
    service: 'service',
    action: 'TABLE_VERSION',
    targetId: row.id,
    canDecide: true,
  });
  const decision = { tableVersionId: row.id, expectedVersion: 1, isApproved: true };
  await world.sql(`update table_version set source = 'Another' where id = $1`, [row.id]);
  expect((await run('decideTableVersion', decision, compliance)).codes).toEqual(['PAYLOAD_CHANGED']);
  world.clock.now = new Date(NOON.getTime() + 90 * 86_400_000);
  expect((await run('decideTableVersion', decision, compliance)).codes).toEqual(['PROPOSAL_EXPIRED']);
  await service.jobs?.find(({ name }) => name === 'expire-approvals')?.run(world.db);
  expect(await world.sql('select status from table_version where id = $1', [row.id])).toEqual([
    { status: 'REJECTED' },
  ]);
});
