import { describe, expect, test } from '@jest/globals';
import {
  type ChangeState,
  decide,
  mustBeAhead,
  mustBePriced,
  mustHoldTogether,
  type RuleChange,
} from './changes.rules.js';

const id = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const refused = (code: string, details?: object) =>
  expect.objectContaining(details === undefined ? { code } : { code, details });
const change = (state: ChangeState = 'PROPOSED'): RuleChange => ({
  id: id(1),
  kind: 'TIERS',
  code: 'TIERS',
  effectiveFrom: '2026-04-01',
  payload: [],
  state,
  proposedBy: id(2),
});

describe('a change', () => {
  test.each([
    ['PROPOSED', 'APPROVED', null],
    ['PROPOSED', 'REJECTED', null],
    ['APPROVED', 'APPROVED', 'CHANGE_DECIDED'],
    ['APPROVED', 'REJECTED', 'CHANGE_DECIDED'],
    ['REJECTED', 'APPROVED', 'CHANGE_DECIDED'],
    ['REJECTED', 'REJECTED', 'CHANGE_DECIDED'],
  ] as const)('that is %s: %s %s', (state, to, code) => {
    const ask = () => decide(change(state), to, { by: id(3), today: '2026-03-02' });
    if (code !== null) {
      expect(ask).toThrow(refused(code));
      return;
    }
    expect(ask().changes).toEqual({ state: to, decidedBy: id(3) });
    expect(ask().events[0]?.contract.type).toBe(`rule.change.${to.toLowerCase()}`);
  });

  test.each(['APPROVED', 'REJECTED'] as const)('is not %s by who has proposed it', (to) => {
    expect(() => decide(change(), to, { by: id(2), today: '2026-03-02' })).toThrow(
      refused('MAKER_IS_CHECKER'),
    );
  });

  test.each([
    ['2026-03-31', true],
    ['2026-04-01', false],
    ['2026-04-02', false],
  ])('for 1 April is approved on %s: %s', (today, isApproved) => {
    const ask = () => decide(change(), 'APPROVED', { by: id(3), today });
    if (isApproved) expect(ask).not.toThrow();
    else expect(ask).toThrow(refused('NOT_AHEAD'));
    expect(() => decide(change(), 'REJECTED', { by: id(3), today })).not.toThrow();
  });

  test('holds from a day to come', () => {
    expect(() => mustBeAhead('2026-03-03', '2026-03-02')).not.toThrow();
    expect(() => mustBeAhead('2026-03-02', '2026-03-02')).toThrow(
      refused('NOT_AHEAD', { today: '2026-03-02' }),
    );
  });
});

describe('tiers hold together', () => {
  type Row = Parameters<typeof mustHoldTogether>[0][number];
  const tiers = (change: (rows: Row[]) => Row[] = (rows) => rows) =>
    change([
      { code: 'CLASSIC', qualifyingPoints: 0, multiplier: '1' },
      { code: 'PLUS', qualifyingPoints: 4_000, multiplier: '1.25' },
      { code: 'PREMIER', qualifyingPoints: 20_000, multiplier: '1.5' },
      { code: 'SIGNATURE', qualifyingPoints: 100_000, multiplier: '10' },
    ]);
  const withRow = (n: number, row: Partial<Row>) => (rows: Row[]) =>
    rows.map((r, i) => (i === n ? { ...r, ...row } : r));

  test.each([
    ['as they are', (rows: Row[]) => rows, null],
    ['one is missing', (rows: Row[]) => rows.slice(0, 3), 'FOUR_LOWEST_FIRST'],
    ['in another order', (rows: Row[]) => [...rows].reverse(), 'FOUR_LOWEST_FIRST'],
    ['one twice', (rows: Row[]) => [...rows, ...rows.slice(3)], 'FOUR_LOWEST_FIRST'],
    ['the first is not for everybody', withRow(0, { qualifyingPoints: 1 }), 'FIRST_IS_FOR_EVERYBODY'],
    ['two alike', withRow(2, { qualifyingPoints: 4_000 }), 'EACH_HIGHER'],
    ['one below the one before', withRow(3, { qualifyingPoints: 5_000 }), 'EACH_HIGHER'],
    ['a multiplier of nothing', withRow(1, { multiplier: '0' }), 'MULTIPLIER'],
    ['a negative one', withRow(1, { multiplier: '-1' }), 'MULTIPLIER'],
    ['one too large', withRow(1, { multiplier: '10.1' }), 'MULTIPLIER'],
  ])('%s: %s', (_, change, reason) => {
    const ask = () => mustHoldTogether(tiers(change));
    if (reason === null) expect(ask).not.toThrow();
    else expect(ask).toThrow(refused('RULE_INVALID', { field: 'tiers', reason }));
  });
});

describe('a reward', () => {
  const reward = (changes = {}) => ({
    kind: 'GIFT' as const,
    lastDay: null,
    points: 100,
    tier: 'PLUS' as const,
    perClientYear: null,
    labels: { EN: 'a', ZH_HANS: 'b', ZH_HANT: 'c' },
    ...changes,
  });
  test.each([
    ['a gift with a price', {}, null, true],
    ['a gift without', { points: null }, null, false],
    ['a fee credit without a price', { kind: 'FEE_CREDIT', points: null }, null, true],
    ['a fee credit with one', { kind: 'FEE_CREDIT' }, null, false],
    ['of the kind it was', {}, { kind: 'GIFT' }, true],
    ['of another kind', {}, { kind: 'EVENT_SEAT' }, false],
    ['for one day', { lastDay: '2026-04-01' }, null, true],
    ['that ends before it begins', { lastDay: '2026-03-31' }, null, false],
  ])('%s', (_, changes, known, isPriced) => {
    const ask = () => mustBePriced(reward(changes), '2026-04-01', known);
    if (isPriced) expect(ask).not.toThrow();
    else expect(ask).toThrow(refused('RULE_INVALID'));
  });
});
