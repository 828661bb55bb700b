import { describe, expect, test } from '@jest/globals';
import { dueOn } from './statements.rules.js';

const schedule = (statement: 'MONTHLY' | 'QUARTERLY' | 'YEARLY', sendOnDay: number) => ({
  statement,
  sendOnDay,
  grades: ['BRONZE' as const],
  holdersOnly: true,
  templateCode: 'X',
  labels: { EN: 'x', ZH_HANS: 'x', ZH_HANT: 'x' },
});

describe('the statement that is due', () => {
  test.each([
    ['MONTHLY', 5, '2026-03-04', null],
    ['MONTHLY', 5, '2026-03-05', ['2026-02-01', '2026-02-28']],
    ['MONTHLY', 5, '2026-03-31', ['2026-02-01', '2026-02-28']],
    ['MONTHLY', 1, '2026-01-01', ['2025-12-01', '2025-12-31']],
    ['MONTHLY', 5, '2028-03-05', ['2028-02-01', '2028-02-29']],
    ['QUARTERLY', 10, '2026-04-10', ['2026-01-01', '2026-03-31']],
    ['QUARTERLY', 10, '2026-04-09', null],
    ['QUARTERLY', 10, '2026-05-10', null],
    ['QUARTERLY', 10, '2026-01-31', ['2025-10-01', '2025-12-31']],
    ['YEARLY', 15, '2026-01-15', ['2025-01-01', '2025-12-31']],
    ['YEARLY', 15, '2026-01-14', null],
    ['YEARLY', 15, '2026-02-15', null],
  ] as const)('%s on day %s, seen on %s: %j', (statement, day, today, period) => {
    const due = dueOn(schedule(statement, day), today);
    expect(due && [due.from, due.to]).toEqual(period);
  });
});
