import type { ServiceDefinition } from '@client-graph/kit';
import { CalendarDayRow } from './calendar/calendar.entities.js';
import { CareDateRow, CareGiftRow, CareRuleRow, CareTaskRow, ClientFactRow } from './care/care.entities.js';
import { careSent, queueCare } from './care/care.js';
import { careResolvers } from './care/care.resolvers.js';
import {
  CommunicationRow,
  ContactPointRow,
  MailingRow,
  MessageTemplateRow,
} from './communications/communications.entities.js';
import { communicationResolvers } from './communications/communications.resolvers.js';
import { sendCommunications } from './communications/dispatch.js';
import type { Providers } from './communications/providers.js';
import {
  ComplaintActionRow,
  ComplaintClockRow,
  ComplaintExtensionRow,
  ComplaintRow,
  RectificationRow,
} from './complaints/complaints.entities.js';
import { complaintResolvers } from './complaints/complaints.resolvers.js';
import { recountProvisionalClocks } from './complaints/provisional.js';
import { WorkItemRow } from './days/days.entities.js';
import { dayResolvers } from './days/days.resolvers.js';
import { InteractionRow, InteractionSubjectRow } from './entities.js';
import { ClientEventRow, RegistrationRow } from './events/events.entities.js';
import { eventResolvers } from './events/events.resolvers.js';
import { handlers } from './handlers.js';
import { resolvers as interactionResolvers } from './interactions.resolvers.js';
import { seed } from './tables.js';

const nouns = [
  interactionResolvers,
  complaintResolvers,
  communicationResolvers,
  careResolvers,
  eventResolvers,
  dayResolvers,
] as const;

/** The service, sending through these providers. */
export const serviceWith = (providers: Providers): ServiceDefinition => ({
  name: 'service',
  folder: new URL('../', import.meta.url),
  entities: [
    InteractionSubjectRow,
    InteractionRow,
    CalendarDayRow,
    ComplaintClockRow,
    ComplaintRow,
    ComplaintExtensionRow,
    ComplaintActionRow,
    RectificationRow,
    ContactPointRow,
    MessageTemplateRow,
    MailingRow,
    CommunicationRow,
    ClientFactRow,
    CareDateRow,
    CareRuleRow,
    CareGiftRow,
    CareTaskRow,
    ClientEventRow,
    RegistrationRow,
    WorkItemRow,
  ],
  resolvers: {
    ...Object.assign({}, ...nouns),
    Query: Object.assign({}, ...nouns.map(({ Query }) => Query)),
    Mutation: Object.assign({}, ...nouns.map(({ Mutation }) => Mutation)),
    Client: Object.assign({}, ...nouns.map((noun) => ('Client' in noun ? noun.Client : {}))),
  },
  handlers,
  jobs: [
    // Shortly after midnight in Shanghai.
    { name: 'recount-provisional-clocks', cron: '5 16 * * *', run: recountProvisionalClocks },
    // At 08:35 in Shanghai, when the quiet hours are over.
    { name: 'queue-care', cron: '35 0 * * *', run: queueCare },
    {
      name: 'send-communications',
      cron: '* * * * *',
      run: async (db) => void (await sendCommunications(db, providers, careSent)),
    },
  ],
  seed,
});

/** The service without a way out: what is queued waits. */
export const service = serviceWith({});
