import type { Tx } from '@client-graph/kit';
import { fileOf } from '../archive/file.js';
import type { TieKind, Ties } from './life-cycle.rules.js';

/** An order, holding or complaint binds the client from now on. */
export async function tie(tx: Tx, clientId: string, kind: TieKind, refId: string): Promise<void> {
  await tx.query(
    'insert into client_tie (client_id, kind, ref_id, since) values ($1, $2, $3, $4) on conflict do nothing',
    [clientId, kind, refId, tx.now],
  );
}

/** It no longer does. */
export async function untie(tx: Tx, clientId: string, kind: TieKind, refId: string): Promise<void> {
  await tx.query('delete from client_tie where client_id = $1 and kind = $2 and ref_id = $3', [
    clientId,
    kind,
    refId,
  ]);
}

/** What binds the client now, counted; what binds its duplicates binds it. */
export async function tiesOf(tx: Tx, clientId: string): Promise<Ties> {
  const found = await tx.query<{ kind: TieKind; n: number }>(
    'select kind, count(*)::int as n from client_tie where client_id = any($1) group by 1',
    [await fileOf(tx, clientId)],
  );
  const count = (kind: TieKind) => found.find((row) => row.kind === kind)?.n ?? 0;
  return { ORDER: count('ORDER'), HOLDING: count('HOLDING'), COMPLAINT: count('COMPLAINT') };
}
