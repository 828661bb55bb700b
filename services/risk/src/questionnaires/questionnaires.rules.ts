import { z } from 'zod';
import { LEVEL_CODES, LEVELS, levelOf, rankOf } from '../levels.rules.js';
import {
  type Condition,
  FACTS,
  type FactName,
  isFact,
  parseCondition,
  problemsOf,
  RESERVED,
} from './conditions.rules.js';
import { addUp, Points, stepOf, unitsOf } from './points.rules.js';

/** A questionnaire as the firm publishes it: questions, points, bands and gates are all data, and nothing here knows one by name. */

/** A level by its name or by the trade's code (C1 to C5). */
const Level = z.enum([...LEVELS, ...LEVEL_CODES]).transform((text) => levelOf(text) ?? 'LOW');
const Name = z.string().regex(/^[A-Za-z]\w{0,31}$/, 'a letter, then up to 31 letters, digits or _');
const OptionCode = z.string().regex(/^\w{1,16}$/, '1 to 16 letters, digits or _');
const Code = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, '1 to 64 letters, digits, dot, dash or _');
const Said = z.string().regex(/^[^\p{Cc}\p{Cs}]+$/u, 'some words, without control characters');
const Words = z.strictObject({ zh: Said, en: Said, zhHant: Said.optional() });
/** A reason written in one language only is shown in that language. */
const Reason = z.union([Words, Said.transform((words) => ({ zh: words, en: words }))]);

const Question = z.strictObject({
  id: Name,
  dimension: Name,
  text: Words,
  options: z.array(z.strictObject({ code: OptionCode, text: Words, score: Points })).min(2),
  /** Worked out from what is known of the client, and not asked. */
  source: z.literal('DERIVED').optional(),
  derivedFrom: z.strictObject({ fact: z.string(), map: z.record(z.string(), OptionCode) }).optional(),
  objectiveAnswer: OptionCode.optional(),
  /** Takes several answers: which of their points count, how many may be chosen, and which stand alone ("none of these"). */
  multiple: z
    .strictObject({
      points: z.enum(['HIGHEST', 'LOWEST', 'SUM']),
      max: z.int().min(2).optional(),
      alone: z.array(OptionCode).optional(),
    })
    .optional(),
  /** Options are shown in an order of chance, so that the right one has no place of its own. */
  shuffle: z.boolean().optional(),
});

/** A run of scores and the level it gives. Two runs may give one level, as where the lowest category has a run of its own. */
const Band = z.strictObject({
  level: Level,
  code: Code,
  min: Points,
  max: Points,
  lowestCategory: z.boolean().optional(),
});

const Gate = z.strictObject({
  id: Code,
  reason: Reason,
  /** Fires when this condition holds; see conditions.rules.ts. */
  when: z.string().optional(),
  /** Or: each answer to this question has a ceiling, which fires when it is below the band. */
  ceilingOn: Name.optional(),
  map: z.record(z.string(), Level).optional(),
  /** The answer that marks the lowest category, whether or not the ceiling is below the band. */
  lowestCategoryWhen: OptionCode.optional(),
  cap: Level.optional(),
  lowestCategory: z.boolean().optional(),
  interview: z.boolean().optional(),
  flag: Code.optional(),
});

const Bands = z.array(Band).min(1);
const Gates = z.array(Gate);
/** What the flags of the gates are called. */
const Flags = z.record(Code, Words);

const Published = z.strictObject({
  code: Code,
  version: Code,
  audience: z.enum(['INDIVIDUAL', 'INSTITUTION']),
  status: z.enum(['DRAFT', 'ACTIVE', 'RETIRED']).default('ACTIVE'),
  effectiveFrom: z.iso.date(),
  maxScore: Points,
  language: z.array(z.string()),
  questions: z.array(Question).min(1),
  bands: Bands.optional(),
  gates: Gates.optional(),
  flags: Flags.optional(),
});

/** Bands and gates beside the questionnaires hold for each that does not bring its own. */
const File = z.strictObject({
  questionnaires: z.array(Published),
  bands: Bands.optional(),
  gates: z.partialRecord(z.enum(['INDIVIDUAL', 'INSTITUTION']), Gates).optional(),
  flags: Flags.optional(),
  combine: z.string().optional(),
});

