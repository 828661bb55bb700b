import { type Db, Decimal, dayOf, transact } from '@client-graph/kit';
import { staffOf } from './actors.js';
import { AssetSnapshotRow } from './assets.entities.js';
import { counts, record } from './assets.rules.js';
import { clientForUpdate } from './clients.js';
import type { RecordAssetsInput } from './generated/resolvers.js';
import { regrade, rulesOn } from './grading.js';

/** Records what a client is worth, with evidence, and grades the client anew from it when it is the snapshot that counts. */
export const recordAssets = (db: Db, input: RecordAssetsInput): Promise<AssetSnapshotRow> =>
  transact(db, (tx) =>
    tx.once('recordAssets', input, AssetSnapshotRow, async (id) => {
      const client = await clientForUpdate(tx, input.clientId);
      const today = dayOf(tx.now);
      const { tables } = await rulesOn(tx, today);
      const current =
        client.assetSnapshotId === null
          ? null
          : await tx.findOne(AssetSnapshotRow, { id: client.assetSnapshotId });
      const declared = current?.externalDeclared ?? new Decimal(0);
      const recordedBy = staffOf(tx);
      const recorded = record(client, input, {
        declared,
        currency: tables.currency,
        staffId: recordedBy,
        today,
      });
      const snapshot = await tx.insert(AssetSnapshotRow, {
        id,
        clientId: client.id,
        ...recorded,
        recordedBy,
        recordedAt: tx.now,
      });
      if (counts(snapshot, current)) await regrade(tx, client, { assetSnapshotId: id });
      return snapshot;
    }),
  );
