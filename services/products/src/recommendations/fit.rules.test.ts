import { Decimal } from '@client-graph/kit/decimal';
import { expect, test } from '@jest/globals';
import { type FitClient, type FitProduct, fitOf } from './fit.rules.js';

const TABLE = { allocation: 40, horizon: 20, concentration: 20, rating: 10, fees: 10 };
const D = (value: Decimal.Value) => new Decimal(value);
const client = (facts: Partial<FitClient> = {}): FitClient => ({
  target: { minPct: D(20), maxPct: D(50), aimPct: D(35), maxSinglePct: D(40) },
  equityPct: D(10),
  horizonMonths: 24,
  ratings: ['R1', 'R2', 'R3'],
  ...facts,
});
const product = (facts: Partial<FitProduct> = {}): FitProduct => ({
  id: 'p',
  rating: 'R3',
  minHorizonMonths: 24,
  purchaseFeePct: D(0),
  equityWeight: D(1),
  sharePct: D(0),
  ...facts,
});

// Points of a product that has everything, and what each lack takes away.
test.each([
  ['everything', {}, {}, 100],
  ['no equity where equity is short', {}, { equityWeight: D(0) }, 60],
  ['half of it', {}, { equityWeight: D('0.5') }, 80],
  ['no equity where there is enough', { equityPct: D(35) }, { equityWeight: D(0) }, 100],
  ['equity where there is enough', { equityPct: D(35) }, {}, 60],
  ['longer than the client stays', {}, { minHorizonMonths: 25 }, 80],
  ['a horizon nobody has told', { horizonMonths: null }, {}, 90],
  ['half of what one product may be', {}, { sharePct: D(20) }, 90],
  ['more than one product may be', {}, { sharePct: D(80) }, 80],
  ['two steps below the level', {}, { rating: 'R1' }, 95],
  ['the dearest', {}, { purchaseFeePct: D(5) }, 90],
] as const)('%s', (_, facts, lack, points) => {
  expect(fitOf(TABLE, client(facts), product(lack)).points).toBe(points);
});

test('what speaks for it is told, most first, and what does not is not', () => {
  expect(fitOf(TABLE, client(), product({ sharePct: D(30) })).reasons.map(({ code }) => code)).toEqual([
    'BRINGS_EQUITY',
    'WITHIN_HORIZON',
    'NEAR_LEVEL',
    'LOW_FEES',
  ]);
  const unknown = fitOf(
    TABLE,
    client({ horizonMonths: null, equityPct: D(60) }),
    product({ equityWeight: D(0) }),
  );
  expect(unknown.reasons.map(({ code }) => code)).toEqual(['STEADIES', 'SPREADS', 'NEAR_LEVEL', 'LOW_FEES']);
});
