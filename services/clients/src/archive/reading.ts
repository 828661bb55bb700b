import { createHash } from 'node:crypto';
import { ArchiveRead } from '@client-graph/events';
import { type Context, isUuid, refuse, type Tx, transact } from '@client-graph/kit';
import { staffOf } from '../actors.js';
import { ClientRow } from '../clients.entities.js';
import { clientForUpdate } from '../clients.js';
import type { ExportArchiveInput, ReadArchiveItemInput } from '../generated/resolvers.js';
import { clientAsOf, type Then } from '../history/as-of.js';
import { mayRead, refuseAccess } from './access.rules.js';
import {
  ArchiveAccessRow,
  ArchiveExportRow,
  type ArchiveItemRow,
  ArchiveReadRow,
} from './archive.entities.js';
import { type ExportFile, exportPdf } from './export-pdf.js';
import { itemsOf } from './file.js';
import { isIntact } from './filing.js';

/** An item as it is shown once: what was filed, whether it is still that, and the client as it was then. */
export type Reading = { item: ArchiveItemRow; isIntact: boolean; client: Then | null; readAt: Date };

/** Reads one item of an open access. The reading is written and committed before anything is shown. */
export async function readArchiveItem(ctx: Context, input: ReadArchiveItemInput): Promise<Reading> {
  const { items, readAt } = await transact(ctx.db, (tx) => take(tx, input.accessId, 'SCREEN', input.itemId));
  const [item] = items;
  if (item === undefined) throw refuse('NOT_FOUND');
  const client = item.itemClass === 'IDENTITY' ? await thenOf(ctx, item) : null;
  return { item, isIntact: isIntact(item), client, readAt };
}

/** Everything that the access names, as one marked document with its index. Each item counts as read. */
export async function exportArchive(ctx: Context, input: ExportArchiveInput): Promise<ExportFile> {
  const { access, items, readAt } = await transact(ctx.db, (tx) => take(tx, input.accessId, 'EXPORT', null));
  const identity = items.findLast(({ itemClass }) => itemClass === 'IDENTITY');
  const bytes = await exportPdf({
    access,
    items: items.map((item) => ({ item, isIntact: isIntact(item) })),
    client: identity === undefined ? null : await thenOf(ctx, identity),
    readAt,
    locale: input.locale ?? 'EN',
  });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const id = await transact(ctx.db, async (tx) => {
    const { accessId, clientId, readerId } = {
      accessId: access.id,
      clientId: access.clientId,
      readerId: staffOf(tx),
    };
    const made = { id: tx.newId(), accessId, clientId, readerId, sha256, items: items.length, at: readAt };
    return (await tx.insert(ArchiveExportRow, made)).id;
  });
  return {
    id,
    content: bytes.toString('base64'),
    sha256,
    fileName: `file-${access.clientId}.pdf`,
    items: items.length,
  };
}

type Taken = { access: ArchiveAccessRow; items: ArchiveItemRow[]; readAt: Date };

/** Checks that the caller may read these items now and writes down that they do. */
async function take(
  tx: Tx,
  accessId: string,
  format: 'SCREEN' | 'EXPORT',
  itemId: string | null,
): Promise<Taken> {
  const access = isUuid(accessId) ? await tx.findOne(ArchiveAccessRow, { id: accessId }) : null;
  if (access === null) throw refuse('NOT_FOUND');
  await clientForUpdate(tx, access.clientId);
  const readerId = staffOf(tx);
  const wanted = itemId === null ? access.itemIds : [itemId.toLowerCase()];
  mayRead(access, readerId, wanted, tx.now);
  const items = await itemsOf(tx, access.clientId, wanted);
  if (items.length !== wanted.length) throw refuseAccess('ITEM_NOT_NAMED');
  const role = tx.actor.roles[0] ?? 'NONE';
  const read = { accessId: access.id, clientId: access.clientId, readerId, role, format, at: tx.now };
  await tx.insertMany(
    ArchiveReadRow,
    items.map((item) => ({ ...read, id: tx.newId(), itemId: item.id })),
  );
  await tx.record(
    ArchiveRead({
      clientId: access.clientId,
      requestId: access.id,
      itemClasses: [...new Set(items.map(({ itemClass }) => itemClass))],
      role,
    }),
  );
  return { access, items, readAt: tx.now };
}

async function thenOf(ctx: Context, item: ArchiveItemRow): Promise<Then | null> {
  const client = await ctx.load(ClientRow, item.clientId);
  return client === null ? null : clientAsOf(ctx, client, item.filedAt);
}
