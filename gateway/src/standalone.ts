// The engine alone before any supergraph: `npm run gateway -- --supergraph FILE --port N`. One that guards its fields needs `--issuer URL`, an
// OpenID provider that vouches for callers: without, what is guarded is refused to everybody.
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ANONYMOUS, createVerifier } from '@client-graph/kit/auth';
import { createLog } from '@client-graph/kit/log';
import { stopOnSignal } from '@client-graph/kit/signal';
import { NO_LIMITS } from './limits.js';
import { startGateway } from './server.js';

const { values } = parseArgs({
  options: {
    supergraph: { type: 'string' },
    port: { type: 'string', default: '4000' },
    host: { type: 'string', default: '127.0.0.1' },
    'timeout-ms': { type: 'string', default: '5000' },
    issuer: { type: 'string' },
    audience: { type: 'string', default: 'client-graph' },
    log: { type: 'string', default: 'warn' },
  },
});
const log = createLog('gateway', values.log);
try {
  const { supergraph, issuer, audience } = values;
  if (supergraph === undefined) throw new Error('say which supergraph: --supergraph FILE');
  const read = () => readFile(supergraph, 'utf8');
  const gateway = await startGateway({
    supergraphSdl: await read(),
    serviceUrls: new Map(),
    serviceTimeoutMs: Number(values['timeout-ms']),
    verify: issuer === undefined ? async () => ANONYMOUS : createVerifier({ issuer, audience }),
    host: values.host,
    port: Number(values.port),
    isDevelopment: true,
    log,
    isOpen: true,
    protection: {
      limits: NO_LIMITS,
      bodyMaxBytes: 16 * 1024 * 1024,
      runningMax: 1_000,
      rate: { perSecond: 0, burst: 1 },
      proxies: 0,
      origins: new Set(),
      listed: undefined,
    },
  });
  process.stdout.write(`${gateway.url}/graphql\n`);
  stopOnSignal(log, gateway.close);
  process.on('SIGHUP', () => {
    read()
      .then(gateway.reload)
      .catch((error: unknown) =>
        log.error({ err: error }, 'the new supergraph is refused, the old one stays'),
      );
  });
} catch (error) {
  process.stderr.write(
    `The gateway cannot start: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exit(1);
}
