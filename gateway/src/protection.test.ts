import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { exportSPKI, importJWK, type JWK, SignJWT } from 'jose';
import { type Ask, type Firm, startFirm } from '../test/firm.js';
import { addressOf } from './admission.js';

let firm: Firm;
afterEach(() => firm.stop());

const PAGE = '{ client(id: "1") { name } }';
const codesOf = ({ errors }: { errors: { extensions: Record<string, unknown> }[] }) =>
  errors.map(({ extensions }) => extensions['code']);
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${firm.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('too much at once is refused with its code, and no service is called:', () => {
  const many = (count: number, text: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => text(index)).join(' ');
  const CLIENTS = 'query ($n: Int) { clients(first: $n) { name } }';
  const deepJson = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  test.each<[string, string, Ask, string]>([
    ['10,000 aliases', `{ ${many(10_000, (n) => `a${n}: __typename`)} }`, {}, 'OPERATION_TOO_LONG'],
    ['101 aliases', `{ ${many(101, (n) => `a${n}: __typename`)} }`, {}, 'TOO_MANY_ALIASES'],
    [
      'depth',
      `{ client(id: "1") ${'{ friend '.repeat(20)} { id } ${'}'.repeat(20)} }`,
      {},
      'OPERATION_TOO_DEEP',
    ],
    ['a million brackets', '{a'.repeat(500_000), {}, 'OPERATION_TOO_DEEP'],
    ['directives', `{ ${many(101, () => '__typename @include(if: true)')} }`, {}, 'TOO_MANY_DIRECTIVES'],
    [
      'fields',
      `{ ${many(40, (n) => `...f${n}`)} } ${many(40, (n) => `fragment f${n} on Query { ${many(60, () => '__typename')} }`)}`,
      {},
      'OPERATION_TOO_WIDE',
    ],
    ['a deep variable', CLIENTS, { variables: JSON.parse(deepJson(30)) }, 'VARIABLES_TOO_DEEP'],
    ['a long list in a variable', CLIENTS, { variables: { ids: Array(1_001).fill('x') } }, 'LIST_TOO_LONG'],
  ])('%s', async (_, query, options, code) => {
    firm = await startFirm();
    const answer = await firm.ask(query, { role: 'CLIENT', ...options });
    expect([answer.status, codesOf(answer)]).toEqual([400, [code]]);
    expect(firm.called()).toEqual([]);
  });

  test('a body of variables nested half a million deep', async () => {
    firm = await startFirm();
    const deep = deepJson(150_000);
    const response = await post(`{"query":"{ __typename }","variables":${deep}}`);
    expect([response.status, codesOf(await response.json())]).toEqual([400, ['VARIABLES_TOO_DEEP']]);
  });

  test('2 MB of text', async () => {
    firm = await startFirm();
    const answer = await firm.ask(`{ client(id: "${'x'.repeat(2_000_000)}") { id } }`, { role: 'CLIENT' });
    expect(answer.status).toBe(413);
  });

  test('1 MB of text is answered', async () => {
    firm = await startFirm({ env: { LIMIT_BODY_BYTES: '2000000' } });
    const answer = await firm.ask(`{ client(id: "${'x'.repeat(1_000_000)}") { id } }`, { role: 'CLIENT' });
    expect([answer.status, answer.errors]).toEqual([200, []]);
  });

  test('fragments in a circle', async () => {
    firm = await startFirm();
    const answer = await firm.ask('{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }', {
      role: 'CLIENT',
    });
    expect([answer.status, new Set(codesOf(answer))]).toEqual([400, new Set(['GRAPHQL_VALIDATION_FAILED'])]);
  });

  test('cost, whether the operation is known or not', async () => {
    firm = await startFirm({ env: { LIMIT_COST: '5' } });
    const query = '{ clients { name } }';
    for (let round = 0; round < 3; round += 1) {
      const answer = await firm.ask(query, { role: 'CLIENT' });
      expect([answer.status, codesOf(answer), answer.errors[0]?.extensions['details']]).toEqual([
        400,
        ['OPERATION_TOO_COSTLY'],
        { limit: 5, cost: 10 },
      ]);
    }
    expect(firm.called()).toEqual([]);
  });
});

describe('operations by their hash', () => {
  test('one that is not known is asked for, kept, and from then on known', async () => {
    firm = await startFirm();
    const extensions = { persistedQuery: { version: 1, sha256Hash: hash('{ __typename }') } };
    const before = await (await post({ extensions })).json();
    expect(codesOf(before)).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
    for (const body of [{ query: '{ __typename }', extensions }, { extensions }, { extensions }])
      expect(await (await post(body)).json()).toEqual({ data: { __typename: 'Query' } });
    const search = new URLSearchParams({ extensions: JSON.stringify(extensions) });
    const byGet = await fetch(`${firm.url}/graphql?${search}`, {
      headers: { 'apollo-require-preflight': '1' },
    });
    expect(await byGet.json()).toEqual({ data: { __typename: 'Query' } });
  });

  test('where operations are listed, no other is answered by any way', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'client-graph-listed-'));
    writeFileSync(join(folder, 'page.graphql'), PAGE);
    firm = await startFirm({ env: { LISTED_OPERATIONS: folder }, isDevelopment: false });
    rmSync(folder, { recursive: true });
    const authorization = `Bearer ${await firm.token({ role: 'CLIENT' })}`;
    const extensions = { persistedQuery: { version: 1, sha256Hash: hash(PAGE) } };
    for (const body of [{ query: PAGE }, { extensions }, { id: hash(PAGE) }, { query: PAGE }])
      expect(await (await post(body, { authorization })).json()).toEqual({
        data: { client: { name: 'Client 1' } },
      });
    const other = '{ client(id: "2") { name } }';
    const otherExtensions = { persistedQuery: { version: 1, sha256Hash: hash(other) } };
    firm.called();
    for (const body of [
      { query: other },
      { query: other, extensions: otherExtensions },
      { extensions: otherExtensions },
      { query: other, extensions },
    ]) {
      const response = await post(body, { authorization });
      expect([response.status, codesOf(await response.json())]).toEqual([403, ['OPERATION_NOT_LISTED']]);
    }
    const byGet = await fetch(`${firm.url}/graphql?${new URLSearchParams({ query: other })}`, {
      headers: { authorization, 'apollo-require-preflight': '1' },
    });
    expect(byGet.status).toBe(403);
    expect(firm.called()).toEqual([]);
  });
});

