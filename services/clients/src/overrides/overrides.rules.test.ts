import { readFileSync } from 'node:fs';
import { Decimal } from '@client-graph/kit/decimal';
import { plusDays } from '@client-graph/kit/time';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { afterOverride, decide, type Override, type Standing } from '../grading.rules.js';
import { CLASSES, GRADES, type GradingTables } from '../grading-tables.rules.js';

const file = JSON.parse(
  readFileSync(new URL('../../data/grading-rules.json', import.meta.url), 'utf8'),
) as GradingTables & { version: string };
const RULES = { version: file.version, tables: file };
const START = '2026-03-02';
const facts = (assets: number) => ({
  assets: new Decimal(assets),
  assetsAsOf: START,
  tolerance: null,
  toleranceValidTo: null,
  investmentYears: 10,
});
const override = (grade: Override['grade']): Override => ({ id: 'o', grade, until: '2027-02-01' });
const RICH = {
  class: 'HIGH_NET_WORTH',
  grade: 'GOLD',
  classBelowSince: null,
  gradeBelowSince: null,
} as const;

describe('a segment beside an override', () => {
  test('is waited for and lost as without one, while the grade stands still', () => {
    const fallen = decide(RICH, RULES, facts(1_000_000), START, override('BRONZE'));
    expect(fallen).toMatchObject({ class: 'HIGH_NET_WORTH', grade: 'BRONZE', classBelowSince: START });
    expect(fallen.gradingDueOn).toBe('2026-07-01');
    expect(decide(fallen, RULES, facts(1_000_000), '2026-06-30', override('BRONZE'))).toMatchObject({
      class: 'HIGH_NET_WORTH',
      classBelowSince: START,
    });
    expect(decide(fallen, RULES, facts(1_000_000), '2026-07-01', override('BRONZE'))).toMatchObject({
      class: 'ORDINARY',
      grade: 'BRONZE',
      classBelowSince: null,
      gradingDueOn: '2027-02-02',
    });
  });

  test('waits on when the override ends, and the grade is the one by rule at once', () => {
    const held = decide(RICH, RULES, facts(1_000_000), '2027-01-20', override('BRONZE'));
    expect(decide(afterOverride(held), RULES, facts(1_000_000), '2027-02-02')).toMatchObject({
      class: 'HIGH_NET_WORTH',
      classBelowSince: '2027-01-20',
      grade: 'SILVER',
      gradeBelowSince: null,
    });
  });

  test('that it has brought is gone with it', () => {
    const held = decide(RICH, RULES, facts(1_000_000), START, override('DIAMOND'));
    expect(held).toMatchObject({ class: 'ULTRA_HIGH_NET_WORTH', grade: 'DIAMOND', classBelowSince: null });
    expect(decide(afterOverride(held), RULES, facts(1_000_000), '2027-02-02')).toMatchObject({
      class: 'ORDINARY',
      grade: 'SILVER',
    });
  });
});

test('whatever comes in whatever order, DIAMOND is the highest segment, and the next look is on a day to come', () => {
  const step = fc.record({
    days: fc.integer({ min: 0, max: 120 }),
    assets: fc.constantFrom(0, 1_000_000, 3_000_000, 7_000_000, 29_999_999, 30_000_000, 90_000_000),
    grade: fc.option(fc.constantFrom(...GRADES)),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      let held: Standing | null = null;
      let was = false;
      let today = START;
      for (const { days, assets, grade } of steps) {
        today = plusDays(today, days);
        const by = grade === null ? null : { ...override(grade), until: plusDays(today, 200) };
        const before: Standing | null = was && by === null && held !== null ? afterOverride(held) : held;
        const next = decide(before, RULES, { ...facts(assets), assetsAsOf: today }, today, by);
        expect(next.grade === 'DIAMOND').toBe(next.class === 'ULTRA_HIGH_NET_WORTH');
        expect(CLASSES.some((one) => one === next.class)).toBe(true);
        expect(next.gradingDueOn !== null && next.gradingDueOn > today).toBe(true);
        if (by !== null) expect(next.grade).toBe(by.grade);
        [held, was] = [next, by !== null];
      }
    }),
  );
});
