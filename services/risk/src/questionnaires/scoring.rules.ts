import { defineRefusals } from '@client-graph/kit/refusals';
import { canonicalJson } from '../canonical.rules.js';
import { capped, type RiskLevel, rankOf } from '../levels.rules.js';
import {
  type Answers,
  chosen,
  type Facts,
  factsNamed,
  parseCondition,
  type Sheet,
  testOf,
} from './conditions.rules.js';
import { addUp } from './points.rules.js';
import {
  askedOf,
  type Band,
  type Definition,
  factOf,
  type Gate,
  type Question,
} from './questionnaires.rules.js';

export type GivenAnswer = { questionId: string; optionCode: string };

/** A gate that fired, with what it did. */
export type FiredGate = {
  id: string;
  ceiling: RiskLevel | null;
  interview: boolean;
  flag: string | null;
  marksLowestCategory: boolean;
};

export type Scored = {
  score: number;
  /** Points by dimension. */
  subScores: Record<string, number>;
  bandLevel: RiskLevel;
  gatesFired: FiredGate[];
  scoredLevel: RiskLevel;
  /** Some gate asks for the lowest category; it applies where the final level is LOW. */
  marksLowestCategory: boolean;
  flags: string[];
};

export const refuseSheet = defineRefusals({
  ANSWERS_MISSING: 'Answer every question that is asked; details name those without an answer.',
  ANSWERS_DOUBLED: 'Answer each question once; details name those answered more than once.',
  ANSWERS_CONFLICT:
    'Some options cannot be chosen together, or fewer may be chosen; details name the questions.',
  QUESTION_UNKNOWN: 'Answer only questions of this questionnaire; details name the others.',
  QUESTION_NOT_ASKED: 'Leave out the questions that are worked out from the file; details name them.',
  OPTION_UNKNOWN:
    'Choose among the options of the question; details name the questions whose option does not exist.',
  FACT_MISSING:
    'The file of the client lacks, or has outside the questionnaire, what the sheet is scored by; details name it.',
});

/** What a refusal repeats of what a caller has sent, cut to a size a screen can show. */
const named = (ids: readonly string[]) => ({
  questionIds: [...new Set(ids)].slice(0, 50).map((id) => id.slice(0, 64)),
});

/**
 * The whole sheet: what the client has answered, each question once, and what is worked out of the facts on the day. A fact
 * that a question or a gate needs and nobody knows stops the sheet, because a gate that cannot be held must not stay open.
 */
export function completeSheet(definition: Definition, given: readonly GivenAnswer[], facts: Facts): Answers {
  const { questions } = definition;
  const ids = given.map(({ questionId }) => questionId);
  const asked = askedOf(questions);
  const refuseIf = (code: keyof typeof refuseSheet.table, found: readonly string[]) => {
    if (found.length > 0) throw refuseSheet(code, named(found));
  };
  refuseIf(
    'QUESTION_UNKNOWN',
    ids.filter((id) => !questions.some((question) => question.id === id)),
  );
  refuseIf(
    'QUESTION_NOT_ASKED',
    ids.filter((id) => !asked.some((question) => question.id === id)),
  );
  refuseIf('ANSWERS_DOUBLED', doubled(asked, given));
  refuseIf(
    'ANSWERS_MISSING',
    asked.map(({ id }) => id).filter((id) => !ids.includes(id)),
  );
  const options = new Map(questions.map(({ id, options: all }) => [id, all.map(({ code }) => code)]));
  refuseIf(
    'OPTION_UNKNOWN',
    given
      .filter(({ questionId, optionCode }) => !options.get(questionId)?.includes(optionCode))
      .map(({ questionId }) => questionId),
  );
  refuseIf(
    'ANSWERS_CONFLICT',
    asked.filter((question) => conflicts(question, given)).map(({ id }) => id),
  );
  requireFacts(definition, facts);
  return Object.fromEntries([
    ...asked.map((question) => [question.id, answerTo(question, given)]),
    ...questions.flatMap((question) =>
      question.derivedFrom === undefined ? [] : [[question.id, derive(question, facts)]],
    ),
  ]);
}

/** A question that takes one answer, answered twice; or the same option twice. */
const doubled = (asked: readonly Question[], given: readonly GivenAnswer[]): string[] =>
  asked
    .filter(({ id, multiple }) => {
      const codes = given.filter(({ questionId }) => questionId === id).map(({ optionCode }) => optionCode);
      return multiple === undefined ? codes.length > 1 : new Set(codes).size < codes.length;
    })
    .map(({ id }) => id);

function conflicts({ id, multiple }: Question, given: readonly GivenAnswer[]): boolean {
  const codes = given.filter(({ questionId }) => questionId === id).map(({ optionCode }) => optionCode);
  if (multiple === undefined || codes.length < 2) return false;
  return (
    codes.length > (multiple.max ?? codes.length) || codes.some((code) => multiple.alone?.includes(code))
  );
}

/** One code, or the chosen ones in the order of the options. */
function answerTo({ id, options, multiple }: Question, given: readonly GivenAnswer[]): string | string[] {
  const codes = given.filter(({ questionId }) => questionId === id).map(({ optionCode }) => optionCode);
  if (multiple === undefined) return codes[0] ?? '';
  return options.map(({ code }) => code).filter((code) => codes.includes(code));
}

function derive(question: Definition['questions'][number], facts: Facts): string {
  const fact = factOf(question);
  const code = fact === undefined ? undefined : question.derivedFrom?.map[String(facts[fact])];
  if (code === undefined) throw refuseSheet('FACT_MISSING', { ...named([question.id]), fact });
  return code;
}

