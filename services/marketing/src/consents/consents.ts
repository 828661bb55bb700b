import { type Db, type Tx, transact } from '@client-graph/kit';
import { ConsentEntryRow, LeadRow } from '../entities.js';
import type { RecordLeadConsentInput, WithdrawLeadConsentInput } from '../generated/resolvers.js';
import { factsOf } from '../leads/leads.rules.js';
import { ownForUpdate } from '../leads/own.js';
import { scored } from '../rules/in-force.js';
import { type ConsentFacts, type Entry, grant, withdraw } from './consents.rules.js';

export const recordLeadConsent = (db: Db, input: RecordLeadConsentInput): Promise<LeadRow> =>
  transact(db, async (tx) => addConsent(tx, await ownForUpdate(tx, input), input.consent));

/** Notes a person's yes on a lead that the caller has locked. */
export async function addConsent(tx: Tx, lead: LeadRow, consent: ConsentFacts): Promise<LeadRow> {
  const { channels, entries, events } = grant(lead, consent, tx.now);
  await addEntries(tx, lead.id, entries);
  await tx.record(...events);
  const changes = {
    consentChannels: channels,
    consentTextVersion: consent.textVersion,
    consentEvidence: consent.evidence.trim(),
    consentAt: consent.at,
  };
  return tx.update(LeadRow, lead, {
    ...changes,
    ...(await scored(tx, factsOf({ ...lead, ...changes }))),
  });
}

export const withdrawLeadConsent = (db: Db, input: WithdrawLeadConsentInput): Promise<LeadRow> =>
  transact(db, async (tx) => {
    const lead = await ownForUpdate(tx, input);
    const ask = { channels: input.channels ?? [], evidence: input.evidence, at: input.at ?? tx.now };
    const { channels, entries, events } = withdraw(lead, ask, tx.now);
    await addEntries(tx, lead.id, entries);
    await tx.record(...events);
    const changes = { consentChannels: channels };
    return tx.update(LeadRow, lead, {
      ...changes,
      ...(await scored(tx, factsOf({ ...lead, ...changes }))),
    });
  });

export const addEntries = (tx: Tx, leadId: string, entries: readonly Entry[]): Promise<unknown> =>
  tx.insertMany(
    ConsentEntryRow,
    entries.map((entry) => ({
      id: tx.newId(),
      leadId,
      ...entry,
      recordedAt: tx.now,
      by: tx.actor.id,
    })),
  );
