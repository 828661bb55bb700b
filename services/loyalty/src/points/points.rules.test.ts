import { readFileSync } from 'node:fs';
import { Decimal } from '@client-graph/kit/decimal';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newMembership, type TierRule } from '../membership/membership.rules.js';
import { activate, type Entry, expire, LOT_STATE_LABELS, type Lot, type LotState } from './lots.rules.js';
import { earnPurchase, earns, inForce, type PurchaseRule, purchasePoints } from './points.rules.js';

const [RULE] = JSON.parse(readFileSync(new URL('../../data/earn-rules.json', import.meta.url), 'utf8')) as [
  PurchaseRule,
];
const CLIENT = '01900000-0000-7000-8000-000000000001';
const id = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const tier = (multiplier: string): TierRule => ({
  code: 'CLASSIC',
  version: 1,
  effectiveFrom: '2026-01-01',
  qualifyingPoints: 0,
  multiplier: new Decimal(multiplier),
});

const anOrder = (changes: Partial<Parameters<typeof earns>[0]> = {}) => ({
  clientId: CLIENT,
  orderId: id(2),
  productId: id(3),
  productClass: 'BANK_WMP' as const,
  side: 'BUY' as const,
  amountMinor: 8_800_000,
  currency: 'CNY',
  settledOn: '2026-03-02',
  ...changes,
});
const held = (changes: Partial<Parameters<typeof earnPurchase>[1]> = {}) => ({
  membership: newMembership(CLIENT, '2026-01-05'),
  tier: tier('1.0'),
  clientStatus: 'ACTIVE',
  balance: 0,
  ...changes,
});
const ids = { lotId: id(4), entryId: id(5), sourceEventId: id(6) };

describe('points of a purchase', () => {
  test.each([
    ['the story: CNY 88,000 in the lowest tier', 8_800_000, '1.0', 88],
    ['one cent below the first step', 99_999, '1.0', 0],
    ['exactly the first step', 100_000, '1.0', 1],
    ['one cent below the second step', 199_999, '1.0', 1],
    ['thousands are counted before the multiplier', 199_900, '1.5', 1],
    ['the fraction is dropped again after it', 300_000, '1.5', 4],
    ['PLUS', 8_800_000, '1.2', 105],
    ['PREMIER', 8_800_000, '1.5', 132],
    ['SIGNATURE', 8_800_000, '2.0', 176],
    ['exact where a float is not: 5 × 1.2 is 6', 500_000, '1.2', 6],
    ['exact where a float is not: 100 × 1.1 is 110, not 110.00000000000001', 10_000_000, '1.1', 110],
    ['the largest amount an event can carry', Number.MAX_SAFE_INTEGER, '1.0', 90_071_992_547],
    ['nothing', 0, '2.0', 0],
  ])('%s', (_, amountMinor, multiplier, points) => {
    expect(purchasePoints(amountMinor, RULE.terms, new Decimal(multiplier))).toBe(points);
  });

  test.each([
    ['BANK_WMP', true],
    ['BROKER_AM', true],
    ['TRUST', true],
    ['PUBLIC_FUND', false],
    ['PRIVATE_FUND', false],
    ['INSURANCE', false],
  ] as const)('%s earns: %s', (productClass, expected) => {
    expect(earns(anOrder({ productClass }), 'ACTIVE', RULE)).toBe(expected);
  });

  test.each([
    [null, true],
    ['ONBOARDING', true],
    ['ACTIVE', true],
    ['DORMANT', true],
    ['CLOSING', true],
    ['RESTRICTED', false],
    ['CLOSED', false],
    ['DECEASED', false],
    ['ERASED', false],
    ['MERGED', false],
  ])('a client whose status is %s earns: %s', (status, expected) => {
    expect(earns(anOrder(), status, RULE)).toBe(expected);
  });

  test('a redemption, another currency and a purchase below the first step earn nothing', () => {
    expect(earns(anOrder({ side: 'REDEEM' }), 'ACTIVE', RULE)).toBe(false);
    expect(earns(anOrder({ currency: 'HKD' }), 'ACTIVE', RULE)).toBe(false);
    expect(earns(anOrder({ amountMinor: 99_999 }), 'ACTIVE', RULE)).toBe(false);
  });

  test.each([
    [8_800_000, undefined, 88],
    [8_800_000, 0, 88],
    [8_800_000, 1, 87],
    [8_932_000, 132_000, 88],
    [100_000, 1, null],
  ])('the fee earns nothing: %i with a fee of %p', (amountMinor, feeMinor, points) => {
    const order = anOrder({ amountMinor, ...(feeMinor === undefined ? {} : { feeMinor }) });
    expect(earnPurchase(order, held(), RULE, ids)?.lot.amount ?? null).toBe(points);
  });

  test('a currency without minor units is counted in whole units', () => {
    const terms = { ...RULE.terms, currency: 'JPY' };
    expect(purchasePoints(1_999, terms, new Decimal(1))).toBe(1);
  });

  test('a closed membership earns nothing', () => {
    const membership = { ...newMembership(CLIENT, '2026-01-05'), status: 'CLOSED' as const };
    expect(earnPurchase(anOrder(), held({ membership }), RULE, ids)).toBeNull();
  });

  test('a rule without the multiplier gives every tier the same', () => {
    const rule = { ...RULE, terms: { ...RULE.terms, tierMultiplier: false } };
    expect(earnPurchase(anOrder(), held({ tier: tier('2.0') }), rule, ids)?.lot.amount).toBe(88);
  });

  test('a multiplier that leaves nothing books nothing', () => {
    expect(
      earnPurchase(anOrder({ amountMinor: 100_000 }), held({ tier: tier('0.5') }), RULE, ids),
    ).toBeNull();
  });

  test('is booked pending, with what it was reckoned from', () => {
    const earning = earnPurchase(anOrder(), held({ balance: 7 }), RULE, ids);
    expect(earning?.lot).toMatchObject({
      amount: 88,
      remaining: 88,
      state: 'PENDING',
      rule: 'E1',
      availableOn: '2026-04-01',
    });
    expect(earning?.entry).toMatchObject({
      type: 'EARN',
      pending: 88,
      available: 0,
      ruleVersion: 1,
      qualifyingPoints: 88,
      qualifyingOn: '2026-03-02',
      sourceEventId: id(6),
      basis: {
        amountMinor: 8_800_000,
        currency: 'CNY',
        productClass: 'BANK_WMP',
        tier: 'CLASSIC',
        multiplier: '1',
      },
    });
    expect(earning?.events[0]?.data).toMatchObject({
      amount: 88,
      balance: 7,
      availableOn: '2026-04-01',
      expiresOn: '2028-03-31',
    });
  });
});

