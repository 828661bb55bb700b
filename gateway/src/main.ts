import { readFile } from 'node:fs/promises';
import { createVerifier } from '@client-graph/kit/auth';
import { parseEnv } from '@client-graph/kit/env';
import { createLog } from '@client-graph/kit/log';
import { scalarResolvers } from '@client-graph/kit/scalars';
import { stopOnSignal } from '@client-graph/kit/signal';
import { gatewayEnv, protectionOf, serviceUrls } from './env.js';
import { startGateway } from './server.js';

const env = parseEnv(gatewayEnv);
const log = createLog('gateway', env.LOG_LEVEL);
const readSdl = () => readFile(new URL('../supergraph.graphql', import.meta.url), 'utf8');
try {
  const gateway = await startGateway({
    supergraphSdl: await readSdl(),
    serviceUrls: serviceUrls(env),
    serviceTimeoutMs: env.SERVICE_TIMEOUT_MS,
    verify: createVerifier({ issuer: env.OIDC_ISSUER, audience: env.OIDC_AUDIENCE }),
    host: env.HOST,
    port: env.PORT,
    isDevelopment: env.NODE_ENV !== 'production',
    log,
    protection: protectionOf(env),
    scalars: Object.values(scalarResolvers),
  });
  log.info({ url: gateway.url }, 'gateway is up');
  stopOnSignal(log, gateway.close);
  process.on('SIGHUP', () => {
    readSdl()
      .then(gateway.reload)
      .then(
        () => log.info('the supergraph was read again'),
        (error: unknown) => log.error({ err: error }, 'the new supergraph is refused, the old one stays'),
      );
  });
} catch (error) {
  // Standard error in words, whatever the log level: this is read by the person who has just started it.
  process.stderr.write(
    `The gateway cannot start: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exit(1);
}
