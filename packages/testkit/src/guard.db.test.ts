import {
  actorOf,
  ClientCopyRow,
  type Context,
  createContext,
  Decimal,
  isHidden,
  ofSeenClients,
  page,
  ROLES,
  type Role,
  reachedSql,
  reaches,
  transact,
} from '@client-graph/kit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { graphql } from 'graphql';
import { buildGuardedSchema } from '../../kit/src/schema.js';
import { DiaryRow, fixture, JarRow } from './fixture.js';
import { aService, freshId, type World } from './index.js';

let world: World;
beforeAll(async () => {
  world = await aService(fixture());
});
afterAll(() => world.stop());

const aJar = () =>
  transact(world.db, (tx) => tx.insert(JarRow, { id: tx.newId(), ownerId: freshId(), coins: 3, version: 1 }));
const client = actorOf(freshId(), ['CLIENT']);
const analyst = actorOf(freshId(), ['ANALYST']);
const entity =
  'query ($id: ID!) { _entities(representations: [{ __typename: "Jar", id: $id }]) { ... on Jar { id coins } } }';

describe('default deny', () => {
  test('without a token nothing is answered, by whichever way one comes', async () => {
    const { id } = await aJar();
    expect((await world.ask(null, 'query ($id: ID!) { jar(id: $id) { coins } }', { id })).codes).toEqual([
      'UNAUTHENTICATED',
    ]);
    expect((await world.ask(null, entity.replace('($id: ID!)', '').replace('$id', `"${id}"`))).codes).toEqual(
      ['UNAUTHENTICATED'],
    );
  });

  test('a role without the scope is refused at the root, through _entities and nested, with the path and the way in', async () => {
    const { id } = await aJar();
    const root = await world.ask(analyst, 'query ($id: ID!) { j: jar(id: $id) { coins } }', { id });
    expect(root.errors[0]).toMatchObject({
      path: ['j'],
      extensions: { code: 'FORBIDDEN', details: { requiredScopes: [['points:read']] } },
    });
    const reference = `query { _entities(representations: [{ __typename: "Jar", id: "${id}" }]) { ... on Jar { coins } } }`;
    expect((await world.ask(analyst, reference)).codes).toEqual(['FORBIDDEN']);
    const nested = await world.ask(analyst, '{ jars(first: 1) { nodes { id coins } } }');
    expect(nested.codes).toEqual(['FORBIDDEN']);
    expect(nested.errors[0]?.path).toEqual(['jars', 'nodes', 0, 'coins']);
  });

  test('either of two ways in is enough', async () => {
    const { id } = await aJar();
    const put = 'mutation ($id: ID!) { putIn(id: $id, coins: 1) { id } }';
    expect((await world.ask(client, put, { id })).codes).toEqual([]);
    expect((await world.ask(actorOf(freshId(), ['ADMIN']), put, { id })).codes).toEqual([]);
    expect((await world.ask(analyst, put, { id })).codes).toEqual(['FORBIDDEN']);
  });

  const common =
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.14", import: ["@authenticated", "@requiresScopes", "@policy"])';
  test.each([
    ['a field guarded by nothing', 'type Query { a: Int }', /Query\.a says nobody may see it/],
    [
      'a nested field guarded by nothing',
      'type Query { a: A @authenticated } type A { b: Int }',
      /A\.b says nobody/,
    ],
    [
      'a scope that no role has',
      'type Query { a: Int @requiresScopes(scopes: [["jars:brake"]]) }',
      /jars:brake, which no role has/,
    ],
    [
      'a security directive that nothing enforces',
      'type Query { a: Int @policy(policies: [["x"]]) }',
      /@policy, which nothing enforces/,
    ],
  ])('a schema with %s does not start', (_, sdl, problem) => {
    expect(() =>
      buildGuardedSchema(`${common}\n scalar Decimal scalar Date scalar DateTime ${sdl}`, {}),
    ).toThrow(problem);
  });
});

describe('pages', () => {
  test('walk the whole list once, newest first, in two statements a page at most', async () => {
    const fresh = await aService(fixture());
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      fresh.clock.now = new Date(fresh.clock.now.getTime() + 1000);
      ids.unshift(
        (
          await transact(fresh.db, (tx) =>
            tx.insert(JarRow, { id: tx.newId(), ownerId: freshId(), coins: 1, version: 1 }),
          )
        ).id,
      );
    }
    const walked: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const { data } = await fresh.ask(
        client,
        'query ($after: String) { jars(first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }',
        { after },
      );
      walked.push(...data.jars.nodes.map((jar: { id: string }) => jar.id));
      after = data.jars.pageInfo.endCursor;
      more = data.jars.pageInfo.hasNextPage;
    }
    expect(walked).toEqual(ids);
    expect(await fresh.statements(() => fresh.ask(client, '{ jars(first: 2) { nodes { id coins } } }'))).toBe(
      1,
    );
    await fresh.stop();
  });

  test.each([
    ['0', 'PAGE_SIZE'],
    ['101', 'PAGE_SIZE'],
    ['1, after: "nonsense"', 'BAD_CURSOR'],
  ])('first: %s is refused with %s', async (first, code) => {
    expect((await world.ask(client, `{ jars(first: ${first}) { nodes { id } } }`)).codes).toEqual([code]);
  });
});

