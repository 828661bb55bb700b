import { type Connection, connectionOf, type Db, type PageArgs, pageOf, transact } from '@client-graph/kit';
import { In } from 'typeorm';
import { ArchiveItemRow, ArchiveReadRow } from './archive.entities.js';
import { fileOf } from './filing.js';
import type { ItemClass } from './retention.rules.js';

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
