import { reaches } from '@client-graph/kit';
import { ClientRow } from '../clients.entities.js';
import type { Resolvers } from '../generated/resolvers.js';
import { CLASS_LABELS } from '../labels.rules.js';
import { BeneficialOwnerRow } from '../owners/owners.entities.js';
import { InstitutionFinancialsRow } from './institutions.entities.js';
import { openInstitution, recordFinancials } from './institutions.js';

/** More year ends than any institution has statements of. */
const STATEMENTS_MAX = 50;

export const institutionResolvers = (hashKey: string) =>
  ({
    Mutation: {
      openInstitution: (_, { input }, ctx) => openInstitution(ctx.db, input, hashKey),
      recordFinancials: (_, { input }, ctx) => recordFinancials(ctx.db, input),
    },
    InstitutionProfile: {
      institutionTypeLabel: ({ institutionType }, { locale }) => CLASS_LABELS[institutionType][locale],
      beneficialOwners: ({ id }, _, ctx) => ctx.loadList(BeneficialOwnerRow, 'clientId', id),
      financials: async ({ id }, _, ctx) =>
        (await ctx.loadPage(InstitutionFinancialsRow, 'clientId', id, { first: STATEMENTS_MAX })).nodes,
    },
    InstitutionFinancials: {
      netAssets: ({ netAssets: amount, currency }) => ({ amount, currency }),
      liabilities: ({ liabilities: amount, currency }) => ({ amount, currency }),
      revenue: ({ revenue: amount, currency }) => ({ amount, currency }),
      profit: ({ profit: amount, currency }) => ({ amount, currency }),
      client: async ({ clientId }, _, ctx) => {
        const client = await ctx.load(ClientRow, clientId);
        return client !== null && reaches(ctx.actor, client) ? client : null;
      },
    },
  }) satisfies Pick<Resolvers, 'Mutation' | 'InstitutionProfile' | 'InstitutionFinancials'>;
