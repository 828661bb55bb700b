import { EXTERNAL, PORTS } from './env.js';
import { Problem } from './problem.js';
import { requestToken } from './token-request.js';

// Prints an access token: `npm run token -- adviser`, `npm run token -- client <uuid>`.
const [who = '', clientId] = process.argv.slice(2);
const issuer = EXTERNAL.issuer ?? `http://127.0.0.1:${PORTS.oidc}`;
try {
  const key = who === 'client' ? `client-${clientId?.toLowerCase() ?? ''}` : who;
  process.stdout.write(`${await requestToken(issuer, key)}\n`);
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
