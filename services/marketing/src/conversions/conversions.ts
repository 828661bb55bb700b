import { type Db, dayOf, type Tx, transact } from '@client-graph/kit';
import {
  AttributionShareRow,
  ClientMergeRow,
  ClientOpeningRow,
  ConversionRow,
  LeadRow,
  TouchRow,
} from '../entities.js';
import { keep, noteTouch } from '../leads/leads.js';
import { attributionInForce, clocksInForce } from '../rules/in-force.js';
import { type Conversion, convert, open, type Standing, type TouchFacts } from './conversions.rules.js';

/** Notes that a client was opened from a lead. The first one is remembered on the lead; the lead may be one that is not known here. */
export const noteOpening = (
  db: Db | Tx,
  opened: { clientId: string; leadId: string; at: Date },
): Promise<void> =>
  transact(db, async (tx) => {
    const { clientId, leadId, at } = opened;
    const lead = await lockLead(tx, leadId);
    const { standing, step, isTouch } = open(lead, clientId, at, await clocksInForce(tx));
    await tx.insert(ClientOpeningRow, { id: clientId, leadId, standing, openedAt: at });
    if (lead === null || step === null) return;
    const kept = await keep(tx, lead, step);
    if (isTouch)
      await noteTouch(tx, tx.newId(), kept, {
        kind: 'OPENING',
        at: kept.lastAt ?? at,
        channel: null,
        outcome: null,
      });
    // Events of two clients come in any order: the merge may have been told before the opening.
    const merge = await tx.findOne(ClientMergeRow, { id: clientId });
    if (merge !== null) await passOn(tx, clientId, 'MERGED', merge.survivorId);
  });

/**
 * The lead that the client was opened from, if it was the first, or the lead that came to wait for the client by a merge. A client who
 * was active before that lead was there is not won by it.
 */
async function leadOf(tx: Tx, { clientId, at }: { clientId: string; at: Date }): Promise<LeadRow | null> {
  const opening = await tx.findOne(ClientOpeningRow, { id: clientId });
  if (opening !== null) return opening.standing === 'ORIGIN' ? lockLead(tx, opening.leadId) : null;
  const [waiting] = await tx.query<{ id: string }>(
    `select id from lead where client_id = $1 and stage <> 'CONVERTED' and captured_at <= $2
       and not exists (select from conversion where client_id = $1) order by id limit 1`,
    [clientId, at],
  );
  return waiting === undefined ? null : lockLead(tx, waiting.id);
}

/** Converts the lead that waits for the client; a client without a lead converts nothing. */
export const convertLead = (db: Db | Tx, activated: { clientId: string; at: Date }): Promise<void> =>
  transact(db, async (tx) => {
    const { clientId, at } = activated;
    const lead = await leadOf(tx, activated);
    if (lead === null || lead.capturedAt === null) return;
    const { version, terms: weights } = await attributionInForce(tx);
    const converted = convert(
      { ...lead, capturedAt: lead.capturedAt },
      {
        clientId,
        at,
        touches: await touchesOf(tx, lead.id),
        weights,
        isSelfReferral: await isSamePerson(tx, clientId, lead.referrerClientId),
      },
      await clocksInForce(tx),
    );
    if (converted === null) return;
    const id = tx.newId();
    const { shares, ...conversion } = columnsOf(converted.conversion);
    const facts = { id, leadId: lead.id, clientId, attributionRuleVersion: version };
    await tx.insert(ConversionRow, { ...facts, ...conversion });
    const rows = shares.map((share) => ({ id: tx.newId(), conversionId: id, ...share }));
    await tx.insertMany(AttributionShareRow, rows);
    await keep(tx, lead, converted.step);
  });

/** Whether two clients are one person, by what merges have told. */
async function isSamePerson(tx: Tx, clientId: string, other: string | null): Promise<boolean> {
  if (other === null) return false;
  return (await survivorOf(tx, clientId)) === (await survivorOf(tx, other));
}

const MERGES_MAX = 20;

async function survivorOf(tx: Tx, clientId: string): Promise<string> {
  let id = clientId;
  for (let n = 0; n < MERGES_MAX; n += 1) {
    const merge = await tx.findOne(ClientMergeRow, { id });
    if (merge === null) return id;
    id = merge.survivorId;
  }
  return id;
}

