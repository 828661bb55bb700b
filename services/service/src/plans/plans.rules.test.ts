import { readFileSync } from 'node:fs';
import { isRefusal } from '@client-graph/kit/refusals';
import { describe, expect, test } from '@jest/globals';
import { TERMS } from '../table-versions/terms.rules.js';
import {
  cancel,
  checkedAdvice,
  completeStep,
  fromTemplate,
  moveStep,
  mustServe,
  ownPlan,
  type PlanState,
  type StepState,
} from './plans.rules.js';

const id = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const act = { by: id(1), now: new Date('2026-03-02T04:00:00.000Z') };
const TODAY = '2026-03-02';
const codeOf = (run: () => unknown): string => {
  try {
    run();
    return 'done';
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return error.code;
  }
};
const aPlan = (state: PlanState) => ({ id: id(1), clientId: id(2), templateCode: 'YEAR_GOLD', state });
const aStep = (state: StepState) => ({ id: id(3), state, dueOn: TODAY, ownerId: null });

const PLANS = ['OPEN', 'COMPLETED', 'CANCELLED'] as const;
const STEPS = ['OPEN', 'DONE', 'SKIPPED'] as const;
const expected = (plan: PlanState, step: StepState) =>
  plan !== 'OPEN' ? 'PLAN_ENDED' : step !== 'OPEN' ? 'STEP_DONE' : 'done';
describe('every action in every state', () => {
  test.each(PLANS.flatMap((plan) => STEPS.map((step) => [plan, step] as const)))(
    'plan %s, step %s',
    (plan, step) => {
      const ask = { isSkipped: false, note: null, openAfter: 1 };
      expect(codeOf(() => completeStep(aPlan(plan), aStep(step), ask, act))).toBe(expected(plan, step));
      const move = { dueOn: '2026-03-09', ownerId: null };
      expect(codeOf(() => moveStep(aPlan(plan), aStep(step), move, TODAY))).toBe(expected(plan, step));
      expect(codeOf(() => cancel(aPlan(plan), 'x', act))).toBe(plan === 'OPEN' ? 'done' : 'PLAN_ENDED');
    },
  );
});

describe('a step', () => {
  test.each([
    [1, 'OPEN', undefined],
    [0, 'COMPLETED', 'plan.completed'],
  ])('done with %s open after it leaves the plan %s', (openAfter, state, type) => {
    const done = completeStep(aPlan('OPEN'), aStep('OPEN'), { isSkipped: false, note: ' ', openAfter }, act);
    expect({ ...aPlan('OPEN'), ...done.plan }.state).toBe(state);
    expect(done.events[0]?.contract.type).toBe(type);
    expect(done.step).toMatchObject({ state: 'DONE', note: null });
  });
  test.each([
    ['left out without a word', true, null, 'STEP_NOTE'],
    ['left out for a reason', true, 'Abroad.', 'done'],
    ['done with too many words', false, 'x'.repeat(1_001), 'STEP_NOTE'],
  ])('%s: %s %s', (_, isSkipped, note, code) => {
    const run = () => completeStep(aPlan('OPEN'), aStep('OPEN'), { isSkipped, note, openAfter: 1 }, act);
    expect(codeOf(run)).toBe(code);
  });
  test.each([
    ['2026-03-01', 'STEP_DAY'],
    ['2026-03-02', 'done'],
    ['2028-03-01', 'done'],
    ['2028-03-02', 'STEP_DAY'],
  ])('moved to %s: %s', (dueOn, code) => {
    expect(codeOf(() => moveStep(aPlan('OPEN'), aStep('OPEN'), { dueOn, ownerId: null }, TODAY))).toBe(code);
  });
});

describe('the templates of the firm', () => {
  const rows: { table: string; code: string; terms: unknown }[] = JSON.parse(
    readFileSync(new URL('../../data/firm-tables.json', import.meta.url), 'utf8'),
  );
  const templates = rows
    .filter(({ table }) => table === 'PLAN_TEMPLATE')
    .map(({ code, terms }) => ({ code, terms: TERMS.PLAN_TEMPLATE.parse(terms) }));
  test.each(['BRONZE', 'SILVER', 'GOLD', 'DIAMOND', 'SMALL', 'MEDIUM', 'LARGE'])(
    '%s has one for the opening and one a year',
    (grade) => {
      const fit = templates.filter(({ terms }) => terms.grades.some((of) => of === grade));
      expect(fit.map(({ terms }) => terms.opens).sort()).toEqual(['ACTIVATION', 'YEARLY']);
    },
  );
  test('give steps to the adviser, counted from the day of opening, and fit their grades only', () => {
    const { steps } = fromTemplate(
      'YEAR_DIAMOND',
      templates,
      { grade: 'DIAMOND' },
      { id: id(1), today: TODAY },
    );
    expect(steps.map(({ dueOn, ownerId }) => [dueOn, ownerId])).toEqual([
      ['2026-04-01', null],
      ['2026-05-21', null],
      ['2026-08-19', null],
      ['2026-11-17', null],
      ['2027-02-15', null],
    ]);
    const unfit = () =>
      fromTemplate('YEAR_DIAMOND', templates, { grade: 'GOLD' }, { id: null, today: TODAY });
    expect(codeOf(unfit)).toBe('PLAN_TEMPLATE_UNFIT');
  });
});

const aNewStep = (changes = {}) => ({ label: 'Call', dueOn: TODAY, ownerId: null, ...changes });
test.each([
  ['as it should be', 'Plan', [aNewStep()], 'done'],
  ['without a name', ' ', [aNewStep()], 'PLAN_STEPS'],
  ['without steps', 'Plan', [], 'PLAN_STEPS'],
  ['of 41 steps', 'Plan', Array.from({ length: 41 }, () => aNewStep()), 'PLAN_STEPS'],
  ['with a step of yesterday', 'Plan', [aNewStep({ dueOn: '2026-03-01' })], 'PLAN_STEPS'],
  ['with a step of no words', 'Plan', [aNewStep({ label: '' })], 'PLAN_STEPS'],
])('a plan of its own %s', (_, label, steps, code) => {
  expect(codeOf(() => ownPlan({ label, steps }, TODAY))).toBe(code);
});

test.each([
  ['ACTIVE', 'done'],
  ['ONBOARDING', 'done'],
  ['DORMANT', 'done'],
  ...['RESTRICTED', 'CLOSING', 'CLOSED', 'MERGED', 'DECEASED', 'ERASED', 'PROSPECT'].map((of) => [
    of,
    'CLIENT_NOT_SERVED',
  ]),
])('for a client who is %s something new is planned: %s', (status, code) => {
  expect(codeOf(() => mustServe(status))).toBe(code);
});

test.each([
  ['More bonds.', 'done'],
  [' ', 'ADVICE_TEXT'],
  ['x'.repeat(8_001), 'ADVICE_TEXT'],
  ['此產品 保 本', 'BANNED_PHRASE'],
])('advice %#: %s', (text, code) => {
  expect(codeOf(() => checkedAdvice(text, { phrases: ['保本'], negations: ['不'] }))).toBe(code);
});
