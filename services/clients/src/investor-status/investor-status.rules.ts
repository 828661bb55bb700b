import { defineRefusals } from '@client-graph/kit/refusals';
import { plusMonths } from '@client-graph/kit/time';
import { type Client, mustBeEditable, mustNotAdvise } from '../clients.rules.js';

export type InvestorCode = 'ORDINARY' | 'PROFESSIONAL_A' | 'PROFESSIONAL_B' | 'PROFESSIONAL_C';
export type Investor = { status: InvestorCode; validFrom: string; validTo: string };

export const refuseInvestor = defineRefusals({
  NOT_THIS_INVESTOR: 'Only licensed financial institutions are professional investors of class A.',
  VALIDITY_IMPOSSIBLE:
    'A status runs from today to a day to come within 24 months; the details give the last one.',
});

/** The longest time before the evidence is looked at again. */
const MONTHS_MAX = 24;

/** Whether a client may be given a status, by somebody other than the adviser. */
export function classifyInvestor(
  client: Client,
  ask: { status: InvestorCode; validTo: string },
  staffId: string,
  today: string,
): void {
  mustNotAdvise(client, staffId);
  mustBeEditable(client);
  if (ask.status === 'PROFESSIONAL_A' && client.class !== 'FINANCIAL_INSTITUTION')
    throw refuseInvestor('NOT_THIS_INVESTOR');
  const last = plusMonths(today, MONTHS_MAX);
  if (ask.validTo <= today || ask.validTo > last) throw refuseInvestor('VALIDITY_IMPOSSIBLE', { last });
}

/** The status that counts on a day: the latest given, while it lasts; null is ordinary. */
export function investorOn<Kept extends Investor>(history: readonly Kept[], today: string): Kept | null {
  const latest = history.at(-1) ?? null;
  return latest !== null && today <= latest.validTo ? latest : null;
}
