import type { DataOf, LeadConverted } from '@client-graph/events';
import { ClientCopyRow, type Tx } from '@client-graph/kit';
import { In } from 'typeorm';
import { EarnRuleRow, LedgerEntryRow } from '../entities.js';
import { fileOf, lockOwner, ownerOf } from '../membership/membership.js';
import { loadAccount } from '../points/ledger.js';
import { balanceIn, bookEarning } from '../points/points.js';
import { inForce } from '../points/points.rules.js';
import { type Activity, earnActivity, isActivityRule, referral, type YearSoFar } from './earning.rules.js';

/** What an event of somebody else earns; null for what earns nothing in any case. */
export async function earnForActivity(
  tx: Tx,
  event: { id: string; type: string },
  told: Activity | null,
): Promise<void> {
  if (told === null) return;
  const activity = { ...told, clientId: await ownerOf(tx, told.clientId) };
  const rules = await tx.find(EarnRuleRow, { where: { event: event.type } });
  const rule = inForce(rules.filter(isActivityRule), activity.day);
  // Fails closed: what a client is rewarded for is known of clients alone.
  const client = await tx.findOne(ClientCopyRow, { id: activity.clientId });
  if (rule === undefined || client === null) return;

  const membership = await lockOwner(tx, client.id, activity.day);
  const { occasion } = activity;
  // What was rewarded to a duplicate was rewarded to the client.
  const file = await fileOf(tx, client.id);
  const before = await tx.findOne(LedgerEntryRow, { clientId: In(file), rule: rule.code, occasion });
  if (before !== null) return;
  const held = {
    membership,
    clientStatus: client.status,
    soFar: await yearSoFar(tx, file, rule.code, activity.day),
    balance: await balanceIn(tx, client.id),
  };
  const ids = { lotId: tx.newId(), entryId: tx.newId(), sourceEventId: event.id };
  const earning = earnActivity(activity, held, rule, ids);
  if (earning === null) return;
  await bookEarning(tx, membership, earning);
  // Points without pending days can be spent at once.
  await loadAccount(tx, membership);
}

async function yearSoFar(tx: Tx, file: string[], rule: string, day: string): Promise<YearSoFar> {
  const [soFar] = await tx.query<YearSoFar>(
    `select count(*)::int as times, coalesce(sum(pending), 0)::float8 as points from ledger_entry
     where client_id = any($1) and rule = $2 and type = 'EARN' and business_date between $3 and $4`,
    [file, rule, `${day.slice(0, 4)}-01-01`, `${day.slice(0, 4)}-12-31`],
  );
  return soFar ?? { times: 0, points: 0 };
}

/** Remembers whether a lead may be contacted, which its conversion does not say. */
export async function keepLeadConsent(tx: Tx, lead: { leadId: string; consentOk: boolean }): Promise<void> {
  await tx.query(
    'insert into lead_consent values ($1, $2) on conflict (lead_id) do update set consent_ok = excluded.consent_ok',
    [lead.leadId, lead.consentOk],
  );
}

/** What is known of a referral beside the event. */
export async function referralOf(
  tx: Tx,
  conversion: DataOf<typeof LeadConverted>,
  day: string,
): Promise<Activity | null> {
  const [lead] = await tx.query<{ consentOk: boolean }>(
    'select consent_ok as "consentOk" from lead_consent where lead_id = $1',
    [conversion.leadId],
  );
  const staff = await tx.query('select from client_copy where adviser_id = $1 limit 1', [
    conversion.referrerClientId,
  ]);
  const known = { consentOk: lead?.consentOk ?? false, referrerIsStaff: staff.length > 0, day };
  return referral(conversion, known);
}
