import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import Provider, {
  type Configuration,
  interactionPolicy,
  type JWK,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import { createAdapter } from './oidc-adapter.js';
import { handleLogin, LOGIN_PATH } from './oidc-login.js';
import { findPerson, findPersonBySub, type Person } from './people.js';
import { portTaken } from './ports.js';
import { hasCode } from './problem.js';
import { requestToken } from './token-request.js';

export type OidcOptions = {
  port: number;
  /** Keeps the signing key, so that tokens outlive a restart; without it the key lives in memory. */
  dataDir?: string;
  host?: string;
  /** What tokens name as their issuer; http://127.0.0.1:PORT unless given. */
  issuer?: string;
  /** The life of an access token. Zero or less makes tokens that have already expired, for tests. */
  tokenSeconds?: number;
  /** Told of faults inside the provider. */
  onFault?: (error: unknown) => void;
};

export type Oidc = {
  readonly issuer: string;
  readonly port: number;
  /** An access token for a sample person, or for `client-<uuid>`. */
  token(personKey: string): Promise<string>;
  close(): Promise<void>;
};

const AUDIENCE = 'client-graph';
const RESOURCE = `urn:${AUDIENCE}`;
const TOKEN_SECONDS = 3_600;

/** An OpenID provider on this machine whose users are the sample firm's people. */
export async function startOidc(options: OidcOptions): Promise<Oidc> {
  const {
    port,
    host = '127.0.0.1',
    issuer = `http://127.0.0.1:${port}`,
    onFault = () => undefined,
  } = options;
  const provider = new Provider(
    issuer,
    configuration(loadSecrets(options.dataDir), options.tokenSeconds ?? TOKEN_SECONDS),
  );
  provider.on('error', onFault);
  provider.on('server_error', (_context, error) => onFault(error));
  const answer = provider.callback();
  const server = createServer((request, response) => {
    if (request.url?.startsWith(LOGIN_PATH)) void login(provider, request, response);
    else void answer(request, response);
  });
  await listen(server, port, host);
  return {
    issuer,
    port,
    token: (personKey) => requestToken(issuer, personKey),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function configuration(secrets: Secrets, tokenSeconds: number): Configuration {
  const policy = interactionPolicy.base();
  // Everyone here is the firm's own: nobody is asked to let the firm's app read the firm's graph.
  policy.remove('consent');
  return {
    adapter: createAdapter(),
    jwks: { keys: [secrets.signingKey] },
    cookies: { keys: [secrets.cookieKey] },
    claims: { openid: ['sub'], profile: ['name', 'roles'] },
    clientBasedCORS: () => true,
    pkce: { required: () => true },
    interactions: { policy, url: (_context, interaction) => `${LOGIN_PATH}${interaction.uid}` },
    loadExistingGrant: grantEverything,
    findAccount: (_context, sub) => {
      const person = findPersonBySub(sub);
      return (
        person && { accountId: sub, claims: () => ({ sub, name: person.name, roles: [...person.roles] }) }
      );
    },
    extraTokenClaims: (_context, token) => claimsOf(personOf(token)),
    formats: {
      customizers: {
        jwt: (_context, token, jwt) => {
          const iat = Math.floor(Date.now() / 1_000);
          // Without this a script's token would carry the OAuth client's name as its subject instead of the person's id.
          jwt.payload = { ...jwt.payload, sub: personOf(token)?.sub, iat, exp: iat + tokenSeconds };
          return jwt;
        },
      },
    },
    ttl: {
      ClientCredentials: Math.max(1, tokenSeconds),
      Interaction: 3_600,
      Session: 86_400,
      Grant: 86_400,
      AccessToken: Math.max(1, tokenSeconds),
      IdToken: TOKEN_SECONDS,
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: '',
          audience: AUDIENCE,
          accessTokenTTL: Math.max(1, tokenSeconds),
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  };
}

function personOf(token: object): Person | undefined {
  if ('accountId' in token && typeof token.accountId === 'string') return findPersonBySub(token.accountId);
  return 'clientId' in token && typeof token.clientId === 'string' ? findPerson(token.clientId) : undefined;
}

function claimsOf(person: Person | undefined): Record<string, unknown> {
  return {
    roles: [...(person?.roles ?? [])],
    ...(person?.clientIdRef ? { client_id_ref: person.clientIdRef } : {}),
  };
}

async function grantEverything({ oidc }: KoaContextWithOIDC) {
  const clientId = oidc.client?.clientId;
  const accountId = oidc.session?.accountId;
  if (!clientId || !accountId) return undefined;
  const grant = new oidc.provider.Grant({ clientId, accountId });
  grant.addOIDCScope('openid profile');
  grant.addResourceScope(RESOURCE, '');
  await grant.save();
  return grant;
}

async function login(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await handleLogin(provider, request, response);
  } catch {
    response.writeHead(400, { 'content-type': 'text/plain' });
    response.end('This sign-in has ended: go back to the application and begin again.');
  }
}

type Secrets = { signingKey: JWK; cookieKey: string };

function loadSecrets(dataDir: string | undefined): Secrets {
  const file = dataDir && join(dataDir, 'secrets.json');
  if (file && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { kty, n, e, d, p, q, dp, dq, qi } = privateKey.export({ format: 'jwk' });
  if (kty !== 'RSA' || !n || !e) throw new Error('The new signing key is not an RSA key.');
  const signingKey = Object.assign(
    { kty, n, e },
    { d, p, q, dp, dq, qi, use: 'sig', alg: 'RS256', kid: randomBytes(8).toString('hex') },
  );
  const secrets = { signingKey, cookieKey: randomBytes(32).toString('hex') };
  if (file) {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify(secrets), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return secrets;
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      if (!hasCode(error, 'EADDRINUSE')) reject(error);
      else reject(portTaken(port, 'The OpenID provider', 'PORT_OIDC'));
    });
    server.listen(port, host, resolve);
  });
}
