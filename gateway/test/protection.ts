import { gatewayEnv, protectionOf } from '../src/env.js';
import type { Protection } from '../src/server.js';

/** How the gateway protects itself in an environment that says only this. */
export const protectionIn = (env: Record<string, string> = {}): Protection =>
  protectionOf(gatewayEnv.parse({ OIDC_ISSUER: 'http://127.0.0.1:1', ...env }));
