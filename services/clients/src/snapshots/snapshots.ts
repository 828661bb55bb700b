import { ClientSnapshot, type DataOf, forgotten } from '@client-graph/events';
import { asService, type Db, dayOf, type Tx, transact } from '@client-graph/kit';
import { AssetSnapshotRow } from '../assets.entities.js';
import { ClientRow } from '../clients.entities.js';
import { RiskToleranceRow } from '../grading.entities.js';
import { assetsBand, isTold, levelOn } from './snapshots.rules.js';

type Snapshot = DataOf<typeof ClientSnapshot>;
type Kept = { pseudonym: string; tier: Snapshot['tier']; content: Snapshot | null };

/** Tells what is so of a client now, if it is not what was told last; of whom nothing is to be known any more, that it is to be forgotten. */
export async function refreshSnapshot(tx: Tx, clientId: string): Promise<void> {
  const client = await tx.findOne(ClientRow, { id: clientId });
  if (client === null) return;
  const kept = await lock(tx, clientId);
  if (!isTold(client)) {
    if (kept.content !== null) await tx.record(forgotten(ClientSnapshot, kept.pseudonym));
    await keep(tx, clientId, null);
    return;
  }
  const content = await contentOf(tx, client, kept);
  if (isSame(content, kept.content)) return;
  await tx.record(ClientSnapshot(content));
  await keep(tx, clientId, content);
}

/** The row of a client, made when it is the first time; of two at once the second waits here. */
async function lock(tx: Tx, clientId: string): Promise<Kept> {
  await tx.query(
    'insert into client_snapshot (client_id, pseudonym) values ($1, $2) on conflict do nothing',
    [clientId, tx.hash('pseudonym', clientId)],
  );
  const [row] = await tx.query<Kept>(
    'select pseudonym, tier, content from client_snapshot where client_id = $1 for update',
    [clientId],
  );
  if (row === undefined) throw new Error('The snapshot that was just made is gone.');
  return row;
}

const keep = (tx: Tx, clientId: string, content: Snapshot | null) =>
  tx.query('update client_snapshot set content = $2, told_at = $3 where client_id = $1', [
    clientId,
    content === null ? null : JSON.stringify(content),
    tx.now,
  ]);

async function contentOf(tx: Tx, client: ClientRow, { pseudonym, tier }: Kept): Promise<Snapshot> {
  const tolerance = await tx.findOne(RiskToleranceRow, { id: client.id });
  const assets =
    client.assetSnapshotId === null
      ? null
      : await tx.findOne(AssetSnapshotRow, { id: client.assetSnapshotId });
  return {
    pseudonym,
    kind: client.kind,
    class: client.class,
    grade: client.grade,
    status: client.status,
    level: levelOn(tolerance, dayOf(tx.now)),
    tier,
    ageBand: client.ageBand,
    assetsBand: assetsBand(assets),
  };
}

const isSame = (a: Snapshot, b: Snapshot | null): boolean =>
  b !== null && Object.entries(a).every(([name, value]) => new Map(Object.entries(b)).get(name) === value);

/** Takes the tier of membership that loyalty tells. */
export async function takeTier(tx: Tx, clientId: string, tier: NonNullable<Snapshot['tier']>): Promise<void> {
  await lock(tx, clientId);
  await tx.query('update client_snapshot set tier = $2 where client_id = $1', [clientId, tier]);
  await refreshSnapshot(tx, clientId);
}

const BATCH = 200;

/** Tells again of those whose level has run out or whose assets were written down since, and of those never told of. */
export async function refreshSnapshots(db: Db): Promise<void> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const ids = await transact(asService(db), async (tx) => {
      const due = await tx.query<{ id: string }>(
        `select c.id from client c left join client_snapshot s on s.client_id = c.id
         left join risk_tolerance t on t.client_id = c.id left join asset_snapshot a on a.id = c.asset_snapshot_id
         where c.id > $1 and c.status not in ('RESTRICTED', 'MERGED', 'ERASED')
           and (s.content is null or (s.content->>'level' is not null and t.valid_to < $2::date) or a.recorded_at >= s.told_at)
         order by c.id limit ${BATCH}`,
        [after, dayOf(tx.now)],
      );
      for (const { id } of due) await refreshSnapshot(tx, id);
      return due.map(({ id }) => id);
    });
    const last = ids.at(-1);
    if (last === undefined || ids.length < BATCH) return;
    after = last;
  }
}
