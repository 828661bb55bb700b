import { z } from 'zod';
import { Code, Day, Instant, RiskLevel } from './codes.js';
import { defineEvent } from './define.js';

const subject = { clientId: z.uuid(), assessmentId: z.uuid() };

export const AssessmentSubmitted = defineEvent({
  topic: 'risk.v1',
  type: 'assessment.submitted',
  version: 1,
  meaning: 'A client has handed in a complete answer sheet; it can no longer change.',
  key: 'clientId',
  data: z.object({ ...subject, questionnaire: Code, version: Code, attemptNo: z.int().positive() }),
});

export const AssessmentScored = defineEvent({
  topic: 'risk.v1',
  type: 'assessment.scored',
  version: 1,
  meaning: 'The sheet was scored: the band by points, and the ceilings and gates that fired.',
  key: 'clientId',
  data: z.object({
    ...subject,
    questionnaire: Code,
    version: Code,
    band: RiskLevel,
    gates: z.array(Code),
    attemptNo: z.int().positive(),
  }),
});

export const InterviewRequired = defineEvent({
  topic: 'risk.v1',
  type: 'assessment.interview.required',
  version: 1,
  meaning: 'A professional must interview the client before a report may be issued (policy 4.2).',
  key: 'clientId',
  data: z.object({ ...subject, reasonCodes: z.array(Code) }),
});

export const InterviewCompleted = defineEvent({
  topic: 'risk.v1',
  type: 'assessment.interview.completed',
  version: 1,
  meaning: 'The interview was held; it confirmed or lowered the level, or asked for a new sheet.',
  key: 'clientId',
  data: z.object({ ...subject, outcome: z.enum(['CONFIRM', 'LOWER', 'REDO']) }),
});

export const ReportIssued = defineEvent({
  topic: 'risk.v1',
  type: 'assessment.report.issued',
  version: 1,
  meaning: 'The risk report was issued and waits for the confirmation of the client (policy 4.3).',
  key: 'clientId',
  data: z.object({
    ...subject,
    reportId: z.uuid(),
    level: RiskLevel,
    /** SHA-256 of what the report says, for whoever files it. */
    contentHash: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
  }),
});

export const RiskProfileChanged = defineEvent({
  topic: 'risk.v1',
  type: 'risk.profile.changed',
  version: 1,
  meaning:
    'The level or its validity has changed: a report was confirmed, a review lowered it, or a material change ended it. It counts until validTo, and no longer when that day has passed.',
  key: 'clientId',
  data: z.object({
    ...subject,
    from: RiskLevel.nullable(),
    to: RiskLevel,
    lowestCategory: z.boolean(),
    validTo: Day,
  }),
});

export const InterviewScheduled = defineEvent({
  topic: 'risk.v1',
  type: 'assessment.interview.scheduled',
  version: 1,
  meaning: 'An interview has a time and an assessor; a later appointment takes the place of an earlier one.',
  key: 'clientId',
  data: z.object({ ...subject, assessorId: z.uuid(), at: Instant, mode: z.enum(['FACE', 'VIDEO', 'PHONE']) }),
});

export const AssessmentAbandoned = defineEvent({
  topic: 'risk.v1',
  type: 'assessment.abandoned',
  version: 1,
  meaning:
    'An assessment has ended without a level: left open for too long, or the interview asked for a new sheet.',
  key: 'clientId',
  data: z.object({ ...subject, reason: z.enum(['LEFT_OPEN', 'INTERVIEW_REDO']) }),
});

const review = { ...subject, reviewId: z.uuid() };

export const ReviewRequested = defineEvent({
  topic: 'risk.v1',
  type: 'assessment.review.requested',
  version: 1,
  meaning: 'The client or compliance wants a professional to look at a result by hand.',
  key: 'clientId',
  data: z.object({ ...review, reason: z.enum(['CLIENT_ASKS', 'COMPLIANCE_ASKS']) }),
});

export const ReviewDecided = defineEvent({
  topic: 'risk.v1',
  type: 'assessment.review.decided',
  version: 1,
  meaning:
    'A professional has looked at a result by hand: it was confirmed, lowered, or a new sheet was asked for.',
  key: 'clientId',
  data: z.object({ ...review, outcome: z.enum(['CONFIRM', 'LOWER', 'REDO']) }),
});

export const ReviewLapsed = defineEvent({
  topic: 'risk.v1',
  type: 'assessment.review.lapsed',
  version: 1,
  meaning: 'The assessment has ended before anybody decided on its review.',
  key: 'clientId',
  data: z.object(review),
});

