import { createVerifier } from '@client-graph/kit/auth';
import { afterEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { type Firm, startFirm, supergraphOf } from '../test/firm.js';
import { protectionIn } from '../test/protection.js';
import { startGateway } from './server.js';

let firm: Firm;
afterEach(() => firm.stop());

const codesOf = (errors: { extensions: Record<string, unknown> }[]) =>
  errors.map(({ extensions }) => extensions.code);
const PAGE = '{ client(id: "1") { name riskProfile { level } holdings } }';

describe('one service away', () => {
  test('down: the rest of the page arrives with one masked error at the null', async () => {
    firm = await startFirm();
    await firm.services.risk.stop();
    const answer = await firm.ask(PAGE, { role: 'CLIENT' });
    expect(answer.status).toBe(200);
    expect(answer.data).toEqual({ client: { name: 'Client 1', riskProfile: null, holdings: ['h'] } });
    expect(answer.errors).toEqual([
      {
        message: 'The risk service cannot be reached.',
        path: ['client', 'riskProfile'],
        extensions: { code: 'SERVICE_UNAVAILABLE', details: { service: 'risk' } },
      },
    ]);
  });

  test('down under a list: one error for the fetch, which says where in the page', async () => {
    firm = await startFirm();
    await firm.services.products.stop();
    const answer = await firm.ask('{ clients { name holdings } }', { role: 'CLIENT' });
    expect(answer.data).toEqual({
      clients: [
        { name: 'Client 1', holdings: null },
        { name: 'Client 2', holdings: null },
      ],
    });
    expect(answer.errors.map(({ extensions }) => extensions)).toEqual([
      { code: 'SERVICE_UNAVAILABLE', details: { service: 'products', at: 'clients.@' } },
    ]);
  });

  test('hanging: given up after its time, the rest arrives', async () => {
    firm = await startFirm({ timeoutMs: 200 });
    firm.services.risk.behaviour = 'hangs';
    const answer = await firm.ask(PAGE, { role: 'CLIENT' });
    expect(answer.data).toEqual({ client: { name: 'Client 1', riskProfile: null, holdings: ['h'] } });
    expect(codesOf(answer.errors)).toEqual(['SERVICE_TIMEOUT']);
  });

  test('answering with something else: not a word of it reaches the caller', async () => {
    firm = await startFirm();
    firm.services.risk.behaviour = 'breaks';
    const answer = await firm.ask(PAGE, { role: 'CLIENT' });
    expect(codesOf(answer.errors)).toEqual(['SERVICE_UNAVAILABLE']);
    expect(answer.text).not.toMatch(/proxy|10\.0\.0|127\.0\.0/);
  });

  test('what needs its answer is not asked and null', async () => {
    firm = await startFirm();
    await firm.services.risk.stop();
    firm.called();
    const answer = await firm.ask('{ client(id: "1") { name eligibleProducts { id } } }', { role: 'CLIENT' });
    expect(answer.data).toEqual({ client: { name: 'Client 1', eligibleProducts: null } });
    expect(answer.errors).toHaveLength(1);
    expect(firm.called()).toEqual(['clients']);
  });

  test('the gateway starts with every service down, and says which', async () => {
    firm = await startFirm({ down: ['clients', 'risk', 'products'] });
    const ready = await fetch(`${firm.url}/health/ready`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({
      status: 'ready',
      services: { clients: 'unreachable', risk: 'unreachable', products: 'unreachable' },
    });
    const answer = await firm.ask(PAGE, { role: 'CLIENT' });
    expect(answer.data).toEqual({ client: null });
    expect(answer.errors).toHaveLength(1);
  });

  test('a service that comes back is used again', async () => {
    firm = await startFirm();
    firm.services.risk.behaviour = 'breaks';
    await firm.ask(PAGE, { role: 'CLIENT' });
    firm.services.risk.behaviour = 'answers';
    expect((await firm.ask(PAGE, { role: 'CLIENT' })).errors).toEqual([]);
  });
});

describe('callers', () => {
  test.each([
    ['malformed', async () => 'nonsense', 'MALFORMED'],
    ['expired', () => firm.token({ expiresAt: Date.now() / 1000 - 60 }), 'EXPIRED'],
    ['for another audience', () => firm.token({ audience: 'another' }), 'AUDIENCE'],
    ['signed by somebody else', async () => `${(await firm.token()).slice(0, -6)}AAAAAA`, 'SIGNATURE'],
  ])(
    'a token that is %s is answered with 401, a code and what to do; no service is called',
    async (_, token, reason) => {
      firm = await startFirm();
      const answer = await firm.ask('{ __typename }', { token: await token() });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('content-type')).toContain('json');
      expect(codesOf(answer.errors)).toEqual(['UNAUTHENTICATED']);
      expect(answer.errors[0]?.extensions.details).toEqual({ reason });
      expect(answer.errors[0]?.message).toContain('Authorization: Bearer');
      expect(firm.called()).toEqual([]);
    },
  );

  test('while the provider is away a token is neither taken nor called bad: 503', async () => {
    firm = await startFirm();
    await firm.stopIssuer();
    const answer = await firm.ask('{ __typename }', { role: 'ADVISER' });
    expect(answer.status).toBe(503);
    expect(codesOf(answer.errors)).toEqual(['SERVICE_UNAVAILABLE']);
    expect(answer.errors[0]?.extensions.details).toEqual({ service: 'openid-provider' });
  });

  test('token, purpose and trace are passed on to every service', async () => {
    firm = await startFirm();
    const token = await firm.token({ role: 'ADVISER' });
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await firm.ask(PAGE, { token, headers: { traceparent, 'x-purpose': 'ANNUAL_REVIEW' } });
    for (const { received } of Object.values(firm.services))
      expect(received.map(({ headers }) => headers)).toEqual([
        expect.objectContaining({
          authorization: `Bearer ${token}`,
          traceparent,
          'x-purpose': 'ANNUAL_REVIEW',
        }),
      ]);
  });

  test.each([undefined, 'nonsense'])(
    'a trace begins at the gateway when the caller sends %s',
    async (traceparent) => {
      firm = await startFirm();
      await firm.ask(PAGE, { role: 'ADVISER', headers: { ...(traceparent && { traceparent }) } });
      const traces = Object.values(firm.services).flatMap(({ received }) =>
        received.map(({ headers }) => headers.traceparent),
      );
      expect(traces).toHaveLength(3);
      expect(new Set(traces).size).toBe(1);
      expect(traces[0]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    },
  );
});

describe('errors', () => {
  test('a refusal of a service arrives with code, details and path', async () => {
    firm = await startFirm();
    const answer = await firm.ask('{ client(id: "1") { id refusal } }', { role: 'CLIENT' });
    expect(answer.data).toEqual({ client: { id: '1', refusal: null } });
    expect(answer.errors).toEqual([
      {
        message: 'Not now.',
        path: ['client', 'refusal'],
        extensions: { code: 'TOO_EARLY', details: { opensOn: '2026-03-01' } },
      },
    ]);
  });

  test('a fault of a service is masked: no message, address, service or stack', async () => {
    firm = await startFirm();
    const answer = await firm.ask('{ client(id: "1") { id fault } }', { role: 'CLIENT' });
    expect(answer.errors).toEqual([
      {
        message: expect.stringContaining('on our side'),
        path: ['client', 'fault'],
        extensions: { code: 'INTERNAL_SERVER_ERROR' },
      },
    ]);
    expect(answer.text).not.toMatch(/10\.0\.0|5432|srv|stack|serviceName|127\.0\.0/);
  });

  test.each([
    ['unknown field', '{ client(id: "1") { nothing } }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    ['no GraphQL', '{ client(', {}, 'GRAPHQL_PARSE_FAILED'],
    [
      'variable of the wrong type',
      'query ($id: ID!) { client(id: $id) { id } }',
      { id: { a: 1 } },
      'BAD_USER_INPUT',
    ],
    [
      'scalar written wrongly in the text',
      '{ product(id: "1", above: "abc") { id } }',
      {},
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'scalar written wrongly in a variable',
      'query ($above: Decimal) { product(id: "1", above: $above) { id } }',
      { above: 'abc' },
      'BAD_USER_INPUT',
    ],
    ['variable missing', 'query ($id: ID!) { client(id: $id) { id phone } }', {}, 'BAD_USER_INPUT'],
  ])('%s: 400 with a code', async (_, query, variables, code) => {
    firm = await startFirm();
    const answer = await firm.ask(query, { role: 'CLIENT', variables });
    expect(answer.status).toBe(400);
    expect(codesOf(answer.errors)).toEqual([code]);
    expect(answer.text).not.toContain('stack');
    expect(firm.called()).toEqual([]);
  });

  test('what is said goes to the log without variables, tokens, text or messages', async () => {
    const lines: string[] = [];
    firm = await startFirm({
      log: pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) }),
    });
    const token = await firm.token({ role: 'CLIENT' });
    await firm.ask('query Page($id: ID!) { client(id: $id) { id phone refusal fault } }', {
      token,
      variables: { id: 'secret-id' },
    });
    const log = lines.join('');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      operation: 'Page',
      codes: ['TOO_EARLY', 'INTERNAL_SERVER_ERROR', 'FORBIDDEN'],
    });
    expect(log).toContain('connect 10.0.0.7');
    expect(log).not.toMatch(/secret-id|Bearer|eyJ|5550-0177|Not now|query Page/);
  });
});

