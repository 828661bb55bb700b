import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Stack, startStack } from '@client-graph/local';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { anApplication } from './applications.js';
import { type Databases, openDatabases } from './databases.js';
import { createGraph, GraphError, until } from './graph.js';
import { type Insist, insistent } from './insist.js';
import { answersOf, cny, dayIn, YOUNG_SAVER } from './journey.js';
import { randomOf } from './killing.js';
import { deadLetters } from './quiet.js';

/** Chooses who dies and when; to see a run again, put the seed of its title here. */
const SEED = Date.now() % 1_000_000;
const KILLS = 9;
const CREDITS = 60;
/** Fewer than all credits would cost, so that some are declined. */
const POINTS = 30_000;

let folder: string;
let stack: Stack;
let insist: Insist;
let databases: Databases;
let closeDatabases: () => Promise<void>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'client-graph-credits-'));
  stack = await startStack({
    dataDir: join(folder, 'data'),
    logDir: join(folder, 'log'),
    services: ['clients', 'risk', 'products', 'loyalty'],
    keepAlive: true,
    env: { LOG_LEVEL: 'warn' },
  });
  insist = insistent(createGraph(stack.gatewayUrl, stack.token));
  ({ databases, close: closeDatabases } = await openDatabases(stack));
}, 300_000);
afterAll(async () => {
  await closeDatabases?.();
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
}, 300_000);

type Versioned = { id: string; version: number };
const change = async (operation: string, input: Record<string, unknown>, as = 'operations') =>
  Object.values(
    await insist<Record<string, Versioned>>(as, operation, { input }, [
      'NOT_FOUND',
      'CLIENT_UNKNOWN',
      'CLIENT_NOT_ACTIVE',
      'NOT_SUITABLE',
    ]),
  )[0]!;

/** A client with a level, who may buy what bears little risk. */
async function aClient(): Promise<string> {
  const opened = await change(
    'open-client',
    {
      requestId: uuidv7(),
      preferredLanguage: 'ZH_HANS',
      privacyNoticeVersion: 'PN-2026.1',
      individual: anApplication(7_000_001),
      declaredAssets: cny('800000'),
    },
    'adviser',
  );
  const clientId = opened.id;
  const evidence = { method: 'IN_PERSON', evidenceReference: 'DOC-1' };
  await change('verify-identity', { clientId, expectedVersion: opened.version, ...evidence });
  await change('record-assets', {
    requestId: uuidv7(),
    clientId,
    asOf: dayIn(new Date()),
    aumWithFirm: cny('0'),
    externalVerified: cny('800000'),
    source: 'STATEMENT',
  });
  const { client } = await insist<{ client: Versioned }>('operations', 'client-version', { id: clientId });
  await change('activate-client', { clientId, expectedVersion: client.version });
  const self = `client-${clientId}`;
  const draft = await change('start-assessment', { requestId: uuidv7(), clientId, channel: 'ONLINE' }, self);
  const sheet = await insist<{ submitAnswers: Versioned & { report: { contentHash: string } } }>(
    self,
    'submit-answers',
    {
      input: {
        requestId: uuidv7(),
        assessmentId: draft.id,
        expectedVersion: draft.version,
        answers: answersOf(YOUNG_SAVER),
      },
    },
  );
  const { id, version, report } = sheet.submitAnswers;
  await change(
    'confirm-report',
    { requestId: uuidv7(), assessmentId: id, expectedVersion: version, reportHash: report.contentHash },
    self,
  );
  return clientId;
}

/** Settled orders with a fee of about CNY 1,000 each. */
async function orders(clientId: string, count: number): Promise<Versioned[]> {
  const product = await change(
    'create-product',
    {
      requestId: uuidv7(),
      code: 'FEE-12M',
      nameEn: 'Steady',
      nameZhHans: '稳健',
      nameZhHant: '穩健',
      issuerType: 'BANK_WMP',
      category: 'STEADY_MIX',
      minAmount: cny('10000'),
      minHorizonMonths: 12,
      issuerRating: 'R1',
      sellerRating: 'R2',
      purchaseFeePct: '1',
    },
    'admin',
  );
  const settled: Versioned[] = [];
  for (let n = 0; n < count; n += 1) {
    const placed = await change(
      'place-order',
      { requestId: uuidv7(), clientId, productId: product.id, amount: cny('100000') },
      `client-${clientId}`,
    );
    const accepted = await change('accept-order', { orderId: placed.id, expectedVersion: placed.version });
    settled.push(
      await change('settle-order', {
        requestId: uuidv7(),
        orderId: placed.id,
        expectedVersion: accepted.version,
        nav: '1.0250',
        settledOn: dayIn(new Date()),
      }),
    );
  }
  return settled;
}

