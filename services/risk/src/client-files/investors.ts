import type { ClientInvestorChanged, DataOf } from '@client-graph/events';
import { dayOf, type Tx } from '@client-graph/kit';
import type { Investor } from '../assessments/assessments.rules.js';
import { InvestorCopyRow } from '../entities.js';
import { rulesInForce } from '../questionnaires/questionnaires.js';
import { investorOn, isExempt } from './investors.rules.js';

export async function keepInvestor(
  tx: Tx,
  { clientId, investor, validTo }: DataOf<typeof ClientInvestorChanged>,
): Promise<void> {
  await tx.query(
    `insert into investor_copy (client_id, investor, valid_to) values ($1, $2, $3)
     on conflict (client_id) do update set investor = excluded.investor, valid_to = excluded.valid_to`,
    [clientId, investor, validTo],
  );
}

/** What kind of investor the client is today. */
export const investorOf = async (tx: Tx, clientId: string): Promise<Investor> =>
  investorOn(await tx.findOne(InvestorCopyRow, { id: clientId }), dayOf(tx.now));

/** Whether the client need not be assessed today (domain.md 3.2.3). */
export const isExemptToday = async (tx: Tx, clientId: string): Promise<boolean> =>
  isExempt(await investorOf(tx, clientId), await rulesInForce(tx, dayOf(tx.now)));
