import type { Context } from '@client-graph/kit';
import { CampaignRow, ConversionRow, LeadRow, StageMoveRow, TouchRow } from '../entities.js';
import type { Resolvers } from '../generated/resolvers.js';
import {
  createLead,
  disqualifyLead,
  listLeads,
  logLeadContact,
  logLeadFollowUp,
  loseLead,
  reopenLead,
} from './leads.js';
import { DISQUALIFY_REASONS, inOrder, isContactable, LOSS_REASONS, seesLead } from './leads.rules.js';

/** The lead, if the caller sees it by their own right or through the client that was opened from it. */
async function seenLead(ctx: Context, id: string): Promise<LeadRow | null> {
  const lead = await ctx.load(LeadRow, id);
  if (lead === null || seesLead(ctx.actor, lead)) return lead;
  return lead.clientId !== null && (await ctx.reachesClient(lead.clientId)) ? lead : null;
}

function consentOf({ consentChannels, consentTextVersion, consentEvidence, consentAt }: LeadRow) {
  if (consentTextVersion === null || consentEvidence === null || consentAt === null) return null;
  return {
    channels: consentChannels,
    textVersion: consentTextVersion,
    evidence: consentEvidence,
    at: consentAt,
  };
}

function importedFactsOf({
  sourceFile,
  sourceLine,
  externalKey,
  contactedOn,
  contactedMonth,
  convertedOn,
}: LeadRow) {
  if (sourceFile === null || sourceLine === null || externalKey === null) return null;
  return { fileSha256: sourceFile, line: sourceLine, externalKey, contactedOn, contactedMonth, convertedOn };
}

/** `hashKey` keys the hashes by which the same person is found again. */
export const leadResolvers = (hashKey: string) =>
  ({
    Query: {
      lead: (_, { id }, ctx) => seenLead(ctx, id),
      leads: (_, args, ctx) => listLeads(ctx.db, ctx.actor, args),
    },
    Mutation: {
      createLead: (_, { input }, ctx) => createLead(ctx.db, hashKey, input),
      logLeadContact: (_, { input }, ctx) => logLeadContact(ctx.db, input),
      logLeadFollowUp: (_, { input }, ctx) => logLeadFollowUp(ctx.db, input),
      loseLead: (_, { input }, ctx) => loseLead(ctx.db, input),
      disqualifyLead: (_, { input }, ctx) => disqualifyLead(ctx.db, input),
      reopenLead: (_, { input }, ctx) => reopenLead(ctx.db, input),
    },
    Lead: {
      __resolveReference: (ref, ctx) => seenLead(ctx, ref.id),
      campaign: ({ campaignId }, _, ctx) => (campaignId === null ? null : ctx.load(CampaignRow, campaignId)),
      consent: consentOf,
      isContactable,
      stageHistory: async ({ id }, _, ctx) => inOrder(await ctx.loadList(StageMoveRow, 'leadId', id)),
      touches: ({ id }, args, ctx) => ctx.loadPage(TouchRow, 'leadId', id, args),
      lossReason: ({ reason }) => LOSS_REASONS.find((known) => known === reason) ?? null,
      disqualifyReason: ({ reason }) => DISQUALIFY_REASONS.find((known) => known === reason) ?? null,
      client: async ({ clientId }, _, ctx) =>
        clientId !== null && (await ctx.reachesClient(clientId)) ? { id: clientId } : null,
      conversion: async ({ id }, _, ctx) => (await ctx.loadList(ConversionRow, 'leadId', id)).at(0) ?? null,
      imported: importedFactsOf,
    },
  }) satisfies Pick<Resolvers, 'Query' | 'Mutation' | 'Lead'>;
