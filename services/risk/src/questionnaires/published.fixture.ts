import type { GivenAnswer } from './scoring.rules.js';

/** Builders of questionnaires in the shapes in which others publish theirs. */

type Points = Record<string, number>;
const words = (en: string) => ({ en, zh: `${en}（中文）` });
const options = (points: Points) =>
  Object.entries(points).map(([code, score]) => ({ code, score, text: words(code) }));
const question = (id: string, dimension: string, points: Points, own: object = {}) => ({
  id,
  dimension,
  text: words(`${id}?`),
  options: options(points),
  ...own,
});

/**
 * Fourteen questions with points below zero, two of them with several answers, and six runs of scores for five levels: the
 * first run is the lowest category. Levels by the trade's codes, bands and gates beside the questionnaire.
 */
export const SIX_RUNS = {
  questionnaires: [
    {
      code: 'FUND-14',
      version: '2026-03',
      audience: 'INDIVIDUAL',
      effectiveFrom: '2026-03-10',
      maxScore: 60,
      language: ['zh-Hans', 'en'],
      questions: [
        ...Array.from({ length: 10 }, (_, n) =>
          question(`P${n + 1}`, n < 5 ? 'MEANS' : 'WISHES', { a: -2, b: 0, c: 2, d: 4 }),
        ),
        question(
          'P11',
          'KNOWN',
          { none: -3, bonds: 1, funds: 2, shares: 3, futures: 4 },
          {
            multiple: { points: 'SUM', alone: ['none'] },
          },
        ),
        question(
          'P12',
          'KNOWN',
          { a: 0, b: 1, c: 2, d: 3, e: 4 },
          {
            multiple: { points: 'HIGHEST', max: 2 },
          },
        ),
        question('P13', 'LOSS', { none: 0, small: 1, half: 2, all: 3 }),
        question('P14', 'DEBT', { cards: -6, mortgage: 0, nothing: 3 }, { multiple: { points: 'LOWEST' } }),
      ],
    },
  ],
  bands: [
    { level: 'C1', code: 'R0', min: -40, max: -15, lowestCategory: true },
    { level: 'C1', code: 'R1', min: -14, max: 0 },
    { level: 'C2', code: 'R2', min: 1, max: 14 },
    { level: 'C3', code: 'R3', min: 15, max: 29 },
    { level: 'C4', code: 'R4', min: 30, max: 44 },
    { level: 'C5', code: 'R5', min: 45, max: 60 },
  ],
  gates: {
    INDIVIDUAL: [
      {
        id: 'D1',
        ceilingOn: 'P14',
        map: { cards: 'C2', mortgage: 'C4', nothing: 'C5' },
        reason: words('debt'),
      },
      {
        id: 'D2',
        when: 'P11 = futures and band >= C4 and not P12 in [d, e]',
        interview: true,
        flag: 'BOASTS',
        reason: words('experience that does not fit'),
      },
      { id: 'D3', when: 'sum(MEANS) < 0', cap: 'C3', reason: words('means') },
    ],
  },
  flags: { BOASTS: { en: 'Claims more than it seems', zh: '自述经验存疑', zhHant: '自述經驗存疑' } },
};

/** Five questions with points of up to two decimals, one as text, and three bands whose ends have decimals. */
export const FRACTIONS = {
  code: 'WEIGHED',
  version: '5.1',
  audience: 'INDIVIDUAL',
  effectiveFrom: '2026-03-10',
  maxScore: '5.1',
  language: ['en', 'zh-Hans'],
  questions: [
    ...['W1', 'W2', 'W3'].map((id) => question(id, 'HABIT', { a: 0.1, b: 0.2, c: 0.7 })),
    {
      ...question('W4', 'AIM', {}),
      options: [
        { code: 'yes', score: '2.25', text: words('yes') },
        { code: 'maybe', score: 0, text: words('maybe') },
        { code: 'no', score: -1.5, text: words('no') },
      ],
    },
    question('W5', 'AIM', { p: 0.25, q: 0.5, none: 0 }, { multiple: { points: 'SUM', alone: ['none'] } }),
  ],
  bands: [
    { level: 'LOW', code: 'I', min: -1.2, max: 0.55 },
    { level: 'MEDIUM', code: 'II', min: 0.6, max: 2.95 },
    { level: 'HIGH', code: 'III', min: 3, max: 5.1 },
  ],
  gates: [
    { id: 'F1', when: 'sum(W1..W3) <= 0.3 and total >= 2.55', cap: 'LOW', reason: words('habits') },
    { id: 'F2', when: 'sum(AIM) = -1.25', interview: true, reason: words('aims') },
  ],
};

/** One letter for each of W1 to W3, an answer to W4, and those to W5. */
export const weighed = (letters: string, w4: string, ...w5: string[]): GivenAnswer[] => [
  ...[...letters].map((optionCode, n) => ({ questionId: `W${n + 1}`, optionCode })),
  { questionId: 'W4', optionCode: w4 },
  ...w5.map((optionCode) => ({ questionId: 'W5', optionCode })),
];

/** The same letter for each of P1 to P10, then the rest as given; a comma parts several answers. */
export function runsAnswers(letter: string, rest: Record<string, string>): GivenAnswer[] {
  const all = {
    ...Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`P${n + 1}`, letter])),
    ...rest,
  };
  return Object.entries(all).flatMap(([questionId, codes]) =>
    codes.split(',').map((optionCode) => ({ questionId, optionCode })),
  );
}
