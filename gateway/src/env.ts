import { z } from 'zod';

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
