import { readFile } from 'node:fs/promises';
import { createLog, createVerifier, parseEnv, stopOnSignal } from '@client-graph/kit';
import { gatewayEnv, serviceUrls } from './env.js';
import { startGateway } from './server.js';

const env = parseEnv(gatewayEnv);
const log = createLog('gateway', env.LOG_LEVEL);
try {
  const gateway = await startGateway({
    supergraphSdl: await readFile(new URL('../supergraph.graphql', import.meta.url), 'utf8'),
    serviceUrls: serviceUrls(env),
    serviceTimeoutMs: env.SERVICE_TIMEOUT_MS,
    verify: createVerifier({ issuer: env.OIDC_ISSUER, audience: env.OIDC_AUDIENCE }),
    host: env.HOST,
    port: env.PORT,
    isDevelopment: env.NODE_ENV !== 'production',
    log,
  });
  log.info({ url: gateway.url }, 'gateway is up');
  stopOnSignal(log, gateway.close);
} catch (error) {
  // Standard error in words, whatever the log level: this is read by the person who has just started it.
  process.stderr.write(
    `The gateway cannot start: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exit(1);
}
