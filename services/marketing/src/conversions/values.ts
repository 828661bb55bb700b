import { type Db, Decimal, dayOf, plusDays } from '@client-graph/kit';
import type { ConversionRow } from '../entities.js';

export type ValueFigures = {
  days: number;
  isComplete: boolean;
  currency: string;
  netAssets: Decimal;
  orders: number;
};
export type OrderFacts = {
  orderId: string;
  productClass: string;
  settledOn: string;
  amount: Decimal;
  currency: string;
};

type Raw = { id: string; currency: string; net: string; orders: number };

// A client that was merged goes on as the survivor, so from that day on the survivor's orders are theirs.
const ORDERS = `
  settled_order o on o.reversed_at is null and (o.client_id = c.client_id
    or o.client_id in (select m.survivor_id from client_merge m where m.id = c.client_id and o.settled_on >= m.merged_on))`;

/** What each conversion was worth after so many days, by currency; one statement for all. Defined in the schema. */
export async function valuesOf(
  db: Db,
  rows: readonly ConversionRow[],
  days: number,
): Promise<ValueFigures[][]> {
  const found: Raw[] = await db.source.query(
    `select c.id, o.currency, count(*)::int as orders,
       (sum(case o.side when 'BUY' then o.amount_minor when 'REDEEM' then -o.amount_minor else 0 end)
         / power(10::numeric, case o.currency when 'JPY' then 0 else 2 end))::text as net
     from conversion c join ${ORDERS}
     where c.id = any($1) and o.settled_on between (c.at at time zone 'Asia/Shanghai')::date
       and (c.at at time zone 'Asia/Shanghai')::date + $2::int
     group by c.id, o.currency order by c.id, o.currency`,
    [rows.map(({ id }) => id), days],
  );
  const today = dayOf(db.now());
  return rows.map((row) =>
    found
      .filter(({ id }) => id === row.id)
      .map(({ currency, net, orders }) => ({
        days,
        isComplete: plusDays(dayOf(row.at), days) < today,
        currency,
        netAssets: new Decimal(net),
        orders,
      })),
  );
}

/** The first purchase after each conversion that was settled and not taken back; one statement for all. */
export async function firstOrdersOf(db: Db, rows: readonly ConversionRow[]): Promise<(OrderFacts | null)[]> {
  const found: (Omit<OrderFacts, 'amount'> & { id: string; amount: string })[] = await db.source.query(
    `select distinct on (c.id) c.id, o.id as "orderId", o.product_class as "productClass", o.settled_on::text as "settledOn", o.currency,
       (o.amount_minor / power(10::numeric, case o.currency when 'JPY' then 0 else 2 end))::text as amount
     from conversion c join ${ORDERS}
     where c.id = any($1) and o.side = 'BUY' and o.settled_on >= (c.at at time zone 'Asia/Shanghai')::date
     order by c.id, o.settled_on, o.id`,
    [rows.map(({ id }) => id)],
  );
  return rows.map((row) => {
    const first = found.find(({ id }) => id === row.id);
    return first === undefined ? null : { ...first, amount: new Decimal(first.amount) };
  });
}
