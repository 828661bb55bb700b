import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as alerts from './alerts/labels.rules.js';
import * as assessments from './assessments/labels.rules.js';
import * as codes from './code-labels.rules.js';
import { LEVEL_LABELS } from './words.rules.js';

test.each(Object.entries({ ...codes, ...alerts, ...assessments, LEVEL_LABELS }))(
  '%s says each code in three languages, no two alike',
  (_, labels) => {
    for (const locale of ['en', 'zh', 'zhHant'] as const) {
      const words = Object.values(labels).map((label) => label[locale] ?? '');
      expect(words.every((word) => /\p{Script=Han}/u.test(word) === (locale !== 'en'))).toBe(true);
      expect(words.every((word) => word.trim() !== '')).toBe(true);
      expect(new Set(words).size).toBe(words.length);
    }
  },
);

test('every topic of an interview in the schema has words', () => {
  const schema = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');
  const body = /enum InterviewTopic \{([^}]*)\}/.exec(schema)?.[1] ?? '';
  const topics = [...body.matchAll(/^ {2}([A-Z]+)$/gm)].map(([, topic]) => topic);
  expect(Object.keys(codes.TOPIC_LABELS)).toEqual(topics);
});
