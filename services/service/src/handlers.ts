import {
  AssessmentExpiring,
  ClientConsentChanged,
  ClientOnboarded,
  ClientReviewCompleted,
  ClientReviewDue,
  CoolingOffEnded,
  CoolingOffStarted,
  RiskProfileChanged,
} from '@client-graph/events';
import { clientCopyHandlers, dayOf, type Handler, handle } from '@client-graph/kit';
import { forgetCareDates, keepOnboarding } from './care/care.js';
import { beginCoolingOff, endCoolingOff, keepConsent } from './communications/contacts.js';
import { endItems, openItem } from './days/days.js';

export const handlers: readonly Handler[] = [
  ...clientCopyHandlers,
  handle(ClientOnboarded, (tx, { data, time }) => keepOnboarding(tx, data.clientId, dayOf(time))),
  handle(ClientConsentChanged, async (tx, { data }) => {
    await keepConsent(tx, data);
    if (data.purpose === 'CARE_GREETING' && data.action === 'WITHDRAW')
      await forgetCareDates(tx, data.clientId);
  }),
  handle(ClientReviewDue, (tx, { data: { clientId, kind, dueOn } }) =>
    openItem(tx, { clientId, kind: 'REVIEW', reference: `${kind} ${dueOn}`, dueOn }),
  ),
  handle(ClientReviewCompleted, (tx, { data: { clientId, kind, dueOn } }) =>
    endItems(tx, clientId, 'REVIEW', `${kind} ${dueOn}`),
  ),
  handle(AssessmentExpiring, (tx, { data: { clientId, assessmentId, validTo } }) =>
    openItem(tx, { clientId, kind: 'ASSESSMENT', reference: assessmentId, dueOn: validTo }),
  ),
  handle(RiskProfileChanged, (tx, { data }) => endItems(tx, data.clientId, 'ASSESSMENT', null)),
  handle(CoolingOffStarted, (tx, { data }) => beginCoolingOff(tx, data)),
  handle(CoolingOffEnded, (tx, { data }) => endCoolingOff(tx, data)),
];
