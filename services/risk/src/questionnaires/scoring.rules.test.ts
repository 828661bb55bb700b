import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { answersOf, facts, institution, OTHER_KEY, questionnaire } from '../fixture.js';
import { LEVELS, rankOf } from '../levels.rules.js';
import type { Facts } from './conditions.rules.js';
import { type Definition, readQuestionnaires } from './questionnaires.rules.js';
import { completeSheet, isLowestCategory, score, scorerOf } from './scoring.rules.js';

const IND = questionnaire('IND-RTQ');
const INS = questionnaire('INS-RTQ');

function scoreOf(letters: string, own: Partial<Facts> = {}) {
  const scored = score(IND.definition, answersOf(IND, letters), facts(own));
  return {
    ...scored,
    gates: scored.gatesFired.map(({ id }) => id),
    lowest: isLowestCategory(scored.scoredLevel, scored.marksLowestCategory),
  };
}
function scoreOfInstitution(letters: string, type = 'ENTERPRISE') {
  const scored = score(INS.definition, answersOf(INS, letters), institution(type));
  return { ...scored, gates: scored.gatesFired.map(({ id }) => id) };
}
const asksInterview = ({ gatesFired, scoredLevel }: ReturnType<typeof scoreOf>) =>
  scoredLevel === 'HIGH' || gatesFired.some(({ interview }) => interview);

describe('the worked examples of the policy', () => {
  test.each([
    [
      'cautious pensioner',
      'ABBABBABBAAA',
      22,
      12,
      'MEDIUM_LOW',
      ['G1', 'G3', 'G4', 'G6', 'G7'],
      'LOW',
      true,
      true,
    ],
    [
      'young saver, no experience',
      'EBDCBCAABBBB',
      46,
      29,
      'MEDIUM',
      ['G1', 'G4'],
      'MEDIUM_LOW',
      false,
      false,
    ],
    [
      'salaried family, bond funds',
      'DCDCCCCCBCBC',
      69,
      36,
      'MEDIUM_HIGH',
      ['G1', 'G10'],
      'MEDIUM',
      false,
      false,
    ],
    [
      'salaried family, patient and bold',
      'DCDCCCDCBDDD',
      81,
      36,
      'HIGH',
      ['G1'],
      'MEDIUM_HIGH',
      false,
      false,
    ],
    ['seasoned, wants growth', 'DDEDDDDDBDDD', 95, 48, 'HIGH', ['G1'], 'MEDIUM_HIGH', false, false],
    ['top of scale', 'DDEDDDEEBDDE', 100, 48, 'HIGH', [], 'HIGH', false, true],
  ])('%s', (_, letters, total, capacity, band, gates, level, lowest, interview) => {
    const scored = scoreOf(letters);
    expect(scored).toMatchObject({ score: total, bandLevel: band, gates, scoredLevel: level, lowest });
    expect(scored.subScores['CAPACITY']).toBe(capacity);
    expect(asksInterview(scored)).toBe(interview);
  });

  test.each([
    ['small shop', 'ENTERPRISE', 'AAAABAAB', 12, 'LOW', ['H2', 'H3'], 'LOW'],
    ['mid-size manufacturer', 'ENTERPRISE', 'BCCCCBBC', 55, 'MEDIUM', [], 'MEDIUM'],
    ['insurer', 'FINANCIAL_INSTITUTION', 'DDDDCDDD', 93, 'HIGH', ['H1'], 'MEDIUM_HIGH'],
  ])('institution: %s', (_, type, letters, total, band, gates, level) => {
    const scored = scoreOfInstitution(letters, type);
    expect(scored).toMatchObject({ score: total, bandLevel: band, gates, scoredLevel: level });
    expect(scored.gatesFired.some(({ interview }) => interview)).toBe(false);
  });

  test('growth wish, no loss: the lowest category, whatever the wealth', () => {
    expect(scoreOf('DDEDDDEEBDDA')).toMatchObject({
      scoredLevel: 'LOW',
      lowest: true,
      gates: ['G1', 'G8'],
      flags: ['INCONSISTENT'],
    });
  });
});

/** The best sheet with some answers changed; each case names the gates that then fire and the level. */
const best = (changes: Record<string, string>) =>
  [...'DDEDDDEEBDDE'].map((letter, index) => changes[`I${index + 1}`] ?? letter).join('');

