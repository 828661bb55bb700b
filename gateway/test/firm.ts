// Three tiny services over real HTTP, a token issuer with published keys, and the gateway before them.

import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import type { Role } from '@client-graph/kit';
import { createVerifier } from '@client-graph/kit/auth';
import { createLog, type Log } from '@client-graph/kit/log';
import { scalarResolvers } from '@client-graph/kit/scalars';
import { type DocumentNode, GraphQLError, type GraphQLSchema, graphql, parse } from 'graphql';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { startGateway } from '../src/server.js';
import { protectionIn } from './protection.js';

const COMMON = readFileSync(new URL('../../packages/kit/schema/common.graphql', import.meta.url), 'utf8');

const SCHEMAS = {
  clients: `
    type Query {
      client(id: ID!): Client @requiresScopes(scopes: [["clients:read"]])
      clients: [Client!]! @requiresScopes(scopes: [["clients:read"]])
      parties: [Party!] @requiresScopes(scopes: [["clients:read"]])
      search: [Found!] @requiresScopes(scopes: [["clients:read"]])
      forgotten: String
    }
    type Mutation {
      rename(name: String!): Client @requiresScopes(scopes: [["clients:open"]])
      erase: Client @requiresScopes(scopes: [["products:manage"]])
    }
    union Found = Client | Branch
    interface Party { id: ID! name: String phone: String }
    type Client implements Party @key(fields: "id") {
      id: ID!
      name: String @requiresScopes(scopes: [["clients:read"]])
      phone: String @requiresScopes(scopes: [["leads:read"], ["funnel:read", "clients:read"]])
      audit: String @requiresScopes(scopes: [["products:manage"]])
      taxId: String! @requiresScopes(scopes: [["leads:read"]])
      partner: Client @requiresScopes(scopes: [["clients:read"]])
      household: [Client!] @requiresScopes(scopes: [["clients:read"]])
      notes: Notes @requiresScopes(scopes: [["clients:read"]])
      refusal: String @requiresScopes(scopes: [["clients:read"]])
      fault: String @requiresScopes(scopes: [["clients:read"]])
    }
    type Branch implements Party @requiresScopes(scopes: [["clients:read"]]) { id: ID! name: String phone: String }
    type Notes @requiresScopes(scopes: [["interactions:read"]]) { text: String }
  `,
  risk: `
    type Client @key(fields: "id") {
      id: ID!
      riskProfile: RiskProfile @requiresScopes(scopes: [["risk:read"]])
    }
    type RiskProfile @requiresScopes(scopes: [["risk:read"]]) { level: Int! lowestCategory: Boolean! }
  `,
  products: `
    type Client @key(fields: "id") {
      id: ID!
      riskProfile: RiskProfile @external
      eligibleProducts: [Product!]
        @requires(fields: "riskProfile { level lowestCategory }")
        @requiresScopes(scopes: [["products:read", "risk:read"]])
      holdings: [String!] @requiresScopes(scopes: [["orders:read"]])
    }
    type RiskProfile @requiresScopes(scopes: [["risk:read"]]) { level: Int! @external lowestCategory: Boolean! @external }
    type Product @key(fields: "id") @requiresScopes(scopes: [["products:read"]]) { id: ID! name: String price: Decimal }
    type Query { product(id: ID!, above: Decimal): Product @requiresScopes(scopes: [["products:read"]]) }
  `,
} as const;

export type ServiceName = keyof typeof SCHEMAS;
const NAMES: readonly ServiceName[] = ['clients', 'risk', 'products'];

const client = (id: string): Record<string, unknown> => ({
  __typename: 'Client',
  id,
  name: `Client ${id}`,
  phone: '+86 139-5550-0177',
  taxId: 'T',
  notes: { text: 'n' },
  partner: () => (id === '1' ? client('2') : null),
  household: () => (id === '1' ? [client('2'), client('3')] : []),
  refusal: () => {
    throw new GraphQLError('Not now.', {
      extensions: { code: 'TOO_EARLY', details: { opensOn: '2026-03-01' } },
    });
  },
  fault: () => {
    throw new GraphQLError('connect 10.0.0.7:5432 as clients', {
      extensions: { code: 'INTERNAL_SERVER_ERROR', stacktrace: ['at /srv/clients.js:1'] },
    });
  },
});

const branch = { __typename: 'Branch', id: 'b', name: 'Main', phone: '111' };

const RESOLVERS = {
  clients: {
    Query: {
      client: (_: unknown, { id }: { id: string }) => (id === 'nobody' ? null : client(id)),
      clients: () => ['1', '2'].map(client),
      parties: () => [client('1'), branch],
      search: () => [client('1'), branch],
      forgotten: () => 'open',
    },
    Mutation: {
      rename: (_: unknown, { name }: { name: string }) => ({ ...client('1'), name }),
      erase: () => client('1'),
    },
    Client: { __resolveReference: ({ id }: { id: string }) => client(id) },
  },
  risk: {
    Client: {
      __resolveReference: ({ id }: { id: string }) => ({
        id,
        riskProfile: { level: Number(id), lowestCategory: false },
      }),
    },
  },
  products: {
    Query: {
      product: (_: unknown, { id }: { id: string }) => ({ id, name: `Product ${id}`, price: '1.50' }),
    },
    Client: {
      __resolveReference: (reference: object) => ({ ...reference, holdings: ['h'] }),
      eligibleProducts: ({ riskProfile }: { riskProfile: { level: number } | null }) =>
        riskProfile === null ? [] : [{ id: `up-to-${riskProfile.level}`, name: 'Fund' }],
    },
  },
} as const;

const typeDefs = (name: ServiceName): DocumentNode => parse(COMMON + SCHEMAS[name]);

