import { isRefusal } from '@client-graph/kit/refusals';
import { expect, test } from '@jest/globals';
import {
  FINDING_TRANSITIONS,
  type FindingAction,
  type FindingStatus,
  isLate,
  mayFinish,
  mayJudge,
  mayPlan,
  moveFinding,
} from './findings.rules.js';

const outcome = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return error.code;
  }
};

const STATUSES: FindingStatus[] = ['OPEN', 'PLANNED', 'DONE', 'VERIFIED', 'REJECTED'];
const WAY: Partial<Record<`${FindingStatus} ${FindingAction}`, FindingStatus>> = {
  'OPEN ASSIGN': 'OPEN',
  'REJECTED ASSIGN': 'REJECTED',
  'OPEN PLAN': 'PLANNED',
  'REJECTED PLAN': 'PLANNED',
  'PLANNED FINISH': 'DONE',
  'DONE VERIFY': 'VERIFIED',
  'DONE REJECT': 'REJECTED',
  'VERIFIED DECLINE': 'REJECTED',
};
const ACTIONS = Object.keys(FINDING_TRANSITIONS) as FindingAction[];

test.each(STATUSES.flatMap((status) => ACTIONS.map((action) => [status, action] as const)))(
  'a finding that is %s: %s',
  (status, action) => {
    expect(outcome(() => moveFinding(status, action))).toBe(WAY[`${status} ${action}`] ?? 'FINDING_STATE');
  },
);

const finding = (status: FindingStatus) => ({ status, ownerId: 'owner', dueOn: '2026-03-16' });

test.each<[string, string, string, string, unknown]>([
  ['for the day it is due', 'owner', '2026-03-16', '2026-03-02', 'PLANNED'],
  ['for today', 'owner', '2026-03-02', '2026-03-02', 'PLANNED'],
  ['for yesterday', 'owner', '2026-03-01', '2026-03-02', 'DUE_IMPOSSIBLE'],
  ['for after it is due', 'owner', '2026-03-17', '2026-03-02', 'DUE_IMPOSSIBLE'],
  ['late, for any day to come', 'owner', '2026-05-01', '2026-03-17', 'PLANNED'],
  ['by another', 'other', '2026-03-16', '2026-03-02', 'NOT_THE_OWNER'],
])('is planned %s', (_, by, dueOn, today, expected) => {
  expect(outcome(() => mayPlan(finding('OPEN'), by, dueOn, today))).toBe(expected);
});

test.each<[string, string, string[], unknown]>([
  ['with evidence', 'owner', ['file 1'], 'DONE'],
  ['without', 'owner', [], 'EVIDENCE_NEEDED'],
  ['with blank evidence', 'owner', [' '], 'EVIDENCE_NEEDED'],
  ['with too much', 'owner', Array(21).fill('x'), 'EVIDENCE_NEEDED'],
  ['by another', 'other', ['file 1'], 'NOT_THE_OWNER'],
])('is finished %s', (_, by, evidence, expected) => {
  expect(outcome(() => mayFinish(finding('PLANNED'), by, evidence))).toBe(expected);
});

test.each<[string, string, string, unknown]>([
  ['by another', 'planner', 'judge', 'VERIFIED'],
  ['by the owner', 'planner', 'owner', 'OWNER_VERIFIES'],
  ['by whoever has planned it before it changed hands', 'planner', 'planner', 'OWNER_VERIFIES'],
])('is verified %s', (_, plannedBy, by, expected) => {
  expect(outcome(() => mayJudge(finding('DONE'), plannedBy, by, 'VERIFY'))).toBe(expected);
});

test.each<[FindingStatus, string, boolean]>([
  ['OPEN', '2026-03-16', false],
  ['OPEN', '2026-03-17', true],
  ['DONE', '2026-03-17', true],
  ['VERIFIED', '2026-03-17', false],
])('one that is %s on %s is late: %s', (status, today, expected) => {
  expect(isLate(finding(status), today)).toBe(expected);
});
