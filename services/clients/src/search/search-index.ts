import { createHmac } from 'node:crypto';
import { type Db, type Tx, transact } from '@client-graph/kit';
import { keepOnFile } from '../contact-details/on-file.js';
import { nameTokens } from './search.rules.js';

/** What a token of a name is kept as. Keyed, because there are few enough names to try them all against a plain hash. */
export const tokenHash = (key: string, token: string): string =>
  createHmac('sha256', key).update(`name:${token}`).digest().readBigInt64BE(0).toString();

/** Makes a client findable by its name as it now is. */
export async function indexName(tx: Tx, clientId: string, name: string, hashKey: string): Promise<void> {
  await tx.query('delete from client_name_token where client_id = $1', [clientId]);
  await tx.query(
    'insert into client_name_token (token, client_id) select unnest($2::bigint[]), $1 on conflict do nothing',
    [clientId, nameTokens(name).map((token) => tokenHash(hashKey, token))],
  );
}

const BATCH = 500;
type Missing = { id: string; name: string; mobile: string | null; phone: string | null } & {
  email: string | null;
  address: string;
};

/** Makes findable who was a client before there was a search; harmless to run again. */
export async function indexMissing(db: Db, hashKey: string): Promise<void> {
  let found: number;
  do {
    found = await transact(db, async (tx) => {
      const rows = await tx.query<Missing>(
        `select c.id, coalesce(p.name, i.legal_name) as name, p.mobile, i.phone, coalesce(p.email, i.email) as email,
           coalesce(p.address, i.address) as address
         from client c
         left join individual_profile p on p.client_id = c.id
         left join institution_profile i on i.client_id = c.id
         where not exists (select from contact_detail o where o.client_id = c.id) and coalesce(p.name, i.legal_name) is not null
         order by c.id limit ${BATCH}`,
      );
      for (const { id, name, mobile, phone, email, address } of rows) {
        await indexName(tx, id, name, hashKey);
        const ways = {
          ...(mobile === null ? { PHONE: phone } : { MOBILE: mobile }),
          EMAIL: email,
          POST: address,
        };
        await keepOnFile(tx, id, ways, hashKey);
      }
      return rows.length;
    });
  } while (found === BATCH);
}
