import { createHmac } from 'node:crypto';
import { type Db, type Tx, transact } from '@client-graph/kit';
import { In, IsNull } from 'typeorm';
import { ContactDetailRow } from '../contact-details/contact-details.entities.js';
import { firstDetails, onFileOf } from '../contact-details/on-file.js';
import { InstitutionProfileRow } from '../institutions/institutions.entities.js';
import { IndividualProfileRow } from '../profiles.entities.js';
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

/** Makes findable who was a client before there was a search, and by what is sealed since; harmless to run again. */
export async function indexMissing(db: Db, hashKey: string): Promise<void> {
  for (const batch of [hashUsccs, (tx: Tx) => indexBatch(tx, hashKey)]) {
    let found: number;
    do found = await transact(db, batch);
    while (found === BATCH);
  }
}

async function hashUsccs(tx: Tx): Promise<number> {
  const found = await tx.find(InstitutionProfileRow, { where: { usccHash: IsNull() }, take: BATCH });
  for (const profile of found)
    await tx.update(InstitutionProfileRow, profile, { usccHash: tx.hash('uscc', profile.uscc) });
  return found.length;
}

/** Clients without contact details, or whose name is indexed as before traditional and simplified characters were one. */
async function indexBatch(tx: Tx, hashKey: string): Promise<number> {
  const rows = await tx.query<{ id: string; has_details: boolean }>(
    `select c.id, exists (select from contact_detail d where d.client_id = c.id) as has_details
     from client c where c.name_indexed_as is null order by c.id limit ${BATCH} for update`,
  );
  const ids = rows.map(({ id }) => id);
  const where = { id: In(ids) };
  const files = [
    ...(await tx.find(IndividualProfileRow, { where })).map((file) => ({ ...file, as: file.name })),
    ...(await tx.find(InstitutionProfileRow, { where })).map((file) => ({ ...file, as: file.legalName })),
  ];
  const tokens = files.flatMap(({ id, as }) =>
    nameTokens(as).map((token) => [tokenHash(hashKey, token), id]),
  );
  await tx.query('delete from client_name_token where client_id = any($1)', [ids]);
  await tx.query(
    `insert into client_name_token (token, client_id) select unnest($1::bigint[]), unnest($2::uuid[])
     on conflict do nothing`,
    [tokens.map(([token]) => token), tokens.map(([, id]) => id)],
  );
  const bare = files.filter(({ id }) => rows.some((row) => row.id === id && !row.has_details));
  await tx.insertMany(
    ContactDetailRow,
    bare.flatMap((file) => firstDetails(tx, file.id, onFileOf(file), hashKey)),
  );
  await tx.query(`update client set name_indexed_as = 'SIMPLIFIED' where id = any($1)`, [ids]);
  return rows.length;
}
