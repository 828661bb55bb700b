import { createHmac } from 'node:crypto';
import {
  type Actor,
  ClientCopyRow,
  type Connection,
  type Db,
  findForUpdate,
  isUuid,
  refuse as kitRefuse,
  page,
  type Tx,
  transact,
} from '@client-graph/kit';
import { In, Not } from 'typeorm';
import { mediumOf, nameOf } from '../campaigns/campaigns.rules.js';
import { CampaignRow, LeadRow, StageMoveRow, TouchRow } from '../entities.js';
import type {
  CreateLeadInput,
  DisqualifyLeadInput,
  LogLeadContactInput,
  LogLeadFollowUpInput,
  LoseLeadInput,
  QueryLeadsArgs,
  ReopenLeadInput,
} from '../generated/resolvers.js';
import {
  capture,
  checkConsent,
  disqualify,
  lose,
  normalEmail,
  normalMobile,
  refuse,
  reopen,
  type Step,
  seesEveryLead,
  seesLead,
  touch,
} from './leads.rules.js';

/** Records a lead. `hashKey` keys the hashes by which the same person is found again. */
export const createLead = (db: Db, hashKey: string, input: CreateLeadInput): Promise<LeadRow> =>
  transact(db, (tx) =>
    tx.once('createLead', input, LeadRow, async (id) => {
      const lead = await draftOf(tx, id, hashKey, input);
      await refuseDuplicate(tx, lead);
      const capturedAt = lead.capturedAt ?? tx.now;
      const step = capture(lead, capturedAt, tx.now);
      const captured = await tx.insert(LeadRow, { ...lead, ...step.changes });
      await noteMoves(tx, captured.id, step);
      await noteTouch(tx, tx.newId(), captured, {
        kind: 'CAPTURE',
        at: capturedAt,
        channel: null,
        outcome: null,
      });
      return captured;
    }),
  );

async function draftOf(tx: Tx, id: string, hashKey: string, input: CreateLeadInput): Promise<LeadRow> {
  const personName = nameOf(input.personName);
  const mobile = input.mobile ? normalMobile(input.mobile) : null;
  const email = input.email ? normalEmail(input.email) : null;
  if (mobile === null && email === null) throw refuse('NO_CONTACT_DETAILS');
  if (input.consent) checkConsent(input.consent, tx.now);
  const source = await sourceOf(tx, input);
  return {
    id,
    origin: 'LIVE',
    personName,
    mobile,
    email,
    mobileHash: mobile === null ? null : hashOf(hashKey, 'mobile', mobile),
    emailHash: email === null ? null : hashOf(hashKey, 'email', email),
    ...source,
    ownerId: idOf(input.ownerId, 'ownerId'),
    consentChannels: [...new Set(input.consent?.channels ?? [])],
    consentTextVersion: input.consent?.textVersion ?? null,
    consentEvidence: input.consent?.evidence.trim() ?? null,
    consentAt: input.consent?.at ?? null,
    capturedAt: input.capturedAt ?? tx.now,
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
  version: 1,
} as const;

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

function idOf(text: string | null | undefined, field: string): string | null {
  if (text === null || text === undefined) return null;
  if (!isUuid(text)) throw kitRefuse('BAD_INPUT', { field, expected: 'a UUID' });
  return text.toLowerCase();
}

const hashOf = (key: string, kind: 'mobile' | 'email', value: string): string =>
  createHmac('sha256', key).update(`${kind}:${value}`).digest('base64url');

/** Two captures of one person at once take turns by locks on the hashes; the unique indexes stand behind them. */
async function refuseDuplicate(tx: Tx, { mobileHash, emailHash }: LeadRow): Promise<void> {
  const hashes = [mobileHash, emailHash].filter((hash) => hash !== null).sort();
  for (const hash of hashes) await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [hash]);
  const isOpen = { stage: Not('DISQUALIFIED' as const) };
  const [known] = await tx.find(LeadRow, {
    where: [
      ...(mobileHash === null ? [] : [{ mobileHash, ...isOpen }]),
      ...(emailHash === null ? [] : [{ emailHash, ...isOpen }]),
    ],
    order: { id: 'asc' },
    take: 1,
  });
  if (known !== undefined)
    throw refuse('DUPLICATE_LEAD', seesLead(tx.actor, known) ? { leadId: known.id, stage: known.stage } : {});
}

export const logLeadContact = (db: Db, input: LogLeadContactInput): Promise<LeadRow> =>
  logTouch(db, 'logLeadContact', 'CONTACT', input);

