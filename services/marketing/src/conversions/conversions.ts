import { type Db, type Tx, transact } from '@client-graph/kit';
import { ClientOpeningRow, ConversionRow, LeadRow, TouchRow } from '../entities.js';
import { keep, noteTouch } from '../leads/leads.js';
import { clocksInForce } from '../rules/rules.js';
import { type Conversion, convert, open, type TouchFacts } from './conversions.rules.js';

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
  });

/** Converts the lead that the client was opened from, if it was the first; a client without a lead converts nothing. */
export const convertLead = (db: Db | Tx, activated: { clientId: string; at: Date }): Promise<void> =>
  transact(db, async (tx) => {
    const { clientId, at } = activated;
    const opening = await tx.findOne(ClientOpeningRow, { id: clientId, standing: 'ORIGIN' });
    const lead = opening === null ? null : await lockLead(tx, opening.leadId);
    if (lead === null || lead.capturedAt === null) return;
    const converted = convert(
      { ...lead, capturedAt: lead.capturedAt },
      clientId,
      await touchesOf(tx, lead.id),
      at,
      await clocksInForce(tx),
    );
    if (converted === null) return;
    await tx.insert(ConversionRow, {
      id: tx.newId(),
      leadId: lead.id,
      clientId,
      ...columnsOf(converted.conversion),
    });
    await keep(tx, lead, converted.step);
  });

/** Unlike a command, an event may name a lead that does not exist, which is no reason to set it aside. */
const lockLead = (tx: Tx, id: string): Promise<LeadRow | null> =>
  tx.manager.findOne(LeadRow, { where: { id }, lock: { mode: 'pessimistic_write' } });

async function touchesOf(tx: Tx, leadId: string): Promise<TouchFacts[]> {
  const touches = await tx.find(TouchRow, { where: { leadId }, order: { at: 'asc', id: 'asc' } });
  return touches.map(({ at, sourceChannel, campaignId }) => ({ at, channel: sourceChannel, campaignId }));
}

const columnsOf = ({
  at,
  firstTouch,
  lastTouch,
  daysToConvert,
  campaignId,
  referrerClientId,
}: Conversion) => ({
  at,
  firstTouchAt: firstTouch.at,
  firstTouchChannel: firstTouch.channel,
  firstTouchCampaignId: firstTouch.campaignId,
  lastTouchAt: lastTouch.at,
  lastTouchChannel: lastTouch.channel,
  lastTouchCampaignId: lastTouch.campaignId,
  daysToConvert,
  campaignId,
  referrerClientId,
});
