import { ClientOnboarded, ClientUpdated } from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { service } from './service.js';

const ADVISER = freshId();
const adviser = actorOf(ADVISER, ['ADVISER']);
const compliance = actorOf(freshId(), ['COMPLIANCE']);

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

const standing = {
  kind: 'INDIVIDUAL',
  class: 'ORDINARY',
  grade: 'BRONZE',
  ageBand: 'FROM_31',
  fullCivilCapacity: true,
  institutionType: null,
} as const;

const FAX = { EN: 'Fax', ZH_HANS: '传真', ZH_HANT: '傳真' };
/** A version of a subject, proposed by one person and approved by another. */
async function approve(code: string, terms: object, effectiveFrom: string) {
  const [admin, checker] = [actorOf(freshId(), ['ADMIN']), actorOf(freshId(), ['COMPLIANCE'])];
  const run = async (name: string, input: object, actor: typeof admin) => {
    const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
    const operation = `mutation ($input: ${type}!) { ${name}(input: $input) { id version } }`;
    const answer = await world.ask(actor, operation, { input });
    expect(answer.codes).toEqual([]);
    return answer.data[name];
  };
  const table = { table: 'INTERACTION_SUBJECT', code, effectiveFrom, source: 'A test' };
  const asked = { requestId: freshId(), ...table, terms: JSON.stringify(terms) };
  const { id, version } = await run('proposeTableVersion', asked, admin);
  const decision = { tableVersionId: id, expectedVersion: version, isApproved: true };
  await run('decideTableVersion', decision, checker);
}

async function aClient({ adviserId = ADVISER, times = 1 } = {}): Promise<string> {
  const clientId = freshId();
  await world.deliver(ClientOnboarded({ clientId, ...standing, adviserId, originLeadId: null }), { times });
  return clientId;
}

const LOG = /* GraphQL */ `
  mutation ($input: LogInteractionInput!, $locale: Locale! = EN) {
    logInteraction(input: $input) {
      id
      client { id }
      channel
      channelLabel(locale: $locale)
      direction
      directionLabel(locale: $locale)
      at
      subjectCode
      subjectLabel(locale: $locale)
      summary
      confidentiality
      confidentialityLabel(locale: $locale)
      answeredAfterSeconds
      loggedBy
      loggedAt
    }
  }
`;
const LIST = /* GraphQL */ `
  query ($clients: [_Any!]!, $first: Int, $after: String, $channel: InteractionChannel) {
    _entities(representations: $clients) {
      ... on Client {
        interactions(first: $first, after: $after, channel: $channel) {
          nodes { id channel summary subjectLabel }
          edges { cursor node { id } }
          pageInfo { hasNextPage endCursor }
        }
      }
    }
  }
`;

const aContact = (clientId: string, changes: Record<string, unknown> = {}) => ({
  requestId: freshId(),
  clientId,
  channel: 'PHONE',
  direction: 'INBOUND',
  at: '2026-03-02T01:30:00.000Z',
  subjectCode: 'PORTFOLIO',
  summary: 'Asked how the bond part has done.',
  ...changes,
});
const log = (input: Record<string, unknown>, actor = adviser, locale = 'EN') =>
  world.ask(actor, LOG, { input, locale });
const refs = (...ids: string[]) => ids.map((id) => ({ __typename: 'Client', id }));
const listOf = async (clientId: string, variables: Record<string, unknown> = {}, actor = adviser) => {
  const answer = await world.ask(actor, LIST, { clients: refs(clientId), ...variables });
  return answer.data?._entities[0]?.interactions;
};
const rowsOf = (clientId: string) => world.sql('select * from interaction where client_id = $1', [clientId]);
const eventsOf = async (clientId: string) => (await world.events()).filter((event) => event.key === clientId);