/** The merged client lives on in the survivor; a lead that waits for the merged one now waits for the survivor. */
export const noteMerge = (
  db: Db | Tx,
  { mergedId, survivorId, at }: { mergedId: string; survivorId: string; at: Date },
): Promise<void> =>
  transact(db, async (tx) => {
    await tx.query(
      `insert into client_merge (id, survivor_id, merged_on) values ($1, $2, $3)
       on conflict (id) do update set survivor_id = excluded.survivor_id, merged_on = excluded.merged_on`,
      [mergedId, survivorId, dayOf(at)],
    );
    await passOn(tx, mergedId, 'MERGED', survivorId);
  });

/** The merged client is itself again. A lead that was not converted meanwhile waits for it again. */
export const noteUnmerge = (db: Db | Tx, mergedId: string): Promise<void> =>
  transact(db, async (tx) => {
    await tx.query('delete from client_merge where id = $1', [mergedId]);
    const opening = await tx.findOne(ClientOpeningRow, { id: mergedId, standing: 'MERGED' });
    const lead = opening === null ? null : await lockLead(tx, opening.leadId);
    if (opening === null || lead === null || lead.stage === 'CONVERTED') return;
    if (lead.clientId !== null) await stand(tx, lead.clientId, lead.id, 'LATER');
    await becomeOrigin(tx, lead, mergedId);
  });

/**
 * A client that was opened from a lead has ended before it was ever active: the lead waits for the next one opened from it,
 * or for the survivor of a merge. A client that was active has converted its lead, and that stays.
 */
async function passOn(
  tx: Tx,
  clientId: string,
  standing: 'MERGED' | 'ENDED',
  survivorId: string | null = null,
): Promise<void> {
  const opening = await tx.findOne(ClientOpeningRow, { id: clientId, standing: 'ORIGIN' });
  const lead = opening === null ? null : await lockLead(tx, opening.leadId);
  if (lead === null || lead.stage === 'CONVERTED' || lead.clientId !== clientId) return;
  await stand(tx, clientId, lead.id, standing);
  const later = await tx.find(ClientOpeningRow, {
    where: { leadId: lead.id, standing: 'LATER' },
    order: { openedAt: 'asc', id: 'asc' },
  });
  const heir = later.find(({ id }) => survivorId === null || id === survivorId);
  if (heir !== undefined) await becomeOrigin(tx, lead, heir.id);
  else {
    await tx.update(LeadRow, lead, { clientId: survivorId });
    if (survivorId !== null) await convertIfActive(tx, survivorId);
  }
}

/** The lead waits for this client from now on, and is converted at once if the client is active already. */
async function becomeOrigin(tx: Tx, lead: LeadRow, clientId: string): Promise<void> {
  await stand(tx, clientId, lead.id, 'ORIGIN');
  await tx.update(LeadRow, lead, { clientId });
  await convertIfActive(tx, clientId);
}

async function convertIfActive(tx: Tx, clientId: string): Promise<void> {
  const [active] = await tx.query<{ at: Date }>(
    'select activated_at as at from client_activation where id = $1',
    [clientId],
  );
  if (active !== undefined) await convertLead(tx, { clientId, at: active.at });
}

const stand = (tx: Tx, id: string, leadId: string, standing: Standing): Promise<unknown> =>
  tx.manager.update(ClientOpeningRow, { id, leadId }, { standing });

/** A client was closed; one that had never been active passes its place on. */
export async function noteClosing(tx: Tx, clientId: string): Promise<void> {
  const active = await tx.query('select from client_activation where id = $1', [clientId]);
  if (active.length === 0) await passOn(tx, clientId, 'ENDED');
}

/** Unlike a command, an event may name a lead that does not exist, which is no reason to set it aside. */
const lockLead = (tx: Tx, id: string): Promise<LeadRow | null> =>
  tx.manager.findOne(LeadRow, { where: { id }, lock: { mode: 'pessimistic_write' } });

async function touchesOf(tx: Tx, leadId: string): Promise<TouchFacts[]> {
  const touches = await tx.find(TouchRow, { where: { leadId }, order: { at: 'asc', id: 'asc' } });
  return touches.map(({ at, sourceChannel, campaignId }) => ({ at, channel: sourceChannel, campaignId }));
}

const columnsOf = ({ firstTouch, lastTouch, ...rest }: Conversion) => ({
  ...rest,
  firstTouchAt: firstTouch.at,
  firstTouchChannel: firstTouch.channel,
  firstTouchCampaignId: firstTouch.campaignId,
  lastTouchAt: lastTouch.at,
  lastTouchChannel: lastTouch.channel,
  lastTouchCampaignId: lastTouch.campaignId,
});
