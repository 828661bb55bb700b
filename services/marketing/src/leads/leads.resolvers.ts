import type { Context } from '@client-graph/kit';
import { recordLeadConsent, withdrawLeadConsent } from '../consents/consents.js';
import {
  CampaignRow,
  ConsentEntryRow,
  ConversionRow,
  LeadRow,
  LeadTaskRow,
  PartnerRow,
  StageMoveRow,
  TouchRow,
} from '../entities.js';
import type { MutationResolvers, QueryResolvers, Resolvers } from '../generated/resolvers.js';
import { isFirstContactLate } from './clocks.rules.js';
import { isContactable } from './contact.rules.js';
import {
  assignLead,
  createLead,
  disqualifyLead,
  logLeadContact,
  logLeadFollowUp,
  loseLead,
  noteLeadQualification,
  reopenLead,
} from './leads.js';
import { DISQUALIFY_REASONS, inOrder, LOSS_REASONS, seesLead } from './leads.rules.js';
import { leadsByContact, listLeads } from './queries.js';

/** The lead, if the caller sees it by their own right or through the client that was opened from it. */
async function seenLead(ctx: Context, id: string): Promise<LeadRow | null> {
  const lead = await ctx.load(LeadRow, id);
  if (lead === null || lead.erasedAt !== null) return null;
  if (seesLead(ctx.actor, lead)) return lead;
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

function sharingOf({ sharingTextVersion, sharingEvidence, sharingAt }: LeadRow) {
  if (sharingTextVersion === null || sharingEvidence === null || sharingAt === null) return null;
  return { textVersion: sharingTextVersion, evidence: sharingEvidence, at: sharingAt };
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

type LeadMutation =
  | 'createLead'
  | 'logLeadContact'
  | 'logLeadFollowUp'
  | 'loseLead'
  | 'disqualifyLead'
  | 'reopenLead'
  | 'assignLead'
  | 'noteLeadQualification'
  | 'recordLeadConsent'
  | 'withdrawLeadConsent';

/** `hashKey` keys the hashes by which the same person is found again. */
export const leadResolvers = (hashKey: string) =>
  ({
    Query: {
      lead: (_, { id }, ctx) => seenLead(ctx, id),
      leads: (_, args, ctx) => listLeads(ctx.db, ctx.actor, args),
      leadsByContact: (_, { by }, ctx) => leadsByContact(ctx.db, hashKey, ctx.actor, by),
    },
    Mutation: {
      createLead: (_, { input }, ctx) => createLead(ctx.db, hashKey, input),
      logLeadContact: (_, { input }, ctx) => logLeadContact(ctx.db, input),
      logLeadFollowUp: (_, { input }, ctx) => logLeadFollowUp(ctx.db, input),
      loseLead: (_, { input }, ctx) => loseLead(ctx.db, input),
      disqualifyLead: (_, { input }, ctx) => disqualifyLead(ctx.db, input),
      reopenLead: (_, { input }, ctx) => reopenLead(ctx.db, input),
      assignLead: (_, { input }, ctx) => assignLead(ctx.db, input),
      noteLeadQualification: (_, { input }, ctx) => noteLeadQualification(ctx.db, input),
      recordLeadConsent: (_, { input }, ctx) => recordLeadConsent(ctx.db, input),
      withdrawLeadConsent: (_, { input }, ctx) => withdrawLeadConsent(ctx.db, input),
    },
    Lead: {
      __resolveReference: (ref, ctx) => seenLead(ctx, ref.id),
      campaign: ({ campaignId }, _, ctx) => (campaignId === null ? null : ctx.load(CampaignRow, campaignId)),
      consent: consentOf,
      consentHistory: async ({ id }, _, ctx) =>
        (await ctx.loadList(ConsentEntryRow, 'leadId', id)).slice(-200),
      sharingConsent: sharingOf,
      partner: ({ partnerId }, _, ctx) => (partnerId === null ? null : ctx.load(PartnerRow, partnerId)),
      tasks: async ({ id }, _, ctx) =>
        (await ctx.loadList(LeadTaskRow, 'leadId', id)).filter(({ closedAt }) => closedAt === null),
      isFirstContactLate: (lead, _, ctx) => isFirstContactLate(lead, ctx.db.now()),
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
    Touch: {
      campaign: ({ campaignId }, _, ctx) => (campaignId === null ? null : ctx.load(CampaignRow, campaignId)),
    },
  }) satisfies Pick<Resolvers, 'Lead' | 'Touch'> & {
    Query: Pick<QueryResolvers, 'lead' | 'leads' | 'leadsByContact'>;
    Mutation: Pick<MutationResolvers, LeadMutation>;
  };
