import { createHmac } from 'node:crypto';
import { ClientCopyRow, dayOf, type Tx } from '@client-graph/kit';
import { Not } from 'typeorm';
import { mediumOf, nameOf } from '../campaigns/campaigns.rules.js';
import { CampaignRow, LeadRow, PartnerRow } from '../entities.js';
import type { CreateLeadInput } from '../generated/resolvers.js';
import { isInForce } from '../partners/partners.rules.js';
import { checkConsent, checkSharing, normalEmail, normalMobile, normalUscc } from './contact.rules.js';
import { idOf } from './own.js';
import { refuse } from './refusals.rules.js';

/** A lead not yet written, its facts checked. */
export async function draftOf(tx: Tx, id: string, hashKey: string, input: CreateLeadInput): Promise<LeadRow> {
  const personName = nameOf(input.personName);
  const person = contactOf(input);
  if (input.consent) checkConsent(input.consent, tx.now);
  const capturedAt = input.capturedAt ?? tx.now;
  const source = await sourceOf(tx, input);
  return {
    id,
    origin: 'LIVE',
    personName,
    ...person,
    ...hashesOf(hashKey, person),
    ...source,
    ...(await sharingOf(tx, input, capturedAt)),
    ownerId: idOf(input.ownerId, 'ownerId'),
    consentChannels: [...new Set(input.consent?.channels ?? [])],
    consentTextVersion: input.consent?.textVersion ?? null,
    consentEvidence: input.consent?.evidence.trim() ?? null,
    consentAt: input.consent?.at ?? null,
    capturedAt,
    createdAt: tx.now,
    ...BEGINNING,
  };
}

const BEGINNING = {
  stage: 'NEW',
  reached: 'NEW',
  cycle: 1,
  reason: null,
  attempts: 0,
  lastOutcome: null,
  attendedAt: null,
  qualifiedAt: null,
  qualifiedEvidence: null,
  score: null,
  scoreRuleVersion: null,
  scoreReasons: [],
  assignmentCode: null,
  firstContactDueOn: null,
  firstContactAt: null,
  lastAt: null,
  clientId: null,
  sourceFile: null,
  sourceLine: null,
  externalKey: null,
  contactedOn: null,
  contactedMonth: null,
  convertedOn: null,
  erasedAt: null,
  version: 1,
} satisfies Partial<LeadRow>;

type Contact = Pick<LeadRow, 'personKind' | 'mobile' | 'email' | 'uscc'>;

function contactOf(input: CreateLeadInput): Contact {
  const mobile = input.mobile ? normalMobile(input.mobile) : null;
  const email = input.email ? normalEmail(input.email) : null;
  const uscc = input.uscc ? normalUscc(input.uscc) : null;
  const personKind = input.personKind ?? 'PERSON';
  if (mobile === null && email === null) throw refuse('NO_CONTACT_DETAILS');
  if (uscc !== null && personKind !== 'COMPANY') throw refuse('NOT_A_COMPANY');
  return { personKind, mobile, email, uscc };
}

/** Where the lead comes from: its own channel and medium, or the campaign's. */
async function sourceOf(
  tx: Tx,
  input: CreateLeadInput,
): Promise<Pick<LeadRow, 'channel' | 'medium' | 'campaignId' | 'referrerClientId'>> {
  const campaignId = idOf(input.campaignId, 'campaignId');
  const referrerClientId = idOf(input.referrerClientId, 'referrerClientId');
  const campaign = campaignId === null ? null : await tx.findOne(CampaignRow, { id: campaignId });
  if (campaignId !== null && campaign === null) throw refuse('CAMPAIGN_UNKNOWN');
  if (referrerClientId !== null && (await tx.findOne(ClientCopyRow, { id: referrerClientId })) === null)
    throw refuse('REFERRER_UNKNOWN');
  const channel = input.channel ?? campaign?.channel;
  const medium = input.medium ?? campaign?.medium;
  if (channel === undefined || medium === undefined) throw refuse('NO_CHANNEL');
  return { channel, medium: mediumOf(medium), campaignId, referrerClientId };
}

/** The partner who hands the person on: by an agreement in force, and by the person's own consent to that partner's text. */
async function sharingOf(
  tx: Tx,
  { partnerId: given, sharingConsent }: CreateLeadInput,
  capturedAt: Date,
): Promise<Pick<LeadRow, 'partnerId' | 'sharingTextVersion' | 'sharingEvidence' | 'sharingAt'>> {
  const partnerId = idOf(given, 'partnerId');
  if (partnerId === null)
    return { partnerId, sharingTextVersion: null, sharingEvidence: null, sharingAt: null };
  const partner = await tx.findOne(PartnerRow, { id: partnerId });
  if (partner === null) throw refuse('PARTNER_UNKNOWN');
  if (!isInForce(partner, dayOf(capturedAt))) throw refuse('NO_AGREEMENT');
  checkSharing(sharingConsent, partner, tx.now);
  return {
    partnerId,
    sharingTextVersion: partner.sharingTextVersion,
    sharingEvidence: sharingConsent?.evidence.trim() ?? null,
    sharingAt: sharingConsent?.at ?? null,
  };
}

type Hashes = Pick<LeadRow, 'mobileHash' | 'emailHash' | 'usccHash'>;

/** Keyed hashes of what a person is found by again. */
export function hashesOf(key: string, { mobile, email, uscc }: Omit<Contact, 'personKind'>): Hashes {
  const hash = (kind: string, value: string | null): string | null =>
    value === null ? null : createHmac('sha256', key).update(`${kind}:${value}`).digest('base64url');
  return {
    mobileHash: hash('mobile', mobile),
    emailHash: hash('email', email),
    usccHash: hash('uscc', uscc),
  };
}

/**
 * Other leads of the same person, disqualified ones aside, oldest first. Two captures of one person at once take turns by locks
 * on the hashes; the unique indexes stand behind them.
 */
export async function knownLeads(tx: Tx, hashes: Hashes): Promise<LeadRow[]> {
  const { mobileHash, emailHash, usccHash } = hashes;
  const wanted = [mobileHash, emailHash, usccHash].filter((hash) => hash !== null).sort();
  for (const hash of wanted) await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [hash]);
  const isOpen = { stage: Not('DISQUALIFIED' as const) };
  return tx.find(LeadRow, {
    where: [
      ...(mobileHash === null ? [] : [{ mobileHash, ...isOpen }]),
      ...(emailHash === null ? [] : [{ emailHash, ...isOpen }]),
      ...(usccHash === null ? [] : [{ usccHash, ...isOpen }]),
    ],
    order: { id: 'asc' },
    take: 3,
  });
}
