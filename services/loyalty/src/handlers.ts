import { ClientActivated, ClientClosed, OrderSettled } from '@client-graph/events';
import { clientCopyHandlers, dayOf, type Handler, handle } from '@client-graph/kit';
import { closeMembership, openMembership } from './membership/membership.js';
import { earnForOrder } from './points/points.js';

export const handlers: readonly Handler[] = [
  ...clientCopyHandlers,
  handle(ClientActivated, (tx, { data, time }) => openMembership(tx, data.clientId, dayOf(time))),
  handle(ClientClosed, (tx, { data }) => closeMembership(tx, data.clientId)),
  handle(OrderSettled, (tx, { id, data }) => earnForOrder(tx, id, data)),
];
