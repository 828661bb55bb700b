import { type Context, canDecide, listApprovals, transact } from '@client-graph/kit';
import { CHANGE_LABELS } from '../code-labels.rules.js';
import type { AlertRuleRow, AssessmentRuleRow } from '../entities.js';
import type { Resolvers } from '../generated/resolvers.js';
import { PUBLISH_QUESTIONNAIRE } from '../questionnaires/proposals.js';
import { say } from '../words.rules.js';
import {
  CHANGE_TABLE,
  decideTableChange,
  proposeRetirement,
  proposeTable,
  RETIRE_QUESTIONNAIRE,
  tableChanges,
  versionsOf,
} from './table-changes.js';
import { CHANGE_STATE_LABELS } from './table-changes.rules.js';

const APPROVABLES = [CHANGE_TABLE, RETIRE_QUESTIONNAIRE, PUBLISH_QUESTIONNAIRE];
const VERSIONS_MAX = 50;

export type TableView = AssessmentRuleRow | AlertRuleRow;

export const tableChangesResolvers = {
  Query: {
    riskTables: async (_: unknown, { kind }, { db }: Context) =>
      (await transact(db, (tx) => versionsOf(tx, kind))).slice(0, VERSIONS_MAX),
    riskTableChanges: (_: unknown, args, { db }: Context) => tableChanges(db, args),
    riskApprovals: (_: unknown, args, { db }: Context) => listApprovals(db, APPROVABLES, args),
  },
  Mutation: {
    proposeTable: (_: unknown, { input }, { db }: Context) => proposeTable(db, input),
    proposeRetirement: (_: unknown, { input }, { db }: Context) => proposeRetirement(db, input),
    approveTableChange: (_: unknown, { input }, { db }: Context) => decideTableChange(db, 'APPROVED', input),
    rejectTableChange: (_: unknown, { input }, { db }: Context) => decideTableChange(db, 'REJECTED', input),
    withdrawTableChange: (_: unknown, { input }, { db }: Context) =>
      decideTableChange(db, 'WITHDRAWN', input),
  },
  RiskTable: {
    content: ({ definition }) => JSON.stringify(definition),
  },
  TableChange: {
    kindLabel: ({ kind }, { locale }) => say(CHANGE_LABELS[kind], locale),
    stateLabel: ({ state }, { locale }) => say(CHANGE_STATE_LABELS[state], locale),
    content: ({ definition }) => JSON.stringify(definition),
  },
  Approval: {
    service: () => 'risk',
    canDecide: (approval, _, { actor }) => canDecide(actor, APPROVABLES, approval),
  },
} satisfies Resolvers;
