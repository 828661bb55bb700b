import { type Db, Decimal, dayOf, plusDays, plusMonths, type Tx, transact } from '@client-graph/kit';
import { In } from 'typeorm';
import { HoldingRow, MeasureRow, ProductRow } from '../entities.js';
import { latestNavs } from '../navs/navs.js';
import { notRestricted } from '../restriction.js';
import { holdingValue, valuationOf } from './holdings.rules.js';
import { measure, measured } from './measures.rules.js';
import { portfolioReturn } from './performance.rules.js';
import { positionsOf } from './positions.js';

const CLIENTS_AT_ONCE = 100;
const REDEEMED_DAYS = 5;

/** Measures what every client holds, and tells what has changed since it was last told; of a restricted client nothing is told. Run again, it tells nothing new. */
export async function measurePortfolios(db: Db): Promise<void> {
  for (let after: string | null = null; ; ) {
    const clients: { id: string }[] = await db.source.query(
      `select distinct client_id as id from holding where ($1::uuid is null or client_id > $1)
         and ${notRestricted('holding.client_id')}
       order by client_id limit $2`,
      [after, CLIENTS_AT_ONCE],
    );
    const clientIds = clients.map(({ id }) => id);
    const last = clientIds.at(-1);
    if (last === undefined) return;
    await transact(db, (tx) => measureClients(tx, clientIds));
    after = last;
  }
}

async function measureClients(tx: Tx, clientIds: string[]): Promise<void> {
  const today = dayOf(tx.now);
  const yearAgo = plusMonths(today, -12);
  // Locked in one order, so that two runs at once wait for each other and the second finds what the first has told.
  const holdings = await tx.manager.find(HoldingRow, {
    where: { clientId: In(clientIds) },
    order: { id: 'ASC' },
    lock: { mode: 'pessimistic_write' },
  });
  const productIds = [...new Set(holdings.map(({ productId }) => productId))];
  const products = new Map(
    (await tx.find(ProductRow, { where: { id: In(productIds) } })).map((product) => [product.id, product]),
  );
  const navs = new Map((await latestNavs(tx, productIds)).map((nav, at) => [productIds[at], nav]));
  const ledgers = await positionsOf(tx, holdings, yearAgo);
  const redeemed = await redeemedBy(tx, clientIds, plusDays(today, -REDEEMED_DAYS));
  const told = await tx.find(MeasureRow, { where: { clientId: In(clientIds) } });
  const subjects = new Map(
    holdings.map(({ clientId, currency }) => [
      `${clientId} ${currency}`,
      { clientId, currency, asOf: today },
    ]),
  );
  for (const [key, subject] of subjects) {
    const own = holdings.filter(({ clientId, currency }) => `${clientId} ${currency}` === key);
    const values = new Map<string, Decimal>();
    for (const holding of own) {
      const value = holdingValue({
        ...holding,
        ...valuationOf(holding, navs.get(holding.productId) ?? null),
      });
      values.set(holding.productId, (values.get(holding.productId) ?? new Decimal(0)).plus(value));
    }
    const held = [...values].flatMap(([productId, value]) => {
      const product = products.get(productId);
      return product === undefined || value.isZero() ? [] : [{ productId, rating: product.rating, value }];
    });
    const positions = own.flatMap((holding) => ledgers.get(holding.id) ?? []);
    const now = measure(held, {
      returnYearPct: portfolioReturn(positions, yearAgo),
      redeemed: redeemed.get(key) ?? new Decimal(0),
    });
    const before = told.find((row) => `${row.clientId} ${row.currency}` === key);
    const events = measured(subject, now, before?.told ?? null);
    if (events.length === 0) continue;
    const row = { id: before?.id ?? tx.newId(), ...subject, told: now };
    await tx.manager.upsert(MeasureRow, row, ['id']);
    await tx.record(...events);
  }
}

/** Money paid out by redemptions since a day, by client and currency; switches pay nothing out. */
async function redeemedBy(tx: Tx, clientIds: string[], since: string): Promise<Map<string, Decimal>> {
  const found = await tx.query<{ key: string; amount: string }>(
    `select o.client_id || ' ' || o.currency as key, -sum(s.amount) as amount
     from product_order o join settlement s on s.order_id = o.id
     where o.client_id = any ($1::uuid[]) and o.side = 'REDEEM' and s.settled_on > $2 group by 1`,
    [clientIds, since],
  );
  return new Map(found.map(({ key, amount }) => [key, new Decimal(amount)]));
}
