import { expect, test } from '@jest/globals';
import { checkBatch, checkSameCampaign, type ImportRow, settle, sift } from './imports.rules.js';

const NOW = new Date('2026-03-04T02:00:00.000Z');
const aRow = (override: Partial<ImportRow> = {}): ImportRow => ({
  line: 2,
  externalKey: 'k-2',
  attempts: 1,
  outcome: 'LOST',
  ...override,
});
const MOBILE = { channel: 'OFFLINE', medium: 'MOBILE' } as const;

test.each([
  [0, 'NEW'],
  [1, 'CONTACTED'],
  [2, 'FOLLOWING_UP'],
  [1_000, 'FOLLOWING_UP'],
])('%i attempts: the lead came as far as %s', (attempts, reached) => {
  expect(sift([aRow({ attempts })], MOBILE, NOW).good[0]).toMatchObject({
    reached,
    medium: 'MOBILE',
    stage: 'LOST',
  });
});

test.each<[string, Partial<ImportRow>]>([
  ['BAD_LINE', { line: 0 }],
  ['BAD_KEY', { externalKey: '' }],
  ['BAD_KEY', { externalKey: 'k'.repeat(129) }],
  ['BAD_KEY', { externalKey: 'a name' }],
  ['BAD_MEDIUM', { medium: 'mobile' }],
  ['BAD_ATTEMPTS', { attempts: -1 }],
  ['BAD_ATTEMPTS', { attempts: 1_001 }],
  ['BAD_MONTH', { contactedMonth: 0 }],
  ['BAD_MONTH', { contactedMonth: 13 }],
  ['BAD_MONTH', { contactedMonth: 5, contactedOn: '2010-06-01' }],
  ['IN_FUTURE', { contactedOn: '2026-03-05' }],
  ['IN_FUTURE', { outcome: 'CONVERTED', convertedOn: '2026-03-05' }],
  ['CONVERTED_WITHOUT_CONTACT', { outcome: 'CONVERTED', attempts: 0 }],
  [
    'CONVERTED_BEFORE_CONTACT',
    { outcome: 'CONVERTED', contactedOn: '2010-06-02', convertedOn: '2010-06-01' },
  ],
  ['NOT_CONVERTED', { convertedOn: '2010-06-02' }],
  ['NOT_LOST', { outcome: 'CONVERTED', lossReason: 'TIMING' }],
])('%s: %j', (code, fault) => {
  const { good, rejected } = sift([aRow(fault), aRow({ line: 3, externalKey: 'k-3' })], MOBILE, NOW);
  expect(rejected).toEqual([{ line: fault.line ?? 2, code }]);
  expect(good.map((row) => row.line)).toEqual([3]);
});

test('a line or a key that comes twice in a batch is taken once', () => {
  const { good, rejected } = sift([aRow(), aRow({ externalKey: 'other' }), aRow({ line: 3 })], MOBILE, NOW);
  expect(good.map((row) => row.line)).toEqual([2]);
  expect(rejected).toEqual([
    { line: 2, code: 'BAD_LINE' },
    { line: 3, code: 'DUPLICATE_KEY' },
  ]);
});

test('what was there before is told from two people under one key', () => {
  const [sameLine, sameKeyOtherFile, sameKeySameFile] = sift(
    [aRow(), aRow({ line: 3, externalKey: 'k-3' }), aRow({ line: 4, externalKey: 'k-4' })],
    MOBILE,
    NOW,
  ).good;
  const present = [
    { file: 'this', line: 2, key: 'k-2' },
    { file: 'another', line: 9, key: 'k-3' },
    { file: 'this', line: 7, key: 'k-4' },
  ];
  expect(settle([sameLine!, sameKeyOtherFile!, sameKeySameFile!], present, 'this')).toEqual({
    alreadyPresent: 2,
    rejected: [{ line: 4, code: 'DUPLICATE_KEY' }],
  });
});

const refusal = (work: () => unknown) => {
  try {
    work();
    return 'done';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test.each([
  ['a'.repeat(64), 1, 'done'],
  ['a'.repeat(64), 1_000, 'done'],
  ['a'.repeat(64), 0, 'BATCH_SIZE'],
  ['a'.repeat(64), 1_001, 'BATCH_SIZE'],
  ['A'.repeat(64), 1, 'BAD_FILE'],
  ['a'.repeat(63), 1, 'BAD_FILE'],
])('a batch %#', (fileSha256, rows, expected) => {
  expect(refusal(() => checkBatch({ fileSha256, rows: Array.from({ length: rows }) }))).toBe(expected);
});

test('a known campaign must be the same in all that the import says', () => {
  const known = {
    channel: 'OFFLINE',
    medium: 'PHONE',
    startsOn: '2008-05-01',
    endsOn: '2010-11-30',
  } as const;
  expect(refusal(() => checkSameCampaign(known, { ...known }))).toBe('done');
  expect(refusal(() => checkSameCampaign(known, { ...known, endsOn: null }))).toBe('CAMPAIGN_DIFFERS');
});
