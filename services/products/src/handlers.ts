import {
  ClientClosed,
  ClientClosing,
  ClientConsentChanged,
  ClientDeceased,
  ClientErased,
  ClientInvestorChanged,
  ClientMerged,
  ClientRestricted,
  ClientReviewCompleted,
  ClientReviewDue,
  ClientUnmerged,
  ClientUnrestricted,
  FeeCreditDeclined,
  FeeCreditGranted,
  RiskProfileChanged,
} from '@client-graph/events';
import { clientCopyHandlers, type Handler, handle } from '@client-graph/kit';
import { bookCredit, declineCredit } from './fees/fee-credits.js';
import { followMerge, followUnmerge } from './merges/merges.js';
import { rejectUnsuitable } from './orders/orders.js';
import { endOrders } from './orders/standing-orders.js';
import { keepConsent } from './recommendations/consent.js';
import { tellHoldings } from './restriction.js';
import { dropReview, keepInvestor, keepReview } from './suitability/standing.js';
import { keepProfile } from './suitability/suitability.js';

export const handlers: readonly Handler[] = [
  ...clientCopyHandlers,
  handle(RiskProfileChanged, async (tx, { data, time }) => {
    await keepProfile(tx, data, time);
    await rejectUnsuitable(tx, data.clientId);
  }),
  handle(ClientInvestorChanged, async (tx, { data, time }) => {
    await keepInvestor(tx, data, time);
    await rejectUnsuitable(tx, data.clientId);
  }),
  handle(ClientReviewDue, (tx, { data }) => keepReview(tx, data)),
  handle(ClientReviewCompleted, (tx, { data }) => dropReview(tx, data)),
  handle(ClientConsentChanged, (tx, { data, time }) => keepConsent(tx, data, time)),
  handle(ClientClosing, (tx, { data }) => endOrders(tx, data.clientId, 'PURCHASES')),
  ...[ClientClosed, ClientDeceased, ClientErased].map((ended) =>
    handle(ended, (tx, { data }) => endOrders(tx, data.clientId, 'ALL')),
  ),
  handle(ClientRestricted, (tx, { data }) => endOrders(tx, data.clientId, 'ALL')),
  handle(ClientUnrestricted, (tx, { data }) => tellHoldings(tx, data.clientId)),
  handle(ClientMerged, (tx, { data }) => followMerge(tx, data)),
  handle(ClientUnmerged, (tx, { data }) => followUnmerge(tx, data)),
  handle(FeeCreditGranted, (tx, { data }) => bookCredit(tx, data)),
  handle(FeeCreditDeclined, (tx, { data }) => declineCredit(tx, data)),
];
