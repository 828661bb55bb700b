import { describe, expect, test } from '@jest/globals';
import { facts } from '../fixture.js';
import { answersWorth, GRABLE } from '../grable.fixture.js';
import {
  approve,
  checkProposal,
  moveProposal,
  PROPOSAL_STATES,
  PROPOSAL_TRANSITIONS,
  type Proposal,
  type Published,
  reject,
} from './proposals.rules.js';
import { readQuestionnaire } from './questionnaires.rules.js';
import { completeSheet, score } from './scoring.rules.js';

const MAKER = '01920000-0000-7000-8000-000000000001';
const CHECKER = '01920000-0000-7000-8000-000000000002';
const TODAY = '2026-03-02';
const proposal = (own: Partial<Proposal> = {}): Proposal => ({
  id: MAKER,
  code: 'GL-RTS',
  questionnaireVersion: '13',
  audience: 'INDIVIDUAL',
  effectiveFrom: '2026-03-10',
  proposedById: MAKER,
  state: 'OPEN',
  ...own,
});
const published: Published[] = [{ version: '12', audience: 'INDIVIDUAL', effectiveFrom: '2026-02-01' }];
const codeOf = (work: () => unknown) => {
  try {
    work();
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe.each(PROPOSAL_STATES)('a proposal that is %s', (state) => {
  test.each(Object.keys(PROPOSAL_TRANSITIONS) as (keyof typeof PROPOSAL_TRANSITIONS)[])('%s', (action) => {
    if (state === 'OPEN')
      expect(moveProposal(state, action)).toBe(action === 'approve' ? 'APPROVED' : 'REJECTED');
    else expect(codeOf(() => moveProposal(state, action))).toBe('PROPOSAL_DECIDED');
  });
});

test.each([
  ['a new version for a later day', {}, null],
  ['for today', { effectiveFrom: TODAY }, null],
  ['for yesterday', { effectiveFrom: '2026-03-01' }, 'EFFECTIVE_IN_PAST'],
  ['a version that is there', { questionnaireVersion: '12' }, 'VERSION_EXISTS'],
  ['for the other kind of client', { audience: 'INSTITUTION' }, 'QUESTIONNAIRE_MALFORMED'],
] as const)('%s', (_, own, code) => {
  expect(codeOf(() => checkProposal(proposal(own), published, TODAY))).toBe(code);
});

test('two versions do not take effect on one day', () => {
  const same: Published[] = [{ version: '12', audience: 'INDIVIDUAL', effectiveFrom: '2026-03-10' }];
  expect(codeOf(() => checkProposal(proposal(), same, TODAY))).toBe('EFFECTIVE_TAKEN');
});

test.each([
  ['a second person', CHECKER, {}, null],
  ['the maker', MAKER, {}, 'SELF_APPROVAL'],
  ['nobody', null, {}, 'SELF_APPROVAL'],
  ['a second person, too late', CHECKER, { effectiveFrom: '2026-03-01' }, 'EFFECTIVE_IN_PAST'],
  ['a second person, decided', CHECKER, { state: 'REJECTED' }, 'PROPOSAL_DECIDED'],
] as const)('approved by %s', (_, checker, own, code) => {
  expect(codeOf(() => approve(proposal(own), checker, published, TODAY))).toBe(code);
});

test('the maker may take a proposal back', () => {
  expect(reject(proposal()).changes).toEqual({ state: 'REJECTED' });
});

describe('the scale of Grable and Lytton is data', () => {
  const { questionnaire, problems } = readQuestionnaire(GRABLE);
  if (questionnaire === null) throw new Error(problems.join('\n'));
  const { definition } = questionnaire;
  const scored = (points: number) =>
    score(definition, completeSheet(definition, answersWorth(points), facts()), facts());

  test.each([
    [13, 'LOW'],
    [18, 'LOW'],
    [19, 'MEDIUM_LOW'],
    [22, 'MEDIUM_LOW'],
    [23, 'MEDIUM'],
    [28, 'MEDIUM'],
    [29, 'MEDIUM_HIGH'],
    [32, 'MEDIUM_HIGH'],
    [33, 'HIGH'],
    [47, 'HIGH'],
  ])('%i points are %s', (points, level) => {
    expect(scored(points)).toMatchObject({
      score: points,
      bandLevel: level,
      scoredLevel: level,
      gatesFired: [],
    });
  });

  test('every total from 13 to 47 has a sheet and a level', () => {
    for (let points = 13; points <= 47; points += 1) expect(scored(points).score).toBe(points);
  });
});

test('every problem of a questionnaire is told at once', () => {
  const [first, second, ...others] = GRABLE.questions;
  const { questionnaire, problems } = readQuestionnaire({
    ...GRABLE,
    maxScore: 48,
    questions: [first, { ...second, id: 'T1' }, ...others],
    bands: [GRABLE.bands[0], { ...GRABLE.bands[1], min: 20 }, GRABLE.bands[3]],
    gates: [
      { id: 'X', reason: 'x', when: 'T99 = a', cap: 'LOW' },
      { id: 'Y', reason: 'y', when: 'T3 =', interview: true },
      { id: 'Z', reason: 'z', when: 'T3 = a' },
    ],
  });
  expect(questionnaire).toBeNull();
  expect(problems).toEqual([
    'the question T1 is there twice',
    'the best answers add up to 47, not to the maxScore 48',
    'there is a gap between LOW and MEDIUM_LOW',
    'there is a gap between MEDIUM_LOW and MEDIUM_HIGH',
    'no band holds the highest possible score 47',
    'gate X: T99 is no question',
    'gate Y: "T3 =": something is expected where the end stands.',
    'gate Z: it has no effect',
  ]);
  expect(readQuestionnaire({ code: 'x y', bands: 3 }).problems.length).toBeGreaterThan(5);
});
