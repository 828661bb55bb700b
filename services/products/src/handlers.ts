import {
  ClientInvestorChanged,
  ClientReviewCompleted,
  ClientReviewDue,
  FeeCreditDeclined,
  FeeCreditGranted,
  RiskProfileChanged,
} from '@client-graph/events';
import { clientCopyHandlers, type Handler, handle } from '@client-graph/kit';
import { bookCredit, declineCredit } from './fees/fee-credits.js';
import { rejectUnsuitable } from './orders/orders.js';
import { dropReview, keepInvestor, keepReview } from './suitability/standing.js';
import { keepProfile } from './suitability/suitability.js';

export const handlers: readonly Handler[] = [
  ...clientCopyHandlers,
  handle(RiskProfileChanged, async (tx, { data }) => {
    await keepProfile(tx, data);
    await rejectUnsuitable(tx, data.clientId);
  }),
  handle(ClientInvestorChanged, async (tx, { data }) => {
    await keepInvestor(tx, data);
    await rejectUnsuitable(tx, data.clientId);
  }),
  handle(ClientReviewDue, (tx, { data }) => keepReview(tx, data)),
  handle(ClientReviewCompleted, (tx, { data }) => dropReview(tx, data)),
  handle(FeeCreditGranted, (tx, { data }) => bookCredit(tx, data)),
  handle(FeeCreditDeclined, (tx, { data }) => declineCredit(tx, data)),
];
