import { Decimal } from '@client-graph/kit';
import type { HoldingRow } from '../entities.js';
import type { NavValue } from '../navs/navs.rules.js';
import type { Flow, Position } from './performance.rules.js';

/** A database, or a transaction of it. */
type Source = { query: (sql: string, parameters?: unknown[]) => Promise<never[]> };
type LedgerRow = { holdingId: string; units: string; nav: string; amount: string; settledOn: string };
export type Ledger = Position & { flows: readonly Flow[] };

/** What was held of each product over time, with its values since `from` and the last one before; two statements for all holdings. */
export async function positionsOf(
  source: Source,
  holdings: readonly HoldingRow[],
  from: string,
): Promise<Map<string, Ledger>> {
  const navs: { productId: string; day: string; nav: string }[] = await source.query(
    `select keys.id as "productId", to_char(p.day, 'YYYY-MM-DD') as day, p.nav
     from unnest($1::uuid[]) as keys(id)
     join nav_point p on p.product_id = keys.id and p.day >= coalesce(
       (select max(day) from nav_point where product_id = keys.id and day < $2), $2)
     order by p.day`,
    [[...new Set(holdings.map((holding) => holding.productId))], from],
  );
  const flows: LedgerRow[] = await source.query(
    `select holding_id as "holdingId", units, nav, amount, to_char(settled_on, 'YYYY-MM-DD') as "settledOn"
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
          flows: own.map(({ units, nav, amount, settledOn }) => ({
            units: new Decimal(units),
            nav: new Decimal(nav),
            amount: new Decimal(amount),
            settledOn,
          })),
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