describe('days', () => {
  test.each([
    ['2026-03-02', '2026-04-01', '2028-03-31'],
    ['2026-01-31', '2026-03-02', '2028-01-31'],
    ['2026-02-28', '2026-03-30', '2028-02-29'],
    ['2028-01-30', '2028-02-29', '2030-01-31'],
    ['2028-02-29', '2028-03-30', '2030-02-28'],
    ['2026-12-31', '2027-01-30', '2028-12-31'],
  ])('settled on %s: to be spent from %s to %s', (settledOn, availableOn, expiresOn) => {
    expect(earnPurchase(anOrder({ settledOn }), held(), RULE, ids)?.lot).toMatchObject({
      availableOn,
      expiresOn,
    });
  });

  test('a rule holds from its day on, and a later version takes its place', () => {
    const second = { ...RULE, version: 2, effectiveFrom: '2027-01-01' };
    expect(inForce([second, RULE], '2025-12-31')).toBeUndefined();
    expect(inForce([second, RULE], '2026-01-01')?.version).toBe(1);
    expect(inForce([second, RULE], '2026-12-31')?.version).toBe(1);
    expect(inForce([second, RULE], '2027-01-01')?.version).toBe(2);
  });
});

const aLot = (changes: Partial<Lot> = {}): Lot => ({
  id: id(7),
  clientId: CLIENT,
  rule: 'E1',
  amount: 50,
  remaining: 50,
  earnedOn: '2026-01-10',
  availableOn: '2026-02-09',
  expiresOn: '2028-01-31',
  state: 'ACTIVE',
  originLotId: null,
  ...changes,
});

