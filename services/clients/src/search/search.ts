import {
  type Connection,
  type Context,
  type Db,
  type PageArgs,
  pageOf,
  ROLES,
  reachesAll,
  refuse,
  seesRestricted,
} from '@client-graph/kit';
import { ClientRow } from '../clients.entities.js';
import type { ClientSearchInput } from '../generated/resolvers.js';
import { contactHash, numberHash } from '../identity.js';
import { usccOf } from '../institutions/institutions.rules.js';
import { formOf, mobileOf } from '../profiles.rules.js';
import { boundsOf, wayOf } from './search.rules.js';

/** The clients the caller may see that are found by one thing: a name by its beginning, anything else exactly. */
export async function searchClients(
  ctx: Context,
  by: ClientSearchInput,
  args: PageArgs,
  hashKey: string,
): Promise<Connection<ClientRow>> {
  const { db } = ctx;
  const way = wayOf(by);
  switch (way) {
    case 'name':
      return byName(ctx, boundsOf(by.name ?? ''), args);
    case 'mobile':
      return found(
        ctx,
        await idsOf(db, 'select client_id as id from client_contact_hash where hash = $1', [
          contactHash(hashKey, mobileOf(by.mobile ?? '')),
        ]),
        args,
      );
    case 'identity': {
      if (!by.identity) throw refuse('BAD_INPUT', { field: 'identity' });
      const { idType, idNumber } = by.identity;
      const hash = numberHash(hashKey, idType, formOf(idType, idNumber));
      return found(
        ctx,
        await idsOf(db, 'select client_id as id from id_document where type = $1 and number_hash = $2', [
          idType,
          hash,
        ]),
        args,
      );
    }
    case 'uscc':
      return found(
        ctx,
        await idsOf(db, 'select client_id as id from institution_profile where uscc = $1', [
          usccOf(by.uscc ?? ''),
        ]),
        args,
      );
    default:
      return way satisfies never;
  }
}

const idsOf = async (db: Db, sql: string, values: unknown[]): Promise<string[]> => {
  const rows: { id: string }[] = await db.source.query(`${sql} order by 1 desc limit 1000`, values);
  return rows.map(({ id }) => id);
};

/** The conditions under which a row of these names is the caller's to see, and the values they take. */
function reachSql(db: Db, values: unknown[], adviser: 'n' | 'c'): string {
  const { actor } = db;
  const hidden = seesRestricted(actor) ? '' : ` and c.status <> 'RESTRICTED'`;
  if (reachesAll(actor)) return hidden;
  const isAdviser = actor.roles.some((role) => ROLES[role].reach === 'ASSIGNED');
  return isAdviser
    ? ` and ${adviser}.adviser_id = $${values.push(actor.id)}${hidden}`
    : ` and c.id = $${values.push(actor.clientId)}${hidden}`;
}

type Part = { id: string; client_id: string };

/** Walks the index of name parts from where the last page ended. A client whose name has the beginning twice comes once. */
async function byName(
  ctx: Context,
  { from, below }: { from: string; below: string },
  args: PageArgs,
): Promise<Connection<ClientRow>> {
  const { db } = ctx;
  const { first, afterId } = pageOf(args);
  const values: unknown[] = [from, below, first + 1];
  const reach = reachSql(db, values, 'n');
  const beyond =
    afterId === null
      ? ''
      : ` and (n.part, n.id) > ($${values.push(await partOf(db, afterId))}, $${values.push(afterId)}::uuid)`;
  const parts: Part[] = await db.source.query(
    `select n.id, n.client_id from client_name_part n join client c on c.id = n.client_id
     where n.part >= $1 and n.part < $2${reach}${beyond}
       and not exists (
         select from client_name_part o
         where o.client_id = n.client_id and o.part >= $1 and o.part < $2 and (o.part, o.id) < (n.part, n.id)
       )
     order by n.part, n.id limit $3`,
    values,
  );
  const edges = await Promise.all(
    parts.slice(0, first).map(async ({ id, client_id }) => {
      const node = await ctx.load(ClientRow, client_id);
      return node === null ? [] : [{ cursor: Buffer.from(id).toString('base64url'), node }];
    }),
  );
  return connection(edges.flat(), parts.length > first);
}

/** Where the page before has ended; a name that has changed meanwhile ends the walk. */
async function partOf(db: Db, id: string): Promise<string> {
  const [row]: { part: string }[] = await db.source.query('select part from client_name_part where id = $1', [
    id,
  ]);
  if (row === undefined) throw refuse('BAD_CURSOR');
  return row.part;
}

/** Exact search finds few: one page, newest first. */
async function found(ctx: Context, ids: readonly string[], args: PageArgs): Promise<Connection<ClientRow>> {
  const { first, afterId } = pageOf(args);
  const values: unknown[] = [ids.filter((id) => afterId === null || id < afterId), first + 1];
  const visible: { id: string }[] = await ctx.db.source.query(
    `select c.id from client c where c.id = any($1)${reachSql(ctx.db, values, 'c')} order by c.id desc limit $2`,
    values,
  );
  const edges = await Promise.all(
    visible.slice(0, first).map(async ({ id }) => {
      const node = await ctx.load(ClientRow, id);
      return node === null ? [] : [{ cursor: Buffer.from(id).toString('base64url'), node }];
    }),
  );
  return connection(edges.flat(), visible.length > first);
}

const connection = (
  edges: { cursor: string; node: ClientRow }[],
  hasNextPage: boolean,
): Connection<ClientRow> => ({
  edges,
  nodes: edges.map(({ node }) => node),
  pageInfo: { hasNextPage, endCursor: edges.at(-1)?.cursor ?? null },
});