export type Question = z.output<typeof Question>;
export type Option = Question['options'][number];
export type Gate = z.output<typeof Gate>;
export type Band = z.output<typeof Band>;
export type Audience = z.output<typeof Published>['audience'];
export type QuestionnaireStatus = z.output<typeof Published>['status'];
export type Definition = {
  maxScore: number;
  questions: Question[];
  bands: Band[];
  gates: Gate[];
  flags?: z.output<typeof Flags> | undefined;
};
export type Questionnaire = {
  code: string;
  version: string;
  audience: Audience;
  status: QuestionnaireStatus;
  effectiveFrom: string;
  definition: Definition;
};

/** Reads a file of questionnaires. Throws with every problem of the file at once: a malformed key must never score anybody. */
export function readQuestionnaires(content: unknown): Questionnaire[] {
  const { questionnaires, problems } = readFile(content);
  if (problems.length > 0) throw malformed(problems);
  return questionnaires;
}

function readFile(content: unknown): { questionnaires: Questionnaire[]; problems: string[] } {
  const file = File.safeParse(content);
  if (!file.success)
    return {
      questionnaires: [],
      problems: file.error.issues.map((issue) => `${issue.path.join('.') || 'content'}: ${issue.message}`),
    };
  const { questionnaires, bands, gates, flags } = file.data;
  const read = questionnaires.map((published) =>
    questionnaireOf(published, { bands, gates: gates?.[published.audience], flags }),
  );
  return {
    questionnaires: read,
    problems: [
      ...doubles(read.map(({ code, version }) => `${code} ${version}`)).map(
        (name) => `${name} is there twice`,
      ),
      ...read.flatMap(({ code, version, definition }) =>
        definitionProblems(definition).map((problem) => `${code} ${version}: ${problem}`),
      ),
    ],
  };
}

type Shared = { bands?: Band[] | undefined; gates?: Gate[] | undefined; flags?: Definition['flags'] };

/** The questionnaire with what it brings itself, or else what stands beside it. */
function questionnaireOf(published: z.output<typeof Published>, beside: Shared): Questionnaire {
  const { code, version, audience, status, effectiveFrom, maxScore, questions, bands, gates, flags } =
    published;
  return {
    code,
    version,
    audience,
    status,
    effectiveFrom,
    definition: {
      maxScore,
      questions,
      // In the order of the scores, whichever end a key begins with.
      bands: (bands ?? beside.bands ?? []).toSorted((a, b) => a.min - b.min),
      gates: gates ?? beside.gates ?? [],
      flags: flags ?? beside.flags,
    },
  };
}

const malformed = (problems: readonly string[]) =>
  new Error(`The questionnaires are malformed:\n  ${problems.join('\n  ')}`);

/** Reads one questionnaire, by itself or as the only one of a file with bands and gates beside it. Without one, every problem at once. */
export function readQuestionnaire(content: unknown): {
  questionnaire: Questionnaire | null;
  problems: string[];
} {
  const isFile = typeof content === 'object' && content !== null && 'questionnaires' in content;
  if (isFile) {
    const { questionnaires, problems } = readFile(content);
    const [first, second] = questionnaires;
    if (problems.length > 0 || first === undefined || second !== undefined)
      return {
        questionnaire: null,
        problems: problems.length > 0 ? problems : ['questionnaires: one at a time'],
      };
    return { questionnaire: { ...first, status: 'ACTIVE' }, problems: [] };
  }
  const published = Published.safeParse(content);
  if (!published.success)
    return {
      questionnaire: null,
      problems: published.error.issues.map(
        (issue) => `${issue.path.join('.') || 'content'}: ${issue.message}`,
      ),
    };
  const questionnaire = { ...questionnaireOf(published.data, {}), status: 'ACTIVE' as const };
  const problems = definitionProblems(questionnaire.definition);
  return { questionnaire: problems.length > 0 ? null : questionnaire, problems };
}

