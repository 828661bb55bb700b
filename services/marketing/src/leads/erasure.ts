import { LeadErased } from '@client-graph/events';
import { type Db, dayOf, plusMonths, type Tx, transact } from '@client-graph/kit';
import { clocksInForce } from '../rules/in-force.js';

const BATCH = 500;

/**
 * Erases leads that were not converted, so many years after their last contact (domain 3.1.7): who they were and what they said
 * goes for good; stage, source and instants stay, so that no figure of the past changes. Harmless to run twice.
 */
export async function eraseLeads(db: Db): Promise<void> {
  while ((await eraseBatch(db)) === BATCH);
}

const eraseBatch = (db: Db): Promise<number> =>
  transact(db, async (tx) => {
    const { retentionYears } = await clocksInForce(tx);
    const erased = await tx.query<{ id: string }>(
      `select id from lead
       where origin = 'LIVE' and stage <> 'CONVERTED' and erased_at is null
         and (last_at at time zone 'Asia/Shanghai')::date <= $1
       order by last_at limit ${BATCH} for update skip locked`,
      [plusMonths(dayOf(tx.now), -12 * retentionYears)],
    );
    await erase(
      tx,
      erased.map(({ id }) => id),
    );
    return erased.length;
  });

/** A client was erased: so is the lead that the client came from. */
export async function eraseLeadOf(tx: Tx, clientId: string): Promise<void> {
  const leads = await tx.query<{ id: string }>(
    'select id from lead where client_id = $1 and erased_at is null for update',
    [clientId],
  );
  await erase(
    tx,
    leads.map(({ id }) => id),
  );
}

async function erase(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query('delete from consent_entry where lead_id = any($1)', [ids]);
  await tx.query('delete from lead_task where lead_id = any($1)', [ids]);
  await tx.query('update touch set note = null, note_plain = null where lead_id = any($1)', [ids]);
  await tx.query(
    `update lead set person_name = null, mobile = null, email = null, uscc = null, mobile_hash = null, email_hash = null,
       uscc_hash = null, consent_channels = '{}', consent_text_version = null, consent_evidence = null, consent_at = null,
       sharing_text_version = null, sharing_evidence = null, sharing_at = null, qualified_at = null, qualified_evidence = null,
       person_name_plain = null, mobile_plain = null, email_plain = null, uscc_plain = null, consent_evidence_plain = null,
       sharing_evidence_plain = null, qualified_evidence_plain = null, erased_at = $2, version = version + 1
     where id = any($1)`,
    [ids, tx.now],
  );
  for (const id of ids) await tx.erase(id);
  await tx.record(...ids.map((leadId) => LeadErased({ leadId })));
}
