import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { ANONYMOUS, actorOf, createVerifier } from './auth.js';
import { reaches } from './reach.js';
import { ROLES, SCOPES } from './roles.js';

const staff = '01920000-0000-7000-8000-000000000001';
const client = '01920000-0000-7000-8000-0000000000c1';
let provider: Server;
let issuer: string;
let keys: Awaited<ReturnType<typeof generateKeyPair>>;

beforeAll(async () => {
  keys = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  provider = createServer((_, response) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] })),
  );
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
});
afterAll(() => void provider.close());

type Change = {
  audience?: string;
  issuer?: string;
  expiresIn?: string;
  claims?: Record<string, unknown>;
  key?: CryptoKey;
  kid?: string;
};
const aToken = (change: Change = {}) =>
  new SignJWT({ roles: ['ADVISER'], ...change.claims })
    .setProtectedHeader({ alg: 'RS256', kid: change.kid ?? 'k1' })
    .setSubject(staff)
    .setAudience(change.audience ?? 'client-graph')
    .setIssuer(change.issuer ?? issuer)
    .setExpirationTime(change.expiresIn ?? '1h')
    .sign(change.key ?? keys.privateKey);
const verify = (header: string | undefined) => createVerifier({ issuer, audience: 'client-graph' })(header);

describe('a token', () => {
  test('gives the caller the scopes of its roles, and roles nobody knows give nothing', async () => {
    const actor = await verify(`Bearer ${await aToken({ claims: { roles: ['ADVISER', 'EMPEROR'] } })}`);
    expect(actor.roles).toEqual(['ADVISER']);
    expect([...actor.scopes]).toEqual([
      ...ROLES.ADVISER.scopes,
      'class:internal',
      'class:personal',
      'class:sensitive',
    ]);
  });

  test('no header is an anonymous caller with no scopes', async () => {
    expect(await verify(undefined)).toBe(ANONYMOUS);
  });

  test.each<[string, () => Promise<string>, string]>([
    ['that is no JWT', async () => 'Bearer nonsense', 'MALFORMED'],
    ['of another scheme', async () => `Basic ${await aToken()}`, 'MALFORMED'],
    ['that has expired', async () => `Bearer ${await aToken({ expiresIn: '-1s' })}`, 'EXPIRED'],
    ['for another audience', async () => `Bearer ${await aToken({ audience: 'other' })}`, 'AUDIENCE'],
    ['of another issuer', async () => `Bearer ${await aToken({ issuer: 'http://elsewhere' })}`, 'ISSUER'],
    [
      'signed by another key',
      async () => `Bearer ${await aToken({ key: (await generateKeyPair('RS256')).privateKey })}`,
      'SIGNATURE',
    ],
    ['of an unknown key', async () => `Bearer ${await aToken({ kid: 'k2' })}`, 'SIGNATURE'],
    [
      'with a damaged signature',
      async () => `Bearer ${(await aToken()).slice(0, -20)}AAAAAAAAAAAAAAAAAAAA`,
      'SIGNATURE',
    ],
    ['without roles', async () => `Bearer ${await aToken({ claims: { roles: undefined } })}`, 'CLAIMS'],
    [
      'with alg none',
      async () =>
        `Bearer ${new UnsecuredJWT({ roles: ['ADMIN'] }).setSubject(staff).setAudience('client-graph').setIssuer(issuer).setExpirationTime('1h').encode()}x`,
      'MALFORMED',
    ],
  ])('%s is refused with the reason', async (_, header, reason) => {
    await expect(verify(await header())).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      details: { reason },
    });
  });

  test('while the provider cannot be reached nobody is let in', async () => {
    const away = createVerifier({ issuer: 'http://127.0.0.1:9', audience: 'client-graph' });
    await expect(away(`Bearer ${await aToken()}`)).rejects.toMatchObject({
      details: { reason: 'PROVIDER_UNREACHABLE' },
    });
  });
});

test.each([
  ['ADVISER', staff, staff, true],
  ['ADVISER', client, staff, false],
  ['COMPLIANCE', client, staff, true],
  ['MARKETING', staff, staff, false],
] as const)('%s reaches the clients that its row says', (role, adviserId, id, expected) => {
  expect(reaches(actorOf(id, [role]), { id: client, adviserId })).toBe(expected);
});

test('a client reaches themself and nobody else', () => {
  const self = actorOf(client, ['CLIENT'], client);
  expect(reaches(self, { id: client, adviserId: staff })).toBe(true);
  expect(reaches(self, { id: staff, adviserId: client })).toBe(false);
});

test('every scope is held by some role and every role is written down once', () => {
  expect(SCOPES.size).toBeGreaterThan(10);
  for (const role of Object.values(ROLES)) expect(new Set(role.scopes).size).toBe(role.scopes.length);
});
