import { type Db, dayOf, findForUpdate, type Tx, transact } from '@client-graph/kit';
import { MembershipRow, TierRuleRow } from '../entities.js';
import { qualifyingDays } from '../points/points.js';
import { qualifyingAfter, review, tiersInForce } from './membership.rules.js';

const BATCH_MEMBERS = 200;

/** Reviews every tier whose anniversary has come, of restricted clients once they are no more; a run that dies goes on where it stopped. */
export async function reviewTiers(db: Db): Promise<void> {
  const today = dayOf(db.now());
  let found: number;
  do {
    found = await transact(db, async (tx) => {
      const due = await tx.query<{ id: string }>(
        `select client_id as id from membership where tier_to <= $1 and status = 'ACTIVE'
           and not exists (select from client_copy c where c.client_id = membership.client_id and c.status = 'RESTRICTED')
         order by client_id limit ${BATCH_MEMBERS} for update`,
        [today],
      );
      const rows = await tx.find(TierRuleRow, {});
      for (const { id } of due) await reviewMember(tx, id, today, rows);
      return due.length;
    });
  } while (found > 0);
}

/** Each anniversary that was missed is reviewed by itself, as on its day. */
async function reviewMember(tx: Tx, id: string, today: string, rows: TierRuleRow[]): Promise<void> {
  let membership = await findForUpdate(tx, MembershipRow, id);
  for (;;) {
    if (membership.tierTo === null) return;
    const days = await qualifyingDays(tx, id, qualifyingAfter(membership.tierTo));
    const outcome = review(membership, today, days, (day) => tiersInForce(rows, day));
    if (outcome === null) return;
    membership = await tx.update(MembershipRow, membership, outcome.changes);
    await tx.record(...outcome.events);
  }
}
