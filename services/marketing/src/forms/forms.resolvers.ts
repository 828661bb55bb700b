import { page } from '@client-graph/kit';
import { CampaignRow, WebFormRow } from '../entities.js';
import type { MutationResolvers, QueryResolvers, Resolvers } from '../generated/resolvers.js';
import { closeWebForm, createWebForm, submissionsOf } from './forms.js';

export const formResolvers = {
  Query: {
    webForms: (_, args, ctx) => page(ctx.db, WebFormRow, args),
  },
  Mutation: {
    createWebForm: (_, { input }, ctx) => createWebForm(ctx.db, input),
    closeWebForm: (_, { input }, ctx) => closeWebForm(ctx.db, input),
  },
  WebForm: {
    path: ({ key }) => `/forms/${key}`,
    campaign: ({ campaignId }, _, ctx) => ctx.load(CampaignRow, campaignId),
    consentTextVersion: ({ textVersion }) => textVersion,
    isOpen: ({ closedAt }) => closedAt === null,
    submissions: ({ id }, _, ctx) => ctx.loadBy('submissions', id, (ids) => submissionsOf(ctx.db, ids)),
  },
} satisfies Pick<Resolvers, 'WebForm'> & {
  Query: Pick<QueryResolvers, 'webForms'>;
  Mutation: Pick<MutationResolvers, 'createWebForm' | 'closeWebForm'>;
};
