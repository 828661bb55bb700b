import { expireApprovals, type ServiceDefinition } from '@client-graph/kit';
import { escalateAlerts } from './alerts/alerts.js';
import { alertsResolvers } from './alerts/alerts.resolvers.js';
import { abandonDrafts } from './assessments/assessments.js';
import { assessmentsResolvers } from './assessments/assessments.resolvers.js';
import {
  AlertRuleRow,
  AnswerSheetRow,
  AppointmentRow,
  AssessmentRow,
  AssessmentRuleRow,
  ClientMergeRow,
  InterviewRow,
  InvestorCopyRow,
  QuestionnaireProposalRow,
  QuestionnaireRow,
  ReportConfirmationRow,
  ReviewRow,
  RiskAlertRow,
  RiskProfileRow,
  RiskReportRow,
  TableChangeRow,
} from './entities.js';
import { handlers } from './handlers.js';
import { interviewsResolvers } from './interviews/interviews.resolvers.js';
import { PUBLISH_QUESTIONNAIRE, retireSuperseded } from './questionnaires/proposals.js';
import { proposalsResolvers } from './questionnaires/proposals.resolvers.js';
import { seed } from './questionnaires/questionnaires.js';
import { questionnairesResolvers } from './questionnaires/questionnaires.resolvers.js';
import { CHANGE_TABLE, RETIRE_QUESTIONNAIRE } from './table-changes/table-changes.js';
import { tableChangesResolvers } from './table-changes/table-changes.resolvers.js';
import { expireAssessments, tellExpiring } from './validity/validity.js';

export const service: ServiceDefinition = {
  name: 'risk',
  folder: new URL('../', import.meta.url),
  entities: [
    AlertRuleRow,
    AnswerSheetRow,
    AppointmentRow,
    AssessmentRow,
    AssessmentRuleRow,
    ClientMergeRow,
    InterviewRow,
    InvestorCopyRow,
    QuestionnaireProposalRow,
    QuestionnaireRow,
    ReportConfirmationRow,
    ReviewRow,
    RiskAlertRow,
    RiskProfileRow,
    RiskReportRow,
    TableChangeRow,
  ],
  resolvers: {
    ...questionnairesResolvers,
    ...proposalsResolvers,
    ...assessmentsResolvers,
    ...interviewsResolvers,
    ...alertsResolvers,
    ...tableChangesResolvers,
    Query: {
      ...questionnairesResolvers.Query,
      ...proposalsResolvers.Query,
      ...assessmentsResolvers.Query,
      ...interviewsResolvers.Query,
      ...alertsResolvers.Query,
      ...tableChangesResolvers.Query,
    },
    Mutation: {
      ...proposalsResolvers.Mutation,
      ...assessmentsResolvers.Mutation,
      ...interviewsResolvers.Mutation,
      ...alertsResolvers.Mutation,
      ...tableChangesResolvers.Mutation,
    },
    Client: { ...assessmentsResolvers.Client, ...alertsResolvers.Client },
    Assessment: { ...assessmentsResolvers.Assessment, ...interviewsResolvers.Assessment },
  },
  handlers,
  jobs: [
    { name: 'abandon-drafts', cron: '10 * * * *', run: abandonDrafts },
    { name: 'escalate-alerts', cron: '*/15 * * * *', run: escalateAlerts },
    // Shortly after midnight in Shanghai: first what has run out, then what will.
    { name: 'expire-assessments', cron: '3 16 * * *', run: expireAssessments },
    { name: 'tell-expiring', cron: '23 16 * * *', run: tellExpiring },
    { name: 'retire-superseded', cron: '1 16 * * *', run: retireSuperseded },
    expireApprovals([CHANGE_TABLE, RETIRE_QUESTIONNAIRE, PUBLISH_QUESTIONNAIRE]),
  ],
  seed,
};
