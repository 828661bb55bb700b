import type { Tx } from '@client-graph/kit';
import type { WorkItemKind } from './days.rules.js';

type Told = { clientId: string; kind: WorkItemKind; reference: string; dueOn: string };

/** Opens what another service has told to be due; told again, the later day counts, and what was done stays done. */
export const openItem = (tx: Tx, { clientId, kind, reference, dueOn }: Told) =>
  tx.query(
    `insert into work_item (id, version, client_id, kind, reference, due_on, state) values ($1, 1, $2, $3, $4, $5, 'OPEN')
     on conflict (client_id, kind, reference) do update set due_on = excluded.due_on, version = work_item.version + 1`,
    [tx.newId(), clientId, kind, reference, dueOn],
  );

/** Ends what another service has told to be done. `reference` null ends all of the kind. */
export const endItems = (tx: Tx, clientId: string, kind: WorkItemKind, reference: string | null) =>
  tx.query(
    `update work_item set state = 'DONE', done_at = $4, version = version + 1
     where client_id = $1 and kind = $2 and ($3::text is null or reference = $3) and state = 'OPEN'`,
    [clientId, kind, reference, tx.now],
  );

/** Ends the one item that was opened for this. */
export const endItem = (tx: Tx, kind: WorkItemKind, reference: string) =>
  tx.query(
    `update work_item set state = 'DONE', done_at = $3, version = version + 1
     where kind = $1 and reference = $2 and state = 'OPEN'`,
    [kind, reference, tx.now],
  );
