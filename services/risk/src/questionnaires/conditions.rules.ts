import { AgeBand, ClientClass, ClientGrade, ClientKind, InstitutionType } from '@client-graph/events';
import { levelOf, type RiskLevel, rankOf } from '../levels.rules.js';
import { addUp, POINTS } from './points.rules.js';

/**
 * The language in which a questionnaire writes its gates:
 *
 *   I7=A or I8=A            an answer; also != and, by the order in which the options stand, < <= > >=
 *   I6 in [A,B]             one of several answers; also `not in`
 *   sum(I1..I6)<14          points of a run of questions; also sum(I1, I4) and sum(CAPACITY), a dimension; also 13.5
 *   total>=60               points of the whole sheet
 *   band>=MEDIUM_HIGH       the level the points alone would give
 *   client.institutionType=GOVERNMENT_PUBLIC   a fact about the client, see FACTS
 *
 * Of a question that takes several answers, = and `in` hold when one of them is it, != and `not in` when none is; it has no order.
 * Tests are joined by `and` (binds stronger), `or`, `not` and parentheses.
 */
export type Condition =
  | { kind: 'AND' | 'OR'; parts: Condition[] }
  | { kind: 'NOT'; part: Condition }
  | { kind: 'TEST'; subject: Subject; operator: Operator; values: string[] };

type Subject =
  | { kind: 'QUESTION' | 'FACT'; name: string }
  | { kind: 'SUM'; runs: { from: string; to: string }[] }
  | { kind: 'TOTAL' | 'BAND' };

const OPERATORS = ['=', '!=', '<', '<=', '>', '>=', 'in', 'not in'] as const;
type Operator = (typeof OPERATORS)[number];

/** What a gate may ask about the client, with the values there are; the copy of the client knows these. */
export const FACTS = {
  kind: ClientKind.options,
  class: ClientClass.options,
  grade: ClientGrade.options,
  ageBand: AgeBand.options,
  fullCivilCapacity: ['true', 'false'],
  institutionType: InstitutionType.options,
} as const satisfies Record<string, readonly string[]>;

export type FactName = keyof typeof FACTS;
export type Facts = Readonly<Record<FactName, string | boolean | null>>;
export const isFact = (name: string): name is FactName => Object.hasOwn(FACTS, name);

/** Option codes by question id: one, or several where the question takes several. */
export type Answers = Readonly<Record<string, string | readonly string[]>>;

/** What was chosen of a question; nothing where it was not answered. */
export const chosen = (answers: Answers, questionId: string): readonly string[] => {
  const answer = answers[questionId];
  if (answer === undefined) return [];
  return typeof answer === 'string' ? [answer] : answer;
};

/** What a condition is held against. */
export type Sheet = {
  questions: readonly {
    id: string;
    dimension: string;
    options: readonly { code: string }[];
    multiple?: object | undefined;
  }[];
  answers: Answers;
  points: Readonly<Record<string, number>>;
  total: number;
  band: RiskLevel;
  facts: Facts;
};

/** Words that a question may not be called, because a condition reads them otherwise. */
export const RESERVED: ReadonlySet<string> = new Set([
  'and',
  'or',
  'not',
  'in',
  'sum',
  'total',
  'band',
  'client',
]);

const TOKEN = /\s*(\.\.|<=|>=|!=|[=<>()[\],]|-?\w+(?:\.\w+)*)/y;

function tokensOf(source: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let end = 0; source.slice(end).trim() !== ''; end = TOKEN.lastIndex) {
    const token = TOKEN.exec(source)?.[1];
    if (token === undefined)
      throw new SyntaxError(`"${source}" cannot be read from "${source.slice(end)}" on.`);
    tokens.push(token);
  }
  return tokens;
}

/** Walks over the tokens of a condition; whatever does not fit is a SyntaxError that says where. */
function walker(source: string) {
  const tokens = tokensOf(source);
  let at = 0;
  const take = (expected?: string): string => {
    const token = tokens[at];
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw new SyntaxError(
        `"${source}": ${expected ?? 'something'} is expected where ${token ?? 'the end'} stands.`,
      );
    }
    at += 1;
    return token;
  };
  const skip = (token: string): boolean => {
    if (tokens[at] !== token) return false;
    at += 1;
    return true;
  };
  /** One or more, with the word between them. */
  const listOf = <Item>(separator: string, item: () => Item): [Item, ...Item[]] => {
    const items: [Item, ...Item[]] = [item()];
    while (skip(separator)) items.push(item());
    return items;
  };
  return { take, skip, listOf, rest: () => tokens[at] };
}

