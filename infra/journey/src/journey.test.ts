import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSampleFirm, SERVICES, type Stack, startStack } from '@client-graph/local';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createGraph, type Graph, GraphError } from './graph.js';
import { hearEvents } from './hear.js';
import { journey } from './journey.js';
import { dumpSchema } from './schema-dump.js';

let folder: string;
let stack: Stack;
let graph: Graph;
let ear: Awaited<ReturnType<typeof hearEvents>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'client-graph-journey-'));
  stack = await startStack({
    dataDir: join(folder, 'data'),
    logDir: join(folder, 'log'),
    fsync: false,
    env: { LOG_LEVEL: 'warn' },
  });
  graph = createGraph(stack.gatewayUrl, stack.token);
  await loadSampleFirm(stack);
  ear = await hearEvents(stack.brokers, 'journey-test');
}, 180_000);
afterAll(async () => {
  await ear?.stop();
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

test('a seminar lead becomes a served client across all six services, and one query tells it all', async () => {
  const lines: string[] = [];
  const page = await journey({ graph, heard: ear.heard, say: (line) => lines.push(line), now: new Date() });

  expect(page).toMatchObject({
    status: 'ACTIVE',
    class: 'ORDINARY',
    grade: 'BRONZE',
    riskProfile: { level: 'MEDIUM_LOW', levelLabel: '中低風險', lowestCategory: false, isValid: true },
    holdings: [{ product: { code: 'WMP-STEADY-12M', rating: 'R2' }, lastNav: '1.025' }],
    orders: { nodes: [{ state: 'SETTLED', amount: { amount: '88000', currency: 'CNY' } }] },
    membership: { tier: 'CLASSIC', balance: 0, pending: 88, lots: [{ points: 88, state: 'PENDING' }] },
    interactions: { nodes: [{ channel: 'PHONE' }] },
    originLead: { stage: 'CONVERTED', medium: 'SEMINAR' },
    conversion: { daysToConvert: 0 },
  });
  const told = lines.join('\n');
  expect(told).toMatch(/is offered .*WMP-STEADY-12M \(R2\)/);
  expect(told).not.toMatch(/is offered .*\(R[345]\)/);
  expect(told).toMatch(/FUND-EQUITY \(R4\) is refused: NOT_SUITABLE/);
  expect(told).toMatch(/46 points, band MEDIUM, G1 and G4 fired, level MEDIUM_LOW/);
  const mine = new Set(ear.heard.filter((event) => told.includes(event.key)).map((event) => event.type));
  for (const type of [
    'lead.created',
    'client.onboarded',
    'client.activated',
    'lead.converted',
    'risk.profile.changed',
    'suitability.checked',
    'order.settled',
    'points.earned',
  ]) {
    expect(mine).toContain(type);
  }
}, 120_000);

test('loading the sample firm again changes nothing', async () => {
  const count = () =>
    graph<{ products: { nodes: unknown[] } }>('admin', 'products', { first: 100 }).then(
      ({ products }) => products.nodes.length,
    );
  const before = await count();
  await loadSampleFirm(stack);
  expect(await count()).toBe(before);
}, 60_000);

test('with the risk service down the rest of the page stands, and no purchase is possible for who has no level', async () => {
  const { clients } = await graph<{ clients: { nodes: { id: string }[] } }>('compliance', 'client-list', {
    first: 1,
  });
  const id = clients.nodes[0]?.id;
  await stack.kill('risk', 'SIGKILL');
  const answer = await page(id);
  expect(answer.data.client).toMatchObject({ status: 'ACTIVE', riskProfile: null });
  expect(answer.data.client.membership).not.toBeNull();
  expect(answer.errors).toHaveLength(1);
  expect(JSON.stringify(answer.errors)).not.toMatch(/127\.0\.0\.1|ECONN|at .*\.js/);
  await stack.restart('risk');
  await expect(buyBlindly(id ?? '')).rejects.toThrow(GraphError);
}, 60_000);

test.each(SERVICES)('services/%s/schema.sql is the database that its migrations make', async (service) => {
  const file = new URL(`../../../services/${service}/schema.sql`, import.meta.url);
  const made = await dumpSchema(stack.databaseUrl(service));
  const committed = await readFile(file, 'utf8').catch(() => '');
  // The file is mended at once, so that what remains is to review and commit it.
  if (made !== committed) await writeFile(file, made);
  expect(committed).toBe(made);
});

async function page(id: string | undefined) {
  const { operationText } = await import('./graph.js');
  const response = await fetch(stack.gatewayUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await stack.token('compliance')}`,
    },
    body: JSON.stringify({ query: operationText('client-page'), variables: { id, locale: 'EN' } }),
  });
  return JSON.parse(await response.text());
}

async function buyBlindly(clientId: string) {
  const { products } = await graph<{ products: { nodes: { id: string }[] } }>('admin', 'products', {
    first: 1,
  });
  return graph(`client-${clientId}`, 'place-order', {
    input: {
      requestId: `blind-${clientId}`,
      clientId,
      productId: products.nodes[0]?.id,
      amount: { amount: '20000', currency: 'CNY' },
    },
  });
}