/** Points to spend, with the entries that belong to them, and the tier that may spend them on fees. */
async function endow(clientId: string): Promise<void> {
  await until('loyalty knows the member', async () => {
    const rows = await databases.loyalty('select 1 from membership where client_id = $1', [clientId]);
    return rows.length > 0;
  });
  await databases.loyalty(
    `with member as (update membership set tier = 'PLUS' where client_id = $1),
     lot as (
       insert into point_lot (id, client_id, rule, amount, remaining, earned_on, available_on, expires_on, state, version)
       values ($2, $1, 'E1', $3, $3, '2026-01-05', '2026-02-01', '2099-12-31', 'ACTIVE', 1)
     ), earned as (
       insert into ledger_entry (id, client_id, lot_id, type, pending, available, rule, rule_version, source_event_id, basis, business_date, at)
       values ($4, $1, $2, 'EARN', $3, 0, 'E1', 1, $4, '{}', '2026-01-05', '2026-01-05')
     )
     insert into ledger_entry (id, client_id, lot_id, type, pending, available, rule, business_date, at)
     values ($5, $1, $2, 'ACTIVATE', -$3::bigint, $3, 'E1', '2026-02-01', '2026-02-01')`,
    [clientId, uuidv7(), POINTS, uuidv7(), uuidv7()],
  );
}

/** Kills the two sides of the saga, one or both, at random moments; the supervisor starts them again. */
async function kill(random: () => number): Promise<void> {
  for (let n = 0; n < KILLS; n += 1) {
    await delay(200 + random() * 900);
    const victims =
      n % 3 === 2 ? (['products', 'loyalty'] as const) : ([n % 2 === 0 ? 'products' : 'loyalty'] as const);
    await Promise.all(victims.map((victim) => stack.kill(victim, 'SIGKILL')));
    await until(
      'both sides run again',
      async () => stack.pid('products') !== undefined && stack.pid('loyalty') !== undefined,
      120_000,
    );
  }
}

type Credit = { id: string; order_id: string; state: string; amount: string };
type Redemption = { credit_id: string; state: string; points: string };

/** What loyalty says of a credit where products says this. */
const AGREES: Readonly<Record<string, readonly (string | undefined)[]>> = {
  BOOKED: ['FULFILLED'],
  DECLINED: ['FAILED'],
  RELEASED: ['CANCELLED', 'REVERSED', 'FAILED'],
};

test(`points for fees: whichever side is killed at whatever moment, both books are right in the end (seed ${SEED})`, async () => {
  const clientId = await aClient();
  const settled = await orders(clientId, 4);
  await endow(clientId);
  const killing = kill(randomOf(SEED));
  const asked: string[] = [];
  for (let n = 0; n < CREDITS; n += 1) {
    const order = settled[n % settled.length]!;
    const input = { requestId: uuidv7(), orderId: order.id, amount: cny('10.00') };
    try {
      const credit = await change('pay-fee', input, `client-${clientId}`);
      asked.push(credit.id);
    } catch (error) {
      // The order was taken back in between.
      if (!(error instanceof GraphError) || !error.codes.includes('NOT_SETTLED')) throw error;
    }
    if (n === CREDITS / 2)
      await change('reverse-order', {
        requestId: uuidv7(),
        orderId: order.id,
        expectedVersion: order.version,
        reason: 'WRONG_NAV',
      });
  }
  await killing;
  const creditsNow = () =>
    databases.products<Credit>('select id, order_id, state, amount from fee_credit order by id');
  const redemptionsNow = () =>
    databases.loyalty<Redemption>(
      'select credit_id, state, points from redemption where credit_id is not null',
    );
  await until(
    'every credit is answered on both sides',
    async () => {
      const credits = await creditsNow();
      const states = new Map((await redemptionsNow()).map(({ credit_id: id, state }) => [id, state]));
      return credits.every(({ id, state }) => AGREES[state]?.includes(states.get(id)) === true);
    },
    120_000,
  );

  const credits = await creditsNow();
  expect(credits.map(({ id }) => id).sort()).toEqual([...new Set(asked)].sort());
  const booked = credits.filter(({ state }) => state === 'BOOKED');
  const spent = (await redemptionsNow())
    .filter(({ state }) => state === 'FULFILLED')
    .reduce((sum, { points }) => sum + Number(points), 0);
  // A hundred points are worth one yuan, and nothing else has moved.
  expect(booked.reduce((sum, { amount }) => sum + Number(amount) * 100, 0)).toBe(spent);
  const [books] = await databases.loyalty<{ lots: string; ledger: string }>(
    `select (select sum(remaining) from point_lot where client_id = $1 and state = 'ACTIVE') as lots,
            (select sum(available) from ledger_entry where client_id = $1) as ledger`,
    [clientId],
  );
  expect({ lots: Number(books?.lots ?? 0), ledger: Number(books?.ledger ?? 0) }).toEqual({
    lots: POINTS - spent,
    ledger: POINTS - spent,
  });
  // Of each kind there was something: granted, declined for want of points, released with its order.
  expect(new Set(credits.map(({ state }) => state))).toEqual(new Set(['BOOKED', 'DECLINED', 'RELEASED']));
  expect(await deadLetters(stack.brokers)).toBe(0n);
}, 900_000);
