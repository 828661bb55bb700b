import { type Db, type Tx, transact } from '@client-graph/kit';
import { contactHash } from '../identity.js';
import { namePartsOf } from './search.rules.js';

/** Makes a client findable by its name and contact as they now are. */
export async function indexClient(
  tx: Tx,
  client: { id: string; adviserId: string },
  { name, contact }: { name: string; contact: string },
  hashKey: string,
): Promise<void> {
  await tx.query('delete from client_name_part where client_id = $1', [client.id]);
  await tx.query(
    'insert into client_name_part (client_id, adviser_id, part) select $1, $2, unnest($3::text[])',
    [client.id, client.adviserId, namePartsOf(name)],
  );
  await tx.query(
    `insert into client_contact_hash (client_id, hash) values ($1, $2)
     on conflict (client_id) do update set hash = excluded.hash`,
    [client.id, contactHash(hashKey, contact)],
  );
}

/** An adviser's search walks their own clients only, so the index knows whose each is. */
export async function moveIndex(tx: Tx, clientId: string, adviserId: string): Promise<void> {
  await tx.query('update client_name_part set adviser_id = $2 where client_id = $1', [clientId, adviserId]);
}

const BATCH = 500;

/** Makes findable who was a client before there was a search; harmless to run again. */
export async function indexMissing(db: Db, hashKey: string): Promise<void> {
  let found: number;
  do {
    found = await transact(db, async (tx) => {
      const rows = await tx.query<{ id: string; adviserId: string; name: string; contact: string }>(
        `select c.id, c.adviser_id as "adviserId", coalesce(p.name, i.legal_name) as name, coalesce(p.mobile, i.phone) as contact
         from client c
         left join individual_profile p on p.client_id = c.id
         left join institution_profile i on i.client_id = c.id
         where not exists (select from client_contact_hash h where h.client_id = c.id) and coalesce(p.name, i.legal_name) is not null
         order by c.id limit ${BATCH}`,
      );
      for (const { id, adviserId, ...by } of rows) await indexClient(tx, { id, adviserId }, by, hashKey);
      return rows.length;
    });
  } while (found === BATCH);
}
