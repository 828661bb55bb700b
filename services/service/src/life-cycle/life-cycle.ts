import type { Tx } from '@client-graph/kit';
import { forgetCareDates } from '../care/care.js';
import { giveUpSeats } from '../events/events.js';
import { endPlans } from '../plans/plans.js';

/** Nothing more is done for a client who has died or left: items end, plans end, seats are given to others. */
export async function endService(tx: Tx, clientId: string, reason: string): Promise<void> {
  await tx.query(
    `update work_item set state = 'DONE', done_at = $2, version = version + 1 where client_id = $1 and state = 'OPEN'`,
    [clientId, tx.now],
  );
  await endPlans(tx, clientId, reason);
  await giveUpSeats(tx, clientId);
  await forgetCareDates(tx, clientId);
}

/** Tables of which nothing is kept once a file is erased. */
const DELETED = [
  'contact_point',
  'care_date',
  'consent_copy',
  'bereavement',
  'client_fact',
  'cooling_off',
  'points_copy',
  'holding_copy',
  'fee_copy',
  'work_item',
  'statement',
] as const;

/**
 * Erases a client's file after every retention has run out (policy 3.5; domain 3.1.2): what was sealed for the client goes with the
 * key, which the kit destroys; what was sealed for the client's complaints goes with theirs. The bare facts of a case stay for the figures.
 */
export async function eraseClient(tx: Tx, clientId: string): Promise<void> {
  await endService(tx, clientId, 'ERASED');
  const complaints = await tx.query<{ id: string }>('select id from complaint where client_id = $1', [
    clientId,
  ]);
  for (const { id } of complaints) await tx.erase(id);
  await tx.query(`update communication set variables = '{}' where client_id = $1`, [clientId]);
  for (const table of DELETED) await tx.query(`delete from ${table} where client_id = $1`, [clientId]);
}
