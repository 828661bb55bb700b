import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Stack, startStack, temporaryFolder } from '@client-graph/local';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { recordFetches } from './fetches.js';
import { addClients, newFirm } from './generate.js';
import { callersOf } from './queries.js';

const CLIENTS = 100;
const { signal } = new AbortController();
let folder: string;
let stack: Stack;

beforeAll(async () => {
  folder = await temporaryFolder('generate');
  stack = await startStack({
    dataDir: join(folder, 'data'),
    logDir: join(folder, 'log'),
    fsync: false,
    env: { LOG_LEVEL: 'warn' },
  });
}, 300_000);
afterAll(async () => {
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
}, 300_000);

const ask = async ({ body, token }: { body: string; token: string }): Promise<Record<string, unknown>> => {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const response = await fetch(stack.gatewayUrl, { method: 'POST', headers, body });
  const { data, errors } = await response.json();
  expect(errors).toBeUndefined();
  return data;
};

test('the generated firm fits the six databases, and a page of it has every part', async () => {
  const firm = newFirm(CLIENTS);
  await addClients(stack, firm, { from: 1, to: CLIENTS / 2, signal, say: () => undefined });
  await addClients(stack, firm, { from: CLIENTS / 2 + 1, to: CLIENTS, signal, say: () => undefined });
  const [reader, other] = await callersOf(stack, 'page', 2);
  expect(reader!.asks.length + other!.asks.length).toBe(CLIENTS);

  const page = { token: reader!.token, body: reader!.asks[0]!.body };
  expect(await ask(page)).toMatchObject({
    client: {
      status: 'ACTIVE',
      gradeReasons: expect.arrayContaining([expect.any(String)]),
      individual: { investmentYears: expect.any(Number) },
      assets: { verifiedTotal: { currency: 'CNY' } },
      riskProfile: { isValid: true },
      holdings: [{}, {}, {}],
      orders: { nodes: [{ state: 'SETTLED' }, {}, {}, {}] },
      membership: { tier: 'CLASSIC', balance: expect.any(Number) },
      interactions: { nodes: expect.arrayContaining([expect.anything()]) },
      originLead: { stage: 'CONVERTED' },
      conversion: { daysToConvert: 30 },
    },
  });
  const [lister] = await callersOf(stack, 'list', 1);
  expect(await ask({ token: lister!.token, body: lister!.asks[0]!.body })).toMatchObject({
    clients: { nodes: Array(50).fill({ riskProfile: { level: expect.any(String) } }) },
  });

  const [first, ...rest] = await recordFetches(stack, page, signal);
  expect(first?.map(({ service }) => service)).toEqual(['clients']);
  expect(new Set(rest.flat().map(({ service }) => service))).toEqual(
    new Set(['risk', 'products', 'service', 'loyalty', 'marketing']),
  );
}, 300_000);
