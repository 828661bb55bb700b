import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Answer, type Firm, startFirm } from '../test/firm.js';

let firm: Firm;
beforeAll(async () => {
  firm = await startFirm();
});
afterAll(() => firm.stop());
beforeEach(() => {
  firm.called();
});

/** What the answer refuses: coordinate and where. */
const refusals = ({ errors }: Answer) =>
  errors.map(({ path, extensions }) => `${extensions.coordinate} at ${path?.join('.')}`);
const codes = ({ errors }: Answer) => errors.map(({ extensions }) => extensions.code);

test('a forbidden field is null and refused at its path, the rest arrives', async () => {
  const answer = await firm.ask('{ client(id: "1") { id phone name } }', { role: 'CLIENT' });
  expect(answer.status).toBe(200);
  expect(answer.data).toEqual({ client: { id: '1', phone: null, name: 'Client 1' } });
  expect(Object.keys(answer.data?.client as object)).toEqual(['id', 'phone', 'name']);
  expect(answer.errors).toEqual([
    {
      message:
        'The role of the caller does not permit Client.phone. It takes leads:read, or funnel:read and clients:read.',
      path: ['client', 'phone'],
      extensions: {
        code: 'FORBIDDEN',
        requiredScopes: [['leads:read'], ['funnel:read', 'clients:read']],
        coordinate: 'Client.phone',
      },
    },
  ]);
});

test('a forbidden field is never asked of its service', async () => {
  await firm.ask('{ client(id: "1") { phone name holdings } }', { role: 'OPERATIONS' });
  const sent = firm.services.clients.received.map(({ query }) => query).join('\n');
  expect(sent).toContain('name');
  expect(sent).not.toContain('phone');
});

test('who holds the scopes sees the field', async () => {
  const answer = await firm.ask('{ client(id: "1") { phone taxId } }', { role: 'ADVISER' });
  expect(answer.errors).toEqual([]);
  expect(answer.data).toEqual({ client: { phone: '+86 139-5550-0177', taxId: 'T' } });
});

test('either of two sets of scopes opens a field, each of them whole', async () => {
  const ask = (role: 'COMPLIANCE' | 'OPERATIONS') => firm.ask('{ client(id: "1") { id phone } }', { role });
  expect((await ask('COMPLIANCE')).data).toEqual({ client: { id: '1', phone: '+86 139-5550-0177' } });
  expect((await ask('OPERATIONS')).data).toEqual({ client: { id: '1', phone: null } });
});

test.each([
  [
    'alias',
    '{ me: client(id: "1") { id tel: phone } }',
    { me: { id: '1', tel: null } },
    ['Client.phone at me.tel'],
  ],
  [
    'named fragment',
    'query { client(id: "1") { ...F } } fragment F on Client { id phone }',
    { client: { id: '1', phone: null } },
    ['Client.phone at client.phone'],
  ],
  [
    'fragment in a fragment',
    'fragment B on Client { phone } query { client(id: "1") { id ...A } } fragment A on Client { ...B }',
    { client: { id: '1', phone: null } },
    ['Client.phone at client.phone'],
  ],
  [
    'inline fragment without a type',
    '{ client(id: "1") { id ... { phone } } }',
    { client: { id: '1', phone: null } },
    ['Client.phone at client.phone'],
  ],
  [
    'list',
    '{ clients { id phone } }',
    {
      clients: [
        { id: '1', phone: null },
        { id: '2', phone: null },
      ],
    },
    ['Client.phone at clients.0.phone', 'Client.phone at clients.1.phone'],
  ],
  [
    'nested lists',
    '{ clients { id household { id phone } } }',
    {
      clients: [
        {
          id: '1',
          household: [
            { id: '2', phone: null },
            { id: '3', phone: null },
          ],
        },
        { id: '2', household: [] },
      ],
    },
    ['Client.phone at clients.0.household.0.phone', 'Client.phone at clients.0.household.1.phone'],
  ],
  [
    'object of which nothing else is asked',
    '{ client(id: "1") { id partner { phone } } }',
    { client: { id: '1', partner: { phone: null } } },
    ['Client.phone at client.partner.phone'],
  ],
  ['object that is not there', '{ client(id: "nobody") { id phone } }', { client: null }, []],
  [
    'type of the value',
    '{ client(id: "1") { id notes { text } } }',
    { client: { id: '1', notes: null } },
    ['Client.notes at client.notes'],
  ],
  [
    'one of two ways to the same field',
    '{ search { ... on Party { id } ... on Client { phone } } }',
    { search: [{ id: '1', phone: null }, { id: 'b' }] },
    ['Client.phone at search.0.phone'],
  ],
  [
    'interface field that an implementation guards',
    '{ parties { id phone } }',
    {
      parties: [
        { id: '1', phone: null },
        { id: 'b', phone: null },
      ],
    },
    ['Party.phone at parties.0.phone', 'Party.phone at parties.1.phone'],
  ],
  [
    'an interface field, but not where a type that permits it asks for it too',
    '{ search { ... on Party { phone } ... on Branch { phone } } }',
    { search: [{ phone: null }, { phone: '111' }] },
    ['Party.phone at search.0.phone'],
  ],
  [
    'union member',
    '{ search { __typename ... on Client { phone } ... on Branch { phone } } }',
    {
      search: [
        { __typename: 'Client', phone: null },
        { __typename: 'Branch', phone: '111' },
      ],
    },
    ['Client.phone at search.0.phone'],
  ],
])('refused with its path: %s', async (_, query, data, refused) => {
  const answer = await firm.ask(query, { role: 'CLIENT' });
  expect(answer.data).toEqual(data);
  expect(refusals(answer)).toEqual(refused);
});

