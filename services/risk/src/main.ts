import { parseEnv, serviceEnv, startService } from '@client-graph/kit';
import { service } from './service.js';

await startService(service, parseEnv(serviceEnv));
