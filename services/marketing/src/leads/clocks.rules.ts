import { dayOf, plusDays } from '@client-graph/kit/time';
import type { ClockTerms } from '../rules/rules.rules.js';

/** The clocks in force, and whether the firm works on a day: by weekends, days off and make-up days. */
export type Clocks = Omit<ClockTerms, 'daysOff' | 'makeUpDays'> & { isWorkingDay: (day: string) => boolean };

/** The day by which somebody must have tried the first contact (domain 3.6.2, `[D]`: one working day after). */
export function firstContactDue(at: Date, { firstContactWorkingDays, isWorkingDay }: Clocks): string {
  let day = dayOf(at);
  for (let left = firstContactWorkingDays; left > 0; ) {
    day = plusDays(day, 1);
    if (isWorkingDay(day)) left -= 1;
  }
  return day;
}

/** Late: the first contact was made after its day, or its day is over and nobody was reached. */
export const isFirstContactLate = (
  lead: { stage: string; firstContactDueOn: string | null; firstContactAt: Date | null },
  now: Date,
): boolean => {
  if (lead.firstContactDueOn === null) return false;
  if (lead.firstContactAt !== null) return dayOf(lead.firstContactAt) > lead.firstContactDueOn;
  return lead.stage === 'NEW' && dayOf(now) > lead.firstContactDueOn;
};
