import {
  ClientClosed,
  ClientDeceased,
  ClientErased,
  ClientInvestorChanged,
  ClientMerged,
  ClientUnmerged,
  ClientUpdated,
  ComplaintClosed,
  ComplaintDeclined,
  ComplaintReceived,
  ComplaintReopened,
  ComplaintWithdrawn,
  HoldingChanged,
  PortfolioDrawdownReached,
  PortfolioMeasured,
  ProductRatingChanged,
  SuitabilityChecked,
} from '@client-graph/events';
import { clientCopyHandlers, type Handler, handle } from '@client-graph/kit';
import {
  watchAge,
  watchComplaint,
  watchComplaintEnd,
  watchDrawdown,
  watchHeld,
  watchHolding,
  watchPortfolio,
  watchRating,
  watchSuitability,
} from './alerts/watch.js';
import { keepInvestor } from './client-files/investors.js';
import { erase, leave } from './client-files/leaving.js';
import { mergeClients, unmergeClients } from './client-files/merges.js';
import { ownerOf } from './client-files/owners.js';
import { applyMaterialChanges } from './validity/validity.js';

/** What this service knows of clients comes from their events; it decides by nothing else. */
export const handlers: readonly Handler[] = [
  ...clientCopyHandlers,
  handle(ClientUpdated, (tx, { data }) => applyMaterialChanges(tx, data)),
  handle(ClientUpdated, (tx, { data: { clientId, changedFieldCodes: codes, ageBand } }) =>
    watchAge(tx, { clientId, codes, ageBand }),
  ),
  handle(ClientInvestorChanged, async (tx, { data }) => {
    await keepInvestor(tx, data);
    await watchHeld(tx, await ownerOf(tx, data.clientId));
  }),
  handle(ClientMerged, (tx, { data }) => mergeClients(tx, data)),
  handle(ClientUnmerged, (tx, { data }) => unmergeClients(tx, data)),
  handle(ClientClosed, (tx, { data }) => leave(tx, data, 'CLIENT_CLOSED')),
  handle(ClientDeceased, (tx, { data }) => leave(tx, data, 'CLIENT_DECEASED')),
  handle(ClientErased, (tx, { data }) => erase(tx, data)),
  handle(HoldingChanged, (tx, { data }) => watchHolding(tx, data)),
  handle(ProductRatingChanged, (tx, { data }) => watchRating(tx, data)),
  handle(PortfolioDrawdownReached, (tx, { data }) => watchDrawdown(tx, data)),
  handle(PortfolioMeasured, (tx, { data }) => watchPortfolio(tx, data)),
  handle(SuitabilityChecked, (tx, { data }) => watchSuitability(tx, data)),
  ...[ComplaintReceived, ComplaintReopened].map((opened) =>
    handle(opened, (tx, { data }) => watchComplaint(tx, data)),
  ),
  ...[ComplaintClosed, ComplaintWithdrawn, ComplaintDeclined].map((ended) =>
    handle(ended, (tx, { data }) => watchComplaintEnd(tx, data)),
  ),
];
