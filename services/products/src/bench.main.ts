// `node dist/bench.main.js DATABASE_URL ORDERS`: in an empty database, how many purchases are held against the rules and how many orders are
// settled in a second, through the use cases and their transactions, as one line of JSON.
import { randomUUID } from 'node:crypto';
import {
  type Actor,
  actorOf,
  ClientCopyRow,
  type Db,
  Decimal,
  dayOf,
  keysInMemory,
  openDatabase,
  transact,
} from '@client-graph/kit';
import { RiskCopyRow } from './entities.js';
import { acceptOrder, placeOrder } from './orders/orders.js';
import { settleOrder } from './orders/settlements.js';
import { createProduct } from './products/products.js';
import { service } from './service.js';
import { checkSuitability } from './suitability/suitability.js';

const AT_ONCE = 8;
const PRODUCTS = 20;

const [databaseUrl = '', size = '1000'] = process.argv.slice(2);
const orders = Number(size);
const source = await openDatabase(service, {
  url: databaseUrl,
  poolMax: AT_ONCE + 2,
  now: () => new Date(),
  keys: keysInMemory(() => ({ current: 'bench', keys: { bench: Buffer.alloc(32, 1).toString('base64') } })),
});
const as = (actor: Actor): Db => ({ ...source, actor });
const adviserId = randomUUID();
const [adviser, operations, admin] = [
  as(actorOf(adviserId, ['ADVISER'])),
  as(actorOf(randomUUID(), ['OPERATIONS'])),
  as(actorOf(randomUUID(), ['ADMIN'])),
];

/** So many workers take one item after the other; the answer is how many there were in a second. */
async function perSecond<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<unknown>,
): Promise<number> {
  const queue = [...items];
  const startedMs = performance.now();
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return (items.length * 1_000) / (performance.now() - startedMs);
}

const clientIds = Array.from({ length: Math.ceil(orders / 5) }, () => randomUUID());
await transact(source, async (tx) => {
  for (const id of clientIds) {
    await tx.insert(ClientCopyRow, {
      ...{ id, adviserId, kind: 'INDIVIDUAL', status: 'ACTIVE', class: 'ORDINARY', grade: 'BRONZE' },
      ...{ ageBand: 'FROM_31', fullCivilCapacity: true, institutionType: null, updatedAt: tx.now },
    });
    const validTo = '2999-12-31';
    await tx.insert(RiskCopyRow, {
      id,
      level: 'HIGH',
      lowestCategory: false,
      validTo,
      assessmentId: randomUUID(),
      updatedAt: tx.now,
    });
  }
});
const products: string[] = [];
for (let n = 0; n < PRODUCTS; n += 1) {
  const { id } = await createProduct(admin, {
    ...{
      requestId: randomUUID(),
      code: `SPEED-${n}`,
      nameEn: `Speed ${n}`,
      nameZhHans: `速度${n}`,
      nameZhHant: `速度${n}`,
    },
    ...{
      issuerType: 'BANK_WMP',
      category: 'FIXED_INCOME',
      minHorizonMonths: 0,
      issuerRating: 'R2',
      sellerRating: 'R2',
    },
    minAmount: { amount: new Decimal(1), currency: 'CNY' },
    purchaseFeePct: new Decimal('0.5'),
  });
  products.push(id);
}

const asks = Array.from({ length: orders }, (_, n) => ({
  clientId: clientIds[n % clientIds.length] ?? '',
  productId: products[(n * 7) % PRODUCTS] ?? '',
  amount: { amount: new Decimal(1_000 + (n % 900)), currency: 'CNY' },
}));
const checks = await perSecond(asks, (ask) => checkSuitability(adviser, ask));
const placed: string[] = [];
const placing = await perSecond(asks, async (ask) => {
  placed.push((await placeOrder(adviser, { requestId: randomUUID(), ...ask })).id);
});
const accepting = await perSecond(placed, (orderId) =>
  acceptOrder(operations, { orderId, expectedVersion: 1 }),
);
const settling = await perSecond(placed, (orderId) =>
  settleOrder(operations, {
    ...{ requestId: randomUUID(), orderId, expectedVersion: 2 },
    nav: new Decimal('1.2345'),
    settledOn: dayOf(new Date()),
  }),
);
const wrong: unknown[] = await source.source.query(
  'select from holding h left join settlement s on s.holding_id = h.id group by h.id, h.units having h.units <> coalesce(sum(s.units), 0)',
);
await source.source.destroy();
process.stdout.write(
  `${JSON.stringify({ orders, atOnce: AT_ONCE, checks, placing, accepting, settling, wrong: wrong.length })}\n`,
);
