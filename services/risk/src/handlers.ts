import {
  ClientUpdated,
  ComplaintReceived,
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
  watchDrawdown,
  watchHolding,
  watchPortfolio,
  watchRating,
  watchSuitability,
} from './alerts/watch.js';
import { applyMaterialChanges } from './validity/validity.js';

/** What this service knows of clients comes from their events; it decides by nothing else. */
export const handlers: readonly Handler[] = [
  ...clientCopyHandlers,
  handle(ClientUpdated, (tx, { data }) => applyMaterialChanges(tx, data)),
  handle(ClientUpdated, (tx, { data: { clientId, changedFieldCodes: codes, ageBand } }) =>
    watchAge(tx, { clientId, codes, ageBand }),
  ),
  handle(HoldingChanged, (tx, { data }) => watchHolding(tx, data)),
  handle(ProductRatingChanged, (tx, { data }) => watchRating(tx, data)),
  handle(PortfolioDrawdownReached, (tx, { data }) => watchDrawdown(tx, data)),
  handle(PortfolioMeasured, (tx, { data }) => watchPortfolio(tx, data)),
  handle(SuitabilityChecked, (tx, { data }) => watchSuitability(tx, data)),
  handle(ComplaintReceived, (tx, { data }) => watchComplaint(tx, data)),
];
