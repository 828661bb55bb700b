import { type FindOptionsWhere, LessThan, MoreThan } from 'typeorm';
import { type Db, isUuid, type Row, type RowClass } from './db.js';
import { refuse } from './refusals.js';

/** The arguments of every list: at most 100 rows, after a cursor that the list has given. */
export type PageArgs = { first?: number | null | undefined; after?: string | null | undefined };

/** A Relay cursor connection. Ids are UUIDv7, so a cursor is an id and order by id is order by time. */
export type Connection<R> = {
  edges: { cursor: string; node: R }[];
  nodes: R[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
};

const PAGE_DEFAULT = 20;
const PAGE_MAX = 100;

/** Checks the arguments of a list. Refuses PAGE_SIZE and BAD_CURSOR. */
export function pageOf(args: PageArgs): { first: number; afterId: string | null } {
  const first = args.first ?? PAGE_DEFAULT;
  if (first < 1 || first > PAGE_MAX) throw refuse('PAGE_SIZE', { first, max: PAGE_MAX });
  if (args.after === null || args.after === undefined) return { first, afterId: null };
  const afterId = Buffer.from(args.after, 'base64url').toString();
  if (!isUuid(afterId)) throw refuse('BAD_CURSOR');
  return { first, afterId };
}

/** Makes a connection of up to `first + 1` rows: the one too many says that there is a next page. */
export function connectionOf<R extends { id: string }>(rows: R[], first: number): Connection<R> {
  const nodes = rows.slice(0, first);
  const edges = nodes.map((node) => ({ cursor: Buffer.from(node.id).toString('base64url'), node }));
  return {
    edges,
    nodes,
    pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null },
  };
}

/** One page of a table by keyset: costs the same on page 1 and page 10,000. Newest first, or oldest first. */
export async function page<R extends Row>(
  db: Db,
  row: RowClass<R>,
  args: PageArgs,
  where: FindOptionsWhere<R> = {},
  order: 'NEWEST_FIRST' | 'OLDEST_FIRST' = 'NEWEST_FIRST',
): Promise<Connection<R>> {
  const { first, afterId } = pageOf(args);
  const isNewestFirst = order === 'NEWEST_FIRST';
  const beyond = afterId === null ? {} : { id: isNewestFirst ? LessThan(afterId) : MoreThan(afterId) };
  const rows = await db.source
    .getRepository(row)
    .createQueryBuilder('row')
    .where(where)
    .andWhere(beyond)
    .orderBy('row.id', isNewestFirst ? 'DESC' : 'ASC')
    .take(first + 1)
    .getMany();
  return connectionOf(rows, first);
}