describe('each gate fires on its side of the edge only', () => {
  test.each([
    ['G1 by A', { I12: 'A', I11: 'C' }, ['G1', 'G10'], 'LOW'],
    ['G1 by B', { I12: 'B', I11: 'C' }, ['G1', 'G10'], 'MEDIUM_LOW'],
    ['G1 by C', { I12: 'C' }, ['G1'], 'MEDIUM'],
    ['G1 by D', { I12: 'D' }, ['G1'], 'MEDIUM_HIGH'],
    ['G1 by E sets nothing', { I12: 'E' }, [], 'HIGH'],
    ['G3: within a year', { I10: 'A' }, ['G3'], 'MEDIUM_LOW'],
    ['G3 not: over a year', { I10: 'B' }, [], 'HIGH'],
    ['G4 by no risky asset held', { I7: 'A' }, ['G4'], 'MEDIUM'],
    ['G4 by no years', { I8: 'A' }, ['G4'], 'MEDIUM'],
    ['G4 not: a little of both', { I7: 'B', I8: 'B' }, [], 'HIGH'],
    ['G5: thin reserve, debt over half', { I5: 'A', I6: 'A' }, ['G5'], 'MEDIUM_LOW'],
    ['G5: thin reserve, debt over 30 %', { I5: 'A', I6: 'B' }, ['G5'], 'MEDIUM_LOW'],
    ['G5 not: thin reserve, little debt', { I5: 'A', I6: 'C' }, [], 'HIGH'],
    ['G5 not: some reserve, heavy debt', { I5: 'B', I6: 'A' }, [], 'HIGH'],
    ['G7: 65', { I1: 'A' }, ['G7'], 'MEDIUM_HIGH'],
    ['G7 not: 64', { I1: 'B' }, [], 'HIGH'],
    ['G8 by B', { I12: 'B' }, ['G1', 'G8'], 'MEDIUM_LOW'],
    ['G8 not: a loss of 15 %', { I12: 'C' }, ['G1'], 'MEDIUM'],
    ['G9: wrong answer at a high band', { I9: 'A' }, ['G9'], 'HIGH'],
    ['G10 by A', { I11: 'A' }, ['G10'], 'MEDIUM_LOW'],
    ['G10 by B', { I11: 'B' }, ['G10'], 'MEDIUM'],
    ['G10 by C', { I11: 'C' }, ['G10'], 'MEDIUM_HIGH'],
  ])('%s', (_, changes, gates, level) => {
    expect(scoreOf(best(changes))).toMatchObject({ gates, scoredLevel: level });
  });

  test.each([
    ['13 points', 'BBBABA', ['G6'], 'MEDIUM_LOW'],
    ['14 points', 'BBCABA', [], 'MEDIUM_HIGH'],
  ])('G6 looks at the first six questions: %s', (_, first, gates, level) => {
    expect(scoreOf(`${first}EEBDDE`)).toMatchObject({ gates, bandLevel: 'MEDIUM_HIGH', scoredLevel: level });
  });

  test('G2: without full civil capacity the level is LOW and the category the lowest', () => {
    expect(scoreOf(best({}), { fullCivilCapacity: false })).toMatchObject({
      gates: ['G2'],
      scoredLevel: 'LOW',
      lowest: true,
    });
  });

  test('G9 does not fire below the band MEDIUM_HIGH', () => {
    expect(scoreOf('DAABDADDADDE')).toMatchObject({ score: 59, bandLevel: 'MEDIUM', gates: [] });
    expect(scoreOf('DBAADADDADDE')).toMatchObject({
      score: 60,
      bandLevel: 'MEDIUM_HIGH',
      gates: ['G9'],
      flags: ['KNOWLEDGE_CHECK'],
    });
  });

  test.each([
    ['H1 by A', 'DDDDDDCA', 'ENTERPRISE', ['H1'], 'LOW'],
    ['H1 by E sets nothing', 'DDDDDDDE', 'ENTERPRISE', [], 'HIGH'],
    ['H2', 'DDDADDDE', 'ENTERPRISE', ['H2'], 'MEDIUM_LOW'],
    ['H2 not', 'DDDBDDDE', 'ENTERPRISE', [], 'HIGH'],
    ['H3', 'ADDDDDDE', 'ENTERPRISE', ['H3'], 'MEDIUM'],
    ['H3 not', 'BDDDDDDE', 'ENTERPRISE', [], 'HIGH'],
    ['H4', 'DDDDDDDE', 'GOVERNMENT_PUBLIC', ['H4'], 'MEDIUM'],
    ['H5 by A', 'DDDDDDDA', 'ENTERPRISE', ['H1', 'H5'], 'LOW'],
    ['H5 by B', 'DDDDDDDB', 'ENTERPRISE', ['H1', 'H5'], 'MEDIUM_LOW'],
    ['H5 not', 'DDDDDDCB', 'ENTERPRISE', ['H1'], 'MEDIUM_LOW'],
  ])('%s', (_, letters, type, gates, level) => {
    expect(scoreOfInstitution(letters, type)).toMatchObject({ gates, scoredLevel: level });
  });

  test('the lowest category is marked by its answer even where the ceiling takes nothing away', () => {
    expect(scoreOf('AAAAAAAADAAA')).toMatchObject({ score: 0, bandLevel: 'LOW', lowest: true });
    expect(scoreOf('AAAAAAAADAAA').gates).not.toContain('G1');
    expect(scoreOf('AAAAAAAADAAB')).toMatchObject({ bandLevel: 'LOW', lowest: false });
  });
});

