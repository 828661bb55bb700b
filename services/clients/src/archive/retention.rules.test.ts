import { readFileSync } from 'node:fs';
import { isRefusal } from '@client-graph/kit/refusals';
import { expect, test } from '@jest/globals';
import {
  type Clocks,
  type ItemClass,
  mustBeSound,
  type RetentionRow,
  retainedUntil,
} from './retention.rules.js';

const { rows } = JSON.parse(
  readFileSync(new URL('../../data/retention-rules.json', import.meta.url), 'utf8'),
) as { rows: RetentionRow[] };
const clocks = (changes: Partial<Clocks> = {}): Clocks => ({
  writtenOn: '2026-03-02',
  endedOn: null,
  relationshipEndedOn: null,
  ...changes,
});
const ended = { relationshipEndedOn: '2028-02-29' };

test.each<[ItemClass, Partial<Clocks>, string | null, string]>([
  ['IDENTITY', {}, null, 'nobody can say while the relationship goes on'],
  ['IDENTITY', ended, '2048-02-29', 'the longer of ten years (AML) and twenty (securities)'],
  ['TRADE', {}, '2046-03-02', 'twenty years from the trade, whatever the relationship'],
  ['TRADE', ended, '2046-03-02', 'the end of the relationship changes nothing'],
  ['SUITABILITY', ended, '2048-02-29', 'twenty years from the end of the relationship'],
  ['SUITABILITY', {}, null, 'not begun'],
  ['SERVICE_RECORD', ended, '2048-02-29', 'like what it proves'],
  ['COMPLAINT', ended, null, 'an open complaint is kept for as long as it is open'],
  ['COMPLAINT', { endedOn: '2026-05-31' }, '2036-05-31', 'the longer of three years and ten'],
  ['CONSENT', {}, null, 'a consent in force'],
  ['CONSENT', { endedOn: '2026-05-31' }, '2029-05-31', 'three years from the withdrawal'],
  ['CONSENT', ended, '2031-02-28', 'three years from the end of the relationship'],
  ['CONSENT', { ...ended, endedOn: '2026-05-31' }, '2029-05-31', 'the withdrawal came first'],
  ['IMPACT_ASSESSMENT', {}, '2029-03-02', 'three years'],
  ['LEAD_LOST', {}, '2028-03-02', 'two years'],
  ['AUDIT', {}, '2046-03-02', 'twenty years'],
])('%s %j is kept until %s: %s', (itemClass, changes, expected) => {
  expect(retainedUntil(rows, itemClass, clocks(changes))).toBe(expected);
});

test('of several rows the longest counts, and one that has not begun leaves it open', () => {
  const two: RetentionRow[] = [
    { itemClass: 'TRADE', starts: 'WRITTEN', years: 20, law: 'a' },
    { itemClass: 'TRADE', starts: 'RELATIONSHIP_ENDS', years: 1, law: 'b' },
  ];
  expect(retainedUntil(two, 'TRADE', clocks())).toBeNull();
  expect(retainedUntil(two, 'TRADE', clocks({ relationshipEndedOn: '2050-01-01' }))).toBe('2051-01-01');
  expect(retainedUntil(two, 'TRADE', clocks({ relationshipEndedOn: '2026-03-02' }))).toBe('2046-03-02');
});

test('a class without a row is kept, for nobody has said until when', () => {
  expect(retainedUntil([], 'TRADE', clocks(ended))).toBeNull();
});

test.each<[string, (rows: RetentionRow[]) => RetentionRow[], string[]]>([
  ['the tables of the product', (all) => all, []],
  ['a class without a row', (all) => all.filter(({ itemClass }) => itemClass !== 'AUDIT'), ['AUDIT: no row']],
  [
    'no time at all',
    (all) => all.map((row) => (row.itemClass === 'AUDIT' ? { ...row, years: 0 } : row)),
    ['AUDIT: 1 to 100 years'],
  ],
  [
    'a law that is not named',
    (all) => all.map((row) => (row.itemClass === 'AUDIT' ? { ...row, law: ' ' } : row)),
    ['AUDIT: law'],
  ],
  ['a row twice', (all) => [...all, ...all.slice(-1)], ['twice']],
])('%s', (_, change, expected) => {
  const problems = () => {
    try {
      mustBeSound(change(rows));
      return [];
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return error.details['problems'] as string[];
    }
  };
  const found = problems();
  expect(found).toHaveLength(expected.length);
  for (const [index, text] of expected.entries()) expect(found[index]).toContain(text);
});
