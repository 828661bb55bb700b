import { readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { composeServices } from '@apollo/composition';
import { ANONYMOUS } from '@client-graph/kit/auth';
import { createLog } from '@client-graph/kit/log';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { protectionIn } from '../test/protection.js';
import { Breaker } from './breaker.js';
import { type Gateway, startGateway } from './server.js';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@inaccessible"])';
const SCHEMAS = {
  a: `${LINK} type Query { one: Thing many: [Thing!] strict: Thing! count: Int! } type Mutation { go(n: Int): Int } type Thing @key(fields: "id") { id: ID! name: String! }`,
  b: `${LINK} type Thing @key(fields: "id") { id: ID! size: Int! tag: String }`,
};

type Name = keyof typeof SCHEMAS;
type Handler = (
  body: { query: string; variables: Record<string, unknown> },
  response: ServerResponse,
) => void;

const json =
  (value: unknown): Handler =>
  (_, response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
const text =
  (status: number, body: string): Handler =>
  (_, response) =>
    void response.writeHead(status, { 'content-type': 'text/html' }).end(body);

const things = (count: number) =>
  Array.from({ length: count }, (_, id) => ({ __typename: 'Thing', id: `${id}`, name: `t${id}` }));
const MANY = json({ data: { many: things(3) } });
const entities = (value: unknown) => json({ data: { _entities: value } });

let handlers: Record<Name, Handler>;
let asked: Record<Name, number>;
let servers: Server[] = [];
let gateway: Gateway;

const supergraph = (extra = '') => {
  const ports = servers.map((server) => Object(server.address()).port);
  const { supergraphSdl } = composeServices([
    { name: 'a', url: `http://127.0.0.1:${ports[0]}/`, typeDefs: parse(SCHEMAS.a + extra) },
    { name: 'b', url: `http://127.0.0.1:${ports[1]}/`, typeDefs: parse(SCHEMAS.b) },
  ]);
  return supergraphSdl ?? '';
};

const start = async () => {
  const names: Name[] = ['a', 'b'];
  servers = names.map((name) =>
    createServer((request, response) => {
      asked[name] += 1;
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => handlers[name](JSON.parse(body), response));
    }),
  );
  await Promise.all(
    servers.map((server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done))),
  );
  gateway = await startGateway({
    supergraphSdl: supergraph(),
    serviceUrls: new Map(),
    serviceTimeoutMs: 400,
    verify: async () => ANONYMOUS,
    host: '127.0.0.1',
    port: 0,
    isDevelopment: true,
    protection: protectionIn({ RATE_PER_SECOND: '0' }),
    log: createLog('gateway', 'silent'),
    isOpen: true,
  });
};

beforeEach(async () => {
  handlers = { a: MANY, b: entities(things(3).map(() => ({ size: 1, tag: 'x' }))) };
  asked = { a: 0, b: 0 };
  await start();
});
afterEach(async () => {
  await gateway.close();
  for (const server of servers) server.closeAllConnections();
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
});

const ask = async (query: string, variables: object = {}, signal?: AbortSignal) => {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
    ...(signal && { signal }),
  });
  return { status: response.status, headers: response.headers, ...(await response.json()) };
};
const metrics = async () => (await fetch(`${gateway.url}/metrics`)).text();