test('a hundred references of one request cost one statement', async () => {
  const jars = await Promise.all(Array.from({ length: 100 }, aJar));
  const representations = jars.map(({ id }) => ({ __typename: 'Jar', id }));
  const count = await world.statements(() =>
    world.ask(client, 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Jar { coins } } }', {
      r: representations,
    }),
  );
  expect(count).toBe(1);
});

describe('a client whose record is restricted', () => {
  const aCopy = (status: string) => {
    const adviserId = freshId();
    return transact(world.db, (tx) =>
      tx.insert(ClientCopyRow, {
        id: tx.newId(),
        adviserId,
        kind: 'INDIVIDUAL',
        status,
        class: 'ORDINARY',
        grade: 'BRONZE',
        ageBand: 'FROM_31',
        fullCivilCapacity: true,
        institutionType: null,
        updatedAt: tx.now,
      }),
    );
  };
  const reached = (role: Role, copy: ClientCopyRow) => {
    const id = role === 'ADVISER' ? copy.adviserId : copy.id;
    const actor = actorOf(id, [role], role === 'CLIENT' ? copy.id : null);
    return createContext({ ...world.db, actor }).reachesClient(copy.id);
  };
  const roles = Object.keys(ROLES) as Role[];
  const byRole = async (copy: ClientCopyRow) => {
    const answers = await Promise.all(roles.map((role) => reached(role, copy)));
    return roles.filter((_, at) => answers[at]);
  };

  test('is reached by those who watch over the firm and by nobody else, not even by the client', async () => {
    expect(await byRole(await aCopy('RESTRICTED'))).toEqual(['COMPLIANCE', 'AUDITOR']);
  });

  test('and in every other status by whom the table of roles says', async () => {
    const usual = ['CLIENT', 'ADVISER', 'OPERATIONS', 'COMPLIANCE', 'AUDITOR'];
    for (const status of ['ACTIVE', 'CLOSED', 'DECEASED', 'MERGED'])
      expect(await byRole(await aCopy(status))).toEqual(usual);
  });

  test('a hundred clients cost one statement', async () => {
    const copies = await Promise.all(Array.from({ length: 100 }, () => aCopy('ACTIVE')));
    const ctx = createContext({ ...world.db, actor: actorOf(freshId(), ['OPERATIONS']) });
    const count = await world.statements(() => Promise.all(copies.map(({ id }) => ctx.reachesClient(id))));
    expect(count).toBe(1);
  });
});

test('in SQL and in lists a client is hidden and reached as by the rule, for every post, household, wall and status', async () => {
  const [own, heads, walled] = [freshId(), freshId(), freshId()];
  const facts = {
    kind: 'INDIVIDUAL',
    class: 'ORDINARY',
    grade: 'BRONZE',
    ageBand: null,
    fullCivilCapacity: true,
    institutionType: null,
  };
  const copies: ClientCopyRow[] = ['ACTIVE', 'RESTRICTED', 'CLOSED'].flatMap((status) =>
    [null, heads, walled].flatMap((householdAdviserId) =>
      [[], [walled], [walled, heads]].map((walledIds) => ({
        ...facts,
        ...{ id: freshId(), adviserId: own, householdAdviserId, walledIds, status },
        updatedAt: world.clock.now,
      })),
    ),
  );
  await transact(world.db, async (tx) => {
    await tx.insertMany(ClientCopyRow, copies);
    for (const { id } of copies)
      await tx.insert(DiaryRow, {
        ...{ id: tx.newId(), clientId: id, name: 'x', income: new Decimal(1), habits: [] },
        ...{ nickname: null, nameHash: null, version: 1 },
      });
  });
  const wrong: unknown[] = [];
  const single = (Object.keys(ROLES) as Role[]).filter((one) => one !== 'CLIENT');
  const posts = single.flatMap((one) => [[one], ...single.map((other) => [one, other])]);
  for (const roles of posts)
    for (const id of [own, heads, walled, freshId()]) {
      const actor = actorOf(id, roles);
      const parameters: unknown[] = [copies.map((copy) => copy.id)];
      const reached = await world.sql<{ id: string }>(
        `select c.client_id as id from client_copy c where c.client_id = any($1) and ${reachedSql(actor, 'c', () => `$${parameters.push(id)}`)}`,
        parameters,
      );
      const { nodes } = await page(world.db, DiaryRow, { first: 100 }, ofSeenClients(actor));
      const seen = new Set(nodes.map(({ clientId }) => clientId));
      for (const copy of copies) {
        const [isReached, isSeen] = [reached.some((row) => row.id === copy.id), seen.has(copy.id)];
        if (isReached !== reaches(actor, copy) || isSeen === isHidden(actor, copy))
          wrong.push([roles, copy, isReached, isSeen]);
      }
    }
  expect(wrong).toEqual([]);
});

