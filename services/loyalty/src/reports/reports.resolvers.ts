import { refuse } from '@client-graph/kit';
import type { MembershipResolvers, QueryResolvers, Resolvers } from '../generated/resolvers.js';
import { listFindings } from './consistency.js';
import { listLiability } from './liability.js';
import { breakageRate, entryLabel, expectedBreakage, liabilityOf } from './reports.rules.js';
import { balancesOf, bookedOn, entriesOf } from './statement.js';
import { statementFile } from './statement-file.js';

export const reportResolvers = {
  Query: {
    pointsLiability: (_, args, ctx) => listLiability(ctx.db, args),
    pointsFindings: (_, args, ctx) => listFindings(ctx.db, args),
  },
  Membership: {
    statement: ({ id: clientId }, { from, to }) => {
      if (to < from) throw refuse('BAD_INPUT', { field: 'to', reason: 'BEFORE_FROM' });
      return { clientId, from, to };
    },
  },
  PointsStatement: {
    openingBalance: async (period, _, ctx) => (await balancesOf(ctx.db, period)).opening,
    closingBalance: async (period, _, ctx) => (await balancesOf(ctx.db, period)).closing,
    entries: (period, args, ctx) => entriesOf(ctx.db, period, args),
    file: (period, args, ctx) => statementFile(ctx.db, period, args),
  },
  PointsEntry: {
    typeLabel: (entry, { locale }) => entryLabel(entry)[locale],
    bookedOn,
    points: ({ available }) => available,
  },
  LiabilitySnapshot: {
    liability: liabilityOf,
    breakageRate,
    expectedBreakagePoints: expectedBreakage,
  },
} satisfies Pick<Resolvers, 'PointsStatement' | 'PointsEntry' | 'LiabilitySnapshot'> & {
  Query: Pick<QueryResolvers, 'pointsLiability' | 'pointsFindings'>;
  Membership: Pick<MembershipResolvers, 'statement'>;
};
