import { z } from 'zod';
import { Code, Day, RiskLevel } from './codes.js';
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
  data: z.object({ ...subject, reportId: z.uuid(), level: RiskLevel }),
});

export const RiskProfileChanged = defineEvent({
  topic: 'risk.v1',
  type: 'risk.profile.changed',
  version: 1,
  meaning: 'The client has confirmed a report: this level counts from now until validTo.',
  key: 'clientId',
  data: z.object({
    ...subject,
    from: RiskLevel.nullable(),
    to: RiskLevel,
    lowestCategory: z.boolean(),
    validTo: Day,
  }),
});