describe('a command', () => {
  const schema = buildGuardedSchema(
    `extend schema @link(url: "https://specs.apollo.dev/federation/v2.14", import: ["@requiresScopes"])
    type Query { posts: String @requiresScopes(scopes: [["clients:read"]]) }
    type Mutation {
      order: String @requiresScopes(scopes: [["orders:place"]])
      restrict: String @requiresScopes(scopes: [["clients:restrict"]])
    }`,
    Object.fromEntries(
      Object.entries({ Query: ['posts'], Mutation: ['order', 'restrict'] }).map(([type, fields]) => {
        const resolve = async (_: unknown, __: unknown, ctx: Context) =>
          `${ctx.db.actor.roles} ${await ctx.reachesClient(clientId)}`;
        return [type, Object.fromEntries(fields.map((field) => [field, resolve]))];
      }),
    ),
  );
  const clientId = freshId();

  test('is given in the post that may give it and reaches whom that reaches, whatever others its caller has; a question in all', async () => {
    const facts = { kind: 'INDIVIDUAL', status: 'ACTIVE', class: 'ORDINARY', grade: 'BRONZE', ageBand: null };
    await transact(world.db, (tx) =>
      tx.insert(ClientCopyRow, {
        ...{ ...facts, id: clientId, adviserId: freshId(), fullCivilCapacity: true },
        ...{ institutionType: null, updatedAt: tx.now },
      }),
    );
    const contextValue = createContext({ ...world.db, actor: actorOf(freshId(), ['ADVISER', 'COMPLIANCE']) });
    const answer = async (source: string) => (await graphql({ schema, source, contextValue })).data;
    expect(await answer('mutation { order restrict }')).toEqual({
      order: 'ADVISER false',
      restrict: 'COMPLIANCE true',
    });
    expect(await answer('{ posts }')).toEqual({ posts: 'ADVISER,COMPLIANCE true' });
  });
});

describe('classes of fields', () => {
  const schema = buildGuardedSchema(
    `extend schema @link(url: "https://specs.apollo.dev/federation/v2.14", import: ["@authenticated"])
    directive @class(is: FieldClass!) on OBJECT | FIELD_DEFINITION
    enum FieldClass { PUBLIC INTERNAL PERSONAL SENSITIVE }
    type Query { file: File @authenticated }
    type File @authenticated @class(is: PERSONAL) {
      title: String @class(is: PUBLIC)
      notes: String @class(is: INTERNAL)
      name: String
      number: String @class(is: SENSITIVE)
    }`,
    { Query: { file: () => ({ title: 'a', notes: 'b', name: '李娜', number: '110101199003070011' }) } },
  );
  const read = async (role: Role, purpose?: string) => {
    const contextValue = createContext({ ...world.db, actor: actorOf(freshId(), [role]) }, { purpose });
    const { data, errors = [] } = await graphql({
      schema,
      source: '{ it: file { ...F n: number } } fragment F on File { title notes name }',
      contextValue,
    });
    const file = (data as { it: Record<string, string | null> }).it;
    return { ...file, refused: errors.map(({ path }) => path?.join('.')) };
  };

  test.each<[Role, string | undefined, object]>([
    ['CLIENT', undefined, { notes: null, name: '李娜', n: '110101199003070011', refused: ['it.notes'] }],
    ['ADVISER', undefined, { notes: 'b', name: '李娜', n: '••••••••••••••0011', refused: [] }],
    ['ADVISER', 'ADVICE', { notes: 'b', name: '李娜', n: '110101199003070011', refused: [] }],
    ['ADVISER', 'CURIOSITY', { notes: 'b', name: '李娜', n: null, refused: ['it.n'] }],
    ['SERVICE_AGENT', 'COMPLAINT:7', { notes: 'b', name: '李娜', n: '••••••••••••••0011', refused: [] }],
    ['AUDITOR', 'ADVICE', { notes: 'b', name: '李娜', n: null, refused: ['it.n'] }],
    ['AUDITOR', 'INSPECTION:7', { notes: 'b', name: '李娜', n: '110101199003070011', refused: [] }],
    ['MARKETING', 'ADVICE', { notes: 'b', name: '李娜', n: null, refused: ['it.n'] }],
    ['ANALYST', 'ADVICE', { notes: 'b', name: null, n: null, refused: ['it.n', 'it.name'] }],
  ])('%s with purpose %s sees what the table says', async (role, purpose, expected) => {
    const { refused, ...file } = await read(role, purpose);
    expect({ ...file, refused: refused.sort() }).toEqual({ title: 'a', ...expected });
  });
});
