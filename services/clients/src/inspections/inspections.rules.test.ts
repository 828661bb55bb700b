import { isRefusal } from '@client-graph/kit/refusals';
import { describe, expect, test } from '@jest/globals';
import {
  INSPECTION_TRANSITIONS,
  type InspectionAction,
  type InspectionStatus,
  lastPeriod,
  mayClose,
  mayIssue,
  mayVerify,
  monthOf,
  moveInspection,
  mustBePeriod,
  mustBeSample,
  type StepAnswer,
} from './inspections.rules.js';

const outcome = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return error.code;
  }
};

const STATUSES: InspectionStatus[] = [
  'OPENED',
  'FIELDWORK',
  'FINDINGS_ISSUED',
  'RECTIFYING',
  'VERIFIED',
  'CLOSED',
];
const WAY: Partial<Record<`${InspectionStatus} ${InspectionAction}`, InspectionStatus>> = {
  'OPENED BEGIN_FIELDWORK': 'FIELDWORK',
  'OPENED DRAW': 'OPENED',
  'FIELDWORK DRAW': 'FIELDWORK',
  'FIELDWORK ANSWER': 'FIELDWORK',
  'FIELDWORK RAISE': 'FIELDWORK',
  'FIELDWORK ISSUE_FINDINGS': 'FINDINGS_ISSUED',
  'FINDINGS_ISSUED RECTIFY': 'RECTIFYING',
  'RECTIFYING RECTIFY': 'RECTIFYING',
  'FINDINGS_ISSUED VERIFY': 'VERIFIED',
  'RECTIFYING VERIFY': 'VERIFIED',
  'VERIFIED DECLINE': 'RECTIFYING',
  'VERIFIED CLOSE': 'CLOSED',
  'RECTIFYING RAISE_DAILY': 'RECTIFYING',
  'VERIFIED RAISE_DAILY': 'RECTIFYING',
};
const ACTIONS = Object.keys(INSPECTION_TRANSITIONS) as InspectionAction[];

test.each(STATUSES.flatMap((status) => ACTIONS.map((action) => [status, action] as const)))(
  'an inspection that is %s: %s',
  (status, action) => {
    expect(outcome(() => moveInspection(status, action))).toBe(
      WAY[`${status} ${action}`] ?? 'INSPECTION_STATE',
    );
  },
);

describe('findings are issued', () => {
  test.each<[string, [string, StepAnswer][], string[], unknown]>([
    [
      'when every step is answered',
      [
        ['A', 'COMPLIANT'],
        ['B', 'NOT_APPLICABLE'],
      ],
      [],
      'FINDINGS_ISSUED',
    ],
    ['not while a step is open', [['A', 'COMPLIANT']], [], 'STEPS_OPEN'],
    [
      'not when what was not complied with has no finding',
      [
        ['A', 'COMPLIANT'],
        ['B', 'NOT_COMPLIANT'],
      ],
      ['A'],
      'FINDING_MISSING',
    ],
    [
      'when it has',
      [
        ['A', 'COMPLIANT'],
        ['B', 'NOT_COMPLIANT'],
      ],
      ['B'],
      'FINDINGS_ISSUED',
    ],
  ])('%s', (_, answers, found, expected) => {
    expect(outcome(() => mayIssue('FIELDWORK', ['A', 'B'], new Map(answers), new Set(found)))).toBe(expected);
  });
});

test.each<[string, { status: string; ownerId: string | null }[], unknown]>([
  ['no findings', [], 'VERIFIED'],
  ['all verified', [{ status: 'VERIFIED', ownerId: 'other' }], 'VERIFIED'],
  [
    'one open',
    [
      { status: 'VERIFIED', ownerId: 'other' },
      { status: 'DONE', ownerId: 'other' },
    ],
    'FINDINGS_OPEN',
  ],
  ['one of their own', [{ status: 'VERIFIED', ownerId: 'me' }], 'VERIFIER_IS_OWNER'],
])('an inspection with %s is verified: %j', (_, findings, expected) => {
  expect(outcome(() => mayVerify('RECTIFYING', findings, 'me'))).toBe(expected);
});

test('an inspection is closed by another than who has verified it', () => {
  expect(outcome(() => mayClose({ status: 'VERIFIED', verifiedBy: 'me' }, 'me'))).toBe('VERIFIER_CLOSES');
  expect(outcome(() => mayClose({ status: 'VERIFIED', verifiedBy: 'me' }, 'you'))).toBe('CLOSED');
});

test.each([
  ['HALF_YEAR', '2026-01-01', { from: '2025-07-01', to: '2025-12-31' }],
  ['HALF_YEAR', '2026-06-30', { from: '2025-07-01', to: '2025-12-31' }],
  ['HALF_YEAR', '2026-07-01', { from: '2026-01-01', to: '2026-06-30' }],
  ['YEAR', '2026-01-01', { from: '2025-01-01', to: '2025-12-31' }],
  ['YEAR', '2026-12-31', { from: '2025-01-01', to: '2025-12-31' }],
  ['NONE', '2026-07-01', null],
  ['DAILY', '2026-07-01', null],
] as const)('the last period of %s on %s', (period, today, expected) => {
  expect(lastPeriod(period, today)).toEqual(expected);
});

test('daily supervision is gathered by month', () => {
  expect(monthOf('2026-02-13')).toEqual({ from: '2026-02-01', to: '2026-02-28' });
});

test.each([
  ['2026-01-01', '2026-03-02', 'fine'],
  ['2026-03-02', '2026-03-02', 'fine'],
  ['2026-03-02', '2026-03-01', 'PERIOD_IMPOSSIBLE'],
  ['2026-03-01', '2026-03-03', 'PERIOD_IMPOSSIBLE'],
])('a period from %s to %s on 2 March 2026: %s', (from, to, expected) => {
  expect(outcome(() => mustBePeriod(from, to, '2026-03-02')) ?? 'fine').toBe(expected);
});

test.each([
  ['seed-1', 1, 'fine'],
  ['seed-1', 500, 'fine'],
  ['seed-1', 0, 'SAMPLE_IMPOSSIBLE'],
  ['seed-1', 501, 'SAMPLE_IMPOSSIBLE'],
  ['', 5, 'SAMPLE_IMPOSSIBLE'],
  [`'; drop`, 5, 'SAMPLE_IMPOSSIBLE'],
])('a sample by %j of %d: %s', (seed, size, expected) => {
  expect(outcome(() => mustBeSample(seed, size)) ?? 'fine').toBe(expected);
});
