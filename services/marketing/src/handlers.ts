import {
  ClientActivated,
  ClientOnboarded,
  EventAttended,
  OrderReversed,
  OrderSettled,
} from '@client-graph/events';
import { clientCopyHandlers, type Handler, handle } from '@client-graph/kit';
import { convertLead, noteOpening } from './conversions/conversions.js';
import { noteAttendance } from './leads/leads.js';
import { noteActivation, noteReversed, noteSettled } from './orders/orders.js';

export const handlers: readonly Handler[] = [
  ...clientCopyHandlers,
  handle(ClientOnboarded, async (tx, { data: { clientId, originLeadId }, time }) => {
    if (originLeadId !== null) await noteOpening(tx, { clientId, leadId: originLeadId, at: time });
  }),
  handle(ClientActivated, (tx, { data: { clientId }, time }) => noteActivation(tx, clientId, time)),
  handle(ClientActivated, (tx, { data: { clientId }, time }) => convertLead(tx, { clientId, at: time })),
  handle(EventAttended, async (tx, { data: { leadId }, time }) => {
    if (leadId !== null) await noteAttendance(tx, leadId, time);
  }),
  handle(OrderSettled, (tx, { data }) => noteSettled(tx, data)),
  handle(OrderReversed, (tx, { data }) => noteReversed(tx, data)),
];
