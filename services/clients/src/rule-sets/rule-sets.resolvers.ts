import { Decimal } from '@client-graph/kit';
import { ClientRow } from '../clients.entities.js';
import type { Resolvers } from '../generated/resolvers.js';
import type { Row } from '../grading-tables.rules.js';
import {
  decideGradingRules,
  listRuleSets,
  previewGradingRules,
  proposeGradingRules,
  ruleSetOn,
} from './rule-sets.js';

const bounds = (min: number, below: number | null) => ({
  min: new Decimal(min),
  below: below === null ? null : new Decimal(below),
});
const ranks = (rows: readonly Row<number>[]) =>
  rows.map(([rank, min, below]) => ({ rank, ...bounds(min, below) }));

export const ruleSetResolvers = {
  Query: {
    gradingRules: (_, { on }, ctx) => ruleSetOn(ctx.db, on ?? null),
    gradingRuleSets: (_, args, ctx) => listRuleSets(ctx.db, args),
    previewGradingRules: (_, { rules }, ctx) => previewGradingRules(ctx.db, rules),
  },
  Mutation: {
    proposeGradingRules: (_, { input }, ctx) => proposeGradingRules(ctx.db, input),
    approveGradingRules: (_, { input }, ctx) => decideGradingRules(ctx.db, input, 'APPROVED'),
    rejectGradingRules: (_, { input }, ctx) => decideGradingRules(ctx.db, input, 'REJECTED'),
    withdrawGradingRules: (_, { input }, ctx) => decideGradingRules(ctx.db, input, 'WITHDRAWN'),
  },
  GradingTables: {
    clientClasses: ({ clientClass }) =>
      clientClass.map(([code, min, below]) => ({ class: code, ...bounds(min, below) })),
    assetRanks: ({ grade }) => ranks(grade.assetRanks),
    toleranceRanks: ({ grade: { toleranceRanks: rank } }) => [
      { level: null, rank: rank.NONE },
      { level: 'LOW', rank: rank.LOW },
      { level: 'MEDIUM_LOW', rank: rank.MEDIUM_LOW },
      { level: 'MEDIUM', rank: rank.MEDIUM },
      { level: 'MEDIUM_HIGH', rank: rank.MEDIUM_HIGH },
      { level: 'HIGH', rank: rank.HIGH },
    ],
    experienceRanks: ({ grade }) => ranks(grade.experienceRanksYears),
    institutionGrades: ({ institutionGrade }) =>
      institutionGrade.rows.map(([grade, min, below]) => ({ grade, ...bounds(min, below) })),
    mediumFromProductClasses: ({ institutionGrade }) => institutionGrade.mediumFromProductClasses,
    financialInstitutionLargeFrom: ({ institutionGrade }) => new Decimal(institutionGrade.financialLargeFrom),
  },
  GradingMove: {
    examples: async ({ exampleIds }, _, ctx) =>
      (await Promise.all(exampleIds.map((id) => ctx.load(ClientRow, id)))).filter(
        (client) => client !== null,
      ),
  },
} satisfies Pick<Resolvers, 'Query' | 'Mutation' | 'GradingTables' | 'GradingMove'>;
