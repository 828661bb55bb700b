// `node dist/bench.main.js DATABASE_URL LEADS`: imports so many rows into an empty database as the graph does, batch by batch, asks for
// the funnel on the way, and prints what that took as one line of JSON.
import { createHash, randomUUID } from 'node:crypto';
import { actorOf, type Db, keysInMemory, openDatabase } from '@client-graph/kit';
import { addUpCounts, leadFunnel } from './funnel/funnel.js';
import { importLeads } from './imports/imports.js';
import { service } from './service.js';

const BATCH = 1_000;
const ASKED = 21;
const CAMPAIGNS = 20;
const SPLITS = ['CHANNEL', 'MEDIUM', 'ATTEMPTS', 'CAMPAIGN', 'OWNER', 'MONTH'] as const;

const [databaseUrl = '', count = '1000000'] = process.argv.slice(2);
const leads = Number(count);
const opened = await openDatabase(service, {
  url: databaseUrl,
  poolMax: 4,
  now: () => new Date(),
  keys: keysInMemory(() => ({ current: 'bench', keys: { bench: Buffer.alloc(32, 1).toString('base64') } })),
});
const db: Db = { ...opened, actor: actorOf(randomUUID(), ['MARKETING']) };

function batch(from: number) {
  const number = Math.floor(from / BATCH) % CAMPAIGNS;
  return {
    requestId: randomUUID(),
    fileSha256: createHash('sha256').update(`file ${number}`).digest('hex'),
    campaign: {
      name: `Campaign ${number}`,
      channel: 'OFFLINE' as const,
      medium: 'PHONE',
      startsOn: '2016-01-01',
      endsOn: '2018-12-31',
    },
    rows: Array.from({ length: BATCH }, (_, n) => {
      const line = from + n + 1;
      const month = String(1 + (line % 12)).padStart(2, '0');
      return {
        line,
        externalKey: `person-${line}`,
        medium: line % 3 === 0 ? 'LANDLINE' : 'MOBILE',
        attempts: 1 + (line % 7),
        outcome: line % 9 === 0 ? ('CONVERTED' as const) : ('LOST' as const),
        contactedOn: `2017-${month}-11`,
      };
    }),
  };
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Milliseconds that the funnel takes, the median over all its splits; and what counting the leads themselves would take. */
async function funnelMs(): Promise<{ kept: number; counted: number }> {
  const kept: number[] = [];
  const counted: number[] = [];
  for (let n = 0; n < ASKED; n += 1) {
    for (const by of SPLITS) {
      const startedMs = performance.now();
      await leadFunnel(db, { by, filter: null });
      kept.push(performance.now() - startedMs);
    }
    if (n % 7 !== 0) continue;
    const startedMs = performance.now();
    await db.source.query(
      `select medium, count(*), count(*) filter (where stage = 'CONVERTED') from lead group by 1`,
    );
    counted.push(performance.now() - startedMs);
  }
  return { kept: median(kept), counted: median(counted) };
}

const stations: { leads: number; rowsPerSecond: number; funnelMs: number; countedMs: number }[] = [];
let from = 0;
for (const station of [10_000, 100_000, leads].filter(
  (n, index, all) => n <= leads && all.indexOf(n) === index,
)) {
  const startedMs = performance.now();
  const begun = from;
  for (; from < station; from += BATCH) await importLeads(db, batch(from));
  const rowsPerSecond = ((station - begun) * 1_000) / (performance.now() - startedMs);
  await addUpCounts(db);
  const { kept, counted } = await funnelMs();
  stations.push({ leads: station, rowsPerSecond, funnelMs: kept, countedMs: counted });
}
await db.source.destroy();
process.stdout.write(`${JSON.stringify(stations)}\n`);
