import { type Db, dayOf, type Tx, transact } from '@client-graph/kit';
import { In } from 'typeorm';
import { ClientRow } from './clients.entities.js';

const BATCH = 200;

/** The columns that name the day on which time alone changes something about a client; each has an index of its own. */
const DUE = {
  ageBandDueOn: 'age_band_due_on',
  gradingDueOn: 'grading_due_on',
  dormantDueOn: 'dormant_due_on',
  restrictionEndsOn: 'restriction_ends_on',
} as const;

/**
 * Does `work` for every client whose day has come, one transaction per batch. `work` moves the day on, so a run that dies
 * goes on where it stopped and a second run finds nothing.
 */
export async function forEachDue(
  db: Db,
  due: keyof typeof DUE,
  work: (tx: Tx, client: ClientRow) => Promise<unknown>,
): Promise<void> {
  const column = DUE[due];
  let found: number;
  do {
    found = await transact(db, async (tx) => {
      const ids = await tx.query<{ id: string }>(
        `select id from client where ${column} <= $1 order by ${column}, id limit ${BATCH} for update`,
        [dayOf(tx.now)],
      );
      for (const client of await tx.find(ClientRow, { where: { id: In(ids.map(({ id }) => id)) } }))
        await work(tx, client);
      return ids.length;
    });
  } while (found === BATCH);
}
