import type { Stack } from '@client-graph/local';
import { v7 as uuidv7 } from 'uuid';
import type { Databases } from './databases.js';
import { type Graph, until } from './graph.js';
import { insistent } from './insist.js';
import { untilQuiet } from './quiet.js';

type OfClient = { client: { id: string; individual: { name: string } | null } | null };
export type Day = {
  day: string;
  items: (OfClient & { kind: string; dueOn: string; note: string | null })[];
  complaints: (OfClient & { number: string; dueOn: string })[];
  occasions: (OfClient & { occasion: { ruleCode: string; on: string } })[];
};
type Firm = { graph: Graph; databases: Databases };

const DAY_MS = 86_400_000;
const inShanghai = (at: Date) => new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);

const askDay = async (graph: Graph): Promise<Day> =>
  (await graph<{ myDay: Day }>('adviser', 'my-day', { locale: 'EN' })).myDay;

/** Gives one client of the first adviser everything that a day can hold, and waits until it is in the adviser's day. */
export async function fillDay({ graph, databases }: Firm, clientId: string, now: Date): Promise<Day> {
  const soon = inShanghai(new Date(now.getTime() + 2 * DAY_MS));
  await timePasses(databases, clientId, inShanghai(now), soon);
  const consent = {
    purpose: 'CARE_GREETING',
    textVersion: 'CARE-2026.1',
    evidence: 'FORM',
    source: 'BRANCH',
  };
  await graph('operations', 'grant-consent', { input: { requestId: uuidv7(), clientId, ...consent } });
  const birthday = { kind: 'BIRTHDAY_SOLAR', month: Number(soon.slice(5, 7)), day: Number(soon.slice(8)) };
  // The service hears of the consent by its event.
  await insistent(graph)('adviser', 'register-care-date', { input: { clientId, ...birthday } }, [
    'NO_CARE_CONSENT',
  ]);
  await planCall(graph, clientId, soon);
  const complaint = { channel: 'PHONE', category: 'FEE', claim: 'The fee was not told.' };
  await graph('service-agent', 'file-complaint', { input: { requestId: uuidv7(), clientId, ...complaint } });
  return until('the review and the assessment are in the day', async () => {
    const day = await askDay(graph);
    const kinds = day.items.filter(({ client }) => client?.id === clientId).map(({ kind }) => kind);
    return ['REVIEW', 'ASSESSMENT'].every((kind) => kinds.includes(kind)) && day;
  });
}

export const planCall = (graph: Graph, clientId: string, dueOn: string): Promise<unknown> =>
  graph('adviser', 'plan-follow-up', {
    input: { requestId: uuidv7(), clientId, dueOn, note: 'Call about the bond part.' },
  });

/** As if years had gone by: the review of the file is due, the assessment ends soon, and the nightly jobs look. */
async function timePasses(databases: Databases, clientId: string, today: string, soon: string) {
  await databases.clients(
    `update information_review set due_on = $2, look_on = $2 where client_id = $1 and kind = 'PERIODIC'`,
    [clientId, today],
  );
  await databases.clients(`select graphile_worker.add_job('remind-reviews')`);
  await databases.risk(
    `update assessment set valid_to = $2, expiry_told_at = null where client_id = $1 and state = 'EFFECTIVE'`,
    [clientId, soon],
  );
  await databases.risk(`select graphile_worker.add_job('tell-expiring')`);
}

/** The services that a day comes from. */
const ASKED = ['service', 'clients'] as const;

/**
 * What the day costs those services: SQL statements by their own count, the least of several times once nothing is on its way,
 * since what a service does beside is counted too.
 */
export async function costOfDay(stack: Stack, { graph, databases }: Firm, times = 8) {
  await untilQuiet(stack.brokers, databases);
  const count = async () => ({
    service: await statementsOf(stack.serviceUrl('service')),
    clients: await statementsOf(stack.serviceUrl('clients')),
  });
  const least = { service: Number.POSITIVE_INFINITY, clients: Number.POSITIVE_INFINITY };
  for (let n = 0; n < times; n += 1) {
    const before = await count();
    await askDay(graph);
    const after = await count();
    for (const name of ASKED) least[name] = Math.min(least[name], after[name] - before[name]);
  }
  return least;
}

async function statementsOf(graphqlUrl: string): Promise<number> {
  const text = await (await fetch(new URL('/metrics', graphqlUrl))).text();
  return Number(/^sql_statements_total\{[^}]*\} (\d+)$/m.exec(text)?.[1] ?? Number.NaN);
}
