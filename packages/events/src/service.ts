import { z } from 'zod';
import { Code, Day, InteractionChannel } from './codes.js';
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
