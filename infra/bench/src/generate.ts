import { readFileSync } from 'node:fs';
import { PEOPLE, SERVICES, type ServiceName, type Stack } from '@client-graph/local';
import pg from 'pg';

const BATCH = 10_000;
/** As many clients as a service seals within the time it is given to start. */
const SLICE = 20_000;
const DAY_MS = 86_400_000;

const sql = (name: string): string =>
  readFileSync(new URL(`../generate/${name}.sql`, import.meta.url), 'utf8');

const STEPS = {
  clients: ['people', 'clients'],
  risk: ['people', 'client-copy', 'risk'],
  products: ['people', 'client-copy', 'purchases', 'products'],
  service: ['people', 'client-copy', 'service'],
  loyalty: ['people', 'client-copy', 'purchases', 'loyalty'],
  marketing: ['people', 'client-copy', 'marketing'],
} as const satisfies Record<ServiceName, readonly string[]>;

/** What the generator keeps the same through one run, so that ids agree however the firm grows. */
export type Firm = { baseMs: number; advisers: number };

/** Clients came to the firm from 300 days ago on; about fifty for each adviser, 200 advisers at most, at its first size. */
export const newFirm = (clients: number): Firm => ({
  baseMs: Math.floor(Date.now() / DAY_MS) * DAY_MS - 300 * DAY_MS,
  advisers: Math.max(1, Math.min(200, Math.floor(clients / 50))),
});

/** The advisers of the generated firm who can have a token. */
export const ADVISERS = ['adviser', 'adviser-2'] as const;
export const subOf = (adviser: (typeof ADVISERS)[number]): string => PEOPLE[adviser].sub;

export type Loaded = { rows: number; seconds: number; bytes: number };

/** Adds the clients from one number to another to all six databases, by set-based SQL and without events. */
export async function addClients(
  stack: Stack,
  firm: Firm,
  { from, to, signal, say }: { from: number; to: number; signal: AbortSignal; say: (line: string) => void },
): Promise<Loaded> {
  const startedMs = performance.now();
  const before = await Promise.all(SERVICES.map((service) => sizeOf(stack, service)));
  for (let first = from; first <= to; first += SLICE) {
    const slice = { from: first, to: Math.min(to, first + SLICE - 1), signal };
    await Promise.all(
      SERVICES.map(async (service) => {
        await withDatabase(stack, service, (db) => fill(db, service, firm, slice));
        say(`${service} has its clients ${slice.from} to ${slice.to}`);
      }),
    );
    await Promise.all(SERVICES.map((service) => seal(stack, service, say)));
  }
  const after = await Promise.all(SERVICES.map((service) => sizeOf(stack, service)));
  const sum = (sizes: readonly { rows: number; bytes: number }[], part: 'rows' | 'bytes') =>
    sizes.reduce((total, size) => total + size[part], 0);
  return {
    rows: sum(after, 'rows') - sum(before, 'rows'),
    bytes: sum(after, 'bytes'),
    seconds: (performance.now() - startedMs) / 1_000,
  };
}

async function fill(
  db: pg.Client,
  service: ServiceName,
  { baseMs, advisers }: Firm,
  { from, to, signal }: { from: number; to: number; signal: AbortSignal },
): Promise<void> {
  const work = STEPS[service].map(sql).join('\n');
  for (let first = from; first <= to; first += BATCH) {
    signal.throwIfAborted();
    const last = Math.min(to, first + BATCH - 1);
    await db.query('begin');
    await db.query(
      `select set_config('bench.base_ms', $1, true), set_config('bench.advisers', $2, true),
              set_config('bench.from', $3, true), set_config('bench.to', $4, true)`,
      [baseMs, advisers, first, last].map(String),
    );
    await db.query(work);
    await db.query('commit');
  }
  await db.query('vacuum (analyze)');
}

/** What is personal was written plain, and a service seals what it finds plain when it starts. */
async function seal(stack: Stack, service: ServiceName, say: (line: string) => void): Promise<void> {
  const isPlain = await withDatabase(stack, service, async (db) => {
    const { rows } = await db.query<{ place: string }>(
      `select format('select 1 from %I where %I is not null', table_name, column_name) as place
       from information_schema.columns where table_schema = 'public' and column_name like '%\\_plain'`,
    );
    if (rows.length === 0) return false;
    const all = rows.map(({ place }) => `exists (${place})`).join(' or ');
    return (await db.query<{ found: boolean }>(`select ${all} as found`)).rows[0]?.found === true;
  });
  if (!isPlain) return;
  say(`${service} seals what is personal`);
  await stack.restart(service);
}

const sizeOf = (stack: Stack, service: ServiceName): Promise<{ rows: number; bytes: number }> =>
  withDatabase(stack, service, async (db) => {
    const { rows } = await db.query<{ rows: number; bytes: number }>(
      `select sum(greatest(reltuples, 0))::float8 as rows, pg_database_size(current_database())::float8 as bytes
       from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
    );
    return rows[0] ?? { rows: 0, bytes: 0 };
  });

/** Lends a connection to a service's database. */
export async function withDatabase<T>(
  stack: Stack,
  service: ServiceName,
  work: (db: pg.Client) => Promise<T>,
): Promise<T> {
  const url = new URL(stack.databaseUrl(service));
  // The owner of the tables, who may make temporary ones.
  if (url.username === service) url.username = `${service}_migrator`;
  const db = new pg.Client({ connectionString: url.href });
  // A connection that breaks fails the query under way; without a listener it would also end this process.
  db.on('error', () => undefined);
  await db.connect();
  try {
    return await work(db);
  } finally {
    await db.end().catch(() => undefined);
  }
}
