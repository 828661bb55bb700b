import { createHmac, randomBytes } from 'node:crypto';
import { type Db, findForUpdate, isUuid, refuse as kitRefuse, type Tx, transact } from '@client-graph/kit';
import { MoreThan } from 'typeorm';
import { nameOf } from '../campaigns/campaigns.rules.js';
import { addConsent } from '../consents/consents.js';
import { CampaignRow, LeadRow, WebFormRow, WebSubmissionRow } from '../entities.js';
import type { CloseWebFormInput, CreateWebFormInput } from '../generated/resolvers.js';
import { draftOf, knownLeads } from '../leads/drafts.js';
import { captureLead, keep, noteTouch } from '../leads/leads.js';
import { later, reopen } from '../leads/leads.rules.js';
import { clocksInForce } from '../rules/in-force.js';
import { type ConsentFault, consentFault, refuse, type Submission } from './forms.rules.js';

export const createWebForm = (db: Db, input: CreateWebFormInput): Promise<WebFormRow> =>
  transact(db, (tx) =>
    tx.once('createWebForm', input, WebFormRow, async (id) => {
      const campaignId = input.campaignId.toLowerCase();
      if (!isUuid(campaignId) || (await tx.findOne(CampaignRow, { id: campaignId })) === null)
        throw kitRefuse('NOT_FOUND');
      const channels = [...new Set(input.channels)];
      if (channels.length === 0 || !/^[A-Za-z0-9_.-]{1,64}$/.test(input.consentTextVersion))
        throw refuse('BAD_FORM');
      return tx.insert(WebFormRow, {
        id,
        key: randomBytes(18).toString('base64url'),
        name: nameOf(input.name),
        campaignId,
        textVersion: input.consentTextVersion,
        channels,
        createdAt: tx.now,
        closedAt: null,
        version: 1,
      });
    }),
  );

export const closeWebForm = (db: Db, input: CloseWebFormInput): Promise<WebFormRow> =>
  transact(db, async (tx) => {
    const form = await findForUpdate(tx, WebFormRow, input.formId, input.expectedVersion);
    if (form.closedAt !== null) throw refuse('FORM_CLOSED');
    return tx.update(WebFormRow, form, { closedAt: tx.now });
  });

export type Received = { status: 'RECEIVED' } | { status: 'REFUSED'; http: number; code: string };

const refused = (http: number, code: string): Received => ({ status: 'REFUSED', http, code });
const FAULTS: Readonly<Record<ConsentFault, number>> = {
  TEXT_OUTDATED: 409,
  CHANNEL_NOT_OFFERED: 422,
  CONSENT_TOO_OLD: 422,
};

/**
 * Takes a filled form. Whoever is new becomes a lead; whoever is known has responded, by a new consent and a touch, and a lost lead is
 * taken up again. The answer is the same for both, so that nobody learns from it who is known. Throws refusals for what is no number.
 */
export const receiveForm = (
  db: Db,
  hashKey: string,
  key: string,
  submission: Submission,
): Promise<Received> =>
  transact(db, async (tx) => {
    const form = await tx.findOne(WebFormRow, { key });
    if (form === null || form.closedAt !== null) return refused(404, 'FORM_UNKNOWN');
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `form ${form.id} ${submission.submissionId}`,
    ]);
    const contentHash = createHmac('sha256', hashKey).update(JSON.stringify(submission)).digest('base64url');
    const before = await tx.findOne(WebSubmissionRow, {
      formId: form.id,
      submissionId: submission.submissionId,
    });
    if (before !== null)
      return before.contentHash === contentHash ? { status: 'RECEIVED' } : refused(409, 'SUBMISSION_REUSED');
    const fault = consentFault(submission.consent, form, tx.now);
    if (fault !== null) return refused(FAULTS[fault], fault);
    const { lead, outcome } = await takeIn(tx, hashKey, form, submission);
    await tx.insert(WebSubmissionRow, {
      id: tx.newId(),
      formId: form.id,
      submissionId: submission.submissionId,
      contentHash,
      leadId: lead.id,
      outcome,
      receivedAt: tx.now,
    });
    return { status: 'RECEIVED' };
  });

async function takeIn(
  tx: Tx,
  hashKey: string,
  form: WebFormRow,
  { submissionId, name, consent: given, mobile, email, personKind, uscc }: Submission,
): Promise<{ lead: LeadRow; outcome: WebSubmissionRow['outcome'] }> {
  const said = new Date(given.at);
  const consent = {
    channels: given.channels,
    textVersion: given.textVersion,
    evidence: `web form ${form.id}, submission ${submissionId}`,
    at: said > tx.now ? tx.now : said,
  };
  const { id: campaignId } = await tx.manager.findOneByOrFail(CampaignRow, { id: form.campaignId });
  const person = { mobile: mobile ?? null, email: email ?? null, uscc: uscc ?? null };
  const kind = { personKind: personKind ?? null };
  const input = { requestId: submissionId, personName: name, ...person, ...kind, campaignId, consent };
  const draft = await draftOf(tx, tx.newId(), hashKey, input);
  const [known] = await knownLeads(tx, draft);
  if (known === undefined) return { lead: await captureLead(tx, draft, consent), outcome: 'CAPTURED' };
  const lead = await findForUpdate(tx, LeadRow, known.id);
  if (await hasJustRegistered(tx, form, lead)) {
    // Sent once more it is no second response; a channel that was not agreed to before is agreed to all the same.
    const isCovered = consent.channels.every((channel) => lead.consentChannels.includes(channel));
    return { lead: isCovered ? lead : await addConsent(tx, lead, consent), outcome: 'REPEATED' };
  }
  return { lead: await respond(tx, form, lead, consent), outcome: 'RESPONDED' };
}

/** A form that is sent a second time by an impatient person is one response. */
const JUST_NOW_MS = 10 * 60_000;
const hasJustRegistered = async (tx: Tx, form: WebFormRow, lead: LeadRow): Promise<boolean> =>
  (await tx.findOne(WebSubmissionRow, {
    formId: form.id,
    leadId: lead.id,
    receivedAt: MoreThan(new Date(tx.now.getTime() - JUST_NOW_MS)),
  })) !== null;

async function respond(
  tx: Tx,
  form: WebFormRow,
  lead: LeadRow,
  consent: Parameters<typeof addConsent>[2],
): Promise<LeadRow> {
  const campaign = await tx.manager.findOneByOrFail(CampaignRow, { id: form.campaignId });
  const at = later(tx.now, lead.lastAt);
  const open = lead.stage === 'LOST' ? await keep(tx, lead, reopen(lead, at, await clocksInForce(tx))) : lead;
  const touched = await tx.update(LeadRow, open, { lastAt: at });
  const response = { kind: 'RESPONSE', at, channel: null, outcome: null } as const;
  await noteTouch(tx, tx.newId(), touched, response, campaign);
  return addConsent(tx, touched, consent);
}

/** How many forms were filled, by form; one statement for all. */
export async function submissionsOf(db: Db, ids: readonly string[]): Promise<number[]> {
  const counts: { form: string; count: number }[] = await db.source.query(
    'select form_id as form, count(*)::int as count from web_submission where form_id = any($1) group by 1',
    [ids],
  );
  return ids.map((id) => counts.find(({ form }) => form === id)?.count ?? 0);
}
