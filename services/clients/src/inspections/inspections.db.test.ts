import type { Actor } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { activate, openPerson } from '../../test/applications.js';
import { comeBack } from '../../test/own-events.js';
import { service } from '../service.js';

const OFFICER = actorOf(freshId(), ['OPERATIONS']);
const AUDITOR = actorOf(freshId(), ['AUDITOR']);
const SECOND = actorOf(freshId(), ['AUDITOR']);
const OWNER = actorOf(freshId(), ['ADVISER']);

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
const run = (name: string) => service.jobs!.find((job) => job.name === name)!.run(world.db);

const send = async (
  actor: Actor,
  name: string,
  type: string,
  input: object,
  fields = 'id status version',
) => {
  const answer = await ask(actor, `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} } }`, {
    input,
  });
  return { ...answer, row: answer.data?.[name] };
};
type Kept = { id: string; status: string; version: number };
const opened = async (template = 'AD_HOC', changes: object = {}) =>
  send(AUDITOR, 'openInspection', 'OpenInspectionInput', {
    requestId: freshId(),
    template,
    from: '2026-01-01',
    to: '2026-03-02',
    ...changes,
  });
const step = (actor: Actor, name: string, { id, version }: Kept) =>
  send(actor, name, 'InspectionInput', { inspectionId: id, expectedVersion: version });
const now = async (id: string): Promise<Kept> =>
  (await ask(AUDITOR, `{ inspection(id: "${id}") { id status version } }`)).data.inspection;
async function atFieldwork(): Promise<Kept> {
  const { row } = await opened();
  return (await step(AUDITOR, 'beginFieldwork', row)).row;
}
const answer = async (id: string, said: string, changes: object = {}) => {
  const { version } = await now(id);
  return send(AUDITOR, 'answerStep', 'AnswerStepInput', {
    inspectionId: id,
    expectedVersion: version,
    step: 'SUBJECT',
    answer: said,
    ...changes,
  });
};
const raised = async (id: string, changes: object = {}) => {
  const { version } = await now(id);
  return send(
    AUDITOR,
    'raiseFinding',
    'RaiseFindingInput',
    {
      requestId: freshId(),
      inspectionId: id,
      expectedVersion: version,
      step: 'SUBJECT',
      severity: 'HIGH',
      summary: 'Two files hold no report',
      evidence: [freshId()],
      ownerId: OWNER.id,
      dueOn: '2026-03-16',
      ...changes,
    },
    'id status version rule ownerId isLate',
  );
};
const plan = (actor: Actor, { id, version }: Kept, dueOn = '2026-03-10') =>
  send(actor, 'planRectification', 'PlanRectificationInput', {
    findingId: id,
    expectedVersion: version,
    plan: 'File the reports',
    dueOn,
  });
const finish = (actor: Actor, { id, version }: Kept, evidence = ['report 7']) =>
  send(actor, 'finishRectification', 'FinishRectificationInput', {
    findingId: id,
    expectedVersion: version,
    done: 'Filed',
    evidence,
  });
const judge = (actor: Actor, { id, version }: Kept, decision = 'APPROVE') =>
  send(actor, 'judgeRectification', 'JudgeRectificationInput', {
    findingId: id,
    expectedVersion: version,
    decision,
    reason: 'Seen',
  });
/** An inspection with one finding that is with its owner. */
async function issued() {
  const { id } = await atFieldwork();
  await answer(id, 'NOT_COMPLIANT');
  const { row: finding } = await raised(id);
  const { row: inspection } = await step(AUDITOR, 'issueFindings', await now(id));
  return { inspection: inspection as Kept, finding: finding as Kept };
}