describe('a service that answers badly', () => {
  const nothing: Handler = () => undefined;
  const drip: Handler = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 50);
    response.on('close', () => clearInterval(timer));
  };
  const flood: Handler = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const chunk = 'x'.repeat(1_000_000);
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', more);
    more();
  };
  test.each<[string, Handler, unknown]>([
    ['500 and HTML', text(500, '<h1>10.0.0.7</h1>'), 'SERVICE_UNAVAILABLE'],
    ['nothing to read', text(200, ''), 'SERVICE_UNAVAILABLE'],
    ['half a JSON', text(200, '{"data":{"_ent'), 'SERVICE_UNAVAILABLE'],
    ['a JSON that is no answer', json([1, 2]), 'SERVICE_UNAVAILABLE'],
    ['errors that are none', json({ errors: 'no' }), 'SERVICE_UNAVAILABLE'],
    ['no data', json({ data: null }), 'SERVICE_UNAVAILABLE'],
    ['too few entities', entities([{ size: 1 }]), 'SERVICE_UNAVAILABLE'],
    ['entities that are no list', entities({ size: 1 }), 'SERVICE_UNAVAILABLE'],
    ['no answer', nothing, 'SERVICE_TIMEOUT'],
    ['one byte now and then', drip, 'SERVICE_TIMEOUT'],
    ['without end', flood, expect.stringMatching(/SERVICE_(UNAVAILABLE|TIMEOUT)/)],
    ['a broken connection', (_, response) => void response.destroy(), 'SERVICE_UNAVAILABLE'],
  ])(
    '%s: the rest arrives, with one error that names the service and nothing else',
    async (_, handler, code) => {
      handlers.b = handler;
      for (const round of ['first by Apollo Server', 'then compiled']) {
        const { status, data, errors } = await ask('{ many { id name tag } }');
        expect([round, status, data]).toEqual([
          round,
          200,
          { many: things(3).map(({ id, name }) => ({ id, name, tag: null })) },
        ]);
        expect(errors).toHaveLength(1);
        expect(errors[0].extensions).toMatchObject({ code, details: { service: 'b' } });
        expect(JSON.stringify(errors)).not.toMatch(/10\.0\.0|127\.0\.0/);
      }
    },
  );

  test.each([
    ['a null where the schema promises a value', [{ size: 1 }, { size: null }, { size: 3 }], 'many.1.size'],
    ['a word for a number', [{ size: 1 }, { size: 2 }, { size: 'big' }], 'many.2.size'],
  ])('%s takes its parents along and is an error at its path', async (_, found, path) => {
    handlers.b = entities(found);
    for (let round = 0; round < 2; round += 1) {
      const { data, errors } = await ask('{ many { id size } }');
      expect(data).toEqual({ many: null });
      expect(errors.map((error: { path: string[] }) => error.path.join('.'))).toEqual([path]);
      expect(errors[0].extensions.code).toBe('INTERNAL_SERVER_ERROR');
    }
  });

  test('an object where a list is promised is an error, not a list', async () => {
    handlers.a = json({ data: { many: { id: '1' } } });
    const { data, errors } = await ask('{ many { id } }');
    expect(data).toEqual({ many: null });
    expect(errors).toHaveLength(1);
  });
});

describe('a service that fails', () => {
  test('a query whose connection breaks is sent once more, a mutation never', async () => {
    let times = 0;
    handlers.a = (body, response) => {
      times += 1;
      if (times === 1) response.destroy();
      else json({ data: body.query.startsWith('mutation') ? { go: 1 } : { count: 7 } })(body, response);
    };
    expect((await ask('{ count }')).data).toEqual({ count: 7 });
    expect(times).toBe(2);
    times = 0;
    expect((await ask('mutation { go }')).data).toEqual({ go: null });
    expect(times).toBe(1);
    expect(await metrics()).toContain(
      'service_fetch_events_total{target="a",event="retried",service="gateway"} 1',
    );
  });

  test('is left alone after ten failures in a row, and tried again after a second', async () => {
    handlers.a = (_, response) => void response.destroy();
    for (let n = 0; n < 10; n += 1) await ask(`{ n${n}: count }`);
    const before = asked.a;
    const { errors } = await ask('{ count }');
    expect(errors[0].extensions.code).toBe('SERVICE_UNAVAILABLE');
    expect(asked.a).toBe(before);
    expect(await metrics()).toContain('service_breaker_open{target="a",service="gateway"} 1');
    handlers.a = json({ data: { count: 7 } });
    let answer = await ask('{ count }');
    for (let n = 0; n < 100 && answer.errors; n += 1) {
      await new Promise((done) => setTimeout(done, 50));
      answer = await ask('{ count }');
    }
    expect(answer.data).toEqual({ count: 7 });
  });

  test('the breaker: closed, open, one probe, closed again', () => {
    let now = 0;
    const breaker = new Breaker(() => now);
    for (let n = 0; n < 10; n += 1) breaker.failed();
    expect([breaker.state, breaker.admits()]).toEqual(['open', false]);
    now = 1_000;
    expect([breaker.state, breaker.admits(), breaker.admits()]).toEqual(['half-open', true, false]);
    breaker.failed();
    expect(breaker.state).toBe('open');
    now = 2_000;
    expect(breaker.admits()).toBe(true);
    breaker.succeeded();
    expect(breaker.state).toBe('closed');
  });
});