/** Reads a condition. Throws a SyntaxError that says where it goes wrong. */
export function parseCondition(source: string): Condition {
  const { take, skip, listOf, rest } = walker(source);
  const joined = (kind: 'AND' | 'OR', parts: [Condition, ...Condition[]]): Condition =>
    parts.length === 1 ? parts[0] : { kind, parts };
  const any = (): Condition => joined('OR', listOf('or', all));
  const all = (): Condition => joined('AND', listOf('and', one));
  const one = (): Condition => {
    if (skip('not')) return { kind: 'NOT', part: one() };
    if (!skip('(')) return test();
    const inner = any();
    take(')');
    return inner;
  };
  const run = () => {
    const from = take();
    return { from, to: skip('..') ? take() : from };
  };
  const subject = (): Subject => {
    if (!skip('sum')) return subjectOf(take());
    take('(');
    const runs = listOf(',', run);
    take(')');
    return { kind: 'SUM', runs };
  };
  const test = (): Condition => {
    const measured = subject();
    const operator = operatorOf(skip('not') ? `not ${take('in')}` : take(), source);
    if (!operator.endsWith('in')) return { kind: 'TEST', subject: measured, operator, values: [take()] };
    take('[');
    const values = listOf(',', () => take());
    take(']');
    return { kind: 'TEST', subject: measured, operator, values };
  };
  const condition = any();
  if (rest() !== undefined) throw new SyntaxError(`"${source}" goes on with ${rest()} where it should end.`);
  return condition;
}

function subjectOf(name: string): Subject {
  if (name === 'total') return { kind: 'TOTAL' };
  if (name === 'band') return { kind: 'BAND' };
  return name.startsWith('client.')
    ? { kind: 'FACT', name: name.slice('client.'.length) }
    : { kind: 'QUESTION', name };
}

function operatorOf(text: string, source: string): Operator {
  const operator = OPERATORS.find((known) => known === text);
  if (operator === undefined) throw new SyntaxError(`"${source}": ${text} is no comparison.`);
  return operator;
}

/** Whether the condition is true of the sheet. */
export const holds = (condition: Condition, sheet: Sheet): boolean =>
  testOf(condition, sheet.questions)(sheet);

type Test = (sheet: Sheet) => boolean;

/** The condition as something to ask of many sheets of one questionnaire: what it names is looked up once. */
export function testOf(condition: Condition, questions: Sheet['questions']): Test {
  switch (condition.kind) {
    case 'AND': {
      const parts = condition.parts.map((part) => testOf(part, questions));
      return (sheet) => parts.every((test) => test(sheet));
    }
    case 'OR': {
      const parts = condition.parts.map((part) => testOf(part, questions));
      return (sheet) => parts.some((test) => test(sheet));
    }
    case 'NOT': {
      const part = testOf(condition.part, questions);
      return (sheet) => !part(sheet);
    }
    case 'TEST':
      return subjectTest(condition, questions);
    default:
      return condition satisfies never;
  }
}

function subjectTest(
  { subject, operator, values }: Extract<Condition, { kind: 'TEST' }>,
  questions: Sheet['questions'],
): Test {
  const numbers = values.map(Number);
  switch (subject.kind) {
    case 'QUESTION': {
      const { name } = subject;
      const codes = questions.find(({ id }) => id === name)?.options.map(({ code }) => code) ?? [];
      return textTest(operator, values, (sheet) => chosen(sheet.answers, name), codes);
    }
    case 'SUM': {
      const ids = subject.runs.flatMap((run) => idsOf(run, questions));
      return numberTest(operator, numbers, ({ points }) => addUp(ids.map((id) => points[id] ?? 0)));
    }
    case 'TOTAL':
      return numberTest(operator, numbers, ({ total }) => total);
    case 'BAND':
      return numberTest(operator, values.map(rankOfLevel), ({ band }) => rankOf(band));
    case 'FACT': {
      const { name } = subject;
      return textTest(operator, values, ({ facts }) => (isFact(name) ? [String(facts[name])] : []), []);
    }
    default:
      return subject satisfies never;
  }
}

const rankOfLevel = (text: string): number => {
  const level = levelOf(text);
  return level === undefined ? Number.NaN : rankOf(level);
};