test.each([
  ['nullable parent', '{ client(id: "1") { id taxId } }', { client: null }],
  [
    'item of a list of promised items',
    '{ client(id: "1") { id household { id taxId } } }',
    { client: { id: '1', household: null } },
  ],
  ['up to the root', '{ forgotten clients { id taxId } }', null],
])('null where the schema promises a value takes its parent along: %s', async (_, query, data) => {
  const answer = await firm.ask(query, { role: 'CLIENT' });
  expect(answer.data).toEqual(data);
  expect(new Set(codes(answer))).toEqual(new Set(['FORBIDDEN']));
});

test.each([
  [true, false, { id: '1' }, []],
  [false, false, { id: '1', phone: null }, ['Client.phone at client.phone']],
  [
    false,
    true,
    { id: '1', phone: null, partner: { phone: null } },
    ['Client.phone at client.phone', 'Client.phone at client.partner.phone'],
  ],
])('@skip(%s) and @include(%s) decide what is refused', async (skipped, included, client, refused) => {
  const answer = await firm.ask(
    `query ($skipped: Boolean!, $included: Boolean = false) {
      client(id: "1") { id phone @skip(if: $skipped) ...P @include(if: $included) }
    }
    fragment P on Client { partner { phone } }`,
    { role: 'CLIENT', variables: { skipped, ...(included && { included }) } },
  );
  expect(answer.data).toEqual({ client });
  expect(refusals(answer)).toEqual(refused);
});

test('two callers with other scopes get other answers to the same text', async () => {
  const query = 'query Same { client(id: "1") { id phone } }';
  const ask = (role: 'CLIENT' | 'ADVISER') => firm.ask(query, { role, operationName: 'Same' });
  for (let round = 0; round < 2; round += 1) {
    expect((await ask('CLIENT')).data).toEqual({ client: { id: '1', phone: null } });
    expect((await ask('ADVISER')).data).toEqual({ client: { id: '1', phone: '+86 139-5550-0177' } });
  }
});

test('of several operations in a document only the named one is judged', async () => {
  const query = 'query A { client(id: "1") { id } } query B { client(id: "1") { phone id } }';
  expect((await firm.ask(query, { role: 'CLIENT', operationName: 'A' })).errors).toEqual([]);
  expect(refusals(await firm.ask(query, { role: 'CLIENT', operationName: 'B' }))).toEqual([
    'Client.phone at client.phone',
  ]);
});

