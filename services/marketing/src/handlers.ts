import { ClientActivated, ClientOnboarded } from '@client-graph/events';
import { clientCopyHandlers, type Handler, handle } from '@client-graph/kit';
import { convertLead, noteOpening } from './conversions/conversions.js';

export const handlers: readonly Handler[] = [
  ...clientCopyHandlers,
  handle(ClientOnboarded, async (tx, { data: { clientId, originLeadId }, time }) => {
    if (originLeadId !== null) await noteOpening(tx, { clientId, leadId: originLeadId, at: time });
  }),
  handle(ClientActivated, (tx, { data: { clientId }, time }) => convertLead(tx, { clientId, at: time })),
];
