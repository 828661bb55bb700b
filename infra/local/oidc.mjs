// The OpenID provider alone, for those who run the rest in containers (infra/compose.yaml). Build first.
import { join } from 'node:path';
import { startOidc } from './dist/index.js';
import { LOCAL, readEnvironment } from './prerequisites.mjs';

const { ports, external } = readEnvironment(process.env);
const oidc = await startOidc({
  port: ports.oidc,
  host: process.env.HOST || '127.0.0.1',
  issuer: external.issuer ?? `http://127.0.0.1:${ports.oidc}`,
  dataDir: process.env.OIDC_DATA || join(LOCAL, 'data', 'oidc'),
  onFault: (error) => console.error(error),
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => oidc.close());
