import { parseEnv, startService } from '@client-graph/kit';
import { marketingEnv } from './env.js';
import { marketing } from './service.js';

const env = parseEnv(marketingEnv);
await startService(marketing(env.MARKETING_HASH_KEY), env);