describe('HTTP', () => {
  test.each([
    ['a GET without a CSRF header', 'GET', {}, 400],
    ['a GET with one', 'GET', { 'apollo-require-preflight': '1' }, 200],
    ['a form', 'POST', { 'content-type': 'text/plain' }, 400],
    ['no JSON', 'POST', { 'content-type': 'application/json' }, 400],
    ['another content', 'POST', { 'content-type': 'application/xml' }, 415],
  ])('%s', async (_, method, headers, status) => {
    firm = await startFirm();
    const query = method === 'GET' ? `?query=${encodeURIComponent('{ __typename }')}` : '';
    const response = await fetch(`${firm.url}/graphql${query}`, {
      method,
      headers,
      ...(method === 'POST' && { body: 'x' }),
    });
    expect(response.status).toBe(status);
    const { data, errors } = await response.json();
    if (status === 200) expect(data).toEqual({ __typename: 'Query' });
    else expect(codesOf(errors)).toEqual(['BAD_REQUEST']);
  });

  test('a body over 1 MB is refused with a code', async () => {
    firm = await startFirm();
    const answer = await firm.ask('{ __typename }', { variables: { filler: 'x'.repeat(1_100_000) } });
    expect(answer.status).toBe(413);
    expect(codesOf(answer.errors)).toEqual(['BAD_REQUEST']);
  });

  test('who accepts application/graphql-response+json gets it', async () => {
    firm = await startFirm();
    const answer = await firm.ask('{ __typename }', {
      headers: { accept: 'application/graphql-response+json' },
    });
    expect(answer.headers.get('content-type')).toContain('application/graphql-response+json');
  });

  test('GraphiQL opens at the root in development and needs nothing from elsewhere', async () => {
    firm = await startFirm();
    const response = await fetch(firm.url);
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(html).toContain('renderYogaGraphiQL');
    expect(html).not.toMatch(/<(script|link|img|iframe)[^>]+(src|href)=["']?(https?:)?\/\//);
    expect(html).not.toMatch(/@import|url\(["']?https?:|importScripts\(["']https?:|\bimport\(["']https?:/);
  });

  test('in production there is neither GraphiQL nor introspection', async () => {
    firm = await startFirm({ isDevelopment: false });
    expect((await fetch(firm.url)).status).toBe(404);
    const answer = await firm.ask('{ __schema { types { name } } }', { role: 'ADMIN' });
    expect(answer.status).toBe(400);
    expect(codesOf(answer.errors)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  });

  test('metrics count operations and fetches by names that are bounded', async () => {
    firm = await startFirm();
    for (let n = 0; n < 205; n += 1) await firm.ask(`query Q${n} { __typename }`);
    await firm.ask(PAGE, { role: 'CLIENT' });
    const metrics = await (await fetch(`${firm.url}/metrics`)).text();
    expect(metrics).toContain('graphql_operations_total{operation="Q199",outcome="ok",service="gateway"} 1');
    expect(metrics).toContain('graphql_operations_total{operation="other",outcome="ok",service="gateway"} 5');
    expect(metrics).toContain('service_fetch_seconds_count{service="gateway",target="risk",outcome="ok"} 1');
    expect(metrics).not.toContain('Q200');
  });
});

test('requests at hand are finished when the gateway closes', async () => {
  firm = await startFirm();
  const asked = firm.ask(PAGE, { role: 'CLIENT' });
  while (firm.services.clients.received.length === 0) await new Promise(setImmediate);
  const [answer] = await Promise.all([asked, firm.stop()]);
  expect(answer.errors).toEqual([]);
  firm = await startFirm();
});

test('the gateway refuses to start on a protection that nothing enforces', async () => {
  firm = await startFirm();
  const sdl = supergraphOf(
    { clients: 'http://c/', risk: 'http://r/', products: 'http://p/' },
    {
      directive: '"@policy"',
      extra: `type Vault @policy(policies: [["four-eyes"]]) { gold: Int }
              extend type Query { vault: Vault @authenticated }`,
    },
  );
  const start = startGateway({
    supergraphSdl: sdl,
    serviceUrls: new Map(),
    serviceTimeoutMs: 1_000,
    verify: createVerifier({ issuer: firm.url, audience: 'client-graph' }),
    host: '127.0.0.1',
    port: 0,
    isDevelopment: true,
    protection: protectionIn(),
    log: pino({ level: 'silent' }),
  });
  await expect(start).rejects.toThrow(/policy\/v0\.1, which this gateway does not enforce/);
});