describe('callers', () => {
  test('one who goes away takes the fetches along', async () => {
    const gone = new Promise((done) => {
      handlers.a = (_, response) => void response.on('close', () => done('closed'));
    });
    const leaving = new AbortController();
    const answer = ask('{ count }', {}, leaving.signal).catch(() => 'left');
    while (asked.a === 0) await new Promise(setImmediate);
    leaving.abort();
    expect(await answer).toBe('left');
    expect(await gone).toBe('closed');
  });

  test('the same fetch of the same caller under way is shared, and an entity is asked about once', async () => {
    let release = () => {};
    const held = new Promise<void>((done) => {
      release = done;
    });
    handlers.a = async (body, response) => {
      await held;
      json({ data: { many: [...things(2), ...things(2)] } })(body, response);
    };
    let representations: unknown;
    handlers.b = (body, response) => {
      representations = body.variables['representations'];
      entities([{ tag: 'x' }, { tag: 'y' }])(body, response);
    };
    await ask('{ __typename }');
    const answers = Promise.all([1, 2, 3].map(() => ask('{ many { id tag } }')));
    while (asked.a === 0) await new Promise(setImmediate);
    await new Promise((done) => setTimeout(done, 50));
    release();
    for (const { data } of await answers)
      expect(data.many.map(({ id, tag }: { id: string; tag: string }) => id + tag)).toEqual([
        '0x',
        '1y',
        '0x',
        '1y',
      ]);
    expect(asked.a).toBe(1);
    expect(representations).toEqual([
      { __typename: 'Thing', id: '0' },
      { __typename: 'Thing', id: '1' },
    ]);
  });

  test('variables and aliases with the names of what every object has are names like others', async () => {
    handlers.a = ({ variables }, response) =>
      json({ data: { go: Object.hasOwn(variables, 'constructor') ? variables['constructor'] : 0 } })(
        { query: '', variables },
        response,
      );
    const query = 'mutation ($constructor: Int) { go(n: $constructor) }';
    expect((await ask(query, { constructor: 5 })).data).toEqual({ go: 5 });
    expect((await ask(query, { constructor: 6 })).data).toEqual({ go: 6 });
    expect((await ask(query)).data).toEqual({ go: 0 });
    const answer = '{"data":{"many":[{"__proto__":"n","toString":"1","valueOf":null}]}}';
    handlers.a = text(200, answer);
    for (let round = 0; round < 2; round += 1) {
      const { data } = await ask('{ many { __proto__: name toString: id } constructor: __typename }');
      expect(JSON.stringify(data)).toBe('{"many":[{"__proto__":"n","toString":"1"}],"constructor":"Query"}');
    }
  });

  test('what was compiled answers as Apollo Server does: headers, status, body', async () => {
    const send = () =>
      fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
        body: JSON.stringify({
          query: 'query Q($n: Int) { many { id } }',
          operationName: 'Q',
          variables: null,
        }),
      });
    const seen = [];
    for (let n = 0; n < 3; n += 1) {
      const response = await send();
      const { date, ...headers } = Object.fromEntries(response.headers);
      expect(date).toBeDefined();
      seen.push([response.status, headers, await response.json()]);
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
  });
});

describe('another supergraph', () => {
  test('takes over without dropping what is under way', async () => {
    let release = () => {};
    const held = new Promise<void>((done) => {
      release = done;
    });
    handlers.a = async (body, response) => {
      await held;
      json({ data: { count: 1, fresh: 2 } })(body, response);
    };
    const before = ask('{ count }');
    while (asked.a === 0) await new Promise(setImmediate);
    await gateway.reload(supergraph(' extend type Query { fresh: Int }'));
    release();
    expect((await before).data).toEqual({ count: 1 });
    expect((await ask('{ fresh }')).data).toEqual({ fresh: 2 });
  });

  test.each(['nonsense', 'type Query { a: Int }'])(
    'that is a bad one (%s) is refused, the old one stays',
    async (sdl) => {
      handlers.a = json({ data: { count: 1 } });
      await expect(gateway.reload(sdl)).rejects.toThrow();
      expect((await ask('{ count }')).data).toEqual({ count: 1 });
    },
  );

  test('that guards its fields is no longer open to everybody', async () => {
    await gateway.reload(readFileSync(new URL('../supergraph.graphql', import.meta.url), 'utf8'));
    const { data, errors } = await ask('{ clients(first: 1) { edges { node { id } } } }');
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ path: ['clients'], extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(asked).toEqual({ a: 0, b: 0 });
  });
});
