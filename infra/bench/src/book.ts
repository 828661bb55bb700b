import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type PersonKey, Problem, type Stack, startStack, temporaryFolder } from '@client-graph/local';
import type { Client } from 'pg';
import { measureConsent } from './consent.js';
import { type Firm, newFirm, subOf, withDatabase } from './generate.js';
import { quantile } from './load.js';
import { render } from './table.js';

const BATCH = 50_000;
const ASKED_TIMES = 40;
const FIRST = 50;
/** A surname that one client in twenty has, one of its given names, and both. */
const [COMMON, RARER, WHOLE] = ['王', '王安', '王安宝'] as const;

type Ask = { name: string; person: PersonKey; query: string; variables: Record<string, unknown> };
type Spread = { p50: number; p99: number; found: number };
type Asked = Map<string, Spread>;

/** Search, lists and previews at the sizes asked for, beside each other; progress goes to `say`. */
export async function benchBook(
  args: string[],
  log: string,
  signal: AbortSignal,
  say: (line: string) => void,
) {
  const sizes = sizesOf(args);
  const folder = await temporaryFolder('book');
  let stack: Stack | undefined;
  try {
    const hashKey = randomBytes(32).toString('hex');
    const env = { LOG_LEVEL: 'warn', RATE_PER_SECOND: '0', CLIENTS_HASH_KEY: hashKey };
    say('Starting Postgres, Kafka, the services and the gateway');
    stack = await startStack({
      dataDir: join(folder, 'data'),
      logDir: log,
      env,
      tokenSeconds: 86_400,
      signal,
    });
    const firm = newFirm(Math.max(...sizes));
    const measured: Asked[] = [];
    let there = 0;
    for (const size of sizes) {
      const startedMs = performance.now();
      await addBook(stack, firm, { from: there + 1, to: size, hashKey, signal, say });
      say(`${size} clients after ${Math.round((performance.now() - startedMs) / 1_000)} s`);
      there = size;
      measured.push(await measure(stack, size, signal));
    }
    console.log(bookTable(sizes, measured));
    console.log(render(await measureConsent(stack, signal)));
  } finally {
    say('Stopping');
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function sizesOf(args: string[]): number[] {
  const { clients } = parseArgs({
    args,
    options: { clients: { type: 'string', default: '10000,1000000' } },
  }).values;
  const sizes = clients.split(',').map(Number);
  if (sizes.some((size, n) => !Number.isInteger(size) || size <= (sizes[n - 1] ?? 0) || size > 5_000_000))
    throw new Problem(`--clients ${clients} must be whole numbers that rise, 5,000,000 at most.`);
  return sizes;
}

type Part = { from: number; to: number; hashKey: string; signal: AbortSignal; say: (line: string) => void };

/** Adds clients by set-based SQL, with the hashes by which the service finds them. */
async function addBook(stack: Stack, firm: Firm, { from, to, hashKey, signal, say }: Part): Promise<void> {
  const work = ['people', 'book']
    .map((name) => readFileSync(new URL(`../generate/${name}.sql`, import.meta.url), 'utf8'))
    .join('\n');
  const pad = (byte: number) =>
    Buffer.from([...Buffer.from(hashKey)].map((one) => one ^ byte)).toString('hex');
  await withDatabase(stack, 'clients', async (db) => {
    const taken = await takeIndexes(db);
    for (let first = from; first <= to; first += BATCH) {
      signal.throwIfAborted();
      const last = Math.min(to, first + BATCH - 1);
      const settings = {
        base_ms: firm.baseMs,
        advisers: firm.advisers,
        from: first,
        to: last,
        inner_pad: pad(0x36),
        outer_pad: pad(0x5c),
      };
      await db.query('begin');
      for (const [name, value] of Object.entries(settings))
        await db.query('select set_config($1, $2, true)', [`bench.${name}`, String(value)]);
      await db.query(work);
      await db.query('commit');
      say(`${last} clients`);
    }
    for (const { make } of taken) await db.query(make);
    await db.query('vacuum (analyze)');
  });
}

/** The tables of `book.sql`. */
const TABLES = [
  ...['client', 'individual_profile', 'institution_profile', 'institution_financials', 'asset_snapshot'],
  ...['risk_tolerance', 'id_document', 'contact_detail', 'information_review', 'client_name_token'],
];

/** Takes away what every row would pay for one by one, and says how it is made again for all of them at once. */
async function takeIndexes(db: Client): Promise<{ make: string }[]> {
  const { rows } = await db.query<{ take: string; make: string }>(
    `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as take,
       format('alter table %s add constraint %I %s%s', conrelid::regclass, conname, pg_get_constraintdef(oid),
         case when contype = 'f' and not pg_get_constraintdef(oid) like '%NOT VALID' then ' not valid' else '' end) as make
     from pg_constraint
     where conrelid = any($1::regclass[]) and (contype = 'f' or (contype = 'p' and conrelid = 'client_name_token'::regclass))
     union all
     select format('drop index %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
     from pg_index i
     where indrelid = any($1::regclass[]) and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`,
    [TABLES],
  );
  for (const { take } of rows) await db.query(take);
  return rows;
}

async function measure(stack: Stack, size: number, signal: AbortSignal): Promise<Asked> {
  const middle = await withDatabase(stack, 'clients', (db) => idInTheMiddle(db));
  const asked: Asked = new Map();
  for (const ask of [...asksOf(size, middle), preview()]) {
    signal.throwIfAborted();
    const token = await stack.token(ask.person);
    const times: number[] = [];
    let found = 0;
    const count = ask.name === 'preview' ? 1 : ASKED_TIMES;
    for (let n = 0; n < count; n += 1) {
      const startedMs = performance.now();
      found = await send(stack, token, ask);
      times.push(performance.now() - startedMs);
    }
    asked.set(ask.name, { p50: quantile(times, 0.5), p99: quantile(times, 0.99), found });
  }
  return asked;
}

async function idInTheMiddle(db: Client): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    'select id from client order by id offset (select count(*) / 2 from client) limit 1',
  );
  return rows[0]?.id ?? '';
}