describe('an inspection', () => {
  test('goes its whole way: opened, fieldwork, findings, rectified, verified by another, closed by a third', async () => {
    const { inspection, finding } = await issued();
    expect(inspection.status).toBe('FINDINGS_ISSUED');
    const { row: planned } = await plan(OWNER, finding);
    expect(planned.status).toBe('PLANNED');
    expect((await now(inspection.id)).status).toBe('RECTIFYING');
    const { row: done } = await finish(OWNER, planned);
    expect((await judge(OWNER, done)).codes).toEqual(['FORBIDDEN']);
    const { row: verified } = await judge(AUDITOR, done);
    expect(verified.status).toBe('VERIFIED');
    const { row: whole } = await step(AUDITOR, 'verifyInspection', await now(inspection.id));
    expect(whole.status).toBe('VERIFIED');
    expect((await step(AUDITOR, 'closeInspection', whole)).codes).toEqual(['VERIFIER_CLOSES']);
    expect((await step(SECOND, 'closeInspection', whole)).row.status).toBe('CLOSED');
    const told = (await world.events()).filter(({ key }) => key === inspection.id);
    expect(told.map(({ type }) => type)).toEqual([
      'inspection.opened',
      'finding.raised',
      'rectification.verified',
      'inspection.closed',
    ]);
    expect(told[2]?.data).toMatchObject({ severity: 'HIGH', dueOn: '2026-03-16', onTime: true });
    expect(told[3]?.data['counts']).toEqual([{ severity: 'HIGH', count: 1 }]);
  });

  test('that is not accepted goes back, and its finding is planned anew', async () => {
    const { inspection, finding } = await issued();
    const done = (await finish(OWNER, (await plan(OWNER, finding)).row)).row;
    await judge(AUDITOR, done);
    const { row: whole } = await step(AUDITOR, 'verifyInspection', await now(inspection.id));
    const decline = (findingIds: string[]) =>
      send(SECOND, 'declineInspection', 'DeclineInspectionInput', {
        inspectionId: inspection.id,
        expectedVersion: whole.version,
        findingIds,
        reason: 'One report is unsigned',
      });
    expect((await decline([])).codes).toEqual(['FINDINGS_NEEDED']);
    expect((await decline([freshId()])).codes).toEqual(['FINDINGS_NEEDED']);
    expect((await decline([finding.id])).row.status).toBe('RECTIFYING');
    const again = (
      await ask(OWNER, `{ finding(id: "${finding.id}") { id status version attempts { verdict plan } } }`)
    ).data.finding;
    expect(again).toMatchObject({ status: 'REJECTED', attempts: [{ verdict: 'VERIFIED' }] });
    const second = (await finish(OWNER, (await plan(OWNER, again)).row)).row;
    expect((await judge(AUDITOR, second, 'REJECT')).row.status).toBe('REJECTED');
    expect((await step(AUDITOR, 'verifyInspection', await now(inspection.id))).codes).toEqual([
      'FINDINGS_OPEN',
    ]);
  });

  test('is not issued before every step is answered and every breach has its finding', async () => {
    const { id } = await atFieldwork();
    expect((await step(AUDITOR, 'issueFindings', await now(id))).codes).toEqual(['STEPS_OPEN']);
    expect((await answer(id, 'NOT_COMPLIANT', { step: 'OTHER' })).codes).toEqual(['STEP_UNKNOWN']);
    await answer(id, 'NOT_COMPLIANT');
    expect((await step(AUDITOR, 'issueFindings', await now(id))).codes).toEqual(['FINDING_MISSING']);
    await answer(id, 'COMPLIANT', { note: 'Seen again' });
    expect((await step(AUDITOR, 'issueFindings', await now(id))).row.status).toBe('FINDINGS_ISSUED');
    const whole = (await step(AUDITOR, 'verifyInspection', await now(id))).row;
    expect(whole.status).toBe('VERIFIED');
    expect((await answer(id, 'COMPLIANT')).codes).toEqual(['INSPECTION_STATE']);
  });

  test.each<[string, object, string]>([
    ['a template that is none', { template: 'NONE_SUCH' }, 'TEMPLATE_UNKNOWN'],
    ['the template of the daily checks', { template: 'DAILY' }, 'TEMPLATE_UNKNOWN'],
    ['a period that ends before it begins', { to: '2025-12-31' }, 'PERIOD_IMPOSSIBLE'],
    ['a period that ends tomorrow', { to: '2026-03-03' }, 'PERIOD_IMPOSSIBLE'],
    ['a day that is none', { to: '2026-02-30' }, 'BAD_INPUT'],
  ])('of %s is refused', async (_, changes, code) => {
    const { codes } = await opened('AD_HOC', changes);
    expect(code === 'BAD_INPUT' ? codes.length : codes).toEqual(code === 'BAD_INPUT' ? 1 : [code]);
  });

  test('is opened once by ten requests at once, and decided on a version once', async () => {
    const requestId = freshId();
    const answers = await Promise.all(Array.from({ length: 10 }, () => opened('AD_HOC', { requestId })));
    expect(new Set(answers.map(({ row }) => row.id)).size).toBe(1);
    const begun = await Promise.all(
      Array.from({ length: 10 }, () => step(AUDITOR, 'beginFieldwork', answers[0]!.row)),
    );
    expect(begun.filter(({ codes }) => codes.length === 0)).toHaveLength(1);
  });

  test('comes due by itself after each half year and year, once', async () => {
    world.clock.now = new Date('2026-06-30T16:35:00Z');
    await run('open-due-inspections');
    await Promise.all([run('open-due-inspections'), run('open-due-inspections')]);
    const found = async () =>
      world.sql(
        `select template, period_from::text as from, period_to::text as to from inspection where opened_by is null and template <> 'DAILY' order by 2, 1`,
      );
    expect(await found()).toEqual([
      { template: 'SUITABILITY_HALF_YEAR', from: '2026-01-01', to: '2026-06-30' },
    ]);
    world.clock.now = new Date('2026-12-31T16:35:00Z');
    await run('open-due-inspections');
    expect(await found()).toContainEqual({
      template: 'SUITABILITY_HALF_YEAR',
      from: '2026-07-01',
      to: '2026-12-31',
    });
    expect(await found()).toContainEqual({
      template: 'CLIENT_MANAGEMENT_YEAR',
      from: '2026-01-01',
      to: '2026-12-31',
    });
  });
});

