import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { facts } from '../fixture.js';
import { LEVELS, rankOf } from '../levels.rules.js';
import { explain } from '../reports/report.rules.js';
import { FRACTIONS, runsAnswers, SIX_RUNS, weighed } from './published.fixture.js';
import { pointsRange, readQuestionnaire, readQuestionnaires } from './questionnaires.rules.js';
import { completeSheet, isLowestCategory, refuseSheet, score } from './scoring.rules.js';

const [SHEET] = readQuestionnaires(SIX_RUNS);
const definition = SHEET!.definition;

function run(letter: string, rest: Record<string, string>) {
  const answers = completeSheet(definition, runsAnswers(letter, rest), facts());
  const scored = score(definition, answers, facts());
  return {
    ...scored,
    answers,
    gates: scored.gatesFired.map(({ id }) => id),
    lowest: isLowestCategory(scored.scoredLevel, scored.marksLowestCategory),
  };
}

const PLAIN = { P11: 'bonds', P12: 'a', P13: 'none', P14: 'nothing' };

describe('six runs of scores for five levels, several answers, points below zero', () => {
  test.each([
    [
      'the very least',
      'a',
      { P11: 'none', P12: 'a', P13: 'none', P14: 'cards' },
      -29,
      'LOW',
      ['D3'],
      'LOW',
      true,
    ],
    [
      'the last of the lowest category',
      'a',
      { ...PLAIN, P11: 'bonds', P14: 'cards', P12: 'b' },
      -24,
      'LOW',
      ['D3'],
      'LOW',
      true,
    ],
    [
      'LOW beside the lowest category',
      'a',
      { ...PLAIN, P11: 'bonds,funds,shares' },
      -11,
      'LOW',
      ['D3'],
      'LOW',
      false,
    ],
    [
      'nothing at all',
      'b',
      { P11: 'none', P12: 'a', P13: 'none', P14: 'nothing' },
      0,
      'LOW',
      [],
      'LOW',
      false,
    ],
    [
      'one point more',
      'b',
      { P11: 'none', P12: 'b', P13: 'none', P14: 'nothing' },
      1,
      'MEDIUM_LOW',
      [],
      'MEDIUM_LOW',
      false,
    ],
    [
      'the highest of two',
      'c',
      { P11: 'bonds', P12: 'b,d', P13: 'half', P14: 'nothing' },
      29,
      'MEDIUM',
      [],
      'MEDIUM',
      false,
    ],
    [
      'a point above it',
      'c',
      { P11: 'funds', P12: 'b,d', P13: 'half', P14: 'nothing' },
      30,
      'MEDIUM_HIGH',
      [],
      'MEDIUM_HIGH',
      false,
    ],
    [
      'the lowest of several ceilings',
      'd',
      { P11: 'bonds,funds,shares,futures', P12: 'd,e', P13: 'all', P14: 'cards,mortgage' },
      51,
      'HIGH',
      ['D1'],
      'MEDIUM_LOW',
      false,
    ],
    [
      'a gate on one of several',
      'c',
      { P11: 'futures,shares,funds', P12: 'a,b', P13: 'all', P14: 'nothing' },
      36,
      'MEDIUM_HIGH',
      ['D2'],
      'MEDIUM_HIGH',
      false,
    ],
    [
      'and not when another speaks for it',
      'c',
      { P11: 'futures,shares,funds', P12: 'a,d', P13: 'all', P14: 'nothing' },
      38,
      'MEDIUM_HIGH',
      [],
      'MEDIUM_HIGH',
      false,
    ],
    [
      'the very most',
      'd',
      { P11: 'bonds,funds,shares,futures', P12: 'e', P13: 'all', P14: 'nothing' },
      60,
      'HIGH',
      [],
      'HIGH',
      false,
    ],
  ])('%s', (_, letter, rest, total, band, gates, level, lowest) => {
    expect(run(letter, rest)).toMatchObject({
      score: total,
      bandLevel: band,
      gates,
      scoredLevel: level,
      lowest,
    });
  });

  test('answers are kept in the order of the options, and the explanation names the run of the score', () => {
    const scored = run('a', { ...PLAIN, P11: 'shares,bonds', P12: 'b' });
    expect(scored.answers['P11']).toEqual(['bonds', 'shares']);
    const [band] = explain({
      definition,
      ...scored,
      finalLevel: scored.scoredLevel,
      lowestCategory: scored.lowest,
    });
    expect(band?.en).toBe('The answers score -12/60, in the band Low risk (-14–0).');
  });

  test.each([
    ['ANSWERS_CONFLICT', { P11: 'none,bonds' }, ['P11']],
    ['ANSWERS_CONFLICT', { P12: 'a,b,c' }, ['P12']],
    ['ANSWERS_DOUBLED', { P11: 'bonds,bonds' }, ['P11']],
    ['ANSWERS_DOUBLED', { P13: 'none,all' }, ['P13']],
    ['OPTION_UNKNOWN', { P14: 'cards,yacht' }, ['P14']],
  ] as const)('%s: %j', (code, rest, questionIds) => {
    expect(() => run('b', { ...PLAIN, ...rest })).toThrow(
      expect.objectContaining({ code, details: { questionIds } }),
    );
    expect(Object.keys(refuseSheet.table)).toContain(code);
  });

  test('no sheet is outside the runs, above a ceiling or above its band', () => {
    const several = (all: string[], max = all.length) =>
      fc.subarray(all, { minLength: 1, maxLength: max }).map((codes) => codes.join());
    const rest = fc.record({
      P11: fc.oneof(fc.constant('none'), several(['bonds', 'funds', 'shares', 'futures'])),
      P12: several(['a', 'b', 'c', 'd', 'e'], 2),
      P13: fc.constantFrom('none', 'small', 'half', 'all'),
      P14: several(['cards', 'mortgage', 'nothing']),
    });
    fc.assert(
      fc.property(fc.constantFrom('a', 'b', 'c', 'd'), rest, (letter, own) => {
        const { score: total, bandLevel, scoredLevel, gatesFired } = run(letter, own);
        const { min, max } = definition.questions
          .map(pointsRange)
          .reduce((a, b) => ({ min: a.min + b.min, max: a.max + b.max }));
        const bounds = [bandLevel, ...gatesFired.flatMap(({ ceiling }) => ceiling ?? [])].map(rankOf);
        return total >= min && total <= max && rankOf(scoredLevel) === Math.min(...bounds);
      }),
      { numRuns: 2_000 },
    );
    expect(LEVELS).toHaveLength(5);
  });
});

