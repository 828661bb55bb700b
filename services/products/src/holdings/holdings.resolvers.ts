import { HoldingRow } from '../entities.js';
import type { ClientResolvers, Resolvers } from '../generated/resolvers.js';
import { productOf } from '../products/products.js';
import { holdingValue } from './holdings.rules.js';

export const holdingResolvers = {
  Client: {
    holdings: (client, _, ctx) => ctx.loadList(HoldingRow, 'clientId', client.id),
  },
  Holding: {
    product: (holding, _, ctx) => productOf(ctx, holding),
    value: (holding) => ({ amount: holdingValue(holding), currency: holding.currency }),
  },
} satisfies Pick<Resolvers, 'Holding'> & { Client: Pick<ClientResolvers, 'holdings'> };