const NODE = 'nodes { id kind class grade status adviserId version } pageInfo { hasNextPage endCursor }';
const LIST = `query ($after: String, $grade: ClientGrade, $status: ClientStatus, $class: ClientClass, $adviserId: ID, $reviewDueBy: Date) {
  clients(first: ${FIRST}, after: $after, grade: $grade, status: $status, class: $class, adviserId: $adviserId, reviewDueBy: $reviewDueBy) { ${NODE} } }`;
const SEARCH = `query ($by: ClientSearchInput!, $after: String) { searchClients(by: $by, first: ${FIRST}, after: $after) { ${NODE} } }`;

/** Every way to list and to find, first pages and pages in the middle. */
function asksOf(size: number, middle: string): Ask[] {
  const after = Buffer.from(middle).toString('base64url');
  const adviserId = subOf('adviser');
  const today = new Date().toISOString().slice(0, 10);
  const list = (name: string, variables: object, person: PersonKey = 'operations'): Ask => ({
    name: `list: ${name}`,
    person,
    query: LIST,
    variables: { ...variables },
  });
  const find = (name: string, by: object, more: object = {}, person: PersonKey = 'operations'): Ask => ({
    name: `search: ${name}`,
    person,
    query: SEARCH,
    variables: { by, ...more },
  });
  const last = size - (size % 50 === 0 ? 1 : 0);
  return [
    list('all', {}),
    list('all, a page in the middle', { after }),
    list('by grade', { grade: 'GOLD' }),
    list('by grade, in the middle', { grade: 'GOLD', after }),
    list('by status and segment', { status: 'DORMANT', class: 'ULTRA_HIGH_NET_WORTH' }),
    list('by adviser', { adviserId }),
    list('review due', { reviewDueBy: today }),
    list('review due, by grade', { reviewDueBy: today, grade: 'DIAMOND' }),
    list('by adviser, grade, segment, review due', {
      adviserId,
      grade: 'SMALL',
      class: 'ENTERPRISE',
      reviewDueBy: today,
    }),
    list("an adviser's own", {}, 'adviser'),
    find('a surname', { name: COMMON }),
    find('a surname, in the middle', { name: COMMON }, { after }),
    find('two characters', { name: RARER }),
    find('a whole name', { name: WHOLE }),
    find("a surname, an adviser's own", { name: COMMON }, {}, 'adviser'),
    find('a mobile number', { mobile: `1${3_000_000_000 + last}` }),
    find('an identity number', {
      identity: { idType: 'PASSPORT', idNumber: `E${String(last).padStart(8, '0')}` },
    }),
  ];
}

