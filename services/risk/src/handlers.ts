import { clientCopyHandlers, type Handler } from '@client-graph/kit';

/** What this service knows of clients comes from their events; it decides by nothing else. */
export const handlers: readonly Handler[] = [...clientCopyHandlers];
