import { FeeCreditDeclined, FeeCreditGranted, RiskProfileChanged } from '@client-graph/events';
import { clientCopyHandlers, type Handler, handle } from '@client-graph/kit';
import { bookCredit, declineCredit } from './fees/fee-credits.js';
import { rejectUnsuitable } from './orders/orders.js';
import { keepProfile } from './suitability/suitability.js';

export const handlers: readonly Handler[] = [
  ...clientCopyHandlers,
  handle(RiskProfileChanged, async (tx, { data }) => {
    await keepProfile(tx, data);
    await rejectUnsuitable(tx, data.clientId);
  }),
  handle(FeeCreditGranted, (tx, { data }) => bookCredit(tx, data)),
  handle(FeeCreditDeclined, (tx, { data }) => declineCredit(tx, data)),
];