describe('another questionnaire is data', () => {
  const [other] = readQuestionnaires(OTHER_KEY);
  const definition = other?.definition as Definition;
  const run = (answers: Record<string, string>, ageBand = 'FROM_31') => {
    const own = facts({ ageBand });
    const given = Object.entries(answers).map(([questionId, optionCode]) => ({ questionId, optionCode }));
    const scored = score(definition, completeSheet(definition, given, own), own);
    return { ...scored, gates: scored.gatesFired.map(({ id }) => id) };
  };

  test.each([
    [{ Q1: '3', Q2: 'all', Q3: 'yes', Q4: 'z' }, 'FROM_31', 21, 'HIGH', [], 'HIGH'],
    [{ Q1: '3', Q2: 'all', Q3: 'yes', Q4: 'x' }, 'FROM_31', 18, 'HIGH', [], 'HIGH'],
    [{ Q1: '3', Q2: 'all', Q3: 'yes', Q4: 'x' }, 'FROM_46', 17, 'MEDIUM_HIGH', [], 'MEDIUM_HIGH'],
    [{ Q1: '3', Q2: 'all', Q3: 'yes', Q4: 'y' }, 'FROM_46', 18, 'HIGH', ['K3'], 'HIGH'],
    [{ Q1: '2', Q2: 'all', Q3: 'no', Q4: 'x' }, 'FROM_31', 9, 'MEDIUM_HIGH', ['K2'], 'MEDIUM_LOW'],
    [{ Q1: '2', Q2: 'some', Q3: 'yes', Q4: 'x' }, 'FROM_31', 9, 'MEDIUM_HIGH', ['K1'], 'MEDIUM'],
    [{ Q1: '1', Q2: 'some', Q3: 'no', Q4: 'x' }, 'FROM_65', -5, 'LOW', [], 'LOW'],
    [{ Q1: '1', Q2: 'none', Q3: 'no', Q4: 'x' }, 'FROM_65', -12, 'LOW', ['K2'], 'LOW'],
  ])('%j at %s', (answers, ageBand, total, band, gates, level) => {
    expect(run(answers, ageBand)).toMatchObject({ score: total, bandLevel: band, gates, scoredLevel: level });
  });

  test('its dimensions are its own', () => {
    expect(run({ Q1: '3', Q2: 'all', Q3: 'yes', Q4: 'z' }).subScores).toEqual({ LIFE: 8, LOSS: 10, WISH: 3 });
  });
});

describe('a sheet is complete and nothing but', () => {
  const given = (letters: string) =>
    Object.entries(answersOf(IND, letters)).flatMap(([questionId, optionCode]) =>
      questionId === 'I1' ? [] : [{ questionId, optionCode: String(optionCode) }],
    );
  const saver = given('EBDCBCAABBBB');
  const refused = (answers: { questionId: string; optionCode: string }[], own: Partial<Facts> = {}) => {
    try {
      completeSheet(IND.definition, answers, facts(own));
      return null;
    } catch (error) {
      const { code, details } = error as { code: string; details: object };
      return { code, details };
    }
  };

  test.each([
    ['FROM_18', 'E'],
    ['FROM_31', 'D'],
    ['FROM_46', 'C'],
    ['FROM_56', 'B'],
    ['FROM_65', 'A'],
  ])('the age question is worked out: %s is %s', (ageBand, code) => {
    expect(completeSheet(IND.definition, saver, facts({ ageBand }))['I1']).toBe(code);
  });

  test('missing answers are named', () => {
    expect(refused(saver.slice(2))).toEqual({
      code: 'ANSWERS_MISSING',
      details: { questionIds: ['I2', 'I3'] },
    });
  });
  test('a doubled answer is named', () => {
    expect(refused([...saver, { questionId: 'I5', optionCode: 'A' }])).toEqual({
      code: 'ANSWERS_DOUBLED',
      details: { questionIds: ['I5'] },
    });
  });
  test('an unknown question is named', () => {
    expect(refused([...saver, { questionId: 'I99', optionCode: 'A' }])).toEqual({
      code: 'QUESTION_UNKNOWN',
      details: { questionIds: ['I99'] },
    });
  });
  test('the derived question is not answered', () => {
    expect(refused([...saver, { questionId: 'I1', optionCode: 'D' }])).toEqual({
      code: 'QUESTION_NOT_ASKED',
      details: { questionIds: ['I1'] },
    });
  });
  test('an unknown option is named', () => {
    const answers = saver.map((answer) =>
      answer.questionId === 'I4' ? { ...answer, optionCode: 'E' } : answer,
    );
    expect(refused(answers)).toEqual({ code: 'OPTION_UNKNOWN', details: { questionIds: ['I4'] } });
  });
  test.each([[null], ['UNDER_18']])('the age band %s has no option and stops the sheet', (ageBand) => {
    expect(refused(saver, { ageBand })).toEqual({
      code: 'FACT_MISSING',
      details: { questionIds: ['I1'], fact: 'ageBand' },
    });
  });
  test('a fact that a gate needs and nobody knows stops the sheet', () => {
    const answers = Object.entries(answersOf(INS, 'DDDDDDDE')).map(([questionId, optionCode]) => ({
      questionId,
      optionCode: String(optionCode),
    }));
    expect(() => completeSheet(INS.definition, answers, facts())).toThrow(
      expect.objectContaining({ code: 'FACT_MISSING', details: { fact: 'institutionType' } }),
    );
  });
});