/** What would make a sheet unanswerable, unscorable or scored twice; empty when the definition is sound. */
function definitionProblems({ questions, bands, gates, maxScore }: Definition): string[] {
  const ranges = questions.map(pointsRange);
  const highest = addUp(ranges.map(({ max }) => max));
  const lowest = addUp(ranges.map(({ min }) => min));
  const step = stepOf(questions.flatMap(({ options }) => options.map(({ score }) => score)));
  return [
    ...doubles(questions.map(({ id }) => id)).map((id) => `the question ${id} is there twice`),
    ...doubles(gates.map(({ id }) => id)).map((id) => `the gate ${id} is there twice`),
    ...questions.flatMap(questionProblems),
    ...(highest === maxScore
      ? []
      : [`the best answers add up to ${highest}, not to the maxScore ${maxScore}`]),
    ...bandProblems(bands, { lowest, highest, step }),
    ...gates.flatMap((gate) => gateProblems(gate, questions).map((problem) => `gate ${gate.id}: ${problem}`)),
  ];
}

/** The fewest and the most points that answers to a question can give. */
export function pointsRange({ options, multiple }: Question): { min: number; max: number } {
  const scores = options.map(({ score }) => score);
  const single = { min: Math.min(...scores), max: Math.max(...scores) };
  if (multiple?.points !== 'SUM') return single;
  const { alone = [], max = options.length } = multiple;
  const together = options.filter(({ code }) => !alone.includes(code)).map(({ score }) => score);
  const best = (part: readonly number[]) => addUp([...part].sort((a, b) => b - a).slice(0, max));
  return {
    min: Math.min(single.min, -best(together.map((score) => Math.max(0, -score)))),
    max: Math.max(single.max, best(together.map((score) => Math.max(0, score)))),
  };
}
const doubles = (names: readonly string[]) => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];

function questionProblems({
  id,
  options,
  source,
  derivedFrom,
  objectiveAnswer,
  multiple,
}: Question): string[] {
  const has = (code: string) => options.some((option) => option.code === code);
  const say = (problem: string) => `question ${id}: ${problem}`;
  const derived = derivedFrom === undefined ? [] : [...derivedProblems(derivedFrom, has)];
  return [
    ...(RESERVED.has(id) ? ['its id is a word of the gate language'] : []),
    ...doubles(options.map(({ code }) => code)).map((code) => `the option ${code} is there twice`),
    ...((source === 'DERIVED') === (derivedFrom !== undefined)
      ? []
      : ['a derived question needs both source and derivedFrom']),
    ...derived,
    ...(objectiveAnswer === undefined || has(objectiveAnswer)
      ? []
      : [`the right answer ${objectiveAnswer} is no option`]),
    ...(multiple !== undefined && (source !== undefined || objectiveAnswer !== undefined)
      ? ['what is worked out, or has one right answer, takes no several answers']
      : []),
    ...(multiple?.alone ?? []).filter((code) => !has(code)).map((code) => `${code} is no option`),
  ].map(say);
}

function derivedProblems(
  { fact, map }: NonNullable<Question['derivedFrom']>,
  has: (code: string) => boolean,
): string[] {
  if (!isFact(fact)) return [`${fact} is no fact that is known of a client`];
  const values: readonly string[] = FACTS[fact];
  return Object.entries(map).flatMap(([value, code]) => [
    ...(values.includes(value) ? [] : [`${value} is no value of ${fact}`]),
    ...(has(code) ? [] : [`${code} is no option`]),
  ]);
}

/** Whether some score lies between the end of one band and the beginning of the next; scores go in steps of the questionnaire. */
const isGap = (end: number, begin: number, step: number): boolean =>
  step > 0 && Math.ceil(unitsOf(begin) / step) - Math.floor(unitsOf(end) / step) > 1;

