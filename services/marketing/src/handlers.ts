import {
  ClientActivated,
  ClientClosed,
  ClientErased,
  ClientMerged,
  ClientOnboarded,
  ClientUnmerged,
  EventAttended,
  OrderReversed,
  OrderSettled,
} from '@client-graph/events';
import { clientCopyHandlers, type Handler, handle } from '@client-graph/kit';
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
  handle(EventAttended, async (tx, { data: { leadId }, time }) => {
    if (leadId !== null) await noteAttendance(tx, leadId, time);
  }),
  handle(OrderSettled, (tx, { data }) => noteSettled(tx, data)),
  handle(OrderReversed, (tx, { data }) => noteReversed(tx, data)),
];
