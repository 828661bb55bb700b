import { type Db, dayOf, plusDays, transact } from '@client-graph/kit';
import { loadProgramme } from '../membership/membership.js';
import { takeRedemptionStep } from './redemptions.js';

const BATCH = 200;
const TIMED_OUT = 'TIMED_OUT';

/**
 * Calls off rewards that nobody has fetched in time: points and units go back. Credits against fees wait for products, which
 * gives them up itself; rewards of a restricted client wait until they are no more.
 */
export async function callOffWaiting(db: Db): Promise<void> {
  const today = dayOf(db.now());
  const { reservationDays } = await transact(db, (tx) => loadProgramme(tx, today));
  for (let found = BATCH; found === BATCH; ) {
    const due: { id: string }[] = await db.source.query(
      `select id from redemption where state = 'RESERVED' and kind <> 'FEE_CREDIT' and requested_on < $1
         and not exists (select from client_copy c where c.client_id = redemption.client_id and c.status = 'RESTRICTED')
       order by requested_on, id limit ${BATCH}`,
      [plusDays(today, -reservationDays)],
    );
    for (const { id } of due) await callOff(db, id);
    found = due.length;
  }
}

/** One transaction each: one that cannot be called off holds up no other. Whoever fetches it at the same moment is first or second. */
const callOff = (db: Db, redemptionId: string): Promise<void> =>
  transact(db, async (tx) => {
    const [waiting] = await tx.query(
      `select from redemption where id = $1 and state = 'RESERVED' for update`,
      [redemptionId],
    );
    if (waiting !== undefined) await takeRedemptionStep(tx, 'CANCEL', { redemptionId, reason: TIMED_OUT });
  });