describe('browsers', () => {
  const ORIGIN = 'https://desk.example.com';
  const preflight = (origin: string) =>
    fetch(`${firm.url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });

  test('a page of an origin that is named may ask and read, others may not', async () => {
    firm = await startFirm({ env: { CORS_ORIGINS: `${ORIGIN}, https://other.example.com` } });
    const allowed = await preflight(ORIGIN);
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([204, ORIGIN]);
    expect(allowed.headers.get('access-control-allow-headers')).toContain('x-purpose');
    expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
    const asked = await post({ query: '{ __typename }' }, { origin: ORIGIN });
    expect(asked.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(asked.headers.get('vary')).toContain('origin');
    for (const origin of [
      'https://evil.example.com',
      `${ORIGIN}.evil.com`,
      'null',
      'http://desk.example.com',
    ]) {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
      const refused = await post({ query: '{ __typename }' }, { origin });
      expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  test('every answer says that it is not to be kept, guessed, framed or run', async () => {
    firm = await startFirm({ isDevelopment: false });
    const answers = [
      await post({ query: '{ __typename }' }),
      await post({ query: '{ __typename }' }),
      await post({ query: '{' }),
      await post({ query: '{ __typename }' }, { authorization: 'Bearer x' }),
      await fetch(`${firm.url}/nowhere`),
      await fetch(`${firm.url}/health`),
    ];
    for (const { headers } of answers) {
      expect(Object.fromEntries(headers)).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'strict-transport-security': expect.stringContaining('max-age='),
      });
      expect(headers.get('x-powered-by') ?? headers.get('server')).toBeNull();
    }
  });

  test('in production nothing helps to guess names of the schema', async () => {
    const query = 'query ($c: Currency) { client(id: "1") { nam } }';
    firm = await startFirm();
    const open = await firm.ask(query, { role: 'CLIENT' });
    expect(open.text).toContain('Did you mean');
    await firm.stop();
    firm = await startFirm({ isDevelopment: false });
    const closed = await firm.ask(query, { role: 'CLIENT' });
    expect([closed.status, closed.text.includes('Did you mean')]).toEqual([400, false]);
  });
});

describe('who asks too much', () => {
  test('is told to wait, the others are not', async () => {
    firm = await startFirm({ env: { RATE_PER_SECOND: '0.01', RATE_BURST: '3' } });
    const [one, other] = await Promise.all([
      firm.token({ role: 'CLIENT' }),
      firm.token({ role: 'CLIENT', subject: '0198c0de-0000-7000-8000-000000000002' }),
    ]);
    const statuses = [];
    for (let n = 0; n < 5; n += 1) statuses.push((await firm.ask(PAGE, { token: one })).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const refused = await firm.ask(PAGE, { token: one });
    expect(codesOf(refused)).toEqual(['RATE_LIMITED']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await firm.ask(PAGE, { token: other })).status).toBe(200);
    expect(await (await fetch(`${firm.url}/metrics`)).text()).toContain(
      'graphql_requests_turned_away_total{code="RATE_LIMITED",service="gateway"} 3',
    );
  });

  test('without a token is known by their address, which they cannot choose', async () => {
    const request = (forwarded?: string | string[]) =>
      ({
        headers: { ...(forwarded && { 'x-forwarded-for': forwarded }) },
        socket: { remoteAddress: '10.0.0.1' },
      }) as unknown as Parameters<typeof addressOf>[0];
    expect(addressOf(request('1.1.1.1'), 0)).toBe('10.0.0.1');
    expect(addressOf(request('6.6.6.6, 1.1.1.1'), 1)).toBe('1.1.1.1');
    expect(addressOf(request(['6.6.6.6', '1.1.1.1, 2.2.2.2']), 2)).toBe('1.1.1.1');
    expect(addressOf(request(), 1)).toBe('10.0.0.1');
    firm = await startFirm({ env: { RATE_PER_SECOND: '0.01', RATE_BURST: '2' } });
    const statuses = [];
    for (const address of ['1', '2', '3'])
      statuses.push((await firm.ask('{ __typename }', { headers: { 'x-forwarded-for': address } })).status);
    expect(statuses).toEqual([200, 200, 429]);
  });

  test('guesses tokens is slowed, who has a good one is not', async () => {
    firm = await startFirm();
    for (let n = 0; n < 10; n += 1)
      expect((await firm.ask(PAGE, { token: `bad.bad.bad${n}` })).status).toBe(401);
    const beganMs = performance.now();
    const slowed = await firm.ask(PAGE, { token: 'bad.bad.bad' });
    expect([slowed.status, codesOf(slowed)]).toEqual([429, ['TOO_MANY_BAD_TOKENS']]);
    expect(performance.now() - beganMs).toBeGreaterThan(900);
    expect((await firm.ask(PAGE, { role: 'CLIENT' })).status).toBe(200);
  });
});

describe('a token', () => {
  test.each<[string, () => Promise<string>]>([
    ['of another issuer', () => firm.token({ issuer: 'https://evil.example.com' })],
    [
      'without a signature (alg none)',
      async () => {
        const [, payload] = (await firm.token({ role: 'ADMIN' })).split('.');
        return `${Buffer.from('{"alg":"none","kid":"k"}').toString('base64url')}.${payload}.`;
      },
    ],
    [
      'without a signature, under any name of none',
      async () => {
        const [, payload, signature] = (await firm.token({ role: 'ADMIN' })).split('.');
        return `${Buffer.from('{"alg":"nOnE","kid":"k"}').toString('base64url')}.${payload}.${signature}`;
      },
    ],
    [
      'signed with the public key as if it were a secret (key confusion)',
      async () => {
        const { keys }: { keys: JWK[] } = await (await fetch(`${firm.issuer}/jwks`)).json();
        const key = await importJWK(keys[0] ?? {}, 'RS256', { extractable: true });
        if (key instanceof Uint8Array) throw new Error('That is no public key.');
        return new SignJWT({ roles: ['ADMIN'] })
          .setProtectedHeader({ alg: 'HS256', kid: 'k' })
          .setSubject('0198c0de-0000-7000-8000-000000000001')
          .setIssuer(firm.issuer)
          .setAudience('client-graph')
          .setExpirationTime('1h')
          .sign(new TextEncoder().encode(await exportSPKI(key)));
      },
    ],
    [
      'with another payload under the same signature',
      async () => {
        const [head, payload = '', signature] = (await firm.token({ role: 'CLIENT' })).split('.');
        const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), roles: ['ADMIN'] };
        return `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
      },
    ],
    ['whose subject is no id', () => firm.token({ subject: 'root' })],
  ])('%s is refused', async (_, token) => {
    firm = await startFirm();
    const answer = await firm.ask(PAGE, { token: await token() });
    expect([answer.status, codesOf(answer)]).toEqual([401, ['UNAUTHENTICATED']]);
    expect(firm.called()).toEqual([]);
  });

  test('of a role that is not in the table may nothing', async () => {
    firm = await startFirm();
    const answer = await firm.ask(PAGE, { token: await firm.token({ role: 'KING' as 'CLIENT' }) });
    expect([answer.status, new Set(codesOf(answer))]).toEqual([200, new Set(['FORBIDDEN'])]);
    expect(firm.called()).toEqual([]);
  });
});

describe('more than can be done at once', () => {
  test('is refused with 503 and when to come back, and counted; what runs is answered', async () => {
    firm = await startFirm({ env: { LIMIT_RUNNING: '4' }, timeoutMs: 3_000 });
    firm.services.clients.behaviour = 'hangs';
    const running = [1, 2, 3, 4].map((n) => firm.ask(`{ client(id: "${n}") { name } }`, { role: 'CLIENT' }));
    while (firm.services.clients.received.length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    const shed = await firm.ask('{ __typename }');
    expect([shed.status, codesOf(shed), shed.headers.get('retry-after')]).toEqual([
      503,
      ['SERVICE_OVERLOADED'],
      '1',
    ]);
    for (const { status, errors } of await Promise.all(running))
      expect([status, codesOf({ errors })]).toEqual([200, ['SERVICE_TIMEOUT']]);
    expect((await firm.ask('{ __typename }')).status).toBe(200);
    expect(await (await fetch(`${firm.url}/metrics`)).text()).toContain(
      'graphql_requests_turned_away_total{code="SERVICE_OVERLOADED",service="gateway"} 1',
    );
  });

  test('a body that ends too early leaves nothing running', async () => {
    firm = await startFirm({ env: { LIMIT_RUNNING: '1' } });
    for (let n = 0; n < 3; n += 1) {
      const socket = connect(Number(new URL(firm.url).port), '127.0.0.1');
      socket.write(
        'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\nexpect: 100-continue\r\n\r\n{"query"',
      );
      // The server says so when it takes the request.
      expect(String(await new Promise((resolve) => socket.once('data', resolve)))).toMatch(/^HTTP\/1.1 100 /);
      socket.destroy();
      await new Promise((resolve) => socket.once('close', resolve));
    }
    let status = 503;
    for (let n = 0; n < 50 && status === 503; n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      ({ status } = await firm.ask('{ __typename }'));
    }
    expect(status).toBe(200);
  });
});
