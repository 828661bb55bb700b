import { describe, expect, test } from '@jest/globals';
import { RULES, someFacts, TODAY, yuan } from '../test/graded.js';
import { changesOf, decide, downgradeOn, type Standing } from './grading.rules.js';

describe('timing', () => {
  const held = (changes: Partial<Standing> = {}): Standing => ({
    class: 'ORDINARY',
    grade: 'GOLD',
    classBelowSince: null,
    gradeBelowSince: null,
    ...changes,
  });
  const poor = someFacts({ assets: yuan(100) });

  test('a first grade is given as the rules say', () => {
    expect(decide(null, RULES, poor, TODAY)).toMatchObject({
      class: 'ORDINARY',
      grade: 'BRONZE',
      gradeBelowSince: null,
    });
  });

  test('a higher grade counts at once, over any number of steps, and ends the waiting', () => {
    const before = held({ grade: 'BRONZE', gradeBelowSince: null });
    const rich = someFacts({ assets: yuan(30_000_000) });
    expect(decide(before, RULES, rich, TODAY)).toMatchObject({
      class: 'ULTRA_HIGH_NET_WORTH',
      grade: 'DIAMOND',
    });
    const recovered = decide(
      held({ gradeBelowSince: '2025-12-01' }),
      RULES,
      someFacts({ assets: yuan(3_000_000), investmentYears: 5 }),
      TODAY,
    );
    expect(recovered).toMatchObject({ grade: 'GOLD', gradeBelowSince: null });
  });

  test('a lower grade is noted with its first day and not applied', () => {
    expect(decide(held(), RULES, poor, TODAY)).toMatchObject({
      grade: 'GOLD',
      gradeBelowSince: TODAY,
      gradingDueOn: '2026-07-01',
    });
    expect(decide(held({ gradeBelowSince: '2026-02-01' }), RULES, poor, TODAY)).toMatchObject({
      grade: 'GOLD',
      gradeBelowSince: '2026-02-01',
    });
  });

  test('a lower grade counts after the first quarter end that is 90 days behind', () => {
    const before = held({ gradeBelowSince: '2026-01-01' });
    expect(decide(before, RULES, poor, '2026-06-30')).toMatchObject({
      grade: 'GOLD',
      gradingDueOn: '2026-07-01',
    });
    expect(decide(before, RULES, poor, '2026-07-01')).toMatchObject({
      grade: 'BRONZE',
      gradeBelowSince: null,
    });
    expect(decide(before, RULES, poor, '2026-08-15')).toMatchObject({
      grade: 'BRONZE',
      gradeBelowSince: null,
    });
  });

  test('a fall past two lines is waited for at each: the second begins its own days', () => {
    const silver = someFacts({ assets: yuan(500_000), investmentYears: 3, assetsAsOf: null });
    const none = someFacts({ assets: yuan(0), assetsAsOf: null });
    const first = decide(held(), RULES, silver, '2026-01-01');
    expect(first).toMatchObject({ grade: 'GOLD', gradeBelowSince: '2026-01-01' });
    const second = decide(first, RULES, none, '2026-06-15');
    expect(second).toMatchObject({
      grade: 'GOLD',
      gradeBelowSince: '2026-01-01',
      gradingDueOn: '2026-07-01',
    });
    const third = decide(second, RULES, none, '2026-07-01');
    expect(third).toMatchObject({
      grade: 'SILVER',
      gradeBelowSince: '2026-06-15',
      gradingDueOn: '2026-10-01',
    });
    expect(decide(third, RULES, silver, '2026-07-02')).toMatchObject({
      grade: 'SILVER',
      gradeBelowSince: null,
    });
    expect(decide(third, RULES, none, '2026-10-01')).toMatchObject({
      grade: 'BRONZE',
      gradeBelowSince: null,
    });
    // Somebody who has been below both lines since the first day loses both at once.
    expect(decide(decide(held(), RULES, none, '2026-01-01'), RULES, none, '2026-07-01').grade).toBe('BRONZE');
    // A rise in between begins the days of the second line anew.
    const between = decide(decide(second, RULES, silver, '2026-06-20'), RULES, none, '2026-06-25');
    expect(decide(between, RULES, none, '2026-07-01').gradeBelowSince).toBe('2026-06-25');
  });

  test.each([
    ['2025-12-31', '2026-04-01'],
    ['2026-01-01', '2026-07-01'],
    ['2026-04-01', '2026-07-01'],
    ['2026-04-02', '2026-10-01'],
    ['2026-07-02', '2026-10-01'],
    ['2026-10-02', '2027-01-01'],
    ['2026-10-03', '2027-04-01'],
  ])('below since %s: lower on %s', (since, day) => expect(downgradeOn(since)).toBe(day));

  test('the next look is at whatever runs out first', () => {
    const facts = someFacts({
      assets: yuan(100),
      assetsAsOf: '2025-10-01',
      tolerance: 'LOW',
      toleranceValidTo: '2026-05-05',
    });
    expect(decide(null, RULES, facts, TODAY).gradingDueOn).toBe('2026-05-06');
    expect(decide(null, RULES, { ...facts, toleranceValidTo: '2027-01-01' }, TODAY).gradingDueOn).toBe(
      '2026-10-02',
    );
    expect(decide(null, RULES, someFacts({ assetsAsOf: null }), TODAY).gradingDueOn).toBeNull();
  });

  test('events tell of a changed value only', () => {
    const id = '0190a000-0000-7000-8000-000000000001';
    const decision = decide(
      held({ grade: 'BRONZE' }),
      RULES,
      someFacts({ assets: yuan(600_000), investmentYears: 2 }),
      TODAY,
    );
    expect(changesOf(id, '2026.1', held({ grade: 'BRONZE' }), decision).map((event) => event.data)).toEqual([
      { clientId: id, from: 'BRONZE', to: 'SILVER', ruleVersion: '2026.1', override: false },
    ]);
    expect(changesOf(id, '2026.1', held({ grade: 'SILVER' }), decision)).toEqual([]);
  });
});
