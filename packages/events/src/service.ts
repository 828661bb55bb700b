import { z } from 'zod';
import { Code, Day, Instant, InteractionChannel } from './codes.js';
import { defineEvent } from './define.js';

export const InteractionLogged = defineEvent({
  topic: 'service.v1',
  type: 'interaction.logged',
  version: 1,
  meaning: 'A contact with the client was written down; its words stay in the service.',
  key: 'clientId',
  data: z.object({
    clientId: z.uuid(),
    interactionId: z.uuid(),
    channel: InteractionChannel,
    subjectCode: Code,
  }),
});

export const EventAttended = defineEvent({
  topic: 'service.v1',
  type: 'event.attended',
  version: 1,
  meaning: 'A client or a lead, whose id is the key, has attended an event of the firm.',
  key: 'attendeeId',
  data: z.object({
    attendeeId: z.uuid(),
    /** Null when a lead attended. */
    clientId: z.uuid().nullable(),
    /** Null when a client attended. */
    leadId: z.uuid().nullable(),
    eventId: z.uuid(),
    mode: z.enum(['ON_SITE', 'ONLINE']),
    attendedOn: Day,
  }),
});

export const CareTaskSent = defineEvent({
  topic: 'service.v1',
  type: 'care.task.sent',
  version: 1,
  meaning: 'A greeting or gift of the care calendar was sent to the client; ruleCode says which.',
  key: 'clientId',
  data: z.object({ clientId: z.uuid(), ruleCode: Code, year: z.int() }),
});

export const SurveyAnswered = defineEvent({
  topic: 'service.v1',
  type: 'survey.answered',
  version: 1,
  meaning: 'The client has answered a survey; the answers stay in the service.',
  key: 'clientId',
  data: z.object({ clientId: z.uuid(), surveyId: z.uuid() }),
});

const complaint = {
  complaintId: z.uuid(),
  /** Null when the complainant is no client and speaks for none. */
  clientId: z.uuid().nullable(),
  category: Code,
  severity: z.enum(['LOW', 'MEDIUM', 'HIGH', 'CRITICAL']),
  /** The day by whose end the decision is due. */
  dueOn: Day,
  /** Whether it was decided in time; null until it is decided. */
  onTime: z.boolean().nullable(),
  /** Null until it is decided. */
  rootCause: Code.nullable(),
};

const complaintMoved = (type: string, meaning: string) =>
  defineEvent({
    topic: 'service.v1',
    type,
    version: 1,
    meaning,
    key: 'complaintId',
    data: z.object(complaint),
  });

export const ComplaintReceived = complaintMoved('complaint.received', 'A complaint has come in.');
export const ComplaintAcknowledged = complaintMoved(
  'complaint.acknowledged',
  'The complainant was told that the complaint has arrived.',
);
export const ComplaintInvestigated = complaintMoved(
  'complaint.investigating',
  'Somebody without an interest in the case looks into it.',
);
export const ComplaintExtended = defineEvent({
  topic: 'service.v1',
  type: 'complaint.extended',
  version: 1,
  meaning: 'The decision is due later, at dueOn; the complainant was told before the former due date.',
  key: 'complaintId',
  data: z.object({ ...complaint, complexity: z.enum(['COMPLEX', 'SPECIAL']) }),
});
export const ComplaintRescheduled = complaintMoved(
  'complaint.rescheduled',
  'The decision is due on another day, dueOn: an earlier complaint was merged into this one, or days off have been published since.',
);
export const ComplaintResolved = complaintMoved(
  'complaint.resolved',
  'The decision was sent; onTime says whether before the due date.',
);
export const ComplaintFollowedUp = complaintMoved(
  'complaint.followedup',
  'The complainant was asked how the decision was received.',
);
export const ComplaintClosed = complaintMoved('complaint.closed', 'The case is closed.');
export const ComplaintReopened = complaintMoved(
  'complaint.reopened',
  'A decided case is taken up again; its clock has begun anew.',
);
export const ComplaintReviewed = complaintMoved(
  'complaint.underreview',
  'The complainant has asked for a review of the decision by a superior level.',
);
export const ComplaintWithdrawn = complaintMoved(
  'complaint.withdrawn',
  'The complainant has taken the complaint back.',
);
export const ComplaintDeclined = complaintMoved(
  'complaint.notours',
  'The complaint is not for this firm; the complainant was told why and where to go.',
);
export const ComplaintMerged = defineEvent({
  topic: 'service.v1',
  type: 'complaint.merged',
  version: 1,
  meaning: 'The complaint is carried on in the surviving one.',
  key: 'complaintId',
  data: z.object({ ...complaint, survivorId: z.uuid() }),
});

