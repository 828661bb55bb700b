import { type Db, type Tx, transact } from '@client-graph/kit';
import { IsNull } from 'typeorm';
import { addEntries } from '../consents/consents.js';
import { type ConsentFacts, grant } from '../consents/consents.rules.js';
import { CampaignRow, LeadRow, StageMoveRow, TouchRow } from '../entities.js';
import type {
  AssignLeadInput,
  CreateLeadInput,
  DisqualifyLeadInput,
  LogLeadContactInput,
  LogLeadFollowUpInput,
  LoseLeadInput,
  NoteLeadQualificationInput,
  ReopenLeadInput,
} from '../generated/resolvers.js';
import { materialFor } from '../materials/materials.js';
import { assigned, clocksInForce, type Scored, scored } from '../rules/in-force.js';
import { settleTasks } from '../tasks/tasks.js';
import { evidenceOf, noteOf } from './contact.rules.js';
import { draftOf, knownLeads } from './drafts.js';
import {
  capture,
  checkReferral,
  disqualify,
  factsOf,
  later,
  lose,
  reopen,
  type Step,
  seesLead,
  touch,
} from './leads.rules.js';
import { idOf, ownForUpdate } from './own.js';
import { refuse } from './refusals.rules.js';

/** Records a lead. `hashKey` keys the hashes by which the same person is found again. */
export const createLead = (db: Db, hashKey: string, input: CreateLeadInput): Promise<LeadRow> =>
  transact(db, (tx) =>
    tx.once('createLead', input, LeadRow, async (id) => {
      const draft = await draftOf(tx, id, hashKey, input);
      const samePerson = await knownLeads(tx, draft);
      checkReferral(draft.referrerClientId, samePerson);
      const [known] = samePerson;
      if (known !== undefined)
        throw refuse(
          'DUPLICATE_LEAD',
          seesLead(tx.actor, known) ? { leadId: known.id, stage: known.stage } : {},
        );
      return captureLead(tx, draft, input.consent ?? null);
    }),
  );

/** Writes a new lead down: scored, assigned unless somebody was named, with its first move, touch, consent and event. */
export async function captureLead(tx: Tx, draft: LeadRow, consent: ConsentFacts | null): Promise<LeadRow> {
  const facts = factsOf(draft);
  const owned = draft.ownerId === null ? await assigned(tx, facts) : {};
  const at = draft.capturedAt ?? tx.now;
  const lead = { ...draft, ...(await scored(tx, facts)), ...owned };
  const step = capture(lead, at, tx.now, await clocksInForce(tx));
  const captured = await tx.insert(LeadRow, { ...lead, ...step.changes });
  await noteMoves(tx, captured.id, step);
  await noteTouch(tx, tx.newId(), captured, { kind: 'CAPTURE', at, channel: null, outcome: null });
  if (consent !== null) {
    // `lead.created` says that the lead may be contacted; what changes later is told by itself.
    await addEntries(
      tx,
      captured.id,
      grant({ id: captured.id, consentChannels: [] }, consent, tx.now).entries,
    );
  }
  return captured;
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
      const note = noteOf(input.note);
      const campaign = await campaignOf(tx, input.campaignId);
      const materialId = await materialFor(tx, lead, input.materialId);
      const step = touch(lead, { kind, channel, outcome, at }, tx.now, await clocksInForce(tx));
      const score = await scored(tx, factsOf({ ...lead, ...step.changes }));
      await keep(tx, lead, { ...step, changes: { ...step.changes, ...score } });
      return noteTouch(tx, id, lead, { kind, at, channel, outcome, note, materialId }, campaign);
    });
    return tx.manager.findOneByOrFail(LeadRow, { id: leadId });
  });
}

/** The campaign in whose course something was done, if one is named. Refuses CAMPAIGN_UNKNOWN. */
async function campaignOf(tx: Tx, id: string | null | undefined): Promise<CampaignRow | null> {
  const campaignId = idOf(id, 'campaignId');
  if (campaignId === null) return null;
  const campaign = await tx.findOne(CampaignRow, { id: campaignId });
  if (campaign === null) throw refuse('CAMPAIGN_UNKNOWN');
  return campaign;
}

export const loseLead = (db: Db, input: LoseLeadInput): Promise<LeadRow> =>
  transact(db, async (tx) => {
    const lead = await ownForUpdate(tx, input);
    const days = await attemptDays(tx, lead);
    return keep(tx, lead, lose(lead, input.reason, days, tx.now, await clocksInForce(tx)));
  });

export const disqualifyLead = (db: Db, input: DisqualifyLeadInput): Promise<LeadRow> =>
  transact(db, async (tx) => {
    const lead = await ownForUpdate(tx, input);
    return keep(tx, lead, disqualify(lead, input.reason, tx.now, await clocksInForce(tx)));
  });

export const reopenLead = (db: Db, input: ReopenLeadInput): Promise<LeadRow> =>
  transact(db, async (tx) => {
    const lead = await ownForUpdate(tx, input);
    return keep(tx, lead, reopen(lead, tx.now, await clocksInForce(tx)));
  });

export const assignLead = (db: Db, input: AssignLeadInput): Promise<LeadRow> =>
  transact(db, async (tx) => {
    const lead = await ownForUpdate(tx, input);
    if (lead.origin === 'IMPORTED') throw refuse('IMPORTED_LEAD');
    return tx.update(LeadRow, lead, { ownerId: idOf(input.ownerId, 'ownerId'), assignmentCode: null });
  });

/** A look at the qualification for private funds, with its evidence; a later one takes its place. */
export const noteLeadQualification = (db: Db, input: NoteLeadQualificationInput): Promise<LeadRow> =>
  transact(db, async (tx) => {
    const lead = await ownForUpdate(tx, input);
    return tx.update(LeadRow, lead, { qualifiedAt: tx.now, qualifiedEvidence: evidenceOf(input.evidence) });
  });

/** A lead has attended an event of the firm, which raises its score. A lead that is not known here is no reason to stop. */
export async function noteAttendance(tx: Tx, leadId: string, at: Date): Promise<void> {
  const lead = await tx.manager.findOne(LeadRow, {
    where: { id: leadId, origin: 'LIVE', erasedAt: IsNull() },
    lock: { mode: 'pessimistic_write' },
  });
  if (lead === null) return;
  const attendedAt = later(at, lead.attendedAt);
  await tx.update(LeadRow, lead, { attendedAt, ...(await scored(tx, factsOf({ ...lead, attendedAt }))) });
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
export async function keep(
  tx: Tx,
  lead: LeadRow,
  step: Step & { changes: Partial<Scored> },
): Promise<LeadRow> {
  const kept = await tx.update(LeadRow, lead, step.changes);
  await noteMoves(tx, lead.id, step);
  await settleTasks(tx, lead.id, kept.stage);
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
  facts: Pick<TouchRow, 'kind' | 'at' | 'channel' | 'outcome'> & {
    note?: string | null;
    materialId?: string | null;
  },
  campaign: Pick<CampaignRow, 'id' | 'channel'> | null = null,
): Promise<TouchRow> =>
  tx.insert(TouchRow, {
    id,
    leadId: lead.id,
    cycle: lead.cycle,
    note: null,
    materialId: null,
    ...facts,
    sourceChannel: campaign?.channel ?? lead.channel,
    campaignId: campaign?.id ?? lead.campaignId,
    by: tx.actor.id,
  });
