import {
  CareTaskSent,
  ClientActivated,
  ClientClosed,
  ClientErased,
  ClientMerged,
  ClientReviewCompleted,
  ClientUnmerged,
  EventAttended,
  FeeCreditBooked,
  FeeCreditReleased,
  FeeCreditRequested,
  LeadContacted,
  LeadConverted,
  LeadCreated,
  LeadDisqualified,
  LeadFollowingUp,
  LeadLost,
  LeadReopened,
  OrderReversed,
  OrderSettled,
  SurveyAnswered,
} from '@client-graph/events';
import { clientCopyHandlers, dayOf, type Handler, handle } from '@client-graph/kit';
import { earnForActivity, keepLeadConsent, referralOf } from './earning/earning.js';
import { attendance, greeting, review, survey } from './earning/earning.rules.js';
import { cutForRedemption, reverseForOrder } from './earning/reversals.js';
import { answerFeeCredit, fulfilFeeCredit, releaseFeeCredit } from './fees/fees.js';
import { closeMembership, eraseMember, openMembership } from './membership/membership.js';
import { mergePoints, unmergePoints } from './merges/merges.js';
import { earnForOrder } from './points/points.js';

export const handlers: readonly Handler[] = [
  ...clientCopyHandlers,
  handle(ClientActivated, (tx, { data, time }) => openMembership(tx, data.clientId, dayOf(time))),
  handle(ClientClosed, (tx, { data, time }) => closeMembership(tx, data.clientId, dayOf(time))),
  handle(ClientErased, (tx, { data, time }) => eraseMember(tx, data.clientId, dayOf(time))),
  handle(ClientMerged, (tx, { data }) => mergePoints(tx, data)),
  handle(ClientUnmerged, (tx, { data }) => unmergePoints(tx, data)),

  handle(OrderSettled, (tx, { id, data }) => earnForOrder(tx, id, data)),
  handle(OrderSettled, (tx, { data }) => cutForRedemption(tx, data)),
  handle(OrderReversed, (tx, { data }) => reverseForOrder(tx, data)),

  handle(EventAttended, (tx, event) => earnForActivity(tx, event, attendance(event.data))),
  handle(CareTaskSent, (tx, event) => earnForActivity(tx, event, greeting(event.data, dayOf(event.time)))),
  handle(ClientReviewCompleted, (tx, event) =>
    earnForActivity(tx, event, review(event.data, dayOf(event.time))),
  ),
  handle(SurveyAnswered, (tx, event) => earnForActivity(tx, event, survey(event.data, dayOf(event.time)))),
  ...[LeadCreated, LeadContacted, LeadFollowingUp, LeadLost, LeadDisqualified, LeadReopened].map((moved) =>
    handle(moved, (tx, { data }) => keepLeadConsent(tx, data)),
  ),
  handle(LeadConverted, async (tx, event) =>
    earnForActivity(tx, event, await referralOf(tx, event.data, dayOf(event.time))),
  ),

  handle(FeeCreditRequested, (tx, { data }) => answerFeeCredit(tx, data)),
  handle(FeeCreditBooked, (tx, { data }) => fulfilFeeCredit(tx, data)),
  handle(FeeCreditReleased, (tx, { data }) => releaseFeeCredit(tx, data)),
];
