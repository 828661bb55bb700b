import { defineRefusals } from '@client-graph/kit/refusals';
import { plusMonths } from '@client-graph/kit/time';
import { type Client, transition } from '../clients.rules.js';

export const refuseErasure = defineRefusals({
  RETENTION_RUNS: 'The law says to keep this file; the details give the last day of it.',
});

/** The longest of the times for which the law makes the firm keep a client's file after its end (`domain.md` 3.1.7). */
const RETENTION_YEARS = 20;
export const retainedUntil = (closedOn: string): string => plusMonths(closedOn, 12 * RETENTION_YEARS);

/** Whether a file may be erased: it is closed, and the last day on which it must be kept has passed. */
export function erase(client: Pick<Client, 'status'>, keptUntil: string, today: string): void {
  transition(client.status, 'ERASE');
  if (today <= keptUntil) throw refuseErasure('RETENTION_RUNS', { until: keptUntil });
}