test('when nothing is left no service is called', async () => {
  const answer = await firm.ask(
    '{ __typename client(id: "1") { __typename phone partner { tel: phone } } }',
    { role: 'CLIENT' },
  );
  expect(answer.data).toEqual({ __typename: 'Query', client: null });
  expect(refusals(answer)).toEqual(['Client.phone at client.phone', 'Client.phone at client.partner.tel']);
  expect(firm.called()).toEqual([]);
});

test('what is refused only in skipped places refuses nothing', async () => {
  const query = '{ client(id: "1") { phone @skip(if: true) } __typename }';
  const answer = await firm.ask(query, { role: 'CLIENT' });
  expect(answer.errors).toEqual([]);
  expect(answer.data).toEqual({ client: {}, __typename: 'Query' });
});

test('a mutation acts also when its caller sees nothing of the result', async () => {
  const answer = await firm.ask('mutation { rename(name: "x") { __typename audit } }', { role: 'ADVISER' });
  expect(answer.data).toEqual({ rename: { __typename: 'Client', audit: null } });
  expect(refusals(answer)).toEqual(['Client.audit at rename.audit']);
  expect(firm.called()).toEqual(['clients']);
});

test('a mutation with a forbidden root field is refused whole, before anything runs', async () => {
  const answer = await firm.ask('mutation { rename(name: "x") { id } gone: erase { id } }', {
    role: 'ADVISER',
  });
  expect(answer.data).toBeNull();
  expect(refusals(answer)).toEqual(['Mutation.erase at gone']);
  expect(firm.called()).toEqual([]);
});

test('a mutation whose forbidden field is skipped runs', async () => {
  const query = 'mutation ($no: Boolean!) { rename(name: "x") { id name } erase @skip(if: $no) { id } }';
  const answer = await firm.ask(query, { role: 'ADVISER', variables: { no: true } });
  expect(answer.errors).toEqual([]);
  expect(answer.data).toEqual({ rename: { id: '1', name: 'x' } });
});

test('a permitted mutation runs and keeps back only what its caller may not see of the result', async () => {
  const answer = await firm.ask(
    'mutation { rename(name: "x") { id name eligibleProducts { id } notes { text } } }',
    { role: 'ADVISER' },
  );
  expect(answer.data).toEqual({
    rename: { id: '1', name: 'x', eligibleProducts: [{ id: 'up-to-1' }], notes: { text: 'n' } },
  });
});

test('a field that @requires guarded fields of another service is planned through it', async () => {
  const answer = await firm.ask('{ clients { name eligibleProducts { id name } } }', { role: 'CLIENT' });
  expect(answer.errors).toEqual([]);
  expect(answer.data).toEqual({
    clients: [1, 2].map((level) => ({
      name: `Client ${level}`,
      eligibleProducts: [{ id: `up-to-${level}`, name: 'Fund' }],
    })),
  });
  expect(firm.called()).toEqual(['clients', 'risk', 'products']);
});

test('without the scope that @requires asks for, the other services are not called', async () => {
  const answer = await firm.ask(
    '{ client(id: "1") { name eligibleProducts { id } riskProfile { level } } }',
    { role: 'OPERATIONS' },
  );
  expect(answer.data).toEqual({ client: { name: 'Client 1', eligibleProducts: null, riskProfile: null } });
  expect(codes(answer)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  expect(firm.called()).toEqual(['clients']);
});

test('without a token only introspection and __typename are answered, whatever a schema forgot to guard', async () => {
  const answer = await firm.ask(
    '{ __typename forgotten client(id: "1") { id } __schema { queryType { name } } }',
  );
  expect(answer.status).toBe(401);
  expect(answer.data).toEqual({
    __typename: 'Query',
    forgotten: null,
    client: null,
    __schema: { queryType: { name: 'Query' } },
  });
  expect(codes(answer)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
  expect(answer.errors[0]?.message).toContain('Authorization: Bearer');
  expect(firm.called()).toEqual([]);
  expect((await firm.ask('{ __typename }')).status).toBe(200);
});

test.each(['{ _entities(representations: []) { __typename } }', '{ _service { sdl } }'])(
  '%s is not to be had',
  async (query) => {
    const answer = await firm.ask(query, { role: 'COMPLIANCE' });
    expect(answer.status).toBe(400);
    expect(codes(answer)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  },
);
