import { type Db, Decimal, dayOf, plusDays, type Tx, transact } from '@client-graph/kit';
import { In } from 'typeorm';
import { DrawdownRow, HoldingRow } from '../entities.js';
import type { NavValue } from '../navs/navs.rules.js';
import { drawdownOf, type Position, watchDrawdown } from './performance.rules.js';

const CLIENTS_AT_ONCE = 200;
const SPAN_DAYS = 90;

/** Looks at what every client holds against its 90-day peak, and tells each band once. Run again, it tells nothing new. */
export async function watchDrawdowns(db: Db): Promise<void> {
  for (let after: string | null = null; ; ) {
    const clients: { id: string }[] = await db.source.query(
      `select distinct client_id as id from holding where units > 0 and ($1::uuid is null or client_id > $1)
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

async function positionsOf(
  tx: Tx,
  holdings: readonly HoldingRow[],
  from: string,
): Promise<Map<string, Position>> {
  const navs = await tx.query<{ productId: string; day: string; nav: string }>(
    `select keys.id as "productId", to_char(p.day, 'YYYY-MM-DD') as day, p.nav
     from unnest($1::uuid[]) as keys(id)
     join nav_point p on p.product_id = keys.id and p.day >= coalesce(
       (select max(day) from nav_point where product_id = keys.id and day <= $2), $2)
     order by p.day`,
    [[...new Set(holdings.map((holding) => holding.productId))], from],
  );
  const flows = await tx.query<{ holdingId: string; units: string; nav: string; settledOn: string }>(
    `select holding_id as "holdingId", units, nav, to_char(settled_on, 'YYYY-MM-DD') as "settledOn"
     from settlement where holding_id = any ($1) and reverses_id is null
       and not exists (select from settlement undoing where undoing.reverses_id = settlement.id)
     order by id`,
    [holdings.map((holding) => holding.id)],
  );
  const series = group(navs, (row) => row.productId);
  const ledger = group(flows, (row) => row.holdingId);
  return new Map(
    holdings.map((holding) => {
      const own = ledger.get(holding.id) ?? [];
      // What the client settled at is a value of its day too, where the product's series has none.
      const settledAt = own.map(({ settledOn, nav }) => [settledOn, nav] as const);
      const published = (series.get(holding.productId) ?? []).map(({ day, nav }) => [day, nav] as const);
      return [
        holding.id,
        {
          flows: own.map(({ units, settledOn }) => ({ units: new Decimal(units), settledOn })),
          navs: [...new Map([...settledAt, ...published])]
            .map(([day, nav]): NavValue => ({ day, nav: new Decimal(nav) }))
            .sort((a, b) => (a.day < b.day ? -1 : 1)),
        },
      ];
    }),
  );
}

function group<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const found = groups.get(keyOf(row));
    if (found) found.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}