export const AssessmentSuperseded = defineEvent({
  topic: 'risk.v1',
  type: 'assessment.superseded',
  version: 1,
  meaning:
    'The assessment no longer counts because another one does: a newer one, or that of the client that a duplicate was merged into.',
  key: 'clientId',
  data: z.object({ ...subject, reason: z.enum(['NEWER', 'DUPLICATE']) }),
});

const ending = (type: string, meaning: string) =>
  defineEvent({
    topic: 'risk.v1',
    type,
    version: 1,
    meaning,
    key: 'clientId',
    data: z.object({ ...subject, validTo: Day, reason: Code }),
  });

export const AssessmentExpiring = ending(
  'assessment.expiring',
  'A new assessment is due: the validity ends on validTo, or a change of the file asks for one, as reason says.',
);
export const AssessmentExpired = ending(
  'assessment.expired',
  'The validity has run out: the level no longer counts until the client is assessed anew.',
);

export const AssessmentInvalidated = defineEvent({
  topic: 'risk.v1',
  type: 'assessment.invalidated',
  version: 1,
  meaning:
    'The sheet no longer describes the client, as reason says; where its level counted, it no longer does. validTo is the day until which it would have counted, null when it never did.',
  key: 'clientId',
  data: z.object({ ...subject, validTo: Day.nullable(), reason: Code }),
});

const published = (type: string, meaning: string) =>
  defineEvent({
    topic: 'risk.v1',
    type,
    version: 1,
    meaning,
    key: 'questionnaireId',
    data: z.object({
      questionnaireId: z.uuid(),
      questionnaire: Code,
      version: Code,
      audience: z.enum(['INDIVIDUAL', 'INSTITUTION']),
      effectiveFrom: Day,
    }),
  });

export const QuestionnaireProposed = published(
  'questionnaire.proposed',
  'A new version of a questionnaire waits for the approval of a second person.',
);
export const QuestionnaireApproved = published(
  'questionnaire.approved',
  'The version was approved and is asked from effectiveFrom, in place of the one before.',
);
export const QuestionnaireRejected = published(
  'questionnaire.rejected',
  'The version was turned down and is never asked.',
);
export const QuestionnaireRetired = published(
  'questionnaire.retired',
  'The version is no longer asked, and sheets of it are no longer taken.',
);

export const RiskTableChanged = defineEvent({
  topic: 'risk.v1',
  type: 'risk.table.changed',
  version: 1,
  meaning:
    'A change of the rules of assessments or of alerts, or the end of a questionnaire, was proposed (OPEN) or has been decided; approved it holds from effectiveFrom.',
  key: 'changeId',
  data: z.object({
    changeId: z.uuid(),
    kind: z.enum(['ASSESSMENT_RULES', 'ALERT_RULES', 'QUESTIONNAIRE_RETIREMENT']),
    version: Code,
    effectiveFrom: Day,
    outcome: z.enum(['OPEN', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'EXPIRED']),
  }),
});

/** Types of alerts, the firm's own (policy 4.5: monitoring and early warning). */
export const AlertType = z.enum([
  'DRAWDOWN',
  'SINGLE_PRODUCT_CONCENTRATION',
  'HIGH_RISK_SHARE',
  'ASSESSMENT_EXPIRING',
  'ASSESSMENT_EXPIRED',
  'LEVEL_LOWERED_WITH_HOLDINGS',
  'PRODUCT_RERATED_UP',
  'SENIOR_THRESHOLD',
  'ASSESSMENT_SHOPPING',
  'LARGE_REDEMPTION',
  'MISMATCH_OVERRIDE',
  'LOSS_BEYOND_TOLERANCE',
  'COMPLAINT_ON_SUITABILITY',
]);
export const AlertSeverity = z.enum(['INFO', 'WARN', 'SEVERE']);

const alert = (type: string, meaning: string) =>
  defineEvent({
    topic: 'risk.v1',
    type,
    version: 1,
    meaning,
    key: 'clientId',
    data: z.object({
      clientId: z.uuid(),
      alertId: z.uuid(),
      type: AlertType,
      severity: AlertSeverity,
      /** Until when somebody must have taken it up. */
      dueAt: Instant,
    }),
  });

export const RiskAlertRaised = alert(
  'risk.alert.raised',
  'Somebody must look at a risk of the client: new, or worse than when it was raised.',
);
export const RiskAlertEscalated = alert('risk.alert.escalated', 'Nobody has taken the alert up in time.');
export const RiskAlertAcknowledged = alert('risk.alert.acknowledged', 'Somebody has taken the alert up.');
export const RiskAlertActioned = alert('risk.alert.actioned', 'Something was done about the alert.');
export const RiskAlertClosed = alert('risk.alert.closed', 'The alert is settled.');
