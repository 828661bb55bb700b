// `node dist/bench.main.js DATABASE_URL HISTORY SCALE`: lets a history of purchases (customer, day, …, amount: blanks or commas between)
// run through an empty database with the clock at the end of each month, and prints what it has come to as one line of JSON.
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { ClientActivated, ClientOnboarded, type EventDraft, OrderSettled } from '@client-graph/events';
import {
  applyEvent,
  asService,
  type Db,
  endOfMonth,
  keysInMemory,
  openDatabase,
  plusDays,
  transact,
} from '@client-graph/kit';
import { reviewTiers } from './membership/reviews.js';
import { activatePoints, expirePoints } from './points/points.js';
import { checkBooks } from './reports/consistency.js';
import { snapshotLiability } from './reports/liability.js';
import { noticeExpiry } from './reports/notices.js';
import { service } from './service.js';

type Purchase = { customer: string; day: string; amountMinor: number };

/** The first year of the rules: the history is told as if it had begun then. */
const FIRST_YEAR = 2026;
const AT_ONCE = 8;
/** After its last purchase the history goes on until the last points have lapsed. */
const MONTHS_AFTER = 26;

async function read(path: string, scale: number): Promise<Purchase[]> {
  const purchases: Purchase[] = [];
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const cells = line.trim().split(/[\s,;]+/);
    const [customer = '', written = ''] = cells;
    const day = written.replace(/^(\d{4})-?(\d{2})-?(\d{2})$/, '$1-$2-$3');
    const amount = Number(cells.at(-1));
    if (day.length !== 10 || !(amount > 0)) continue;
    purchases.push({ customer, day, amountMinor: Math.round(amount * scale * 100) });
  }
  const shift = FIRST_YEAR - Math.min(...purchases.map(({ day }) => Number(day.slice(0, 4))));
  // 29 February of a leap year is the 28th of another.
  return purchases
    .map(({ day, ...purchase }) => ({ ...purchase, day: moved(day, shift) }))
    .sort((a, b) => a.day.localeCompare(b.day));
}

function moved(day: string, years: number): string {
  const year = Number(day.slice(0, 4)) + years;
  const last = endOfMonth(`${year}${day.slice(4, 7)}-01`);
  const written = `${year}${day.slice(4)}`;
  return written > last ? last : written;
}

const [databaseUrl = '', history = '', scale = '1000'] = process.argv.slice(2);
let now = new Date(`${FIRST_YEAR}-01-01T02:00:00Z`);
const db: Db = await openDatabase(service, {
  url: databaseUrl,
  poolMax: AT_ONCE + 2,
  now: () => now,
  keys: keysInMemory(() => ({ current: 'bench', keys: { bench: Buffer.alloc(32, 1).toString('base64') } })),
});

const ATTEMPTS_MAX = 5;

/** Tells an event as a consumer would: after a fault once more, under the same id. */
async function tell({ contract, key, data }: EventDraft): Promise<void> {
  const event = {
    id: randomUUID(),
    type: contract.type,
    version: contract.version,
    source: `/${contract.topic}`,
    topic: contract.topic,
    key,
    sequence: 1,
    time: now,
    traceparent: undefined,
    actorRole: undefined,
    data,
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transact(asService(db), (tx) => applyEvent(tx, service.name, service.handlers, event));
    } catch (error) {
      if (attempt === ATTEMPTS_MAX) throw error;
    }
  }
}

/** The events of one client one after the other, those of several at once, as partitions would bring them. */
async function tellAll(byClient: ReadonlyMap<string, readonly EventDraft[]>): Promise<void> {
  const queue = [...byClient.values()];
  const worker = async () => {
    for (let events = queue.shift(); events !== undefined; events = queue.shift())
      for (const event of events) await tell(event);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

const grouped = <Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> => {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
};

const clock = { earning: 0, nights: 0 };
async function timed(part: keyof typeof clock, work: () => Promise<unknown>): Promise<void> {
  const startedMs = performance.now();
  await work();
  clock[part] += (performance.now() - startedMs) / 1_000;
}

const purchases = await read(history, Number(scale));
const clients = new Map(
  [...new Set(purchases.map(({ customer }) => customer))].map((name) => [name, randomUUID()]),
);
const productId = randomUUID();
const adviserId = randomUUID();
const facts = {
  kind: 'INDIVIDUAL',
  class: 'ORDINARY',
  grade: 'BRONZE',
  ageBand: 'FROM_31',
  fullCivilCapacity: true,
} as const;
await tellAll(
  new Map(
    [...clients.values()].map((clientId) => [
      clientId,
      [
        ClientOnboarded({ clientId, adviserId, ...facts, institutionType: null, originLeadId: null }),
        ClientActivated({ clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'VERIFIED' }),
      ],
    ]),
  ),
);

const settled = ({ customer, day, amountMinor }: Purchase): EventDraft =>
  OrderSettled({
    clientId: clients.get(customer) ?? '',
    orderId: randomUUID(),
    productId,
    productClass: 'BANK_WMP',
    side: 'BUY',
    amountMinor,
    currency: 'CNY',
    settledOn: day,
  });

const months = grouped(purchases, ({ day }) => day.slice(0, 7));
const firstDay = `${FIRST_YEAR}-01-01`;
const lastDay = endOfMonth(purchases.at(-1)?.day ?? firstDay, MONTHS_AFTER);
for (let end = endOfMonth(firstDay); end <= lastDay; end = endOfMonth(end, 1)) {
  const month = months.get(end.slice(0, 7)) ?? [];
  now = new Date(`${end}T02:00:00Z`);
  await timed('earning', () => tellAll(grouped(month.map(settled), ({ key }) => key)));
  now = new Date(`${plusDays(end, 1)}T02:00:00Z`);
  await timed('nights', async () => {
    for (const run of [activatePoints, expirePoints, reviewTiers, noticeExpiry, snapshotLiability])
      await run(db);
  });
}

const findings: object[] = [];
await timed('nights', () => checkBooks(db, { error: (finding: unknown) => findings.push(Object(finding)) }));
const [sums] = await db.source.query(
  `select (select count(*) from point_lot)::int as lots, (select count(*) from ledger_entry)::int as entries,
          (select coalesce(sum(pending), 0) from ledger_entry where type = 'EARN')::float8 as earned,
          (select coalesce(-sum(available), 0) from ledger_entry where type = 'EXPIRE')::float8 as expired,
          (select count(*) from outbox where type like 'membership.tier.%')::int as tier_moves,
          (select coalesce(sum(remaining), 0) from point_lot where state in ('ACTIVE', 'PENDING'))::float8 as left`,
);
const told = {
  purchases: purchases.length,
  clients: clients.size,
  ...clock,
  ...sums,
  findings: findings.length,
};
process.stdout.write(`${JSON.stringify(told)}\n`);
await db.source.destroy();
