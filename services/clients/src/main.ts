import { parseEnv, startService } from '@client-graph/kit';
import { clientsEnv } from './env.js';
import { clientsService } from './service.js';

const env = parseEnv(clientsEnv);
await startService(clientsService(env.CLIENTS_HASH_KEY), env);
