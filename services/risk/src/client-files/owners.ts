import type { Tx } from '@client-graph/kit';

/** A client's id and those of its duplicates: what others still say of a duplicate is said of the client that lives on. */
const FILE = `with recursive file(id) as (
  select $1::uuid union select merged_id from client_merge join file on survivor_id = file.id
)`;

/** The clients that live on, by the ids they are told of; a client without a merge is its own. */
export async function ownersOf(tx: Tx, clientIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.query<{ id: string; owner: string }>(
    `with recursive step(id, owner) as (
       select id, id from unnest($1::uuid[]) as told(id)
       union all
       select step.id, survivor_id from step join client_merge on merged_id = step.owner
     )
     select id, owner from step where not exists (select from client_merge where merged_id = step.owner)`,
    [clientIds],
  );
  return new Map(rows.map(({ id, owner }) => [id, owner]));
}

export const ownerOf = async (tx: Tx, clientId: string): Promise<string> =>
  (await ownersOf(tx, [clientId])).get(clientId) ?? clientId;

export type HoldingCopy = { productId: string; rating: string };

/** What the client holds, under its own id and those of its duplicates. */
export const heldBy = (tx: Tx, clientId: string): Promise<HoldingCopy[]> =>
  tx.query<HoldingCopy>(
    `${FILE} select distinct product_id as "productId", rating from holding_copy
     where client_id in (select id from file) order by product_id, rating`,
    [clientId],
  );
