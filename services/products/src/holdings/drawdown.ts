import { type Db, dayOf, plusDays, type Tx, transact } from '@client-graph/kit';
import { In } from 'typeorm';
import { DrawdownRow, HoldingRow } from '../entities.js';
import { notRestricted } from '../restriction.js';
import { drawdownOf, watchDrawdown } from './performance.rules.js';
import { positionsOf } from './positions.js';

const CLIENTS_AT_ONCE = 200;
const SPAN_DAYS = 90;

/** Looks at what every client holds against its 90-day peak, and tells each band once; of a restricted client nothing is told. Run again, it tells nothing new. */
export async function watchDrawdowns(db: Db): Promise<void> {
  for (let after: string | null = null; ; ) {
    const clients: { id: string }[] = await db.source.query(
      `select distinct client_id as id from holding where units > 0 and ($1::uuid is null or client_id > $1)
         and ${notRestricted('holding.client_id')}
       order by client_id limit $2`,
      [after, CLIENTS_AT_ONCE],
    );
    const clientIds = clients.map((client) => client.id);
    const last = clientIds.at(-1);
    if (last === undefined) return;
    await transact(db, (tx) => watchClients(tx, clientIds));
    after = last;
  }
}

async function watchClients(tx: Tx, clientIds: string[]): Promise<void> {
  const from = plusDays(dayOf(tx.now), -SPAN_DAYS);
  // Locked in one order, so that two runs at once wait for each other and the second finds what the first has told.
  const holdings = await tx.manager.find(HoldingRow, {
    where: { clientId: In(clientIds) },
    order: { id: 'ASC' },
    lock: { mode: 'pessimistic_write' },
  });
  const told = await tx.find(DrawdownRow, { where: { clientId: In(clientIds) } });
  const positions = await positionsOf(tx, holdings, from);
  const subjects = new Map(
    holdings.map(({ clientId, currency }) => [`${clientId} ${currency}`, { clientId, currency }]),
  );
  for (const subject of subjects.values()) {
    const own = holdings.filter(
      (holding) => holding.clientId === subject.clientId && holding.currency === subject.currency,
    );
    const found = drawdownOf(
      own.flatMap((holding) => positions.get(holding.id) ?? []),
      from,
    );
    if (found === null) continue;
    const before = told.find((row) => row.clientId === subject.clientId && row.currency === subject.currency);
    const { band, events } = watchDrawdown(subject, found, before?.band ?? 'NONE');
    const { peakOn, asOf } = found;
    const id = before?.id ?? tx.newId();
    await tx.manager.upsert(DrawdownRow, { id, ...subject, band, peakOn, asOf }, ['id']);
    await tx.record(...events);
  }
}
