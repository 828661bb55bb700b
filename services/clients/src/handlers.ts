import {
  ComplaintClosed,
  ComplaintReceived,
  ComplaintReopened,
  ComplaintWithdrawn,
  HoldingChanged,
  InteractionLogged,
  LeadConverted,
  OrderCancelled,
  OrderRejected,
  OrderSettled,
  OrderSubmitted,
  RiskProfileChanged,
} from '@client-graph/events';
import { accessLimits, type Handler, handle } from '@client-graph/kit';
import { archiveHandlers } from './archive/archive.handlers.js';
import { takeTolerance } from './grading.js';
import { supervisionHandlers } from './inspections/inspections.handlers.js';
import { useProductClass } from './institutions/institutions.js';
import {
  complaintEnded,
  complaintOpened,
  holdingChanged,
  noteActivity,
  orderEnded,
  orderOpened,
} from './life-cycle/activity.js';
import { noteReferrer } from './relationships/relationships.js';
import { snapshotHandlers } from './snapshots/snapshots.handlers.js';

/** What others state → what clients does about it. */
export const handlers: readonly Handler[] = [
  ...archiveHandlers,
  ...supervisionHandlers,
  accessLimits,
  handle(RiskProfileChanged, (tx, { data }) => takeTolerance(tx, data)),
  handle(OrderSubmitted, (tx, { data }) => orderOpened(tx, data)),
  handle(OrderSettled, (tx, { data }) => useProductClass(tx, data)),
  handle(OrderSettled, (tx, { data }) => orderEnded(tx, data)),
  ...[OrderCancelled, OrderRejected].map((ended) => handle(ended, (tx, { data }) => orderEnded(tx, data))),
  handle(HoldingChanged, (tx, { data }) => holdingChanged(tx, data)),
  handle(LeadConverted, (tx, { data }) => noteReferrer(tx, data)),
  handle(InteractionLogged, (tx, { data }) => noteActivity(tx, data.clientId)),
  ...[ComplaintReceived, ComplaintReopened].map((opened) =>
    handle(opened, (tx, { data }) => complaintOpened(tx, data)),
  ),
  ...[ComplaintClosed, ComplaintWithdrawn].map((ended) =>
    handle(ended, (tx, { data }) => complaintEnded(tx, data)),
  ),
  // Last, so that they tell of what the others have done.
  ...snapshotHandlers,
];
