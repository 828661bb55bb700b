import { ClientActivated, ClientOnboarded, ClientRestricted } from '@client-graph/events';
import { actorOf, aService, freshId, readablePlaces, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { service } from '../service.js';

const ADVISER = freshId();
const AGENT = freshId();
const adviser = actorOf(ADVISER, ['ADVISER']);
const agent = actorOf(AGENT, ['SERVICE_AGENT']);
const compliance = actorOf(freshId(), ['COMPLIANCE']);
const analyst = actorOf(freshId(), ['ANALYST']);
const NOON = new Date('2026-03-02T04:00:00.000Z');
type Caller = typeof adviser;

let world: World;
beforeAll(async () => {
  world = await aService(service, { now: NOON });
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = NOON;
});

const selfOf = (clientId: string) => actorOf(clientId, ['CLIENT'], clientId);
async function aClient(): Promise<string> {
  const clientId = freshId();
  const standing = { kind: 'INDIVIDUAL', class: 'ORDINARY', grade: 'BRONZE', ageBand: 'FROM_31' } as const;
  const rest = { adviserId: ADVISER, fullCivilCapacity: true, institutionType: null, originLeadId: null };
  await world.deliver(ClientOnboarded({ clientId, ...standing, ...rest }));
  await world.deliver(ClientActivated({ clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'VERIFIED' }));
  await run(
    'setContactPoint',
    { clientId, channel: 'EMAIL', address: `c-${clientId}@mail.example.com` },
    adviser,
  );
  return clientId;
}
async function run(name: string, input: Record<string, unknown>, actor: Caller, fields = 'id') {
  const type =
    name === 'reopenComplaint' ? 'TakeUpComplaintInput' : `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const answer = await world.ask(
    actor,
    `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} } }`,
    { input },
  );
  return { ...answer, row: answer.data?.[name] };
}
async function see(clientId: string, actor: Caller, fields: string) {
  const of = [{ __typename: 'Client', id: clientId }];
  const answer = await world.ask(
    actor,
    `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Client { ${fields} } } }`,
    { of },
  );
  return { ...answer, client: answer.data?._entities[0] };
}
const give = (clientId: string, actor: Caller, changes: Record<string, unknown> = {}) =>
  run(
    'giveFeedback',
    {
      requestId: freshId(),
      clientId,
      kind: 'SUGGESTION',
      channel: 'ONLINE',
      text: 'A form in English.',
      ...changes,
    },
    actor,
    'id version dueAt kindLabel(locale: ZH_HANT)',
  );
const SURVEYS = 'surveys { nodes { id caseKind caseId state score } }';
const figures = (name: string, fields: string) =>
  world
    .ask(analyst, `{ ${name}(from: "2026-03-01", to: "2026-03-31") { ${fields} } }`)
    .then(({ data }) => data[name] as Record<string, unknown>[]);

describe('a suggestion', () => {
  test('of a client behind a wall is not there for the staff it stands before', async () => {
    const clientId = await aClient();
    const { row } = await give(clientId, agent, { kind: 'PRAISE' });
    await world.sql('update client_copy set walled_ids = $2 where client_id = $1', [clientId, [AGENT]]);
    const step = { feedbackId: row.id, expectedVersion: row.version };
    for (const [name, more] of [
      ['takeUpFeedback', {}],
      ['answerFeedback', { answer: 'x' }],
      ['concludeFeedback', { isImproved: false, conclusion: 'x' }],
    ] as const)
      expect((await run(name, { ...step, ...more }, agent)).codes).toEqual(['NOT_FOUND']);
    expect((await run('takeUpFeedback', step, actorOf(freshId(), ['SERVICE_AGENT']))).codes).toEqual([]);
  });
  test('is taken in, answered in time, asked about, concluded, and counted', async () => {
    const clientId = await aClient();
    const { row } = await give(clientId, selfOf(clientId));
    // Ten working days from Monday 2 March.
    expect(row).toMatchObject({ dueAt: '2026-03-16T15:59:59.000Z', kindLabel: '建議' });
    const step = { feedbackId: row.id, expectedVersion: row.version };
    const taken = await run('takeUpFeedback', step, agent, 'version state handlerId');
    expect(taken.row).toEqual({ version: 2, state: 'IN_HAND', handlerId: AGENT });
    const reply = { feedbackId: row.id, expectedVersion: 2, answer: 'There is one now.' };
    expect((await run('answerFeedback', { ...reply, answer: '保 本' }, agent)).codes).toEqual([
      'BANNED_PHRASE',
    ]);
    const codes = await Promise.all(Array.from({ length: 10 }, () => run('answerFeedback', reply, agent)));
    expect(codes.flatMap((answer) => answer.codes)).toEqual(Array(9).fill('STALE_VERSION'));
    const own = await see(
      clientId,
      selfOf(clientId),
      `feedback { nodes { state answer conclusion } } ${SURVEYS}`,
    );
    expect(own.client.feedback.nodes).toEqual([
      { state: 'ANSWERED', answer: 'There is one now.', conclusion: null },
    ]);
    expect(own.client.surveys.nodes).toMatchObject([{ caseKind: 'FEEDBACK', caseId: row.id, state: 'OPEN' }]);
    const end = {
      feedbackId: row.id,
      expectedVersion: 3,
      isImproved: true,
      conclusion: 'Every form is in English.',
    };
    expect((await run('concludeFeedback', end, agent)).codes).toEqual([]);
    const types = (await world.events())
      .filter(({ data }) => data['feedbackId'] === row.id)
      .map(({ type }) => type);
    expect(types).toEqual([
      'feedback.received',
      'feedback.inhand',
      'feedback.answered',
      'feedback.concluded',
    ]);
    expect(await figures('feedbackFigures', 'kind received answered answeredOnTime improved')).toContainEqual(
      {
        kind: 'SUGGESTION',
        received: 1,
        answered: 1,
        answeredOnTime: 1,
        improved: 1,
      },
    );
  });

  test('is given for a client in reach, written down by the desk for any, and never for a merged one', async () => {
    const clientId = await aClient();
    expect((await give(clientId, selfOf(await aClient()))).codes).toEqual(['NOT_FOUND']);
    expect((await give(clientId, actorOf(freshId(), ['ADVISER']))).codes).toEqual(['NOT_FOUND']);
    expect((await give(clientId, agent, { kind: 'PRAISE' })).codes).toEqual([]);
    expect((await give(freshId(), agent)).codes).toEqual(['NOT_FOUND']);
    expect((await give(clientId, agent, { text: ' ' })).codes).toEqual(['FEEDBACK_TEXT']);
    await world.sql(`update client_copy set status = 'MERGED' where client_id = $1`, [clientId]);
    expect((await give(clientId, agent)).codes).toEqual(['CLIENT_MERGED']);
  });

  test('whose answer is overdue is in the list of the desk', async () => {
    const { row } = await give(await aClient(), agent, { kind: 'CRITICISM' });
    world.clock.now = new Date('2026-03-16T16:00:00.000Z');
    const list = '{ feedbackList(isOverdue: true, first: 100) { nodes { id isOverdue } } }';
    expect((await world.ask(agent, list)).data.feedbackList.nodes).toContainEqual({
      id: row.id,
      isOverdue: true,
    });
    expect((await world.ask(adviser, list)).codes).toEqual(['FORBIDDEN']);
  });
});

/** A complaint taken to its end. */
async function closedComplaint(clientId: string | null, complainant?: object): Promise<string> {
  const filing = {
    requestId: freshId(),
    clientId,
    channel: 'PHONE',
    category: 'FEE',
    claim: 'The fee.',
    complainant,
  };
  const { row } = await run('fileComplaint', filing, agent, 'id version');
  let version: number = row.version;
  const step = async (name: string, input: object) => {
    const answer = await run(
      name,
      { complaintId: row.id, expectedVersion: version, ...input },
      agent,
      'version',
    );
    expect(answer.codes).toEqual([]);
    version = answer.row.version;
  };
  await step('acknowledgeComplaint', {});
  await step('assignComplaint', { handlerId: AGENT, isRecusalChecked: true });
  await step('investigateComplaint', {});
  await step('resolveComplaint', { findings: 'x', decision: 'y', rootCause: 'PROCESS' });
  await step('followUpComplaint', { isReached: true });
  await step('closeComplaint', {});
  return row.id;
}

describe('a survey', () => {
  test('goes out once when a complaint is closed, is answered once, and its figures are published', async () => {
    const clientId = await aClient();
    const caseId = await closedComplaint(clientId);
    const [survey] = (await see(clientId, selfOf(clientId), SURVEYS)).client.surveys.nodes;
    expect(survey).toMatchObject({ caseKind: 'COMPLAINT', caseId, state: 'OPEN', score: null });
    const messages = await world.sql('select kind, state from communication where client_id = $1', [
      clientId,
    ]);
    expect(messages).toEqual([{ kind: 'SERVICE', state: 'QUEUED' }]);
    const answer = { surveyId: survey.id, score: 5, comment: 'Quick.' };
    expect((await run('answerSurvey', answer, selfOf(await aClient()))).codes).toEqual(['NOT_FOUND']);
    expect((await run('answerSurvey', { ...answer, score: 6 }, selfOf(clientId))).codes).toEqual([
      'SURVEY_SCORE',
    ]);
    const codes = await Promise.all(
      Array.from({ length: 10 }, () => run('answerSurvey', answer, selfOf(clientId))),
    );
    expect(codes.flatMap((one) => one.codes)).toEqual(Array(9).fill('SURVEY_ANSWERED'));
    expect((await world.events('survey.answered')).map(({ data }) => data)).toEqual([
      { clientId, surveyId: survey.id },
    ]);
    await closedComplaint(await aClient());
    expect(
      await figures(
        'satisfactionFigures',
        'caseKind asked answered answeredPercent averageScore contentPercent',
      ),
    ).toContainEqual({
      caseKind: 'COMPLAINT',
      asked: 2,
      answered: 1,
      answeredPercent: '50',
      averageScore: '5',
      contentPercent: '100',
    });
  });
  test('lapses after thirty days', async () => {
    const clientId = await aClient();
    await closedComplaint(clientId);
    const [survey] = (await see(clientId, selfOf(clientId), SURVEYS)).client.surveys.nodes;
    world.clock.now = new Date('2026-04-01T16:00:00.000Z');
    expect((await see(clientId, selfOf(clientId), SURVEYS)).client.surveys.nodes[0].state).toBe('LAPSED');
    expect((await run('answerSurvey', { surveyId: survey.id, score: 3 }, selfOf(clientId))).codes).toEqual([
      'SURVEY_OVER',
    ]);
  });
  test('is sent to nobody after the complaint of somebody who is no client', async () => {
    const caseId = await closedComplaint(null, { kind: 'NON_CLIENT', name: 'Passer-by', contact: '000' });
    expect(await world.sql('select 1 from survey where case_id = $1', [caseId])).toEqual([]);
  });
});

describe('the service desk', () => {
  const CONTACTS = 'contactPoints { address }';
  test('sees the contact points of a client while there is an open case, and nothing else of them', async () => {
    const clientId = await aClient();
    expect((await see(clientId, agent, CONTACTS)).client).toBeNull();
    const filing = { requestId: freshId(), clientId, channel: 'PHONE', category: 'FEE', claim: 'x' };
    const { row } = await run('fileComplaint', filing, agent, 'id version');
    expect((await see(clientId, agent, CONTACTS)).client.contactPoints).toEqual([
      { address: `c-${clientId}@mail.example.com` },
    ]);
    for (const field of [
      'interactions { nodes { id } }',
      'careDates { day }',
      'communications { nodes { id } }',
      'servicePlans { nodes { id } }',
      'statements { nodes { id } }',
    ])
      expect((await see(clientId, agent, field)).codes).toEqual(['FORBIDDEN']);
    const through = 'query ($id: ID!) { complaint(id: $id) { client { contactPoints { address } } } }';
    expect(
      (await world.ask(agent, through, { id: row.id })).data.complaint.client.contactPoints,
    ).toHaveLength(1);
    await run('withdrawComplaint', { complaintId: row.id, expectedVersion: row.version }, agent);
    expect((await see(clientId, agent, CONTACTS)).client).toBeNull();
    // Nor by way of the complaint, which the desk may still read.
    expect((await world.ask(agent, through, { id: row.id })).data.complaint.client.contactPoints).toBeNull();
  });
  test('does not see a restricted record, whatever is open', async () => {
    const clientId = await aClient();
    await give(clientId, agent);
    expect((await see(clientId, agent, CONTACTS)).client).not.toBeNull();
    await world.deliver(
      ClientRestricted({ clientId, from: 'ACTIVE', to: 'RESTRICTED', reason: 'DELETION', until: null }),
    );
    expect((await see(clientId, agent, CONTACTS)).client).toBeNull();
    expect((await see(clientId, compliance, 'feedback { nodes { id } }')).client.feedback.nodes).toHaveLength(
      1,
    );
  });
  test('is asked about fifty clients as cheaply as about one', async () => {
    const clients: string[] = [];
    for (let n = 0; n < 50; n += 1) clients.push(await aClient());
    for (const clientId of clients) await give(clientId, agent);
    const cost = (ids: string[]) =>
      world.statements(async () => {
        const { data } = await world.ask(
          agent,
          `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Client { ${CONTACTS} } } }`,
          { of: ids.map((id) => ({ __typename: 'Client', id })) },
        );
        expect(data._entities.at(-1).contactPoints).toHaveLength(1);
      });
    expect(await cost(clients)).toBe(await cost(clients.slice(0, 1)));
  }, 300_000);
  test('registrations of an event show marketing no word that was written to a client', async () => {
    const clientId = await aClient();
    const marketing = actorOf(freshId(), ['MARKETING']);
    const event = {
      requestId: freshId(),
      title: 'T',
      kind: 'LECTURE',
      mode: 'ON_SITE',
      place: 'P',
      startsAt: '2026-04-01T06:00:00.000Z',
      endsAt: '2026-04-01T08:00:00.000Z',
      capacity: 2,
    };
    const { row } = await run('createClientEvent', event, marketing);
    await run('registerForEvent', { requestId: freshId(), eventId: row.id, clientId }, adviser);
    const asked = await world.ask(
      marketing,
      'query ($id: ID!) { clientEvent(id: $id) { registrations { nodes { client { id communications { nodes { id } } } } } } }',
      { id: row.id },
    );
    expect(asked.data.clientEvent.registrations.nodes).toEqual([
      { client: { id: clientId, communications: null } },
    ]);
  });
});

test('what was said and written is nowhere readable in the database', async () => {
  const clientId = await aClient();
  await give(clientId, selfOf(clientId), { text: 'Plantagenet 植物' });
  const filing = {
    requestId: freshId(),
    clientId,
    channel: 'PHONE',
    category: 'FEE',
    claim: 'Lancaster 蘭卡',
    representatives: ['Yorkshire 約克'],
  };
  await run('fileComplaint', filing, agent);
  await run('setContactPoint', { clientId, channel: 'SMS', address: '+8613900004711' }, adviser);
  const contact = {
    requestId: freshId(),
    clientId,
    channel: 'PHONE',
    direction: 'INBOUND',
    at: '2026-03-02T03:00:00.000Z',
    subjectCode: 'PORTFOLIO',
    summary: 'Tudor 都鐸',
    participants: [{ role: 'FAMILY', name: 'Boleyn 博林' }],
    followUp: { dueOn: '2026-03-05', note: 'Seymour 西摩' },
  };
  expect((await run('logInteraction', contact, adviser)).codes).toEqual([]);
  await run(
    'recordAdvice',
    { requestId: freshId(), clientId, kind: 'PORTFOLIO', text: 'Howard 霍華' },
    adviser,
  );
  const words = [
    'Plantagenet 植物',
    'Lancaster 蘭卡',
    'Yorkshire 約克',
    '13900004711',
    'Tudor 都鐸',
    'Boleyn 博林',
    'Seymour 西摩',
    'Howard 霍華',
  ];
  expect(await readablePlaces(world.db, words)).toEqual([]);
  const { client } = await see(
    clientId,
    adviser,
    'interactions { nodes { summary participants { role name staffId } recordingReference } }',
  );
  expect(client.interactions.nodes).toEqual([
    {
      summary: 'Tudor 都鐸',
      participants: [{ role: 'FAMILY', name: 'Boleyn 博林', staffId: null }],
      recordingReference: null,
    },
  ]);
});