/** `extra` is added to the clients schema, `directive` to what it imports. */
export function supergraphOf(urls: Record<ServiceName, string>, { directive = '', extra = '' } = {}): string {
  const common = COMMON.replace('"@requiresScopes"', `"@requiresScopes" ${directive}`);
  const { supergraphSdl, errors } = composeServices(
    NAMES.map((name) => ({
      name,
      url: urls[name],
      typeDefs: name === 'clients' ? parse(common + SCHEMAS.clients + extra) : typeDefs(name),
    })),
  );
  if (supergraphSdl === undefined) throw new Error(errors?.map((error) => error.message).join('\n'));
  return supergraphSdl;
}

const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return `http://127.0.0.1:${address.port}`;
};

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });

export type Received = { headers: IncomingHttpHeaders; query: string };
type Behaviour = 'answers' | 'hangs' | 'breaks';

class TinyService {
  readonly received: Received[] = [];
  behaviour: Behaviour = 'answers';
  readonly #schema: GraphQLSchema;
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      if (request.url === '/health/live') return response.end('{}');
      const { query, variables } = JSON.parse(Buffer.concat(chunks).toString());
      this.received.push({ headers: request.headers, query });
      if (this.behaviour === 'hangs') return;
      if (this.behaviour === 'breaks')
        return response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>proxy 10.0.0.7</h1>');
      const result = await graphql({ schema: this.#schema, source: query, variableValues: variables });
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
    });
  });

  constructor(name: ServiceName) {
    this.#schema = buildSubgraphSchema({ typeDefs: typeDefs(name), resolvers: RESOLVERS[name] });
  }
  start = () => listen(this.#server);
  stop = () => close(this.#server);
}

export type Answer = {
  status: number;
  headers: Headers;
  data: Record<string, unknown> | null | undefined;
  errors: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[];
  text: string;
};

export type Ask = {
  role?: Role;
  token?: string;
  variables?: Record<string, unknown>;
  headers?: Record<string, string>;
  operationName?: string;
};

export type Firm = {
  url: string;
  services: Record<ServiceName, TinyService>;
  ask: (query: string, options?: Ask) => Promise<Answer>;
  issuer: string;
  token: (claims?: TokenClaims) => Promise<string>;
  stopIssuer: () => Promise<void>;
  /** Names of the services called since the last time this was asked. */
  called: () => ServiceName[];
  stop: () => Promise<void>;
};

export type TokenClaims = {
  role?: Role;
  audience?: string;
  expiresAt?: number;
  issuer?: string;
  subject?: string;
};

const KEYS = generateKeyPair('RS256');

async function startIssuer() {
  const { privateKey, publicKey } = await KEYS;
  const jwks = JSON.stringify({
    keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256', use: 'sig' }],
  });
  const server = createServer((_, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(jwks),
  );
  const issuer = await listen(server);
  const token = ({
    role = 'ADVISER',
    audience = 'client-graph',
    expiresAt = Date.now() / 1000 + 600,
    issuer: name = issuer,
    subject = '0198c0de-0000-7000-8000-000000000001',
  }: TokenClaims = {}) =>
    new SignJWT({ roles: [role] })
      .setProtectedHeader({ alg: 'RS256', kid: 'k' })
      .setSubject(subject)
      .setIssuer(name)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(Math.floor(expiresAt))
      .sign(privateKey);
  return { issuer, token, stop: () => close(server) };
}

const SUPERGRAPH = supergraphOf({
  clients: 'http://nowhere.invalid/a',
  risk: 'http://nowhere.invalid/b',
  products: 'http://nowhere.invalid/c',
});

type FirmOptions = {
  down?: ServiceName[];
  timeoutMs?: number;
  isDevelopment?: boolean;
  log?: Log;
  /** Environment variables of the gateway's protection. */
  env?: Record<string, string>;
};

export async function startFirm({
  down = [],
  timeoutMs = 5_000,
  isDevelopment = true,
  log = createLog('gateway', 'silent'),
  env = {},
}: FirmOptions = {}): Promise<Firm> {
  const services = {
    clients: new TinyService('clients'),
    risk: new TinyService('risk'),
    products: new TinyService('products'),
  };
  const urls: Record<ServiceName, string> = { clients: '', risk: '', products: '' };
  for (const name of NAMES) urls[name] = `${await services[name].start()}/graphql`;
  for (const name of down) await services[name].stop();
  const { issuer, token, stop } = await startIssuer();
  const gateway = await startGateway({
    supergraphSdl: SUPERGRAPH,
    serviceUrls: new Map(Object.entries(urls)),
    serviceTimeoutMs: timeoutMs,
    verify: createVerifier({ issuer, audience: 'client-graph' }),
    host: '127.0.0.1',
    port: 0,
    isDevelopment,
    log,
    protection: protectionIn(env),
    scalars: Object.values(scalarResolvers),
  });
  return {
    url: gateway.url,
    services,
    issuer,
    token,
    stopIssuer: stop,
    ask: async (query, { role, token: given, variables, headers, operationName } = {}) => {
      const bearer = given ?? (role && (await token({ role })));
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(bearer && { authorization: `Bearer ${bearer}` }),
          ...headers,
        },
        body: JSON.stringify({ query, variables, operationName }),
      });
      const text = await response.text();
      const { data, errors = [] } = JSON.parse(text);
      return { status: response.status, headers: response.headers, data, errors, text };
    },
    called: () => NAMES.filter((name) => services[name].received.splice(0).length > 0),
    stop: async () => {
      await gateway.close();
      await Promise.all([...NAMES.map((name) => services[name].stop()), stop()]);
    },
  };
}
