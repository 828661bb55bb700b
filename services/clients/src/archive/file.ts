import {
  type Connection,
  connectionOf,
  type Db,
  type PageArgs,
  pageOf,
  type Tx,
  transact,
} from '@client-graph/kit';
import { In } from 'typeorm';
import { ArchiveItemRow, ArchiveReadRow } from './archive.entities.js';
import type { ItemClass } from './retention.rules.js';

/** The clients whose items make up one file: the client and every duplicate that was merged into it. */
export async function fileOf(tx: Tx, clientId: string): Promise<string[]> {
  const found = await tx.query<{ id: string }>(
    `with recursive file as (
       select id from client where id = $1
       union select c.id from client c join file f on c.merged_into = f.id
     ) select id from file`,
    [clientId],
  );
  return found.map(({ id }) => id);
}

/** The items of these ids that stand in this client's file, oldest first. */
export const itemsOf = async (
  tx: Tx,
  clientId: string,
  itemIds: readonly string[],
): Promise<ArchiveItemRow[]> =>
  tx.find(ArchiveItemRow, {
    where: { id: In([...itemIds]), clientId: In(await fileOf(tx, clientId)) },
    order: { id: 'ASC' },
  });

/** The items of a file, newest first; those of merged duplicates among them. Two statements whatever the file. */
export async function listItems(
  db: Db,
  clientId: string,
  args: PageArgs & { itemClass?: ItemClass | null | undefined },
): Promise<Connection<ArchiveItemRow>> {
  const { first, afterId } = pageOf(args);
  const clientIds = await transact(db, (tx) => fileOf(tx, clientId));
  const rows = await db.source
    .getRepository(ArchiveItemRow)
    .createQueryBuilder('row')
    .where({ clientId: In(clientIds), ...(args.itemClass ? { itemClass: args.itemClass } : {}) })
    .andWhere(afterId === null ? 'true' : 'row.id < :afterId', { afterId })
    .orderBy('row.id', 'DESC')
    .take(first + 1)
    .getMany();
  return connectionOf(rows, first);
}

/** Who has read what of the file, newest first. */
export async function listReads(
  db: Db,
  clientId: string,
  args: PageArgs,
): Promise<Connection<ArchiveReadRow>> {
  const { first, afterId } = pageOf(args);
  const rows = await db.source
    .getRepository(ArchiveReadRow)
    .createQueryBuilder('row')
    .where({ clientId })
    .andWhere(afterId === null ? 'true' : 'row.id < :afterId', { afterId })
    .orderBy('row.id', 'DESC')
    .take(first + 1)
    .getMany();
  return connectionOf(rows, first);
}

/** How many items of each class a file holds. */
export async function countItems(
  db: Db,
  clientId: string,
): Promise<{ itemClass: ItemClass; count: number }[]> {
  const clientIds = await transact(db, (tx) => fileOf(tx, clientId));
  return db.source.query(
    `select item_class as "itemClass", count(*)::int as count from archive_item
     where client_id = any($1) group by 1 order by 1`,
    [clientIds],
  );
}
