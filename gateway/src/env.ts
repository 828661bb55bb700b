import { z } from 'zod';
import { DEFAULT_LIMITS } from './limits.js';
import type { Protection } from './server.js';
import { readList } from './texts.js';

const DEFAULT_PORTS = {
  CLIENTS: 4001,
  RISK: 4002,
  PRODUCTS: 4003,
  SERVICE: 4004,
  LOYALTY: 4005,
  MARKETING: 4006,
} as const;

const serviceUrl = (service: keyof typeof DEFAULT_PORTS) =>
  z.url({ protocol: /^https?$/ }).default(`http://127.0.0.1:${DEFAULT_PORTS[service]}/graphql`);

const limit = (fallback: number) => z.coerce.number().int().min(1).default(fallback);

export const gatewayEnv = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  HOST: z.string().default('127.0.0.1'),
  OIDC_ISSUER: z.url({ protocol: /^https?$/ }),
  OIDC_AUDIENCE: z.string().min(1).default('client-graph'),
  SERVICE_URL_CLIENTS: serviceUrl('CLIENTS'),
  SERVICE_URL_RISK: serviceUrl('RISK'),
  SERVICE_URL_PRODUCTS: serviceUrl('PRODUCTS'),
  SERVICE_URL_SERVICE: serviceUrl('SERVICE'),
  SERVICE_URL_LOYALTY: serviceUrl('LOYALTY'),
  SERVICE_URL_MARKETING: serviceUrl('MARKETING'),
  SERVICE_TIMEOUT_MS: z.coerce.number().int().min(100).max(120_000).default(5_000),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  NODE_ENV: z.string().default('development'),
  LIMIT_TOKENS: limit(DEFAULT_LIMITS.tokens),
  LIMIT_DEPTH: limit(DEFAULT_LIMITS.depth),
  LIMIT_FIELDS: limit(DEFAULT_LIMITS.fields),
  LIMIT_ALIASES: limit(DEFAULT_LIMITS.aliases),
  LIMIT_DIRECTIVES: limit(DEFAULT_LIMITS.directives),
  LIMIT_LIST: limit(DEFAULT_LIMITS.list),
  LIMIT_VARIABLES_DEPTH: limit(DEFAULT_LIMITS.variablesDepth),
  LIMIT_COST: limit(DEFAULT_LIMITS.cost),
  LIMIT_BODY_BYTES: limit(1_048_576),
  LIMIT_RUNNING: limit(1_000),
  RATE_PER_SECOND: z.coerce.number().min(0).default(100),
  RATE_BURST: limit(1_000),
  PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  CORS_ORIGINS: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== ''),
    )
    .pipe(
      z.array(
        z
          .string()
          .regex(/^https?:\/\/[^/*\s]+$/, 'origins as https://desk.example.com, in a list with commas'),
      ),
    ),
  LISTED_OPERATIONS: z.string().optional(),
});

/** Service name as in the supergraph → where it answers. */
export const serviceUrls = (env: z.output<typeof gatewayEnv>): ReadonlyMap<string, string> =>
  new Map([
    ['clients', env.SERVICE_URL_CLIENTS],
    ['risk', env.SERVICE_URL_RISK],
    ['products', env.SERVICE_URL_PRODUCTS],
    ['service', env.SERVICE_URL_SERVICE],
    ['loyalty', env.SERVICE_URL_LOYALTY],
    ['marketing', env.SERVICE_URL_MARKETING],
  ]);

/** How the gateway protects itself. Throws with a sentence when the list of operations cannot be read. */
export const protectionOf = (env: z.output<typeof gatewayEnv>): Protection => ({
  limits: {
    tokens: env.LIMIT_TOKENS,
    depth: env.LIMIT_DEPTH,
    fields: env.LIMIT_FIELDS,
    aliases: env.LIMIT_ALIASES,
    directives: env.LIMIT_DIRECTIVES,
    list: env.LIMIT_LIST,
    variablesDepth: env.LIMIT_VARIABLES_DEPTH,
    cost: env.LIMIT_COST,
  },
  bodyMaxBytes: env.LIMIT_BODY_BYTES,
  runningMax: env.LIMIT_RUNNING,
  rate: { perSecond: env.RATE_PER_SECOND, burst: env.RATE_BURST },
  proxies: env.PROXIES,
  origins: new Set(env.CORS_ORIGINS),
  listed: env.LISTED_OPERATIONS === undefined ? undefined : readList(env.LISTED_OPERATIONS),
});
