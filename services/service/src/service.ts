import { clientCopyHandlers, type ServiceDefinition } from '@client-graph/kit';
import { InteractionRow, InteractionSubjectRow } from './entities.js';
import { resolvers } from './interactions.resolvers.js';
import { seed } from './tables.js';

export const service: ServiceDefinition = {
  name: 'service',
  folder: new URL('../', import.meta.url),
  entities: [InteractionSubjectRow, InteractionRow],
  resolvers,
  handlers: clientCopyHandlers,
  seed,
};
