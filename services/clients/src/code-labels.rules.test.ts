import { expect, test } from '@jest/globals';
import * as tables from './code-labels.rules.js';
import * as evidence from './evidence-labels.rules.js';
import { CLASS_LABELS, GRADE_LABELS, LEVEL_LABELS, STATUS_LABELS } from './labels.rules.js';

const all = Object.entries({
  ...tables,
  ...evidence,
  CLASS_LABELS,
  GRADE_LABELS,
  LEVEL_LABELS,
  STATUS_LABELS,
});

test.each(all)('%s says each code in three languages, no two alike', (_, labels) => {
  for (const locale of ['EN', 'ZH_HANS', 'ZH_HANT'] as const) {
    const words = Object.values(labels).map((label) => label[locale]);
    expect(words.every((word) => word.trim() !== '')).toBe(true);
    expect(new Set(words).size).toBe(words.length);
    expect(words.every((word) => /\p{Script=Han}/u.test(word) === (locale !== 'EN'))).toBe(true);
  }
});
