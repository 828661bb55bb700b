import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

/** What came when, with how many days of which kind, and the day it is due. */
const VECTORS = [
  ['2026-01-05T00:00:00+08:00', 15, 'CALENDAR_DAYS', '2026-01-20'],
  ['2026-01-05T23:59:59+08:00', 15, 'CALENDAR_DAYS', '2026-01-20'],
  ['2026-01-05T23:59:59+08:00', 30, 'CALENDAR_DAYS', '2026-02-04'],
  ['2026-01-05T23:59:59+08:00', 60, 'CALENDAR_DAYS', '2026-03-06'],
  ['2026-01-05T23:59:59+08:00', 15, 'WORKING_DAYS', '2026-01-26'],
  ['2026-02-13T00:00:00+08:00', 15, 'WORKING_DAYS', '2026-03-12'],
  ['2026-02-13T23:59:59+08:00', 1, 'WORKING_DAYS', '2026-02-14'],
  ['2026-02-14T12:00:00+08:00', 2, 'WORKING_DAYS', '2026-02-25'],
  ['2025-12-31T23:59:59+08:00', 60, 'CALENDAR_DAYS', '2026-03-01'],
  ['2026-01-01T00:00:00+08:00', 60, 'CALENDAR_DAYS', '2026-03-02'],
  ['2024-02-14T12:00:00+08:00', 15, 'CALENDAR_DAYS', '2024-02-29'],
  ['2025-02-14T12:00:00+08:00', 15, 'CALENDAR_DAYS', '2025-03-01'],
  ['2024-02-28T23:59:59+08:00', 1, 'WORKING_DAYS', '2024-02-29'],
  ['2024-12-31T12:00:00+08:00', 1, 'WORKING_DAYS', '2025-01-02'],
  ['2025-01-24T12:00:00+08:00', 1, 'WORKING_DAYS', '2025-01-26'],
  ['2025-09-30T12:00:00+08:00', 1, 'WORKING_DAYS', '2025-10-09'],
] as const;

const SCRIPT = `
  import { createRequire } from 'node:module';
  import { dueAfter } from ${JSON.stringify(new URL('./clocks.rules.ts', import.meta.url).href)};
  const { holidays, workdays } = createRequire(process.cwd() + '/')('chinese-days/dist/chinese-days.json');
  const days = new Map([...Object.keys(holidays).map((d) => [d, 'OFF']), ...Object.keys(workdays).map((d) => [d, 'WORK'])]);
  const calendar = { publishedYears: new Set([2024, 2025, 2026]), days };
  const due = JSON.parse(process.argv[1]).map(([from, amount, unit]) => dueAfter({ amount, unit }, new Date(from), calendar).at);
  console.log(JSON.stringify({ offset: new Date(1767225600000).getTimezoneOffset(), due }));`;

test.each([
  ['UTC', 0],
  ['America/Los_Angeles', 480],
  ['Pacific/Kiritimati', -840],
  ['Asia/Kolkata', -330],
  ['Europe/London', 0],
  ['Australia/Lord_Howe', -660],
])('on a server in %s every clock ends with the second before midnight in Shanghai', (zone, offset) => {
  const hooks = fileURLToPath(new URL('../../../../packages/config/source.js', import.meta.url));
  const args = ['--import', hooks, '--input-type=module', '-e', SCRIPT, JSON.stringify(VECTORS)];
  const cwd = fileURLToPath(new URL('../../', import.meta.url));
  const said = JSON.parse(execFileSync(process.execPath, args, { cwd, env: { TZ: zone }, encoding: 'utf8' }));
  // The zone took effect, or the test would prove nothing.
  expect(said.offset).toBe(offset);
  expect(said.due).toEqual(VECTORS.map(([, , , day]) => `${day}T15:59:59.000Z`));
});