export const logLeadFollowUp = (db: Db, input: LogLeadFollowUpInput): Promise<LeadRow> =>
  logTouch(db, 'logLeadFollowUp', 'FOLLOW_UP', input);

function logTouch(
  db: Db,
  command: string,
  kind: 'CONTACT' | 'FOLLOW_UP',
  input: LogLeadContactInput,
): Promise<LeadRow> {
  return transact(db, async (tx) => {
    const { leadId } = await tx.once(command, input, TouchRow, async (id) => {
      const lead = await ownForUpdate(tx, input);
      const { channel, outcome, at } = { ...input, at: input.at ?? tx.now };
      await keep(tx, lead, touch(lead, { kind, channel, outcome, at }, tx.now));
      return noteTouch(tx, id, lead, { kind, at, channel, outcome });
    });
    return tx.manager.findOneByOrFail(LeadRow, { id: leadId });
  });
}

export const loseLead = (db: Db, input: LoseLeadInput): Promise<LeadRow> =>
  transact(db, async (tx) => {
    const lead = await ownForUpdate(tx, input);
    return keep(tx, lead, lose(lead, input.reason, await attemptDays(tx, lead), tx.now));
  });

export const disqualifyLead = (db: Db, input: DisqualifyLeadInput): Promise<LeadRow> =>
  transact(db, async (tx) => {
    const lead = await ownForUpdate(tx, input);
    return keep(tx, lead, disqualify(lead, input.reason, tx.now));
  });

export const reopenLead = (db: Db, input: ReopenLeadInput): Promise<LeadRow> =>
  transact(db, async (tx) => {
    const lead = await ownForUpdate(tx, input);
    return keep(tx, lead, reopen(lead, tx.now));
  });

/** The lead, locked, if the caller may work it; one that they may not see does not exist for them. */
async function ownForUpdate(tx: Tx, input: { leadId: string; expectedVersion: number }): Promise<LeadRow> {
  const seen = isUuid(input.leadId) ? await tx.findOne(LeadRow, { id: input.leadId }) : null;
  if (seen === null || !seesLead(tx.actor, seen)) throw kitRefuse('NOT_FOUND');
  return findForUpdate(tx, LeadRow, input.leadId, input.expectedVersion);
}

/** On how many different days of this cycle contact was attempted. */
async function attemptDays(tx: Tx, lead: LeadRow): Promise<number> {
  const [counted] = await tx.query<{ days: number }>(
    `select count(distinct (at at time zone 'Asia/Shanghai')::date)::int as days
     from touch where lead_id = $1 and cycle = $2 and kind in ('CONTACT', 'FOLLOW_UP')`,
    [lead.id, lead.cycle],
  );
  return counted?.days ?? 0;
}

/** Writes a step down: the lead as it now is, its moves and its events. */
export async function keep(tx: Tx, lead: LeadRow, step: Step): Promise<LeadRow> {
  const kept = await tx.update(LeadRow, lead, step.changes);
  await noteMoves(tx, lead.id, step);
  return kept;
}

async function noteMoves(tx: Tx, leadId: string, { moves, events }: Step): Promise<void> {
  await tx.insertMany(
    StageMoveRow,
    moves.map((move) => ({ id: tx.newId(), leadId, by: tx.actor.id, ...move })),
  );
  await tx.record(...events);
}

export const noteTouch = (
  tx: Tx,
  id: string,
  lead: Pick<LeadRow, 'id' | 'cycle' | 'channel' | 'campaignId'>,
  facts: Pick<TouchRow, 'kind' | 'at' | 'channel' | 'outcome'>,
): Promise<TouchRow> =>
  tx.insert(TouchRow, {
    id,
    leadId: lead.id,
    cycle: lead.cycle,
    ...facts,
    sourceChannel: lead.channel,
    campaignId: lead.campaignId,
    by: tx.actor.id,
  });

/** Leads, newest first, that the caller sees by right of their own. */
export function listLeads(
  db: Db,
  actor: Actor,
  { filter, ...args }: QueryLeadsArgs,
): Promise<Connection<LeadRow>> {
  const campaignId = idOf(filter?.campaignId, 'filter.campaignId');
  return page(db, LeadRow, args, {
    ...(seesEveryLead(actor)
      ? {}
      : { ownerId: In(actor.id !== null && actor.roles.includes('ADVISER') ? [actor.id] : []) }),
    ...(filter?.stage ? { stage: filter.stage } : {}),
    ...(filter?.origin ? { origin: filter.origin } : {}),
    ...(campaignId === null ? {} : { campaignId }),
  });
}
