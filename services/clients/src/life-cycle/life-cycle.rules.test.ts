import { describe, expect, test } from '@jest/globals';
import { type Client, TRANSITIONS } from '../clients.rules.js';
import { lastBy, spanAt } from '../history/as-of.rules.js';
import { close, dormantOn, lookAt, restrict, type Ties, unrestrict } from './life-cycle.rules.js';

const TODAY = '2026-03-02';
const aClient = (status: Client['status']): Client => ({
  id: '0190a000-0000-7000-8000-000000000003',
  kind: 'INDIVIDUAL',
  status,
  class: 'ORDINARY',
  grade: 'BRONZE',
  adviserId: '0190a000-0000-7000-8000-000000000001',
  privacyNoticeVersion: '2026.1',
  identityVerificationId: null,
  ageBand: 'FROM_18',
  fullCivilCapacity: true,
});
const outcome = (work: () => string): string => {
  try {
    return work();
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const STATES = [
  ...['PROSPECT', 'ONBOARDING', 'ACTIVE', 'DORMANT', 'RESTRICTED'],
  ...['CLOSING', 'CLOSED', 'ERASED', 'MERGED', 'DECEASED'],
] as Client['status'][];
const free: Ties = { ORDER: 0, HOLDING: 0, COMPLAINT: 0 };

describe('closing', () => {
  test.each(STATES)('from %s', (status) => {
    expect(outcome(() => close(aClient(status), free))).toBe(
      status === 'CLOSING' ? 'CLOSED' : 'WRONG_STATUS',
    );
  });
  test.each([[{ ...free, ORDER: 1 }], [{ ...free, HOLDING: 1 }], [{ ...free, COMPLAINT: 1 }]])(
    'not while bound by %j',
    (ties) => {
      expect(outcome(() => close(aClient('CLOSING'), ties))).toBe('STILL_BOUND');
    },
  );
});

describe('restricting', () => {
  test.each(STATES)('from %s', (status) => {
    const allowed = ['ACTIVE', 'DORMANT', 'CLOSED'].includes(status);
    expect(outcome(() => restrict(aClient(status), null, TODAY))).toBe(
      allowed ? 'RESTRICTED' : 'WRONG_STATUS',
    );
  });
  test.each([
    ['2026-03-01', 'UNTIL_PAST'],
    [TODAY, 'UNTIL_PAST'],
    ['2026-03-03', 'RESTRICTED'],
  ])('until %s: %s', (until, expected) => {
    expect(outcome(() => restrict(aClient('ACTIVE'), until, TODAY))).toBe(expected);
  });
  test('its end leads back to where the client was', () => {
    expect(unrestrict(aClient('RESTRICTED'), 'ACTIVE')).toBe('ACTIVE');
    expect(unrestrict(aClient('RESTRICTED'), 'DORMANT')).toBe('ACTIVE');
    expect(unrestrict(aClient('RESTRICTED'), 'CLOSED')).toBe('CLOSED');
    expect(outcome(() => unrestrict(aClient('ACTIVE'), 'ACTIVE'))).toBe('WRONG_STATUS');
  });
});

describe('dormancy', () => {
  test.each([
    ['2025-03-02', '2026-03-03'],
    ['2024-02-29', '2025-03-01'],
  ])('active on %s: dormant on %s', (last, day) => expect(dormantOn(last)).toBe(day));
  test.each([
    ['2025-03-01', false, true, null],
    ['2025-03-02', false, false, '2026-03-03'],
    ['2025-03-01', true, false, '2026-03-09'],
  ])(
    'active on %s, assets %s: dormant %s, next look %s',
    (lastActiveOn, hasAssets, isDormant, dormantDueOn) => {
      expect(lookAt({ lastActiveOn, hasAssets }, TODAY)).toEqual({ isDormant, dormantDueOn });
    },
  );
});

test('every action of the life cycle leads to a state of the table', () => {
  for (const { to } of Object.values(TRANSITIONS)) expect(STATES).toContain(to);
});

describe('as of an instant', () => {
  const at = (n: number) => new Date(n);
  test('a span counts from its beginning to before its end', () => {
    const history = [
      { effectiveFrom: at(10), effectiveTo: at(20), name: 'a' },
      { effectiveFrom: at(20), effectiveTo: at(20), name: 'never' },
      { effectiveFrom: at(20), effectiveTo: null, name: 'b' },
    ];
    expect([9, 10, 19, 20, 99].map((n) => spanAt(history, at(n))?.name)).toEqual([
      undefined,
      'a',
      'a',
      'b',
      'b',
    ]);
  });
  test('of dated states the last by then counts, of two at once the later written', () => {
    const history = [
      { at: at(10), name: 'a' },
      { at: at(20), name: 'b' },
      { at: at(20), name: 'c' },
    ];
    expect([9, 10, 19, 20].map((n) => lastBy(history, at(n))?.name)).toEqual([undefined, 'a', 'a', 'c']);
  });
});