describe('steps of a lot', () => {
  const states = Object.keys(LOT_STATE_LABELS) as LotState[];

  test.each(states)('only a pending lot is activated: %s', (state) => {
    expect(activate(aLot({ state }), '2026-02-09', 0, id(8)) !== null).toBe(state === 'PENDING');
  });

  test.each(states)('only an active lot expires: %s', (state) => {
    expect(expire(aLot({ state }), '2028-02-01', 0, id(8)) !== null).toBe(state === 'ACTIVE');
  });

  test('is activated on its day, not the day before, and dated by it however late the run', () => {
    const lot = aLot({ state: 'PENDING' });
    expect(activate(lot, '2026-02-08', 5, id(8))).toBeNull();
    const late = activate(lot, '2026-05-01', 5, id(8));
    expect(late?.entry).toMatchObject({
      pending: -50,
      available: 50,
      businessDate: '2026-02-09',
      qualifyingPoints: 0,
    });
    expect(late?.events[0]?.data).toMatchObject({ amount: 50, balance: 55 });
  });

  test('can be spent on its last day and lapses on the next', () => {
    expect(expire(aLot(), '2028-01-31', 50, id(8))).toBeNull();
    const outcome = expire(aLot({ remaining: 30 }), '2028-02-01', 50, id(8));
    expect(outcome?.changes).toEqual({ state: 'EXPIRED', remaining: 0 });
    expect(outcome?.entry).toMatchObject({ available: -30, pending: 0, businessDate: '2028-01-31' });
    expect(outcome?.events[0]?.data).toMatchObject({ amount: 30, balance: 20 });
  });
});

describe('any history', () => {
  type Book = { lots: Map<string, Lot>; entries: Entry[]; seen: Set<string> };
  const balanceOf = (book: Book) =>
    [...book.lots.values()]
      .filter((lot) => lot.state === 'ACTIVE')
      .reduce((sum, lot) => sum + lot.remaining, 0);
  const pendingOf = (book: Book) =>
    [...book.lots.values()]
      .filter((lot) => lot.state === 'PENDING')
      .reduce((sum, lot) => sum + lot.remaining, 0);

  /** The book-keeping of points.ts without a database: every decision is the rules'. */
  const run = (commands: readonly Command[]): Book => {
    const book: Book = { lots: new Map(), entries: [], seen: new Set() };
    let last = 100;
    const next = () => {
      last += 1;
      return id(last);
    };
    for (const command of commands) {
      if (command.kind === 'ORDER') {
        const sourceEventId = id(10_000 + command.event);
        if (book.seen.has(sourceEventId)) continue;
        book.seen.add(sourceEventId);
        const { amountMinor, settledOn } = command;
        const earning = earnPurchase(
          anOrder({ amountMinor, settledOn }),
          held({ tier: tier(command.multiplier), balance: balanceOf(book) }),
          RULE,
          { lotId: next(), entryId: next(), sourceEventId },
        );
        if (earning === null) continue;
        book.lots.set(earning.lot.id, earning.lot);
        book.entries.push(earning.entry);
      } else {
        const step = command.kind === 'ACTIVATE' ? activate : expire;
        for (const lot of book.lots.values()) {
          const outcome = step(lot, command.today, balanceOf(book), next());
          if (outcome === null) continue;
          book.lots.set(lot.id, { ...lot, ...outcome.changes });
          book.entries.push(outcome.entry);
          expect(outcome.events[0]?.data?.['balance']).toBe(balanceOf(book));
        }
      }
    }
    return book;
  };

  type Command =
    | { kind: 'ORDER'; event: number; amountMinor: number; multiplier: string; settledOn: string }
    | { kind: 'ACTIVATE' | 'EXPIRE'; today: string };
  const day = fc
    .date({ min: new Date('2026-01-01'), max: new Date('2031-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));
  const command: fc.Arbitrary<Command> = fc.oneof(
    fc.record({
      kind: fc.constant('ORDER' as const),
      event: fc.nat(40),
      amountMinor: fc.nat(50_000_000),
      multiplier: fc.constantFrom('1.0', '1.2', '1.5', '2.0'),
      settledOn: day,
    }),
    fc.record({ kind: fc.constantFrom('ACTIVATE' as const, 'EXPIRE' as const), today: day }),
  );

  test('balance = what remains of active lots = the ledger, and no lot is below zero or above what was earned', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        const book = run(commands);
        expect(book.entries.reduce((sum, entry) => sum + entry.available, 0)).toBe(balanceOf(book));
        expect(book.entries.reduce((sum, entry) => sum + entry.pending, 0)).toBe(pendingOf(book));
        for (const lot of book.lots.values()) {
          expect(lot.remaining).toBeGreaterThanOrEqual(0);
          expect(lot.remaining).toBeLessThanOrEqual(lot.amount);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('the same history told again, each command twice, gives the same book', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        const strip = (book: Book) => [...book.lots.values()].map(({ id: _, ...lot }) => lot);
        expect(strip(run(commands.flatMap((c) => [c, c])))).toEqual(strip(run(commands)));
      }),
      { numRuns: 500 },
    );
  });
});
