import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { facts, OTHER_KEY, questionnaire } from '../fixture.js';
import { holds, parseCondition, type Sheet } from './conditions.rules.js';
import { askedOf, readQuestionnaires, shownOptions } from './questionnaires.rules.js';

type Tree = { [key: string]: Tree };
const published = (): Tree =>
  JSON.parse(readFileSync(new URL('../../data/questionnaires.json', import.meta.url), 'utf8'));

/** The file with one place changed, `bands.2.min`; without it when the value is undefined. */
function spoilt(file: Tree, path: string, value: unknown): Tree {
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  const place = steps.reduce((tree, step) => tree[step] ?? {}, file);
  if (value === undefined) delete place[last];
  else Object.assign(place, { [last]: value });
  return file;
}

function problemsOf(file: unknown): string {
  try {
    readQuestionnaires(file);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

const Q = 'questionnaires.0.questions';
const WHEN_G3 = 'gates.INDIVIDUAL.2.when';

describe('a malformed questionnaire is not loaded', () => {
  test('the published ones are sound', () => {
    expect(problemsOf(published())).toBe('');
    expect(problemsOf(OTHER_KEY)).toBe('');
  });

  test.each<[string, string, unknown, string]>([
    ['a gap between bands', 'bands.2.min', 41, 'there is a gap between MEDIUM_LOW and MEDIUM'],
    ['an overlap of bands', 'bands.2.min', 39, 'MEDIUM_LOW and MEDIUM overlap'],
    ['a band upside down', 'bands.4.max', 79, 'the band HIGH ends before it begins'],
    ['bands out of order', 'bands.2.level', 'LOW', 'the band LOW falls below MEDIUM_LOW'],
    ['a doubled band', 'bands.1.code', 'C1', 'the band C1 is there twice'],
    ['a lowest category beside LOW', 'bands.1.lowestCategory', true, 'the band C2 marks the lowest category'],
    ['several answers to a right one', `${Q}.8.multiple`, { points: 'SUM' }, 'takes no several answers'],
    [
      'several answers, one of them unknown',
      `${Q}.2.multiple`,
      { points: 'HIGHEST', alone: ['Z'] },
      'question I3: Z is no option',
    ],

    ['a lowest score without a band', 'bands.0.min', 1, 'no band holds the lowest possible score 0'],
    ['a highest score without a band', 'bands.4.max', 99, 'no band holds the highest possible score 100'],
    ['no bands', 'bands', undefined, 'there are no bands'],
    [
      'a wrong maximum',
      'questionnaires.0.maxScore',
      99,
      'the best answers add up to 100, not to the maxScore 99',
    ],
    ['a doubled question', 'questionnaires.0.questions.2.id', 'I2', 'the question I2 is there twice'],
    ['a doubled option', `${Q}.2.options.1.code`, 'A', 'question I3: the option A is there twice'],
    ['a doubled gate', 'gates.INDIVIDUAL.1.id', 'G1', 'the gate G1 is there twice'],
    [
      'a doubled version',
      'questionnaires.2',
      published()['questionnaires']?.['0'],
      'IND-RTQ 2026.1 is there twice',
    ],
    [
      'a question called like a word',
      `${Q}.2.id`,
      'total',
      'question total: its id is a word of the gate language',
    ],
    ['a gate on an unknown question', WHEN_G3, 'I13=A', 'gate G3: I13 is no question'],
    ['a gate on an unknown option', WHEN_G3, 'I10=F', 'gate G3: F is no option of I10'],
    ['a gate on an unknown fact', WHEN_G3, 'client.shoeSize=44', 'gate G3: client.shoeSize is no fact'],
    [
      'a gate on an unknown value',
      WHEN_G3,
      'client.institutionType=CLUB',
      'CLUB is no value of client.institutionType',
    ],
    ['a gate on an unknown level', WHEN_G3, 'band>=HUGE', 'gate G3: HUGE is no level'],
    ['a sum over nothing', WHEN_G3, 'sum(I6..I1)<14', 'gate G3: I6..I1 names no questions'],
    ['a sum against a word', WHEN_G3, 'sum(I1..I6)<many', 'gate G3: many is no number of points'],
    ['an order where there is none', WHEN_G3, 'client.ageBand>FROM_18', 'client.ageBand has no order'],
    ['a gate that breaks off', WHEN_G3, 'I10=A and', 'gate G3: "I10=A and": something is expected'],
    ['a gate with strange signs', WHEN_G3, 'I10 ~ A', 'cannot be read from'],
    ['a gate that goes on', WHEN_G3, 'I10=A I11=A', 'goes on with I11'],
    ['a gate without a comparison', WHEN_G3, 'I10 is A', 'is is no comparison'],
    ['a gate of no effect', 'gates.INDIVIDUAL.2.cap', undefined, 'gate G3: it has no effect'],
    ['a gate without a trigger', WHEN_G3, undefined, 'gate G3: it needs either when or ceilingOn'],
    [
      'a gate with two triggers',
      'gates.INDIVIDUAL.2.ceilingOn',
      'I10',
      'gate G3: it needs either when or ceilingOn',
    ],
    [
      'a ceiling with a hole',
      'gates.INDIVIDUAL.0.map.C',
      undefined,
      'gate G1: the option C of I12 has no ceiling',
    ],
    ['a ceiling on an unknown option', 'gates.INDIVIDUAL.0.map.F', 'LOW', 'gate G1: F is no option of I12'],
    [
      'a ceiling on an unknown question',
      'gates.INDIVIDUAL.0.ceilingOn',
      'I20',
      'gate G1: I20 is no question',
    ],
    ['a ceiling that is also a cap', 'gates.INDIVIDUAL.0.cap', 'LOW', 'gate G1: cap goes with when'],
    ['an unknown level', 'gates.INDIVIDUAL.2.cap', 'TINY', 'gates.INDIVIDUAL.2.cap'],
    [
      'a derived question without its fact',
      `${Q}.0.derivedFrom`,
      undefined,
      'question I1: a derived question needs both',
    ],
    ['a fact nobody knows', `${Q}.0.derivedFrom.fact`, 'shoeSize', 'question I1: shoeSize is no fact'],
    [
      'a derived option that is not there',
      `${Q}.0.derivedFrom.map.FROM_18`,
      'Z',
      'question I1: Z is no option',
    ],
    [
      'a right answer that is not there',
      `${Q}.8.objectiveAnswer`,
      'Z',
      'question I9: the right answer Z is no option',
    ],
    ['a text in one language', `${Q}.3.text.en`, undefined, 'questions.3.text.en'],
    ['points of five decimals', `${Q}.3.options.0.score`, 0.00001, 'at most 4 decimals'],
    ['points without end', `${Q}.3.options.0.score`, 1 / 3, 'at most 4 decimals'],
    ['points that are words', `${Q}.3.options.0.score`, 'many', 'at most 4 decimals'],
    [
      'half a point where bands go by whole ones',
      `${Q}.3.options.1.score`,
      2.5,
      'there is a gap between LOW and MEDIUM_LOW',
    ],
    ['a field nobody knows', 'questionnaires.0.colour', 'red', 'colour'],
  ])('%s', (_, path, value, problem) => {
    expect(problemsOf(spoilt(published(), path, value))).toContain(problem);
  });

  test('a key may begin with its highest band', () => {
    const { bands, ...rest } = published();
    const turned = { ...rest, bands: Object.values(bands ?? {}).reverse() };
    expect(readQuestionnaires(turned)).toEqual(readQuestionnaires(published()));
  });

  test('every problem is told at once', () => {
    const told = problemsOf(spoilt(spoilt(published(), 'bands.2.min', 41), WHEN_G3, 'I13=A'));
    expect(told).toMatch(/gap between[\s\S]*I13 is no question/);
  });
});

describe('the gate language', () => {
  const sheet: Sheet = {
    questions: [
      { id: 'A1', dimension: 'X', options: [{ code: 'low' }, { code: 'mid' }, { code: 'top' }] },
      { id: 'A2', dimension: 'X', options: [{ code: '1' }, { code: '2' }] },
      { id: 'A3', dimension: 'Y', options: [{ code: '1' }, { code: '2' }] },
    ],
    answers: { A1: 'mid', A2: '1', A3: '2' },
    points: { A1: 5, A2: -2, A3: 4 },
    total: 7,
    band: 'MEDIUM',
    facts: facts({ ageBand: 'FROM_46', fullCivilCapacity: false }),
  };

  test.each([
    ['A1=mid', true],
    ['A1!=mid', false],
    ['A1 in [low, mid]', true],
    ['A1 not in [low, mid]', false],
    ['A1>low', true],
    ['A1>=mid', true],
    ['A1<mid', false],
    ['A1<=top', true],
    ['sum(A1..A3)=7', true],
    ['sum(A1..A2)<3', false],
    ['sum(A1, A3)>8', true],
    ['sum(X)=3', true],
    ['sum(X, A3)=7', true],
    ['sum(A2)=-2', true],
    ['sum(A2)>=-2', true],
    ['sum(A2)>-2', false],
    ['total in [6,7]', true],
    ['band>=MEDIUM', true],
    ['band>MEDIUM', false],
    ['band<=MEDIUM_LOW', false],
    ['client.fullCivilCapacity=false', true],
    ['client.ageBand in [FROM_31,FROM_46]', true],
    ['not A1=mid', false],
    ['A1=low or A2=1 and A3=1', false],
    ['(A1=mid or A2=2) and A3=2', true],
    ['A1=mid or A2=2 and A3=1', true],
    ['not (A1=low or A1=top)', true],
  ])('%s is %s', (source, expected) => {
    expect(holds(parseCondition(source), sheet)).toBe(expected);
  });
});

describe('options are shown', () => {
  const byId = (id: string) =>
    questionnaire('IND-RTQ').definition.questions.find((question) => question.id === id)!;
  const order = (id: string, seed: string) =>
    shownOptions(byId(id), seed)
      .map(({ code }) => code)
      .join('');

  test('in the same order for the same seed, all of them, and in many orders for many seeds', () => {
    const orders = new Set<string>();
    for (let n = 0; n < 500; n += 1) {
      expect(order('I9', `seed ${n}`)).toBe(order('I9', `seed ${n}`));
      expect([...order('I9', `seed ${n}`)].sort().join('')).toBe('ABCD');
      orders.add(order('I9', `seed ${n}`));
    }
    expect(orders.size).toBe(24);
  });

  test('as published where no chance is asked for', () => {
    expect(order('I8', 'any')).toBe('ABCDE');
  });

  test('of the questions that are asked, not of those that are worked out', () => {
    expect(askedOf(questionnaire('IND-RTQ').definition.questions).map(({ id }) => id)).toEqual([
      'I2',
      'I3',
      'I4',
      'I5',
      'I6',
      'I7',
      'I8',
      'I9',
      'I10',
      'I11',
      'I12',
    ]);
  });
});
