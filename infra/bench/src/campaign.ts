// `npm run bench -- campaign [recipients]`: a mailing to many clients through the local mail server, whose sender is killed
// twice in the midst. Prints what became of each recipient and how fast messages went; ends with 1 when one is not accounted for.
import { rm } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePorts, PEOPLE, type Stack, startMail, startStack, temporaryFolder } from '@client-graph/local';
import type pg from 'pg';
import { withDatabase } from './generate.js';
import { render } from './table.js';

const RECIPIENTS = Number(process.argv[2] ?? 100_000);
/** Every hundredth has given no address. */
const WITHOUT_ADDRESS = 100;
const LOGS = fileURLToPath(new URL('../../../.local/log/campaign', import.meta.url));
/** As many addresses as a service seals within the time it is given to start. */
const SEALED_AT_ONCE = 5_000;

const startedMs = performance.now();
const say = (line: string) =>
  console.error(`[${String(Math.round((performance.now() - startedMs) / 1_000)).padStart(4)} s] ${line}`);

/** Message-ID → how often it arrived. */
const arrived = new Map<string, number>();
let count = 0;

const CLIENTS = `
  insert into client_copy (client_id, adviser_id, kind, status, class, grade, age_band, full_civil_capacity, institution_type, updated_at)
  select uuidv7(), $1, 'INDIVIDUAL', 'ACTIVE', 'ORDINARY', 'BRONZE', 'FROM_31', true, null, now() from generate_series(1, $2)`;
const ADDRESSES = `
  insert into contact_point (id, version, client_id, channel, address_plain, registered_by, registered_at)
  select uuidv7(), 1, client_id, 'EMAIL', client_id || '@mail.example.com', $1, now()
  from (select client_id, row_number() over (order by client_id) as n from client_copy) t where n > $2 and n <= $3 and n % $4 <> 0`;

/** Writes the clients and, in parts, their addresses, which the service seals when it starts. */
async function addClients(stack: Stack): Promise<void> {
  const by = PEOPLE.operations.sub;
  await withDatabase(stack, 'service', (db) => db.query(CLIENTS, [by, RECIPIENTS]));
  for (let from = 0; from < RECIPIENTS; from += SEALED_AT_ONCE) {
    await withDatabase(stack, 'service', (db) =>
      db.query(ADDRESSES, [by, from, from + SEALED_AT_ONCE, WITHOUT_ADDRESS]),
    );
    say(`sealing addresses ${from + 1} to ${Math.min(from + SEALED_AT_ONCE, RECIPIENTS)}`);
    await stack.restart('service');
  }
}

const CREATE = 'mutation ($input: CreateMailingInput!) { createMailing(input: $input) { recipients } }';

async function queue(stack: Stack): Promise<number> {
  const variables = [
    { name: 'subject', value: 'News of the season' },
    { name: 'date', value: '2026-12-31' },
  ];
  // A kind that waits for no morning: the bench runs at any hour.
  const input = {
    requestId: 'the-campaign',
    templateCode: 'POINTS_EXPIRING',
    kind: 'SERVICE',
    channel: 'EMAIL',
  };
  const response = await fetch(stack.serviceUrl('service'), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await stack.token('operations')}`,
    },
    body: JSON.stringify({
      query: CREATE,
      variables: { input: { ...input, variables, audience: { grades: ['BRONZE'] } } },
    }),
  });
  const text = await response.text();
  const recipients = /"recipients":(\d+)/.exec(text)?.[1];
  if (recipients === undefined) throw new Error(`The mailing was not made: ${text.slice(0, 300)}`);
  return Number(recipients);
}

type Sent = { done: number; left: number };
const progress = async (db: pg.Client): Promise<Sent> => {
  const { rows } = await db.query<Sent>(
    `select count(*) filter (where state not in ('QUEUED', 'SENDING'))::int as done,
       count(*) filter (where state in ('QUEUED', 'SENDING'))::int as left from communication`,
  );
  return rows[0] ?? { done: 0, left: 0 };
};

/** Kills the sender when a third and two thirds have arrived, and waits until nothing is left. */
async function watch(stack: Stack): Promise<void> {
  await withDatabase(stack, 'service', async (db) => {
    for (const after of [RECIPIENTS / 3, (RECIPIENTS * 2) / 3]) {
      while (count < after) await delay(20);
      say(`killing the sender after ${count} messages`);
      await stack.kill('service', 'SIGKILL');
      await stack.restart('service');
    }
    for (let left = 1; left > 0; ) {
      ({ left } = await progress(db));
      say(`${count} arrived, ${left} left`);
      if (left > 0) await delay(5_000);
    }
  });
}

type Outcome = { id: string; state: string; reason: string | null };

/** What became of each recipient, held against what the mail server has taken. */
async function account(db: pg.Client): Promise<number> {
  const { rows } = await db.query<Outcome>('select id, state, reason from communication');
  const { rows: speed } = await db.query<{ busy: number; sent: number }>(
    `select count(distinct date_trunc('second', sent_at))::int as busy, count(*)::int as sent from communication where sent_at is not null`,
  );
  const groups = new Map<string, { recipients: number; none: number; one: number; more: number }>();
  for (const { id, state, reason } of rows) {
    const name = `${state} ${reason ?? ''}`.trim();
    const group = groups.get(name) ?? { recipients: 0, none: 0, one: 0, more: 0 };
    const times = arrived.get(`<${id}@client-graph>`) ?? 0;
    group.recipients += 1;
    group[times === 0 ? 'none' : times === 1 ? 'one' : 'more'] += 1;
    groups.set(name, group);
  }
  const lines = [...groups].map(([name, { recipients, none, one, more }]) => [
    name,
    recipients,
    none,
    one,
    more,
  ]);
  const head = ['state and reason', 'recipients', 'none arrived', 'one arrived', 'more arrived'];
  console.log(
    render({ title: `A campaign of ${RECIPIENTS} recipients, its sender killed twice`, head, lines }),
  );
  const [{ busy = 1, sent = 0 } = {}] = speed;
  console.log(
    `${sent} sent; ${Math.round(sent / Math.max(1, busy))} a second over the ${busy} seconds in which any was; load ${loadavg()[0]?.toFixed(1)}`,
  );
  const wrong = [...groups].filter(([name, { none, more }]) => {
    if (name === 'SENT') return none + more > 0;
    if (name.startsWith('UNCERTAIN ')) return more > 0;
    return !name.startsWith('SUPPRESSED ');
  });
  return wrong.length + (rows.length === RECIPIENTS ? 0 : 1);
}

const folder = await temporaryFolder('campaign');
const [smtpPort = 0, pagePort = 0] = await freePorts(2);
const mail = await startMail({
  smtpPort,
  pagePort,
  onMail: (messageId) => {
    arrived.set(messageId, (arrived.get(messageId) ?? 0) + 1);
    count += 1;
  },
});
let stack: Stack | undefined;
let code = 1;
try {
  say('starting the service');
  stack = await startStack({
    dataDir: join(folder, 'data'),
    logDir: LOGS,
    services: ['service'],
    external: { databaseUrls: {}, smtp: mail.smtpUrl },
    env: { NODE_ENV: 'production', LOG_LEVEL: 'warn' },
    tokenSeconds: 86_400,
  });
  await addClients(stack);
  say(`queued for ${await queue(stack)} recipients`);
  await watch(stack);
  code = (await withDatabase(stack, 'service', account)) === 0 ? 0 : 1;
} finally {
  await stack?.stop();
  await mail.close();
  await rm(folder, { recursive: true, force: true });
}
process.exit(code);
