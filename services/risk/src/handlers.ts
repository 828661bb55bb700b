import { ClientUpdated } from '@client-graph/events';
import { clientCopyHandlers, type Handler, handle } from '@client-graph/kit';
import { applyMaterialChanges } from './validity/validity.js';

/** What this service knows of clients comes from their events; it decides by nothing else. */
export const handlers: readonly Handler[] = [
  ...clientCopyHandlers,
  handle(ClientUpdated, (tx, { data }) => applyMaterialChanges(tx, data)),
];
