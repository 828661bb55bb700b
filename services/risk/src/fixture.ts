import { readFileSync } from 'node:fs';
import { AssessmentRules } from './assessments/assessments.rules.js';
import type { Answers, Facts } from './questionnaires/conditions.rules.js';
import { type Questionnaire, readQuestionnaires } from './questionnaires/questionnaires.rules.js';

/** Builders for tests: each test overrides only what it is about. */

const readJson = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../data/${name}`, import.meta.url), 'utf8'));

const PUBLISHED = readQuestionnaires(readJson('questionnaires.json'));
export const RULES = AssessmentRules.parse(readJson('assessment-rules.json'));

export function questionnaire(code: string): Questionnaire {
  const found = PUBLISHED.find((published) => published.code === code);
  if (found === undefined) throw new Error(`${code} is not published.`);
  return found;
}

/** One letter an answer, in the order of the questions: `EBDCBCAABBBB`. */
export const answersOf = ({ definition }: Pick<Questionnaire, 'definition'>, letters: string): Answers =>
  Object.fromEntries(definition.questions.map(({ id }, index) => [id, letters.charAt(index)]));

export const facts = (own: Partial<Facts> = {}): Facts => ({
  kind: 'INDIVIDUAL',
  class: 'ORDINARY',
  grade: 'BRONZE',
  ageBand: 'FROM_31',
  fullCivilCapacity: true,
  institutionType: null,
  ...own,
});

export const institution = (institutionType = 'ENTERPRISE'): Facts =>
  facts({ kind: 'INSTITUTION', class: 'ENTERPRISE', grade: 'SMALL', ageBand: null, institutionType });

/** A questionnaire that shares nothing with the firm's own: five questions, points below zero, four bands, other gates. */
export const OTHER_KEY = {
  questionnaires: [
    {
      code: 'FUND-SHORT',
      version: '7',
      audience: 'INDIVIDUAL',
      effectiveFrom: '2026-02-15',
      maxScore: 21,
      language: ['zh-Hans', 'en'],
      questions: [
        {
          id: 'AGE',
          dimension: 'LIFE',
          source: 'DERIVED',
          derivedFrom: {
            fact: 'ageBand',
            map: { FROM_18: 'young', FROM_31: 'young', FROM_46: 'mid', FROM_56: 'mid', FROM_65: 'old' },
          },
          ...optionsOf({ young: 3, mid: 2, old: -4 }),
        },
        { id: 'Q1', dimension: 'LIFE', ...optionsOf({ 1: -3, 2: 0, 3: 5 }) },
        { id: 'Q2', dimension: 'LOSS', ...optionsOf({ none: -5, some: 2, all: 6 }) },
        { id: 'Q3', dimension: 'LOSS', ...optionsOf({ no: 0, yes: 4 }) },
        { id: 'Q4', dimension: 'WISH', shuffle: true, ...optionsOf({ x: 0, y: 1, z: 3 }) },
      ],
      bands: [
        { level: 'LOW', code: 'P1', min: -20, max: -1 },
        { level: 'MEDIUM_LOW', code: 'P2', min: 0, max: 4 },
        { level: 'MEDIUM_HIGH', code: 'P4', min: 5, max: 17 },
        { level: 'HIGH', code: 'P5', min: 18, max: 21 },
      ],
      gates: [
        {
          id: 'K1',
          ceilingOn: 'Q2',
          map: { none: 'LOW', some: 'MEDIUM', all: 'HIGH' },
          lowestCategoryWhen: 'none',
          reason: 'stated loss',
        },
        {
          id: 'K2',
          when: 'sum(LOSS) < 0 or (not Q3 = yes and total >= 9)',
          cap: 'MEDIUM_LOW',
          interview: true,
          flag: 'LOOK_AGAIN',
          reason: { en: 'loss answers', zh: '亏损答案' },
        },
        {
          id: 'K3',
          when: 'client.ageBand not in [FROM_18, FROM_31] and Q4 >= y',
          interview: true,
          reason: 'horizon',
        },
      ],
    },
  ],
};

function optionsOf(points: Record<string, number>) {
  const options = Object.entries(points).map(([code, score]) => ({
    code,
    score,
    text: { en: code, zh: code },
  }));
  return { text: { en: 'How?', zh: '如何？' }, options };
}
