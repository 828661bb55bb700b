import { endOfMonth, plusDays } from '@client-graph/kit/time';
import type { TermsOf } from '../table-versions/terms.rules.js';

export type StatementKind = TermsOf<'STATEMENT_SCHEDULE'>['statement'];
/** Units and amounts are exact decimals as text. */
export type StatedHolding = { productId: string; rating: string; units: string };
export type StatedFee = { amount: string; currency: string };
export type Period = { kind: StatementKind; from: string; to: string };

const MONTHS = { MONTHLY: 1, QUARTERLY: 3, YEARLY: 12 } as const satisfies Record<StatementKind, number>;

/** The last period that has ended before the day, if its statement is to be sent by now; a day that was missed is made up for within the month. */
export function dueOn(schedule: TermsOf<'STATEMENT_SCHEDULE'>, day: string): Period | null {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const months = MONTHS[schedule.statement];
  // The month in which the period that follows the one to be told begins.
  if ((month - 1) % months !== 0 || date < schedule.sendOnDay) return null;
  const to = plusDays(`${year}-${String(month).padStart(2, '0')}-01`, -1);
  const from = plusDays(endOfMonth(to, -months), 1);
  return { kind: schedule.statement, from, to };
}

/** The period in the words of a message. */
export const periodText = (label: string, { from, to }: Period): string => `${label} ${from} – ${to}`;