function requireFacts({ gates }: Definition, facts: Facts): void {
  const needed = gates.flatMap(({ when }) => (when === undefined ? [] : factsNamed(parseCondition(when))));
  const fact = needed.find((name) => facts[name] === null);
  if (fact !== undefined) throw refuseSheet('FACT_MISSING', { fact });
}

/**
 * Scores a sheet: points, the band they fall in, and the gates. `final = min(band, every cap that fired)`. It depends on
 * nothing but its arguments, so that any stored sheet can be scored again.
 */
export const score = (definition: Definition, answers: Answers, facts: Facts): Scored =>
  scorerOf(definition)(answers, facts);

/** Scores many sheets of one questionnaire, whose gates are read once. */
export function scorerOf(definition: Definition): (answers: Answers, facts: Facts) => Scored {
  const { questions } = definition;
  const gates = definition.gates.map(
    (gate): ReadGate => ({
      ...gate,
      test: gate.when === undefined ? null : testOf(parseCondition(gate.when), questions),
    }),
  );
  const scales = questions.map(scaleOf);
  return (answers, facts) => {
    const points = Object.fromEntries(scales.map(({ id, pointsOf }) => [id, pointsOf(chosen(answers, id))]));
    const subScores: Record<string, number> = {};
    for (const { id, dimension } of questions)
      subScores[dimension] = addUp([subScores[dimension] ?? 0, points[id] ?? 0]);
    const total = addUp(Object.values(subScores));
    const { level: band, lowestCategory } = bandOf(definition, total);
    const sheet: Sheet = { questions, answers, points, total, band, facts };
    const gatesFired = gates.flatMap((gate) => fire(gate, sheet) ?? []);
    const ceilings = gatesFired.flatMap(({ ceiling }) => ceiling ?? []);
    return {
      score: total,
      subScores,
      bandLevel: band,
      gatesFired,
      scoredLevel: capped(band, ceilings),
      marksLowestCategory: lowestCategory === true || gates.some((gate) => marksLowest(gate, sheet)),
      flags: [...new Set(gatesFired.flatMap(({ flag }) => flag ?? []))],
    };
  };
}

type ReadGate = Gate & { test: ((sheet: Sheet) => boolean) | null };

/** The points of what is chosen of a question; of several answers those that the question says. */
function scaleOf({ id, options, multiple }: Question) {
  const scores = new Map(options.map(({ code, score: points }) => [code, points]));
  const counts = multiple?.points ?? 'HIGHEST';
  const pointsOf = (codes: readonly string[]): number => {
    if (codes.length < 2) return scores.get(codes[0] ?? '') ?? 0;
    const found = codes.flatMap((code) => scores.get(code) ?? []);
    switch (counts) {
      case 'HIGHEST':
        return Math.max(...found);
      case 'LOWEST':
        return Math.min(...found);
      case 'SUM':
        return addUp(found);
      default:
        return counts satisfies never;
    }
  };
  return { id, pointsOf };
}

/** The band that holds the score; the loader has seen to it that there is exactly one. */
export function bandOf({ bands }: Pick<Definition, 'bands'>, total: number): Band {
  const band = bands.find(({ min, max }) => total >= min && total <= max);
  if (band === undefined) throw new Error(`No band holds the score ${total}.`);
  return band;
}

/** A condition fires when it holds; a ceiling when it is below the band, for only then has it taken something away. */
function fire(gate: ReadGate, sheet: Sheet): FiredGate | null {
  const ceiling = ceilingOf(gate, sheet);
  const fires =
    gate.test === null ? ceiling !== null && rankOf(ceiling) < rankOf(sheet.band) : gate.test(sheet);
  if (!fires) return null;
  return {
    id: gate.id,
    ceiling,
    interview: gate.interview === true,
    flag: gate.flag ?? null,
    marksLowestCategory: marksLowest(gate, sheet),
  };
}

/** Of several answers the lowest ceiling counts. */
function ceilingOf({ ceilingOn, map, cap }: Gate, { answers }: Sheet): RiskLevel | null {
  if (ceilingOn === undefined) return cap ?? null;
  const [first, ...others] = chosen(answers, ceilingOn).flatMap((code) => map?.[code] ?? []);
  return first === undefined ? null : capped(first, others);
}

function marksLowest(gate: ReadGate, sheet: Sheet): boolean {
  if (gate.ceilingOn !== undefined)
    return chosen(sheet.answers, gate.ceilingOn).some((code) => code === gate.lowestCategoryWhen);
  return gate.lowestCategory === true && gate.test !== null && gate.test(sheet);
}

/** The lowest category only where the level that counts in the end is LOW. */
export const isLowestCategory = (level: RiskLevel, marks: boolean): boolean => level === 'LOW' && marks;

/** A stored sheet scored again, and whether it comes to what was stored (domain.md 3.2.3). */
export function rescore(
  definition: Definition,
  sheet: { answers: Answers; facts: Facts },
  stored: { [Field in keyof Scored]: Scored[Field] | null },
) {
  const again = score(definition, sheet.answers, sheet.facts);
  const same = (one: unknown, other: unknown) => canonicalJson(one) === canonicalJson(other);
  return {
    score: again.score,
    bandLevel: again.bandLevel,
    scoredLevel: again.scoredLevel,
    gates: again.gatesFired.map(({ id }) => id),
    isSame:
      same(again.score, stored.score) &&
      same(again.subScores, stored.subScores) &&
      same(again.bandLevel, stored.bandLevel) &&
      same(again.gatesFired, stored.gatesFired) &&
      same(again.scoredLevel, stored.scoredLevel) &&
      same(again.marksLowestCategory, stored.marksLowestCategory) &&
      same(again.flags, stored.flags),
  };
}
