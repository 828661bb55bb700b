import { Decimal } from '@client-graph/kit/decimal';
import { expect, test } from '@jest/globals';
import {
  bandOf,
  credit,
  exposureOf,
  type Holding,
  holdingChanged,
  holdingValue,
  together,
} from './holdings.rules.js';

const P = '019c0000-0000-7000-8000-000000000003';
const OTHER = '019c0000-0000-7000-8000-000000000004';
const aHolding = (facts: Partial<Holding> = {}): Holding => ({
  id: '019c0000-0000-7000-8000-000000000001',
  clientId: '019c0000-0000-7000-8000-000000000002',
  productId: P,
  currency: 'CNY',
  units: new Decimal('100'),
  lastNav: new Decimal('1.5'),
  asOf: '2026-03-02',
  version: 1,
  ...facts,
});

test.each([
  ['CNY', '1.005', '1', '1.01'],
  ['CNY', '1.004999', '1', '1'],
  ['CNY', '71283.920615', '1.2345', '88000'],
  ['JPY', '100.5', '1', '101'],
  ['JPY', '100.499999', '1', '100'],
])('a value in %s: %s × %s = %s, rounded half up', (currency, units, nav, value) => {
  expect(holdingValue({ currency, units: new Decimal(units), lastNav: new Decimal(nav) }).toFixed()).toBe(
    value,
  );
});

test.each([
  ['0', 'LT_50K'],
  ['49999.99', 'LT_50K'],
  ['50000', '50K_500K'],
  ['499999.99', '50K_500K'],
  ['500000', '500K_3M'],
  ['3000000', '3M_30M'],
  ['29999999.99', '3M_30M'],
  ['30000000', 'GE_30M'],
])('%s is in the band %s', (value, band) => {
  expect(bandOf(new Decimal(value))).toBe(band);
});

test('units are added and valued by the settlement', () => {
  const settled = { units: new Decimal('0.000001'), nav: new Decimal(2), settledOn: '2026-03-03' };
  const changes = credit(aHolding(), settled);
  const event = holdingChanged({ ...aHolding(), ...changes }, 'R2');
  expect(changes).toEqual({ units: new Decimal('100.000001'), lastNav: new Decimal(2), asOf: '2026-03-03' });
  expect(event.data).toMatchObject({ units: '100.000001', valueBand: 'LT_50K', rating: 'R2' });
});

test('a settlement of an earlier day adds units and leaves the newer valuation', () => {
  const settled = { units: new Decimal(1), nav: new Decimal(2), settledOn: '2026-03-01' };
  expect(credit(aHolding(), settled)).toEqual({
    units: new Decimal(101),
    lastNav: new Decimal('1.5'),
    asOf: '2026-03-02',
  });
});

test('exposure counts holdings of the currency, and orders under way of the product itself', () => {
  const holdings = [
    aHolding(),
    aHolding({ productId: OTHER, units: new Decimal(10), lastNav: new Decimal(10) }),
    aHolding({ productId: OTHER, currency: 'USD', units: new Decimal(1_000) }),
  ];
  const open = [
    { productId: P, amount: new Decimal(50), currency: 'CNY', isSwitch: false },
    { productId: OTHER, amount: new Decimal(700), currency: 'CNY', isSwitch: false },
    { productId: OTHER, amount: new Decimal(20), currency: 'CNY', isSwitch: true },
    { productId: P, amount: new Decimal(9), currency: 'USD', isSwitch: false },
  ];
  expect(exposureOf({ productId: P, currency: 'CNY' }, holdings, open, [])).toEqual({
    inProduct: '200',
    inAll: '300',
    committed: '750',
  });
  expect(exposureOf({ productId: P, currency: 'CNY' }, [], [], [])).toEqual({
    inProduct: '0',
    inAll: '0',
    committed: '0',
  });
});

test.each([
  ['units of another product that leave do not count', [{ productId: OTHER, units: '4' }], '210'],
  ['several orders leave together', [...'13'].map((units) => ({ productId: OTHER, units })), '210'],
  ['never more leaves than is held', [{ productId: OTHER, units: '11' }], '150'],
  ['what leaves of the product itself is held until it is gone', [{ productId: P, units: '50' }], '250'],
  ['nor what is not held', [{ productId: 'elsewhere', units: '50' }], '250'],
])('exposure: %s', (_, leaving, inAll) => {
  const holdings = [
    aHolding(),
    aHolding({ productId: OTHER, units: new Decimal(6), lastNav: new Decimal(10) }),
    aHolding({ productId: OTHER, units: new Decimal(4), lastNav: new Decimal(10) }),
  ];
  const gone = leaving.map(({ productId, units }) => ({ productId, units: new Decimal(units) }));
  expect(exposureOf({ productId: P, currency: 'CNY' }, holdings, [], gone)).toMatchObject({
    inProduct: '150',
    inAll,
  });
});

test('holdings of one product that belonged to clients since merged are one, valued by the newest', () => {
  expect(together([])).toBeNull();
  const older = aHolding({ id: 'o', asOf: '2026-03-01', lastNav: new Decimal(9), units: new Decimal('0.5') });
  expect(together([older, aHolding()])).toMatchObject({
    units: new Decimal('100.5'),
    lastNav: new Decimal('1.5'),
  });
});