describe('for every sheet there is', () => {
  const anySheet = ({ definition }: { definition: Definition }) =>
    fc.record(
      Object.fromEntries(
        definition.questions.map(({ id, options }) => [
          id,
          fc.constantFrom(...options.map(({ code }) => code)),
        ]),
      ),
    );
  const anyFacts = fc
    .boolean()
    .map((fullCivilCapacity) => facts({ fullCivilCapacity, institutionType: 'ENTERPRISE' }));

  test.each([['IND-RTQ'], ['INS-RTQ']])(
    '%s: the final level is above neither the band nor any ceiling',
    (code) => {
      const { definition } = questionnaire(code);
      fc.assert(
        fc.property(anySheet({ definition }), anyFacts, (answers, own) => {
          const { scoredLevel, bandLevel, gatesFired } = score(definition, answers, own);
          const bounds = [bandLevel, ...gatesFired.flatMap(({ ceiling }) => ceiling ?? [])].map(rankOf);
          expect(rankOf(scoredLevel)).toBe(Math.min(...bounds));
          for (const gate of definition.gates) {
            const ceiling =
              gate.ceilingOn === undefined ? undefined : gate.map?.[answers[gate.ceilingOn] ?? ''];
            if (ceiling !== undefined) expect(rankOf(scoredLevel)).toBeLessThanOrEqual(rankOf(ceiling));
          }
        }),
      );
    },
  );

  test.each([['IND-RTQ'], ['INS-RTQ']])('%s: an answer with more points never lowers the band', (code) => {
    const { definition } = questionnaire(code);
    fc.assert(
      fc.property(anySheet({ definition }), anyFacts, fc.nat(), (answers, own, pick) => {
        const question = definition.questions[pick % definition.questions.length];
        const top = question?.options.reduce((a, b) => (b.score > a.score ? b : a));
        const better = { ...answers, [question?.id ?? '']: top?.code ?? '' };
        const [before, after] = [answers, better].map((sheet) =>
          rankOf(score(definition, sheet, own).bandLevel),
        );
        expect(after).toBeGreaterThanOrEqual(before ?? 0);
      }),
    );
  });

  test('accepting more loss never lowers the level, and losing capacity never raises it', () => {
    fc.assert(
      fc.property(anySheet(IND), (answers) => {
        const levels = ['A', 'B', 'C', 'D', 'E'].map((I12) =>
          rankOf(score(IND.definition, { ...answers, I12 }, facts()).scoredLevel),
        );
        expect(levels).toEqual([...levels].sort((a, b) => a - b));
        const unable = score(IND.definition, answers, facts({ fullCivilCapacity: false }));
        expect(unable.scoredLevel).toBe('LOW');
      }),
    );
  });

  test('a scorer that has read the gates once keeps nothing of the sheet before', () => {
    const scoreNext = scorerOf(IND.definition);
    fc.assert(
      fc.property(anySheet(IND), anyFacts, (answers, own) => {
        expect(scoreNext(answers, own)).toEqual(score(IND.definition, answers, own));
      }),
    );
  });

  test('every score has one band', () => {
    for (const { definition } of [IND, INS]) {
      for (let total = 0; total <= definition.maxScore; total += 1) {
        expect(definition.bands.filter(({ min, max }) => min <= total && total <= max)).toHaveLength(1);
      }
    }
    expect(LEVELS).toHaveLength(5);
  });
});
