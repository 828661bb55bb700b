import { refuse, type Tx } from '@client-graph/kit';

/** In whose name jobs and events change something. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** The member of staff in whose name the transaction runs. */
export function staffOf(tx: Tx): string {
  if (tx.actor.id === null) throw refuse('UNAUTHENTICATED', { reason: 'NO_TOKEN' });
  return tx.actor.id;
}