describe('a finding', () => {
  test('is planned and finished by its owner, and seen by nobody else who does not inspect', async () => {
    const { finding } = await issued();
    const other = actorOf(freshId(), ['ADVISER']);
    expect((await plan(other, finding)).codes).toEqual(['NOT_FOUND']);
    expect((await ask(other, `{ finding(id: "${finding.id}") { id } }`)).data.finding).toBeNull();
    expect((await ask(other, '{ findings { nodes { id } } }')).data.findings.nodes).toEqual([]);
    expect(
      (await ask(OWNER, '{ findings(first: 100) { nodes { id ownerId } } }')).data.findings.nodes.map(
        ({ ownerId }: { ownerId: string }) => ownerId,
      ),
    ).toEqual(expect.arrayContaining([OWNER.id]));
    const assigned = await send(AUDITOR, 'assignFinding', 'AssignFindingInput', {
      findingId: finding.id,
      expectedVersion: 1,
      ownerId: other.id,
    });
    expect(assigned.row.status).toBe('OPEN');
    expect((await plan(OWNER, assigned.row)).codes).toEqual(['NOT_FOUND']);
    const planned = (await plan(other, assigned.row)).row;
    expect(
      (
        await send(AUDITOR, 'assignFinding', 'AssignFindingInput', {
          findingId: finding.id,
          expectedVersion: planned.version,
          ownerId: OWNER.id,
        })
      ).codes,
    ).toEqual(['FINDING_STATE']);
  });

  test('is never verified by its owner', async () => {
    const owner = actorOf(freshId(), ['COMPLIANCE']);
    const { id } = await atFieldwork();
    await answer(id, 'NOT_COMPLIANT');
    const { row } = await raised(id, { ownerId: owner.id });
    await step(AUDITOR, 'issueFindings', await now(id));
    const done = (await finish(owner, (await plan(owner, row)).row)).row;
    expect((await judge(owner, done)).codes).toEqual(['OWNER_VERIFIES']);
    await judge(AUDITOR, done);
    expect((await step(owner, 'verifyInspection', await now(id))).codes).toEqual(['VERIFIER_IS_OWNER']);
  });

  test('is planned only once findings are issued', async () => {
    const { id } = await atFieldwork();
    const { row } = await raised(id);
    expect((await plan(OWNER, row)).codes).toEqual(['INSPECTION_STATE']);
  });

  test.each<[string, object, string]>([
    ['a step of another template', { step: 'MATCHED' }, 'STEP_UNKNOWN'],
    ['a client of nobody', { clientId: freshId() }, 'NOT_FOUND'],
    ['yesterday as its day', { dueOn: '2026-03-01' }, 'DUE_IMPOSSIBLE'],
    ['a day after a year', { dueOn: '2027-03-03' }, 'DUE_IMPOSSIBLE'],
    ['evidence that is no id', { evidence: ['x'] }, 'EVIDENCE_NEEDED'],
    ['an owner who is none', { ownerId: 'x' }, 'BAD_INPUT'],
    ['no words', { summary: ' ' }, 'BAD_INPUT'],
    ['an older version', { expectedVersion: 1 }, 'STALE_VERSION'],
  ])('with %s is refused', async (_, changes, code) => {
    const { id } = await atFieldwork();
    expect((await raised(id, changes)).codes).toEqual([code]);
  });

  test.each(['MARKETING', 'ANALYST', 'CLIENT', 'ADVISER', 'OPERATIONS', 'ADMIN'] as const)(
    '%s inspects nothing',
    async (role) => {
      const actor = actorOf(freshId(), [role]);
      expect((await ask(actor, '{ supervision { lateFindings } }')).codes).toEqual(['FORBIDDEN']);
      expect((await ask(actor, '{ inspections { nodes { id } } }')).codes).toEqual(['FORBIDDEN']);
      expect(
        (
          await send(actor, 'openInspection', 'OpenInspectionInput', {
            requestId: freshId(),
            template: 'AD_HOC',
            from: '2026-01-01',
            to: '2026-03-02',
          })
        ).codes,
      ).toEqual(['FORBIDDEN']);
    },
  );
});

