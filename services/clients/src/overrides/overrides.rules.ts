import { defineRefusals } from '@client-graph/kit/refusals';
import { plusMonths } from '@client-graph/kit/time';
import { type Client, mustBeEditable } from '../clients.rules.js';
import { GRADES, type Grade, INSTITUTION_GRADES } from '../grading-tables.rules.js';

export type OverrideStatus = 'PROPOSED' | 'APPROVED' | 'REJECTED' | 'WITHDRAWN' | 'EXPIRED' | 'ENDED';
export type GradeOverride = {
  id: string;
  grade: Grade;
  until: string;
  status: OverrideStatus;
  makerId: string;
};

export const refuseOverride = defineRefusals({
  WRONG_GRADE: 'The grade is not one of this kind of client, or is the one it has.',
  UNTIL_IMPOSSIBLE: 'An override ends on a day to come, within twelve months; the details give the last one.',
});

/** The longest time that a grade may stand against the rules (`domain.md` 3.1.4). */
const MONTHS_MAX = 12;

/** Whether an override may be proposed. */
export function propose(client: Client, ask: { grade: Grade; until: string }, today: string): void {
  mustBeEditable(client);
  const grades: readonly Grade[] = client.kind === 'INSTITUTION' ? INSTITUTION_GRADES : GRADES;
  if (!grades.includes(ask.grade) || ask.grade === client.grade)
    throw refuseOverride('WRONG_GRADE', { grades: grades.filter((grade) => grade !== client.grade) });
  const last = plusMonths(today, MONTHS_MAX);
  if (ask.until <= today || ask.until > last) throw refuseOverride('UNTIL_IMPOSSIBLE', { last });
}

/** An override is approved while there is still a day on which it counts. */
export function mustStillCome({ until }: GradeOverride, today: string): void {
  if (until <= today) throw refuseOverride('UNTIL_IMPOSSIBLE', { last: until });
}

/** An approved override that has not ended. */
export const inForce = <Kept extends GradeOverride>(override: Kept | null, today: string): Kept | null =>
  override?.status === 'APPROVED' && today <= override.until ? override : null;