/** The firm's tables with other lines for SILVER and the second segment. */
function preview(): Ask {
  const rows = (lines: readonly (readonly [object, string, string?])[]) =>
    lines.map(([code, min, below]) => ({ ...code, min, below }));
  const rules = {
    clientClasses: rows([
      [{ class: 'ORDINARY' }, '0', '5000000'],
      [{ class: 'HIGH_NET_WORTH' }, '5000000', '30000000'],
      [{ class: 'ULTRA_HIGH_NET_WORTH' }, '30000000'],
    ]),
    assetRanks: rows([
      [{ rank: 1 }, '0', '100000'],
      [{ rank: 2 }, '100000', '3000000'],
      [{ rank: 3 }, '3000000', '30000000'],
      [{ rank: 4 }, '30000000'],
    ]),
    toleranceRanks: [null, 'LOW', 'MEDIUM_LOW', 'MEDIUM', 'MEDIUM_HIGH', 'HIGH'].map((level, n) => ({
      level,
      rank: [1, 1, 1, 2, 3, 3][n],
    })),
    experienceRanks: rows([
      [{ rank: 1 }, '0', '2'],
      [{ rank: 2 }, '2', '5'],
      [{ rank: 3 }, '5'],
    ]),
    institutionGrades: rows([
      [{ grade: 'SMALL' }, '0', '20000000'],
      [{ grade: 'MEDIUM' }, '20000000', '200000000'],
      [{ grade: 'LARGE' }, '200000000'],
    ]),
    mediumFromProductClasses: 3,
    financialInstitutionLargeFrom: '100000000',
  };
  const query = `query ($rules: GradingTablesInput!) { previewGradingRules(rules: $rules) { clients unchanged
    moves { fromGrade toGrade clients examples { id } } } }`;
  return { name: 'preview', person: 'compliance', query, variables: { rules } };
}

type Answer = {
  data?: { clients?: Nodes; searchClients?: Nodes; previewGradingRules?: { clients: number } };
  errors?: unknown;
};
type Nodes = { nodes: unknown[] };

/** How many clients the answer has; a refused question would be a fast one. */
async function send(stack: Stack, token: string, { name, query, variables }: Ask): Promise<number> {
  const response = await fetch(stack.serviceUrl('clients'), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      'x-correlation-id': randomUUID(),
    },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors }: Answer = JSON.parse(await response.text());
  if (errors !== undefined || !data) throw new Error(`${name}: ${JSON.stringify(errors)}`);
  return (data.clients ?? data.searchClients)?.nodes.length ?? data.previewGradingRules?.clients ?? 0;
}

function bookTable(sizes: readonly number[], measured: readonly Asked[]): string {
  const [smallest] = measured;
  const names = [...(smallest?.keys() ?? [])];
  const size = (n: number) => n.toLocaleString('en');
  return render({
    title: `The clients service, asked ${ASKED_TIMES} times for ${FIRST} clients; milliseconds`,
    head: ['', ...sizes.flatMap((n) => [`${size(n)}: p50`, 'p99', 'found']), 'ratio of p50'],
    lines: names.map((name) => {
      const spreads = measured.map((asked) => asked.get(name));
      const [first, last] = [spreads[0]?.p50 ?? Number.NaN, spreads.at(-1)?.p50 ?? Number.NaN];
      return [
        name,
        ...spreads.flatMap((spread) => [spread?.p50 ?? null, spread?.p99 ?? null, spread?.found ?? null]),
        last / first,
      ];
    }),
    notes: ['A preview is asked once and is about every client there is.'],
  });
}