describe('a sample', () => {
  const draw = async (id: string, changes: object = {}) => {
    const { version } = await now(id);
    return send(
      AUDITOR,
      'drawSample',
      'DrawSampleInput',
      {
        requestId: freshId(),
        inspectionId: id,
        expectedVersion: version,
        seed: '2026-H1',
        size: 3,
        query: { clients: { status: 'ACTIVE' } },
        ...changes,
      },
      'id drawn population',
    );
  };
  const redrawn = async (sampleId: string) =>
    (await ask(SECOND, `{ redrawnSample(sampleId: "${sampleId}") { isSame ids population } }`)).data
      .redrawnSample;

  test('drawn again is the same, also when clients have come and moved on since', async () => {
    const adviser = actorOf(freshId(), ['ADVISER']);
    for (let n = 0; n < 6; n += 1) await activate(ask, OFFICER, await openPerson(ask, adviser));
    const { row: inspection } = await opened();
    const { row: sample } = await draw(inspection.id, {
      query: { clients: { status: 'ACTIVE', adviserId: adviser.id } },
    });
    expect(sample.drawn).toHaveLength(3);
    expect(sample.population).toBe(6);
    await activate(ask, OFFICER, await openPerson(ask, adviser));
    const { version } = (await ask(OFFICER, `{ client(id: "${sample.drawn[0]}") { version } }`)).data.client;
    await send(OFFICER, 'beginClosing', 'BeginClosingInput', {
      clientId: sample.drawn[0],
      expectedVersion: version,
      reason: 'CLIENT_WISH',
    });
    expect(await redrawn(sample.id)).toEqual({ isSame: true, ids: sample.drawn, population: 6 });
    const { row: other } = await draw(inspection.id, {
      seed: 'another',
      query: { clients: { adviserId: adviser.id } },
    });
    expect(other.population).toBe(7);
    await world.sql('update inspection_sample set drawn = drawn[1:2] where id = $1', [sample.id]);
    expect((await redrawn(sample.id)).isSame).toBe(false);
  });

  test('of what was filed is drawn by class, type and time', async () => {
    await activate(ask, OFFICER, await openPerson(ask, actorOf(freshId(), ['ADVISER'])));
    await comeBack(world);
    const { row: inspection } = await opened();
    const items = { itemClass: 'IDENTITY', what: 'client.activated', from: '2026-03-02', to: '2026-03-02' };
    const { row: sample } = await draw(inspection.id, { query: { items }, size: 500 });
    expect(sample.drawn.length).toBe(sample.population);
    expect(sample.population).toBeGreaterThan(0);
    expect((await redrawn(sample.id)).isSame).toBe(true);
    const { row: none } = await draw(inspection.id, {
      query: { items: { ...items, to: '2026-03-01', from: '2026-03-01' } },
    });
    expect(none).toMatchObject({ drawn: [], population: 0 });
  });

  test.each<[string, object, string]>([
    [
      'both queries',
      { query: { clients: {}, items: { itemClass: 'TRADE', from: '2026-01-01', to: '2026-01-02' } } },
      'SAMPLE_IMPOSSIBLE',
    ],
    ['no query', { query: {} }, 'SAMPLE_IMPOSSIBLE'],
    ['nothing to draw', { size: 0 }, 'SAMPLE_IMPOSSIBLE'],
    ['a seed that is none', { seed: ' ' }, 'SAMPLE_IMPOSSIBLE'],
    ['an adviser who is none', { query: { clients: { adviserId: 'x' } } }, 'BAD_INPUT'],
    [
      'days to come',
      { query: { items: { itemClass: 'TRADE', from: '2026-03-03', to: '2026-03-03' } } },
      'PERIOD_IMPOSSIBLE',
    ],
  ])('with %s is refused', async (_, changes, code) => {
    const { row } = await opened();
    expect((await draw(row.id, changes)).codes).toEqual([code]);
  });
});

test('fifty findings cost as many statements as one, and the overview always the same', async () => {
  const page =
    '{ findings(first: 50) { nodes { id summary stepLabel(locale: ZH_HANT) isLate attempts { plan } client { id } } } }';
  const screen =
    '{ supervision { at lateFindings unassignedFindings openFindings { severity count } inspections { status count } waitingApprovals readsToday dueFindings(first: 20) { nodes { id stepLabel } } } }';
  const cost = async (operation: string) => {
    await ask(AUDITOR, operation);
    return world.statements(() => ask(AUDITOR, operation));
  };
  const { id } = await atFieldwork();
  await raised(id, { dueOn: '2026-03-02' });
  const before = [await cost(page), await cost(screen)];
  for (let n = 0; n < 20; n += 1) await raised(id, { dueOn: '2026-03-02' });
  expect([await cost(page), await cost(screen)]).toEqual(before);
  world.clock.now = new Date('2026-03-03T02:00:00Z');
  const { data } = await ask(AUDITOR, screen);
  expect(data.supervision.lateFindings).toBeGreaterThanOrEqual(21);
  expect(data.supervision.dueFindings.nodes).toHaveLength(20);
});
