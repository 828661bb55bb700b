import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { type Oidc, startOidc } from './oidc.js';
import { PEOPLE } from './people.js';
import { freePort } from './ports.js';

const CLIENT_ID = '01940000-0000-7000-8000-00000000c1e7';
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function anOidc(options: Partial<Parameters<typeof startOidc>[0]> = {}): Promise<Oidc> {
  const oidc = await startOidc({ port: await freePort(), ...options });
  closers.push(oidc.close);
  return oidc;
}

async function verify(oidc: Oidc, token: string) {
  const keys = createRemoteJWKSet(new URL(`${oidc.issuer}/jwks`));
  return (
    await jwtVerify(token, keys, { issuer: oidc.issuer, audience: 'client-graph', algorithms: ['RS256'] })
  ).payload;
}

test('a token verifies against the published keys and names the person, not the script that asked for it', async () => {
  const oidc = await anOidc();
  for (const [key, { sub, roles }] of Object.entries(PEOPLE)) {
    const payload = await verify(oidc, await oidc.token(key));
    expect(payload).toMatchObject({ sub, roles });
    expect(payload).not.toHaveProperty('client_id_ref');
    expect(Number(payload.exp) - Number(payload.iat)).toBe(3_600);
  }
});

test('any client has a token that carries the client id', async () => {
  const oidc = await anOidc();
  const payload = await verify(oidc, await oidc.token(`client-${CLIENT_ID}`));
  expect(payload).toMatchObject({ sub: CLIENT_ID, roles: ['CLIENT'], client_id_ref: CLIENT_ID });
});

test('someone unknown is answered with the list of the known', async () => {
  const oidc = await anOidc();
  await expect(oidc.token('nobody')).rejects.toThrow(/no one called `nobody`: ask for adviser, adviser-2, /);
  await expect(oidc.token('client-17')).rejects.toThrow(/no one called `client-17`/);
});

test('tokens can be made that have already expired', async () => {
  const oidc = await anOidc({ tokenSeconds: -60 });
  await expect(verify(oidc, await oidc.token('adviser'))).rejects.toThrow(errors.JWTExpired);
});

test('a token outlives a restart of the provider', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'client-graph-oidc-'));
  closers.push(() => rm(dataDir, { recursive: true }));
  const port = await freePort();
  const before = await startOidc({ port, dataDir });
  const token = await before.token('adviser');
  await before.close();
  const after = await anOidc({ port, dataDir });
  expect(await verify(after, token)).toMatchObject({ sub: PEOPLE.adviser.sub });
});

test('a browser signs in with a code and a proof, as whomever it chooses', async () => {
  const oidc = await anOidc();
  const browser = aBrowser(oidc.issuer);
  const verifier = randomBytes(32).toString('base64url');
  const redirectUri = 'http://localhost:3000/callback';
  const ask = new URLSearchParams({
    client_id: 'web',
    response_type: 'code',
    scope: 'openid',
    redirect_uri: redirectUri,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const login = await browser(`/auth?${ask}`);
  expect(await (await fetch(`${oidc.issuer}${login}`)).text()).toContain('This sign-in has ended');
  const back = await browser(login, { method: 'POST', body: new URLSearchParams({ person: 'marketing' }) });
  const callback = await browser(new URL(back, oidc.issuer).pathname);
  expect(callback).toMatch(/^http:\/\/localhost:3000\/callback\?code=/);

  const code = new URL(callback).searchParams.get('code') ?? '';
  const form = {
    grant_type: 'authorization_code',
    client_id: 'web',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  };
  const answer = await (
    await fetch(`${oidc.issuer}/token`, { method: 'POST', body: new URLSearchParams(form) })
  ).json();
  const { access_token: token } = answer as { access_token: string };
  expect(await verify(oidc, token)).toMatchObject({ sub: PEOPLE.marketing.sub, roles: ['MARKETING'] });
});

test('a port that is taken is told in one sentence', async () => {
  const oidc = await anOidc();
  await expect(startOidc({ port: oidc.port })).rejects.toThrow(
    `port ${oidc.port} is taken by another program`,
  );
});

/** Follows one redirect at a time and keeps cookies, as a browser does. */
function aBrowser(origin: string) {
  const cookies = new Map<string, string>();
  return async (path: string, init: RequestInit = {}): Promise<string> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(new URL(path, origin), { ...init, headers: { cookie }, redirect: 'manual' });
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      cookies.set(name, value);
    }
    return response.headers.get('location') ?? `HTTP ${response.status}: ${await response.text()}`;
  };
}
