import {
  type Connection,
  type Context,
  connectionOf,
  type Db,
  type PageArgs,
  pageOf,
  ROLES,
  reachedSql,
  reachesAll,
  refuse,
} from '@client-graph/kit';
import { ClientRow } from '../clients.entities.js';
import type { ClientSearchInput } from '../generated/resolvers.js';
import { contactHash, numberHash } from '../identity.js';
import { usccOf } from '../institutions/institutions.rules.js';
import { formOf, phoneOf } from '../profiles.rules.js';
import { searchTokens, wayOf } from './search.rules.js';
import { tokenHash } from './search-index.js';

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
      return byName(
        ctx,
        searchTokens(by.name ?? '').map((token) => tokenHash(hashKey, token)),
        args,
      );
    case 'mobile':
      return found(
        ctx,
        await idsOf(
          db,
          'select distinct client_id as id from contact_detail where value_hash = $1 and is_valid',
          [contactHash(hashKey, phoneOf(by.mobile ?? '', 'mobile'))],
        ),
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
        await idsOf(db, 'select client_id as id from institution_profile where uscc_hash = $1', [
          db.vault.hash('uscc', usccOf(by.uscc ?? '')),
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

/** The conditions under which a client is the caller's to see, and the values they take. */
function reachSql(db: Db, values: unknown[]): string {
  const { actor } = db;
  const me = () => `$${values.push(actor.id)}`;
  if (reachesAll(actor)) return ` and ${reachedSql(actor, 'c', me)}`;
  // An adviser's clients are few and have indexes of their own; a common name's bearers are many, and are not walked for them.
  if (actor.roles.some((role) => ROLES[role].reach === 'ASSIGNED'))
    return ` and c.id = any(array(select m.id from client m where ${reachedSql(actor, 'm', me)}))`;
  return ` and c.id = $${values.push(actor.clientId)} and c.status <> 'RESTRICTED'`;
}

/** Walks the index of the rarest token, newest client first, past the clients whose name lacks another. */
async function byName(
  ctx: Context,
  tokens: readonly string[],
  args: PageArgs,
): Promise<Connection<ClientRow>> {
  const { db } = ctx;
  const { first, afterId } = pageOf(args);
  const values: unknown[] = [first + 1];
  const [rarest, ...others] = tokens.map((token) => `$${values.push(token)}`);
  const alike = others.map(
    (token) =>
      ` and exists (select from client_name_token o where o.token = ${token} and o.client_id = n.client_id)`,
  );
  const reach = reachSql(db, values);
  // Said of both: Postgres does not conclude one from the other, and would walk a merge join's other side from its beginning.
  const after = afterId === null ? undefined : `$${values.push(afterId)}`;
  const beyond = after === undefined ? '' : ` and n.client_id < ${after} and c.id < ${after}`;
  const found: { id: string }[] = await db.source.query(
    `select n.client_id as id from client_name_token n join client c on c.id = n.client_id
     where n.token = ${rarest}${alike.join('')}${reach}${beyond}
     order by n.client_id desc limit $1`,
    values,
  );
  return loaded(ctx, found, first);
}

/** Exact search finds few: one page, newest first. */
async function found(ctx: Context, ids: readonly string[], args: PageArgs): Promise<Connection<ClientRow>> {
  const { first, afterId } = pageOf(args);
  const values: unknown[] = [ids.filter((id) => afterId === null || id < afterId), first + 1];
  const visible: { id: string }[] = await ctx.db.source.query(
    `select c.id from client c where c.id = any($1)${reachSql(ctx.db, values)} order by c.id desc limit $2`,
    values,
  );
  return loaded(ctx, visible, first);
}

async function loaded(
  ctx: Context,
  found: readonly { id: string }[],
  first: number,
): Promise<Connection<ClientRow>> {
  const clients = await Promise.all(found.map(({ id }) => ctx.load(ClientRow, id)));
  return connectionOf(
    clients.filter((client) => client !== null),
    first,
  );
}
