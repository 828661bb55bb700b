import { expireApprovals, type ServiceDefinition } from '@client-graph/kit';
import { APPROVABLES } from './approvables.js';
import { approvalResolvers } from './approvals.resolvers.js';
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
import { putEarlyReceipts, type ReceiptSecrets, receiptRoutes } from './communications/receipts.js';
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
import { InteractionRow } from './entities.js';
import { ClientEventRow, RegistrationRow } from './events/events.entities.js';
import { eventResolvers } from './events/events.resolvers.js';
import { FeedbackRow } from './feedback/feedback.entities.js';
import { feedbackResolvers } from './feedback/feedback.resolvers.js';
import { handlers } from './handlers.js';
import { resolvers as interactionResolvers } from './interactions.resolvers.js';
import { MaterialEventRow, NoticeRow } from './material-events/material-events.entities.js';
import { noticeWasRead, planNoticeCalls } from './material-events/material-events.js';
import { materialEventResolvers } from './material-events/material-events.resolvers.js';
import { AdviceRow, PlanStepRow, ServicePlanRow } from './plans/plans.entities.js';
import { openPlansOfTheYear } from './plans/plans.js';
import { planResolvers } from './plans/plans.resolvers.js';
import { withinReach } from './reach.js';
import { StatementRow } from './statements/statements.entities.js';
import { queueStatements } from './statements/statements.js';
import { statementResolvers } from './statements/statements.resolvers.js';
import { SurveyRow } from './surveys/surveys.entities.js';
import { surveyResolvers } from './surveys/surveys.resolvers.js';
import { TableVersionRow } from './table-versions/table-versions.entities.js';
import { tableVersionResolvers } from './table-versions/table-versions.resolvers.js';
import { seed } from './tables.js';

const nouns = [
  interactionResolvers,
  complaintResolvers,
  communicationResolvers,
  careResolvers,
  eventResolvers,
  dayResolvers,
  tableVersionResolvers,
  materialEventResolvers,
  statementResolvers,
  planResolvers,
  feedbackResolvers,
  surveyResolvers,
  approvalResolvers,
] as const;

/** The service, sending through these providers and believing their reports by these secrets. */
export const serviceWith = (
  providers: Providers,
  receiptSecrets: ReceiptSecrets = {},
): ServiceDefinition => ({
  name: 'service',
  folder: new URL('../', import.meta.url),
  entities: [
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
    TableVersionRow,
    MaterialEventRow,
    NoticeRow,
    StatementRow,
    ServicePlanRow,
    PlanStepRow,
    AdviceRow,
    FeedbackRow,
    SurveyRow,
  ],
  resolvers: {
    ...Object.assign({}, ...nouns),
    Query: Object.assign({}, ...nouns.map((noun) => ('Query' in noun ? noun.Query : {}))),
    Mutation: Object.assign({}, ...nouns.map((noun) => ('Mutation' in noun ? noun.Mutation : {}))),
    Client: withinReach(Object.assign({}, ...nouns.map((noun) => ('Client' in noun ? noun.Client : {})))),
  },
  handlers,
  routes: receiptRoutes(receiptSecrets, noticeWasRead),
  jobs: [
    expireApprovals(APPROVABLES),
    // Shortly after midnight in Shanghai.
    { name: 'recount-provisional-clocks', cron: '5 16 * * *', run: recountProvisionalClocks },
    // At 08:35 in Shanghai, when the quiet hours are over.
    { name: 'queue-care', cron: '35 0 * * *', run: queueCare },
    { name: 'queue-statements', cron: '40 0 * * *', run: queueStatements },
    { name: 'open-plans-of-the-year', cron: '20 16 * * *', run: openPlansOfTheYear },
    { name: 'plan-notice-calls', cron: '*/5 * * * *', run: planNoticeCalls },
    {
      name: 'send-communications',
      cron: '* * * * *',
      run: async (db) => {
        await sendCommunications(db, providers, careSent);
        await putEarlyReceipts(db, noticeWasRead);
      },
    },
  ],
  seed,
});

/** The service without a way out: what is queued waits. */
export const service = serviceWith({});