describe('logInteraction', () => {
  test('writes a contact down with who and when, and tells it without its words', async () => {
    const clientId = await aClient();
    const answer = await log(aContact(clientId, { answeredAfterSeconds: 12 }), adviser, 'ZH_HANT');
    expect(answer.codes).toEqual([]);
    const { id, ...logged } = answer.data.logInteraction;
    expect(logged).toEqual({
      client: { id: clientId },
      channel: 'PHONE',
      channelLabel: '電話',
      direction: 'INBOUND',
      directionLabel: '客戶來訪',
      at: '2026-03-02T01:30:00.000Z',
      subjectCode: 'PORTFOLIO',
      subjectLabel: '投資組合管理',
      summary: 'Asked how the bond part has done.',
      confidentiality: 'NORMAL',
      confidentialityLabel: '普通',
      answeredAfterSeconds: 12,
      loggedBy: ADVISER,
      loggedAt: world.clock.now.toISOString(),
    });
    const events = await eventsOf(clientId);
    expect(events.map(({ type, data }) => [type, data])).toEqual([
      ['interaction.logged', { clientId, interactionId: id, channel: 'PHONE', subjectCode: 'PORTFOLIO' }],
    ]);
  });

  test('sent twice with one requestId is written down once and answered the same', async () => {
    const clientId = await aClient();
    const input = aContact(clientId);
    const first = await log(input);
    expect((await log(input)).data).toEqual(first.data);
    expect(await rowsOf(clientId)).toHaveLength(1);
    expect(await eventsOf(clientId)).toHaveLength(1);
  });

  test('ten at once with one requestId are written down once', async () => {
    const clientId = await aClient();
    const input = aContact(clientId);
    const answers = await Promise.all(Array.from({ length: 10 }, () => log(input)));
    expect(new Set(answers.map((answer) => answer.data.logInteraction.id)).size).toBe(1);
    expect(await rowsOf(clientId)).toHaveLength(1);
  });

  test('ten different ones at once are all written down, their events in one order', async () => {
    const clientId = await aClient();
    await Promise.all(Array.from({ length: 10 }, () => log(aContact(clientId))));
    expect(await rowsOf(clientId)).toHaveLength(10);
    expect((await eventsOf(clientId)).map((event) => event.sequence)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
  });

  test('refuses a requestId used for other content, and by somebody else', async () => {
    const clientId = await aClient();
    const input = aContact(clientId);
    await log(input);
    expect((await log({ ...input, summary: 'Something else.' })).codes).toEqual(['REQUEST_ID_REUSED']);
    expect((await log(input, actorOf(freshId(), ['ADVISER']))).codes).toEqual(['REQUEST_ID_REUSED']);
    expect(await rowsOf(clientId)).toHaveLength(1);
  });

  test.each([
    ['in the future', { at: '2026-03-02T02:00:00.001Z' }, 'IN_THE_FUTURE'],
    ['of an unknown subject', { subjectCode: 'WEATHER' }, 'UNKNOWN_SUBJECT'],
    ['without words', { summary: '   ' }, 'SUMMARY_LENGTH'],
    ['of 4,001 characters', { summary: 'x'.repeat(4_001) }, 'SUMMARY_LENGTH'],
    ['with a NUL', { summary: 'a\u0000b' }, 'BAD_INPUT'],
    [
      'with an answer time to a call that went out',
      { direction: 'OUTBOUND', answeredAfterSeconds: 3 },
      'NOT_AN_INCOMING_CALL',
    ],
    ['answered after less than no time', { answeredAfterSeconds: -1 }, 'ANSWER_TIME'],
    ['with a requestId that is none', { requestId: 'x' }, 'BAD_INPUT'],
    ['by carrier pigeon', { channel: 'PIGEON' }, 'BAD_USER_INPUT'],
    ['at no instant', { at: 'yesterday' }, 'BAD_USER_INPUT'],
  ])('%s is refused, leaves nothing behind and does not use up the requestId', async (_, changes, code) => {
    const clientId = await aClient();
    const input = aContact(clientId);
    expect((await log({ ...input, ...changes })).codes).toEqual([code]);
    expect(await rowsOf(clientId)).toEqual([]);
    expect(await eventsOf(clientId)).toEqual([]);
    expect((await log(input)).codes).toEqual([]);
  });

  test('4,000 rare ideographs are kept whole', async () => {
    const summary = '𠮷'.repeat(4_000);
    const answer = await log(aContact(await aClient(), { summary }));
    expect(answer.data.logInteraction.summary).toBe(summary);
  });

  test.each([
    ['a client nobody has heard of', freshId()],
    ['what is no id', 'client-1'],
  ])('%s is NOT_FOUND', async (_, clientId) => {
    expect((await log(aContact(clientId))).codes).toEqual(['NOT_FOUND']);
  });

  test('another adviser’s client is NOT_FOUND, and after a change of adviser the old one’s too', async () => {
    const other = freshId();
    const clientId = await aClient({ adviserId: other });
    expect((await log(aContact(clientId))).codes).toEqual(['NOT_FOUND']);
    await world.deliver(
      ClientUpdated({
        clientId,
        ...standing,
        adviserId: ADVISER,
        changedFieldCodes: ['adviserId'],
        version: 2,
      }),
      { times: 5 },
    );
    expect((await log(aContact(clientId))).codes).toEqual([]);
    expect((await log(aContact(clientId), actorOf(other, ['ADVISER']))).codes).toEqual(['NOT_FOUND']);
  });

  test.each([
    'CLIENT',
    'COMPLIANCE',
    'AUDITOR',
    'OPERATIONS',
    'MARKETING',
    'ANALYST',
    'ADMIN',
    'RISK_ASSESSOR',
  ] as const)('%s may not', async (role) => {
    const clientId = await aClient();
    const answer = await log(
      aContact(clientId),
      actorOf(freshId(), [role], role === 'CLIENT' ? clientId : null),
    );
    expect(answer.codes).toEqual(['FORBIDDEN']);
    expect(answer.errors[0]?.path).toEqual(['logInteraction']);
    expect(await rowsOf(clientId)).toEqual([]);
  });

  test('nobody without a token may', async () => {
    const input = aContact(await aClient());
    expect((await world.ask(null, LOG, { input })).codes).toEqual(['UNAUTHENTICATED']);
  });

  test('an entry is never changed: the database refuses', async () => {
    const clientId = await aClient();
    await log(aContact(clientId));
    await expect(
      world.sql(`update interaction set summary = 'other' where client_id = $1`, [clientId]),
    ).rejects.toThrow('append-only');
  });
});

describe('Client.interactions', () => {
  test('come latest first, page by page, each once', async () => {
    const clientId = await aClient({ times: 5 });
    const ids: string[] = [];
    for (let minute = 0; minute < 5; minute += 1) {
      world.clock.now = new Date(Date.UTC(2026, 2, 2, 3, minute));
      ids.unshift((await log(aContact(clientId))).data.logInteraction.id);
    }
    const first = await listOf(clientId, { first: 3 });
    expect(first.nodes.map((node: { id: string }) => node.id)).toEqual(ids.slice(0, 3));
    expect(first.pageInfo.hasNextPage).toBe(true);
    const second = await listOf(clientId, { first: 3, after: first.pageInfo.endCursor });
    expect(second.nodes.map((node: { id: string }) => node.id)).toEqual(ids.slice(3));
    expect(second.pageInfo.hasNextPage).toBe(false);
  });

  test('of one channel only, with pages of their own', async () => {
    const clientId = await aClient();
    for (const channel of ['PHONE', 'WECHAT', 'FACE', 'WECHAT', 'ONLINE', 'WECHAT'])
      await log(aContact(clientId, { channel }));
    const all = await listOf(clientId);
    const wechat = all.nodes
      .filter((node: { channel: string }) => node.channel === 'WECHAT')
      .map((node: { id: string }) => node.id);
    const first = await listOf(clientId, { channel: 'WECHAT', first: 2 });
    const second = await listOf(clientId, { channel: 'WECHAT', first: 2, after: first.pageInfo.endCursor });
    expect([...first.nodes, ...second.nodes].map((node: { id: string }) => node.id)).toEqual(wechat);
    expect(first.pageInfo.hasNextPage).toBe(true);
    expect(second.pageInfo.hasNextPage).toBe(false);
  });

  test.each([
    [{ first: 0 }, 'PAGE_SIZE'],
    [{ first: 101 }, 'PAGE_SIZE'],
    [{ after: 'nonsense' }, 'BAD_CURSOR'],
  ])('%o is refused with %s', async (variables, code) => {
    const clientId = await aClient();
    expect((await world.ask(adviser, LIST, { clients: refs(clientId), ...variables })).codes).toEqual([code]);
  });

  test('of a confidential contact show its words to the writer and to compliance, not to the next adviser', async () => {
    const clientId = await aClient();
    await log(aContact(clientId, { confidentiality: 'CONFIDENTIAL' }));
    const next = freshId();
    expect((await listOf(clientId)).nodes[0].summary).toContain('bond');
    await world.deliver(
      ClientUpdated({ clientId, ...standing, adviserId: next, changedFieldCodes: ['adviserId'], version: 2 }),
    );
    expect((await listOf(clientId, {}, compliance)).nodes[0].summary).toContain('bond');
    expect((await listOf(clientId, {}, actorOf(next, ['ADVISER']))).nodes[0].summary).toBeNull();
  });

  test('are nothing to another adviser', async () => {
    const clientId = await aClient();
    await log(aContact(clientId));
    const answer = await world.ask(actorOf(freshId(), ['ADVISER']), LIST, { clients: refs(clientId) });
    expect(answer.data._entities).toEqual([null]);
  });

  test.each([
    'CLIENT',
    'OPERATIONS',
    'MARKETING',
    'ANALYST',
    'ADMIN',
    'SERVICE_AGENT',
    'RISK_ASSESSOR',
  ] as const)('are kept from %s', async (role) => {
    const clientId = await aClient();
    await log(aContact(clientId));
    const answer = await world.ask(actorOf(freshId(), [role], role === 'CLIENT' ? clientId : null), LIST, {
      clients: refs(clientId),
    });
    expect(answer.data?._entities[0]?.interactions ?? null).toBeNull();
  });

  test('fifty clients cost as many statements as one', async () => {
    const clientIds: string[] = [];
    for (let n = 0; n < 50; n += 1) clientIds.push(await aClient());
    for (const clientId of clientIds) await log(aContact(clientId));
    const one = await world.statements(() =>
      world.ask(adviser, LIST, { clients: refs(clientIds[0]!), first: 5 }),
    );
    const fifty = await world.statements(() =>
      world.ask(adviser, LIST, { clients: refs(...clientIds), first: 5 }),
    );
    expect(fifty).toBe(one);
    expect(fifty).toBeLessThanOrEqual(5);
  }, 300_000);
});

describe('a call to the hotline', () => {
  const agent = actorOf(freshId(), ['SERVICE_AGENT']);
  test('is written down by the desk with what follows from it, both or neither', async () => {
    const clientId = await aClient();
    const followUp = { dueOn: '2026-03-04', note: 'Send the form.' };
    expect(
      (await log(aContact(clientId, { followUp: { ...followUp, dueOn: '2026-03-01' } }), agent)).codes,
    ).toEqual(['FOLLOW_UP_DAY']);
    expect(await rowsOf(clientId)).toEqual([]);
    const input = aContact(clientId, { followUp });
    await Promise.all(Array.from({ length: 10 }, () => log(input, agent)));
    expect(await rowsOf(clientId)).toHaveLength(1);
    const day = await world.ask(adviser, '{ myDay { items { kind note client { id } } } }');
    expect(day.data.myDay.items).toContainEqual({
      kind: 'FOLLOW_UP',
      note: 'Send the form.',
      client: { id: clientId },
    });
    // What the desk may write down for anybody it does not read of everybody.
    expect((await listOf(clientId, {}, agent)) ?? null).toBeNull();
  });
  test('counts into the figures of its day in Shanghai, by its time to the answer', async () => {
    world.clock.now = new Date('2026-05-03T02:00:00.000Z');
    const clientId = await aClient();
    const call = (at: string, answeredAfterSeconds: number | null, changes = {}) =>
      log(aContact(clientId, { at, answeredAfterSeconds, ...changes }), agent);
    await call('2026-04-30T15:59:59.999Z', 5);
    for (const [index, seconds] of [4, 10, 20, 21, 100].entries())
      await call(`2026-04-30T16:00:0${index}.000Z`, seconds);
    await call('2026-05-01T15:59:59.999Z', null);
    await call('2026-05-01T16:00:00.000Z', 5);
    await call('2026-05-01T03:00:00.000Z', null, { direction: 'OUTBOUND' });
    await call('2026-05-01T03:00:00.000Z', null, { channel: 'WECHAT' });
    const fields = 'calls timed medianSeconds p90Seconds longestSeconds answeredInTime answeredInTimePercent';
    const ask = (of: string) =>
      world.ask(actorOf(freshId(), ['ANALYST']), `{ hotlineFigures(${of}) { ${fields} } }`);
    expect((await ask('from: "2026-05-01", to: "2026-05-01"')).data.hotlineFigures).toEqual({
      calls: 6,
      timed: 5,
      medianSeconds: '20',
      p90Seconds: '68.4',
      longestSeconds: 100,
      answeredInTime: 3,
      answeredInTimePercent: '60',
    });
    expect((await ask('from: "2027-05-01", to: "2027-05-01"')).data.hotlineFigures).toMatchObject({
      calls: 0,
      medianSeconds: null,
      answeredInTimePercent: null,
    });
    expect((await ask('from: "2026-05-02", to: "2026-05-01"')).codes).toEqual(['BAD_INPUT']);
    expect((await ask('from: "2026-05-01", to: "2026-05-01", withinSeconds: 0')).codes).toEqual([
      'BAD_INPUT',
    ]);
  });
});

describe('interactionSubjects', () => {
  const SUBJECTS = 'query ($locale: Locale!) { interactionSubjects { code label(locale: $locale) } }';

  test('are named in three languages, in the order a screen offers them', async () => {
    for (const [locale, label] of [
      ['EN', 'Consultation'],
      ['ZH_HANS', '理财咨询'],
      ['ZH_HANT', '理財咨詢'],
    ]) {
      const { data } = await world.ask(adviser, SUBJECTS, { locale });
      expect(data.interactionSubjects[0]).toEqual({ code: 'CONSULTATION', label });
      expect(data.interactionSubjects.at(-1).code).toBe('OTHER');
    }
  });

  test('that are no longer offered still name the contacts that bear them', async () => {
    const clientId = await aClient();
    const before = world.clock.now;
    world.clock.now = new Date('2026-03-02T02:00:00Z');
    await approve('FAX', { labels: FAX, position: 99, isOffered: true }, '2026-03-02');
    await approve('FAX', { labels: FAX, position: 99, isOffered: false }, '2026-03-03');
    expect((await log(aContact(clientId, { subjectCode: 'FAX' }))).codes).toEqual([]);
    world.clock.now = new Date('2026-03-02T16:00:00Z');
    expect((await log(aContact(clientId, { subjectCode: 'FAX' }))).codes).toEqual(['UNKNOWN_SUBJECT']);
    const offered = await world.ask(adviser, SUBJECTS, { locale: 'EN' });
    expect(offered.data.interactionSubjects.map(({ code }: { code: string }) => code)).not.toContain('FAX');
    expect((await listOf(clientId)).nodes[0].subjectLabel).toBe('Fax');
    world.clock.now = before;
  });

  test.each(['CLIENT', 'MARKETING', 'OPERATIONS'] as const)('are not for %s', async (role) => {
    expect((await world.ask(actorOf(freshId(), [role]), SUBJECTS, { locale: 'EN' })).codes).toEqual([
      'FORBIDDEN',
    ]);
  });
});
