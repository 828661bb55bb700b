import {
  ClientActivated,
  ClientClosed,
  ClientConsentChanged,
  ClientErased,
  ClientMerged,
  ClientOnboarded,
  ClientUnmerged,
  ComplaintClosed,
  ComplaintDeclined,
  ComplaintMerged,
  ComplaintReceived,
  ComplaintReopened,
  ComplaintReviewed,
  ComplaintWithdrawn,
  CoolingOffEnded,
  CoolingOffStarted,
  EventAttended,
  OrderReversed,
  OrderSettled,
} from '@client-graph/events';
import { clientCopyHandlers, type Handler, handle } from '@client-graph/kit';
import { hold, noteConsent, release } from './audiences/audiences.js';
import { convertLead, noteClosing, noteMerge, noteOpening, noteUnmerge } from './conversions/conversions.js';
import { eraseLeadOf } from './leads/erasure.js';
import { noteAttendance } from './leads/leads.js';
import { noteActivation, noteReversed, noteSettled } from './orders/orders.js';

export const handlers: readonly Handler[] = [
  ...clientCopyHandlers,
  handle(ClientOnboarded, async (tx, { data: { clientId, originLeadId }, time }) => {
    if (originLeadId !== null) await noteOpening(tx, { clientId, leadId: originLeadId, at: time });
  }),
  handle(ClientActivated, (tx, { data: { clientId }, time }) => noteActivation(tx, clientId, time)),
  handle(ClientActivated, (tx, { data: { clientId }, time }) => convertLead(tx, { clientId, at: time })),
  handle(ClientClosed, (tx, { data: { clientId } }) => noteClosing(tx, clientId)),
  handle(ClientMerged, (tx, { data: { mergedId, survivorId }, time }) =>
    noteMerge(tx, { mergedId, survivorId, at: time }),
  ),
  handle(ClientUnmerged, (tx, { data: { mergedId } }) => noteUnmerge(tx, mergedId)),
  handle(ClientErased, (tx, { data: { clientId } }) => eraseLeadOf(tx, clientId)),
  handle(ClientConsentChanged, (tx, { data, time }) => noteConsent(tx, data, time)),
  ...[ComplaintReceived, ComplaintReopened, ComplaintReviewed].map((told) =>
    handle(told, (tx, { data }) => hold(tx, data.complaintId, data.clientId, 'COMPLAINT')),
  ),
  ...[ComplaintClosed, ComplaintWithdrawn, ComplaintDeclined].map((told) =>
    handle(told, (tx, { data }) => release(tx, data.complaintId)),
  ),
  handle(ComplaintMerged, (tx, { data }) => release(tx, data.complaintId)),
  handle(CoolingOffStarted, (tx, { data }) => hold(tx, data.orderId, data.clientId, 'COOLING_OFF')),
  handle(CoolingOffEnded, (tx, { data }) => release(tx, data.orderId)),
  handle(EventAttended, async (tx, { data: { leadId }, time }) => {
    if (leadId !== null) await noteAttendance(tx, leadId, time);
  }),
  handle(OrderSettled, (tx, { data }) => noteSettled(tx, data)),
  handle(OrderReversed, (tx, { data }) => noteReversed(tx, data)),
];
