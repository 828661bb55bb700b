// `node dist/bench.main.js SECONDS`: how many sheets of each questionnaire of `data/` one thread scores in a second, as one line of JSON.
import { readFileSync } from 'node:fs';
import type { Facts } from './questionnaires/conditions.rules.js';
import { type Definition, readQuestionnaires } from './questionnaires/questionnaires.rules.js';
import { scorerOf } from './questionnaires/scoring.rules.js';

const SHEETS = 10_000;
const INDIVIDUAL: Facts = {
  kind: 'INDIVIDUAL',
  class: 'ORDINARY',
  grade: 'BRONZE',
  ageBand: 'FROM_31',
  fullCivilCapacity: true,
  institutionType: null,
};
const INSTITUTION: Facts = {
  ...INDIVIDUAL,
  kind: 'INSTITUTION',
  ageBand: null,
  institutionType: 'ENTERPRISE',
};

/** Sheets that look random and are the same each time. */
function sheetsOf({ questions }: Definition) {
  let state = 2_026;
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Array.from({ length: SHEETS }, () =>
    Object.fromEntries(questions.map(({ id, options }) => [id, options[next(options.length)]?.code ?? ''])),
  );
}

function speedOf(definition: Definition, facts: Facts, seconds: number) {
  const score = scorerOf(definition);
  const sheets = sheetsOf(definition);
  // What is measured last is the code as the compiler has made it.
  for (const sheet of sheets) score(sheet, facts);
  const startedMs = performance.now();
  let scored = 0;
  while (performance.now() - startedMs < seconds * 1_000) {
    for (const sheet of sheets) score(sheet, facts);
    scored += sheets.length;
  }
  return Math.round((scored * 1_000) / (performance.now() - startedMs));
}

const seconds = Number(process.argv[2] ?? 3);
const published = readQuestionnaires(
  JSON.parse(readFileSync(new URL('../data/questionnaires.json', import.meta.url), 'utf8')),
);
const speeds = published.map(({ code, audience, definition }) => ({
  code,
  questions: definition.questions.length,
  gates: definition.gates.length,
  perSecond: speedOf(definition, audience === 'INDIVIDUAL' ? INDIVIDUAL : INSTITUTION, seconds),
}));
process.stdout.write(`${JSON.stringify(speeds)}\n`);
