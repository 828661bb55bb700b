import { parseEnv, startService } from '@client-graph/kit';
import { marketingEnv } from './env.js';
import { marketing } from './service.js';

const env = parseEnv(marketingEnv);
const settings = {
  hashKey: env.MARKETING_HASH_KEY,
  formOrigins: env.MARKETING_FORM_ORIGINS,
  proxies: env.MARKETING_PROXIES,
};
await startService(marketing(settings), env);
