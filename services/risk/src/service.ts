import type { ServiceDefinition } from '@client-graph/kit';
import { abandonDrafts } from './assessments/assessments.js';
import { assessmentsResolvers } from './assessments/assessments.resolvers.js';
import {
  AnswerSheetRow,
  AssessmentRow,
  AssessmentRuleRow,
  InterviewRow,
  QuestionnaireRow,
  ReportConfirmationRow,
  RiskProfileRow,
  RiskReportRow,
} from './entities.js';
import { handlers } from './handlers.js';
import { seed } from './questionnaires/questionnaires.js';
import { questionnairesResolvers } from './questionnaires/questionnaires.resolvers.js';

export const service: ServiceDefinition = {
  name: 'risk',
  folder: new URL('../', import.meta.url),
  entities: [
    AnswerSheetRow,
    AssessmentRow,
    AssessmentRuleRow,
    InterviewRow,
    QuestionnaireRow,
    ReportConfirmationRow,
    RiskProfileRow,
    RiskReportRow,
  ],
  resolvers: {
    ...questionnairesResolvers,
    ...assessmentsResolvers,
    Query: { ...questionnairesResolvers.Query, ...assessmentsResolvers.Query },
  },
  handlers,
  jobs: [{ name: 'abandon-drafts', cron: '10 * * * *', run: abandonDrafts }],
  seed,
};
