import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { ANONYMOUS, actingBy, actorOf, createVerifier } from './auth.js';
import { reaches, serves } from './reach.js';
import { ROLES, type Role, SCOPES } from './roles.js';
import { sensitiveSight } from './sight.js';

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
  audience?: string | string[];
  issuer?: string;
  expiresIn?: string;
  notBefore?: string;
  claims?: Record<string, unknown>;
  key?: CryptoKey;
  kid?: string;
  subject?: string;
};
const aToken = (change: Change = {}) =>
  new SignJWT({ roles: ['ADVISER'], ...change.claims })
    .setProtectedHeader({ alg: 'RS256', kid: change.kid ?? 'k1' })
    .setSubject(change.subject ?? staff)
    .setAudience(change.audience ?? 'client-graph')
    .setIssuer(change.issuer ?? issuer)
    .setNotBefore(change.notBefore ?? '-1m')
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
    ['of nobody known', async () => `Bearer ${await aToken({ subject: 'root' })}`, 'CLAIMS'],
    ['that counts from later on', async () => `Bearer ${await aToken({ notBefore: '1m' })}`, 'CLAIMS'],
    [
      'for several audiences, none of them this one',
      async () => `Bearer ${await aToken({ audience: ['other', 'client-graph.example'] })}`,
      'AUDIENCE',
    ],
    [
      'of a key named by a path',
      async () => `Bearer ${await aToken({ kid: '../../etc/passwd' })}`,
      'SIGNATURE',
    ],
    [
      'signed with the public key as a secret',
      async () => {
        const secret = new TextEncoder().encode(await exportSPKI(keys.publicKey));
        const forged = new SignJWT({ roles: ['ADMIN'] }).setProtectedHeader({ alg: 'HS256', kid: 'k1' });
        const claimed = forged.setSubject(staff).setAudience('client-graph').setIssuer(issuer);
        return `Bearer ${await claimed.setExpirationTime('1h').sign(secret)}`;
      },
      'MALFORMED',
    ],
    [
      'whose roles are one text',
      async () => `Bearer ${await aToken({ claims: { roles: 'ADVISER COMPLIANCE' } })}`,
      'CLAIMS',
    ],
    [
      'whose roles are not all texts',
      async () => `Bearer ${await aToken({ claims: { roles: ['ADVISER', { name: 'ADMIN' }] } })}`,
      'CLAIMS',
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

  test('for several audiences, this among them, is for this one too; names that every object has are no roles', async () => {
    const audience = ['other', 'client-graph'];
    const actor = await verify(
      `Bearer ${await aToken({ audience, claims: { roles: ['constructor', '__proto__'] } })}`,
    );
    expect(actor).toMatchObject({ id: staff, roles: [], watches: false });
    expect(actor.scopes.size).toBe(0);
  });

  test('is verified anew after five minutes, so that a withdrawn key opens nothing for longer', async () => {
    const believes = createVerifier({ issuer, audience: 'client-graph' });
    const header = `Bearer ${await aToken()}`;
    await believes(header);
    const verifying = jest.spyOn(crypto.subtle, 'verify');
    const clock = jest.spyOn(Date, 'now');
    const now = Date.now();
    await believes(header);
    expect(verifying).not.toHaveBeenCalled();
    clock.mockReturnValue(now + 300_001);
    await believes(header);
    expect(verifying).toHaveBeenCalledTimes(1);
    clock.mockRestore();
    verifying.mockRestore();
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

describe('of somebody with several posts', () => {
  const behind = { id: client, adviserId: client, status: 'ACTIVE', walledIds: [staff] };

  test('one who is a client too acts as staff: what they see of themself as a client is not seen of others', () => {
    const both = actorOf(staff, ['CLIENT', 'ADVISER'], client);
    expect(both).toMatchObject({ roles: ['ADVISER'], clientId: null, ownClientId: client });
    expect(both.scopes).toEqual(actorOf(staff, ['ADVISER']).scopes);
    expect(sensitiveSight(both)).toBe('REVEALED');
    expect(reaches(both, { id: client, adviserId: client })).toBe(false);
    expect(actorOf(client, ['CLIENT'], client)).toMatchObject({ roles: ['CLIENT'], clientId: client });
  });

  test.each<[Role[], boolean]>([
    [['COMPLIANCE'], true],
    [['AUDITOR', 'COMPLIANCE'], true],
    [['ADVISER', 'COMPLIANCE'], false],
    [['COMPLIANCE', 'OPERATIONS'], false],
    [['AUDITOR', 'SERVICE_AGENT'], false],
    [[], false],
  ])('%j only watches over the firm, and sees past walls and restrictions: %s', (roles, watches) => {
    const actor = actorOf(staff, roles);
    expect(actor.watches).toBe(watches);
    expect(reaches(actor, behind)).toBe(watches);
    expect(reaches(actor, { ...behind, walledIds: [], status: 'RESTRICTED' })).toBe(watches);
  });

  test('each does what that post may by itself, and reaches whom it reaches', () => {
    const both = actorOf(staff, ['ADVISER', 'COMPLIANCE']);
    const notTheirs = { id: client, adviserId: client };
    const by = (scope: string) => actingBy(both, (scopes) => scopes.has(scope));
    expect(by('orders:place').roles).toEqual(['ADVISER']);
    expect(serves(by('orders:place'), notTheirs)).toBe(false);
    expect(serves(by('orders:place'), { ...notTheirs, adviserId: staff })).toBe(true);
    expect(by('clients:restrict').roles).toEqual(['COMPLIANCE']);
    expect(serves(by('clients:restrict'), notTheirs)).toBe(true);
    expect(reaches(by('clients:restrict'), behind)).toBe(false);
    expect(by('clients:read')).toEqual(both);
    expect(by('fees:nobody')).toBe(both);
  });
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