function bandProblems(
  bands: readonly Band[],
  { lowest, highest, step }: { lowest: number; highest: number; step: number },
): string[] {
  const [first] = bands;
  const last = bands.at(-1);
  if (first === undefined || last === undefined) return ['there are no bands'];
  const inner = bands.flatMap((band, index) => {
    const before = bands[index - 1];
    const isUpsideDown = band.max < band.min ? [`the band ${band.level} ends before it begins`] : [];
    if (before === undefined) return isUpsideDown;
    if (rankOf(band.level) < rankOf(before.level))
      return [...isUpsideDown, `the band ${band.level} falls below ${before.level}`];
    if (isGap(before.max, band.min, step))
      return [...isUpsideDown, `there is a gap between ${before.level} and ${band.level}`];
    if (band.min <= before.max) return [...isUpsideDown, `${before.level} and ${band.level} overlap`];
    return isUpsideDown;
  });
  return [
    ...inner,
    ...doubles(bands.map(({ code }) => code)).map((code) => `the band ${code} is there twice`),
    ...bands
      .filter(({ level, lowestCategory }) => lowestCategory === true && level !== 'LOW')
      .map(({ code }) => `the band ${code} marks the lowest category and is not LOW`),
    ...(first.min > lowest ? [`no band holds the lowest possible score ${lowest}`] : []),
    ...(last.max < highest ? [`no band holds the highest possible score ${highest}`] : []),
  ];
}

function gateProblems(gate: Gate, questions: readonly Question[]): string[] {
  const hasEffect =
    gate.cap !== undefined ||
    gate.lowestCategory === true ||
    gate.interview === true ||
    gate.flag !== undefined;
  if ((gate.when === undefined) === (gate.ceilingOn === undefined))
    return ['it needs either when or ceilingOn'];
  if (gate.when !== undefined) {
    const strays = gate.map !== undefined || gate.lowestCategoryWhen !== undefined;
    return [
      ...(hasEffect ? [] : ['it has no effect']),
      ...(strays ? ['map and lowestCategoryWhen go with ceilingOn'] : []),
      ...conditionProblems(gate.when, questions),
    ];
  }
  const question = questions.find(({ id }) => id === gate.ceilingOn);
  if (question === undefined) return [`${gate.ceilingOn} is no question`];
  const codes = question.options.map(({ code }) => code);
  const named = [
    ...Object.keys(gate.map ?? {}),
    ...(gate.lowestCategoryWhen === undefined ? [] : [gate.lowestCategoryWhen]),
  ];
  return [
    ...(gate.cap === undefined ? [] : ['cap goes with when: a ceiling has its levels in map']),
    ...(gate.lowestCategory === undefined
      ? []
      : ['lowestCategory goes with when: a ceiling names the answer in lowestCategoryWhen']),
    ...codes
      .filter((code) => gate.map?.[code] === undefined)
      .map((code) => `the option ${code} of ${question.id} has no ceiling`),
    ...named.filter((code) => !codes.includes(code)).map((code) => `${code} is no option of ${question.id}`),
  ];
}

function conditionProblems(source: string, questions: readonly Question[]): string[] {
  let condition: Condition;
  try {
    condition = parseCondition(source);
  } catch (error) {
    if (error instanceof SyntaxError) return [error.message];
    throw error;
  }
  return problemsOf(condition, questions);
}

/** The questions a client is asked; the others are worked out. */
export const askedOf = (questions: readonly Question[]): Question[] =>
  questions.filter(({ source }) => source === undefined);

/** The fact of a derived question; `questionProblems` has seen to it that it is one. */
export const factOf = ({ derivedFrom }: Question): FactName | undefined =>
  derivedFrom !== undefined && isFact(derivedFrom.fact) ? derivedFrom.fact : undefined;

/**
 * The options in the order in which they are shown. Where the question asks for chance, the order follows from the seed, so
 * that a page that is loaded again shows the same order.
 */
export function shownOptions({ id, options, shuffle }: Question, seed: string): Question['options'] {
  if (shuffle !== true) return options;
  const next = randomFrom(`${seed} ${id}`);
  const shown = [...options];
  for (let last = shown.length - 1; last > 0; last -= 1) {
    const other = next() % (last + 1);
    const [a, b] = [shown[last], shown[other]];
    if (a !== undefined && b !== undefined) [shown[last], shown[other]] = [b, a];
  }
  return shown;
}

/** FNV-1a of the seed, then xorshift32: small, the same on every machine, and no secret. */
function randomFrom(seed: string): () => number {
  let state = 0x811c9dc5;
  for (const character of seed) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  if (state === 0) state = 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}
