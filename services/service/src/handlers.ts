import {
  AssessmentAbandoned,
  AssessmentExpiring,
  AssessmentInvalidated,
  ClientActivated,
  ClientClosed,
  ClientConsentChanged,
  ClientDeceased,
  ClientErased,
  ClientMerged,
  ClientOnboarded,
  ClientReviewCompleted,
  ClientReviewDue,
  ClientUnmerged,
  CoolingOffEnded,
  CoolingOffStarted,
  HoldingChanged,
  InterviewCompleted,
  InterviewRequired,
  OrderFeeCharged,
  PointsActivated,
  PointsEarned,
  PointsExpired,
  PointsExpiring,
  PointsRedeemed,
  PointsReversed,
  ProductRatingChanged,
  ProductSuspended,
  RiskAlertAcknowledged,
  RiskAlertActioned,
  RiskAlertClosed,
  RiskAlertRaised,
  RiskProfileChanged,
} from '@client-graph/events';
import { clientCopyHandlers, dayOf, type Handler, handle } from '@client-graph/kit';
import { forgetCareDates, keepOnboarding } from './care/care.js';
import { beginCoolingOff, endCoolingOff, keepConsent } from './communications/contacts.js';
import { remindOfPoints } from './communications/reminders.js';
import { endItems, openItem } from './days/items.js';
import { endService, eraseClient } from './life-cycle/life-cycle.js';
import { moveBack, moveToSurvivor } from './life-cycle/merging.js';
import { tellOfRating, tellOfSuspension } from './material-events/material-events.js';
import { openPlansOfActivation } from './plans/plans.js';
import { keepBalance, keepFee, keepHolding } from './statements/statements.js';

export const handlers: readonly Handler[] = [
  // Before the copies' handler destroys the client's key: what ends here is still written under it.
  handle(ClientErased, (tx, { data }) => eraseClient(tx, data.clientId)),
  ...clientCopyHandlers,
  handle(ClientOnboarded, (tx, { data, time }) => keepOnboarding(tx, data.clientId, dayOf(time))),
  handle(ClientActivated, (tx, { data }) => openPlansOfActivation(tx, data.clientId)),
  handle(ClientConsentChanged, async (tx, { data }) => {
    await keepConsent(tx, data);
    if (data.purpose === 'CARE_GREETING' && data.action === 'WITHDRAW')
      await forgetCareDates(tx, data.clientId);
  }),
  handle(ClientDeceased, (tx, { data }) => endService(tx, data.clientId, 'DECEASED')),
  handle(ClientClosed, (tx, { data }) => endService(tx, data.clientId, 'CLOSED')),
  handle(ClientMerged, (tx, { data }) => moveToSurvivor(tx, data)),
  handle(ClientUnmerged, (tx, { data }) => moveBack(tx, data)),

  handle(ClientReviewDue, (tx, { data: { clientId, kind, dueOn } }) =>
    openItem(tx, { clientId, kind: 'REVIEW', reference: `${kind} ${dueOn}`, dueOn }),
  ),
  handle(ClientReviewCompleted, (tx, { data: { clientId, kind, dueOn } }) =>
    endItems(tx, clientId, 'REVIEW', `${kind} ${dueOn}`),
  ),
  handle(AssessmentExpiring, (tx, { data: { clientId, assessmentId, validTo } }) =>
    openItem(tx, { clientId, kind: 'ASSESSMENT', reference: assessmentId, dueOn: validTo }),
  ),
  handle(AssessmentInvalidated, (tx, { data: { clientId, assessmentId }, time }) =>
    openItem(tx, { clientId, kind: 'ASSESSMENT', reference: assessmentId, dueOn: dayOf(time) }),
  ),
  handle(RiskProfileChanged, (tx, { data }) => endItems(tx, data.clientId, 'ASSESSMENT', null)),
  handle(InterviewRequired, (tx, { data: { clientId, assessmentId }, time }) =>
    openItem(tx, { clientId, kind: 'INTERVIEW', reference: assessmentId, dueOn: dayOf(time) }),
  ),
  handle(InterviewCompleted, (tx, { data }) => endItems(tx, data.clientId, 'INTERVIEW', data.assessmentId)),
  handle(AssessmentAbandoned, (tx, { data }) => endItems(tx, data.clientId, 'INTERVIEW', data.assessmentId)),
  handle(RiskAlertRaised, (tx, { data: { clientId, alertId, dueAt } }) =>
    openItem(tx, { clientId, kind: 'ALERT', reference: alertId, dueOn: dayOf(new Date(dueAt)) }),
  ),
  ...[RiskAlertAcknowledged, RiskAlertActioned, RiskAlertClosed].map((ended) =>
    handle(ended, (tx, { data }) => endItems(tx, data.clientId, 'ALERT', data.alertId)),
  ),

  handle(CoolingOffStarted, (tx, { data }) => beginCoolingOff(tx, data)),
  handle(CoolingOffEnded, (tx, { data }) => endCoolingOff(tx, data)),
  handle(HoldingChanged, (tx, { data }) => keepHolding(tx, data)),
  handle(OrderFeeCharged, (tx, { data, time }) => keepFee(tx, data, dayOf(time))),
  handle(ProductRatingChanged, (tx, { data }) => tellOfRating(tx, data)),
  handle(ProductSuspended, (tx, { id, data, time }) => tellOfSuspension(tx, data, { id, day: dayOf(time) })),

  handle(PointsEarned, (tx, { data }) => keepBalance(tx, data)),
  handle(PointsActivated, (tx, { data }) => keepBalance(tx, data)),
  handle(PointsExpired, (tx, { data }) => keepBalance(tx, data)),
  handle(PointsRedeemed, (tx, { data }) => keepBalance(tx, data)),
  handle(PointsReversed, (tx, { data }) => keepBalance(tx, data)),
  handle(PointsExpiring, (tx, { data }) => remindOfPoints(tx, data)),
];
