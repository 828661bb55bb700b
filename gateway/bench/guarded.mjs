// The gateway as it is in production before a supergraph that guards its fields: every request comes with a token whose caller may see
// everything. `node guarded.mjs SUPERGRAPH PORT FIRST_SERVICE_PORT`
import { readFile } from 'node:fs/promises';
import { actorOf } from '@client-graph/kit/auth';
import { createLog } from '@client-graph/kit/log';
import { ROLES } from '@client-graph/kit/roles';
import { scalarResolvers } from '@client-graph/kit/scalars';
import { gatewayEnv, protectionOf } from '../dist/env.js';
import { startGateway } from '../dist/server.js';
import { firmAt } from './firm-services.mjs';

const [file, port, servicePort] = process.argv.slice(2);
const actor = actorOf('0198c0de-0000-7000-8000-000000000001', Object.keys(ROLES));
const environment = { OIDC_ISSUER: 'http://127.0.0.1:1', RATE_PER_SECOND: '0' };
await startGateway({
  supergraphSdl: await readFile(file, 'utf8'),
  serviceUrls: new Map(firmAt(Number(servicePort)).map(({ name, url }) => [name, url])),
  serviceTimeoutMs: 5_000,
  verify: async () => actor,
  host: '127.0.0.1',
  port: Number(port),
  isDevelopment: false,
  log: createLog('gateway', 'warn'),
  protection: protectionOf(gatewayEnv.parse(environment)),
  scalars: Object.values(scalarResolvers),
});
