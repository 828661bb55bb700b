import type { ServiceDefinition } from '@client-graph/kit';
import { EarnRuleRow, LedgerEntryRow, MembershipRow, PointLotRow, TierRuleRow } from './entities.js';
import { handlers } from './handlers.js';
import { activatePoints, expirePoints } from './points.js';
import { resolvers } from './points.resolvers.js';
import { seed } from './tables.js';

export const service: ServiceDefinition = {
  name: 'loyalty',
  folder: new URL('../', import.meta.url),
  entities: [EarnRuleRow, TierRuleRow, MembershipRow, PointLotRow, LedgerEntryRow],
  resolvers,
  handlers,
  // Shortly after midnight in Shanghai: the day before is over for what expires, and has come for what becomes spendable.
  jobs: [
    { name: 'activate-points', cron: '5 16 * * *', run: activatePoints },
    { name: 'expire-points', cron: '10 16 * * *', run: expirePoints },
  ],
  seed,
};