test('a file of one questionnaire is read as one, with what stands beside it; a file of two is not', () => {
  expect(readQuestionnaire(SIX_RUNS).problems).toEqual([]);
  expect(readQuestionnaire(SIX_RUNS).questionnaire).toEqual(SHEET);
  const [first] = SIX_RUNS.questionnaires;
  expect(
    readQuestionnaire({ ...SIX_RUNS, questionnaires: [first, { ...first, version: '2' }] }).problems,
  ).toEqual(['questionnaires: one at a time']);
});

describe('points with decimals are exact', () => {
  const sheet = readQuestionnaire(FRACTIONS);
  const scoreOf = (letters: string, w4: string, ...w5: string[]) => {
    const { definition: key } = sheet.questionnaire!;
    const { gatesFired, ...scored } = score(
      key,
      completeSheet(key, weighed(letters, w4, ...w5), facts()),
      facts(),
    );
    return [scored.score, scored.bandLevel, scored.scoredLevel, gatesFired.map(({ id }) => id).join()];
  };

  test.each<[string, string, string[], number, string, string, string]>([
    ['aaa', 'no', ['none'], -1.2, 'LOW', 'LOW', ''],
    ['aaa', 'maybe', ['p'], 0.55, 'LOW', 'LOW', ''],
    // As binary fractions 0.2 + 0.2 + 0.2 is more than 0.6, and 0.1 + 0.1 + 0.1 more than 0.3.
    ['bbb', 'maybe', ['none'], 0.6, 'MEDIUM', 'MEDIUM', ''],
    ['aaa', 'yes', ['none'], 2.55, 'MEDIUM', 'LOW', 'F1'],
    ['aab', 'yes', ['none'], 2.65, 'MEDIUM', 'MEDIUM', ''],
    ['aca', 'yes', ['none'], 3.15, 'HIGH', 'HIGH', ''],
    ['aaa', 'no', ['p'], -0.95, 'LOW', 'LOW', 'F2'],
    ['ccc', 'yes', ['p', 'q'], 5.1, 'HIGH', 'HIGH', ''],
  ])('%s %s %j: %d is %s, then %s (%s)', (letters, w4, w5, ...expected) => {
    expect(sheet.problems).toEqual([]);
    expect(scoreOf(letters, w4, ...w5)).toEqual(expected);
  });

  test('no sheet has a score between two bands, and bands that leave one out are refused', () => {
    const letters = ['a', 'b', 'c'];
    for (const one of letters)
      for (const two of letters)
        for (const three of letters)
          for (const w4 of ['yes', 'maybe', 'no'])
            for (const w5 of [['none'], ['p'], ['q'], ['p', 'q']])
              expect(() => scoreOf(one + two + three, w4, ...w5)).not.toThrow();
    const [low, medium, high] = FRACTIONS.bands;
    const gapped = { ...FRACTIONS, bands: [{ ...low, max: 0.5 }, medium, high] };
    expect(readQuestionnaire(gapped).problems).toEqual(['there is a gap between LOW and MEDIUM']);
    const touching = { ...FRACTIONS, bands: [{ ...low, max: 0.6 }, medium, high] };
    expect(readQuestionnaire(touching).problems).toEqual(['LOW and MEDIUM overlap']);
  });
});
