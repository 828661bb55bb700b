import {
  ClientConsentChanged,
  ClientOnboarded,
  CoolingOffEnded,
  CoolingOffStarted,
} from '@client-graph/events';
import { clientCopyHandlers, dayOf, type Handler, handle } from '@client-graph/kit';
import { forgetCareDates, keepOnboarding } from './care/care.js';
import { beginCoolingOff, endCoolingOff, keepConsent } from './communications/contacts.js';

export const handlers: readonly Handler[] = [
  ...clientCopyHandlers,
  handle(ClientOnboarded, (tx, { data, time }) => keepOnboarding(tx, data.clientId, dayOf(time))),
  handle(ClientConsentChanged, async (tx, { data }) => {
    await keepConsent(tx, data);
    if (data.purpose === 'CARE_GREETING' && data.action === 'WITHDRAW')
      await forgetCareDates(tx, data.clientId);
  }),
  handle(CoolingOffStarted, (tx, { data }) => beginCoolingOff(tx, data)),
  handle(CoolingOffEnded, (tx, { data }) => endCoolingOff(tx, data)),
];