/** Of what was found (several where a question takes several answers); `order` ranks the values for < and >. */
function textTest(
  operator: Operator,
  values: readonly string[],
  foundIn: (sheet: Sheet) => readonly string[],
  order: readonly string[],
): Test {
  switch (operator) {
    case '=':
    case 'in':
      return (sheet) => foundIn(sheet).some((value) => values.includes(value));
    case '!=':
    case 'not in':
      return (sheet) => !foundIn(sheet).some((value) => values.includes(value));
    default: {
      const ranks = values.map((value) => order.indexOf(value));
      return numberTest(operator, ranks, (sheet) => order.indexOf(foundIn(sheet)[0] ?? ''));
    }
  }
}

function numberTest(operator: Operator, values: readonly number[], of: (sheet: Sheet) => number): Test {
  const [other = Number.NaN] = values;
  switch (operator) {
    case '=':
    case 'in':
      return (sheet) => values.includes(of(sheet));
    case '!=':
    case 'not in':
      return (sheet) => !values.includes(of(sheet));
    case '<':
      return (sheet) => of(sheet) < other;
    case '<=':
      return (sheet) => of(sheet) <= other;
    case '>':
      return (sheet) => of(sheet) > other;
    case '>=':
      return (sheet) => of(sheet) >= other;
    default:
      return operator satisfies never;
  }
}

/** The questions a part of a sum names: one, a run in the order of the sheet, or a dimension. */
function idsOf({ from, to }: { from: string; to: string }, questions: Sheet['questions']): string[] {
  if (from === to && !questions.some(({ id }) => id === from)) {
    return questions.filter(({ dimension }) => dimension === from).map(({ id }) => id);
  }
  const [first, last] = [from, to].map((name) => questions.findIndex(({ id }) => id === name));
  if (first === undefined || last === undefined || first < 0 || last < first) return [];
  return questions.slice(first, last + 1).map(({ id }) => id);
}

/** The facts about the client that the condition needs to be known. */
export function factsNamed(condition: Condition): FactName[] {
  switch (condition.kind) {
    case 'AND':
    case 'OR':
      return condition.parts.flatMap(factsNamed);
    case 'NOT':
      return factsNamed(condition.part);
    case 'TEST':
      return condition.subject.kind === 'FACT' && isFact(condition.subject.name)
        ? [condition.subject.name]
        : [];
    default:
      return condition satisfies never;
  }
}

/** What a condition names that the questionnaire, the client or the levels do not have; empty when it can be held against any sheet. */
export function problemsOf(condition: Condition, questions: Sheet['questions']): string[] {
  switch (condition.kind) {
    case 'AND':
    case 'OR':
      return condition.parts.flatMap((part) => problemsOf(part, questions));
    case 'NOT':
      return problemsOf(condition.part, questions);
    case 'TEST':
      return testProblems(condition, questions);
    default:
      return condition satisfies never;
  }
}

function testProblems(
  { subject, operator, values }: Extract<Condition, { kind: 'TEST' }>,
  questions: Sheet['questions'],
): string[] {
  const unknown = (known: (value: string) => boolean, what: string) =>
    values.filter((value) => !known(value)).map((value) => `${value} is no ${what}`);
  switch (subject.kind) {
    case 'QUESTION': {
      const question = questions.find(({ id }) => id === subject.name);
      if (question === undefined) return [`${subject.name} is no question`];
      const order =
        question.multiple !== undefined && /[<>]/.test(operator)
          ? [`${subject.name} takes several answers, which have no order to compare by`]
          : [];
      return [
        ...order,
        ...unknown(
          (value) => question.options.some(({ code }) => code === value),
          `option of ${subject.name}`,
        ),
      ];
    }
    case 'SUM':
      return [
        ...subject.runs
          .filter((run) => idsOf(run, questions).length === 0)
          .map(({ from, to }) => `${from === to ? from : `${from}..${to}`} names no questions`),
        ...unknown((value) => POINTS.test(value), 'number of points'),
      ];
    case 'TOTAL':
      return unknown((value) => POINTS.test(value), 'number of points');
    case 'BAND':
      return unknown((value) => levelOf(value) !== undefined, 'level');
    case 'FACT': {
      const { name } = subject;
      if (!isFact(name)) return [`client.${name} is no fact that is known of a client`];
      const order = /[<>]/.test(operator) ? [`client.${name} has no order to compare by`] : [];
      return [
        ...order,
        ...unknown((value) => FACTS[name].some((known) => known === value), `value of client.${name}`),
      ];
    }
    default:
      return subject satisfies never;
  }
}