export const RectificationOpened = defineEvent({
  topic: 'service.v1',
  type: 'rectification.opened',
  version: 1,
  meaning: 'So many complaints of one root cause within 90 days that the cause itself must be put right.',
  key: 'rectificationId',
  data: z.object({ rectificationId: z.uuid(), rootCause: Code, count: z.int().positive() }),
});
export const RectificationCompleted = defineEvent({
  topic: 'service.v1',
  type: 'rectification.completed',
  version: 1,
  meaning: 'The cause was put right by measures that are written down in the service.',
  key: 'rectificationId',
  data: z.object({ rectificationId: z.uuid(), rootCause: Code }),
});

const communication = {
  clientId: z.uuid(),
  communicationId: z.uuid(),
  kind: z.enum(['CARE', 'MARKETING', 'PERIODIC', 'MATERIAL_EVENT', 'SERVICE']),
  channel: z.enum(['EMAIL', 'SMS', 'WECHAT']),
  templateId: z.uuid(),
  /** Why it was not sent or not delivered; null where it was. */
  reason: Code.nullable(),
};

const communicationMoved = (type: string, meaning: string) =>
  defineEvent({
    topic: 'service.v1',
    type,
    version: 1,
    meaning,
    key: 'clientId',
    data: z.object(communication),
  });

export const CommunicationSent = communicationMoved(
  'communication.sent',
  'A message to the client was taken by the provider of its channel.',
);
export const CommunicationDelivered = communicationMoved(
  'communication.delivered',
  'The provider has reported that the message has arrived, or was read.',
);
export const CommunicationBounced = communicationMoved(
  'communication.bounced',
  'The message did not arrive, or nobody knows whether it did: reason says which; it is not sent again.',
);
export const CommunicationSuppressed = communicationMoved(
  'communication.suppressed',
  'The message was not sent, for the reason given.',
);

export const MaterialEventOpened = defineEvent({
  topic: 'service.v1',
  type: 'material.event.opened',
  version: 1,
  meaning:
    'Clients are told of something that matters to them; count is the audience, frozen now, who must know by dueAt.',
  key: 'materialEventId',
  data: z.object({
    materialEventId: z.uuid(),
    source: z.enum(['RATING_CHANGED', 'SUSPENDED', 'DEFAULT', 'PRODUCT_EVENT', 'FIRM_EVENT']),
    severity: z.enum(['SEVERE', 'NORMAL']),
    count: z.int().nonnegative(),
    dueAt: Instant,
  }),
});
export const NoticeConfirmed = defineEvent({
  topic: 'service.v1',
  type: 'notice.confirmed',
  version: 1,
  meaning:
    'It is proved that the client knows of a material event; reason says how: read, confirmed, called.',
  key: 'clientId',
  data: z.object({
    clientId: z.uuid(),
    materialEventId: z.uuid(),
    noticeId: z.uuid(),
    reason: z.enum(['READ', 'CONFIRMED', 'CALLED']),
  }),
});

const plan = { clientId: z.uuid(), planId: z.uuid(), template: Code.nullable() };
const planMoved = (type: string, meaning: string) =>
  defineEvent({ topic: 'service.v1', type, version: 1, meaning, key: 'clientId', data: z.object(plan) });

export const PlanOpened = planMoved('plan.opened', 'A service plan was opened for the client.');
export const PlanCompleted = planMoved('plan.completed', 'Every step of the plan is done or left out.');
export const PlanCancelled = planMoved('plan.cancelled', 'The plan is not carried on.');

const feedback = {
  clientId: z.uuid(),
  feedbackId: z.uuid(),
  kind: z.enum(['SUGGESTION', 'PRAISE', 'CRITICISM']),
};
const feedbackMoved = (type: string, meaning: string) =>
  defineEvent({ topic: 'service.v1', type, version: 1, meaning, key: 'clientId', data: z.object(feedback) });

export const FeedbackReceived = feedbackMoved(
  'feedback.received',
  'A suggestion, praise or criticism has come in.',
);
export const FeedbackTakenUp = feedbackMoved('feedback.inhand', 'Somebody looks into the feedback.');
export const FeedbackAnswered = feedbackMoved(
  'feedback.answered',
  'The client has an answer to the feedback.',
);
export const FeedbackConcluded = feedbackMoved(
  'feedback.concluded',
  'It is known whether something was improved because of the feedback.',
);

export const SurveyOpened = defineEvent({
  topic: 'service.v1',
  type: 'survey.opened',
  version: 1,
  meaning: 'A client is asked how content they are with a case that has ended.',
  key: 'clientId',
  data: z.object({
    clientId: z.uuid(),
    surveyId: z.uuid(),
    caseKind: z.enum(['COMPLAINT', 'FEEDBACK', 'SERVICE_PLAN']),
  }),
});
