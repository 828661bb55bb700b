// What a service's answer must look like if it is in order, as regular expressions made from what the service was asked: one test says
// that a stretch of text is JSON, has these fields in this order, and holds values that the schema allows. What is cut out of
// it may then be put into the answer as it stands.
import {
  type GraphQLNamedType,
  type GraphQLOutputType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** The answer is not as a plain one would be: it must be read in the thorough way, which finds out why. */
export const UNLIKE = new Error('The answer is not as it was expected.');

/** A field as a service was asked for it. */
export type ServiceField = {
  key: string;
  name: string;
  type: GraphQLOutputType;
  fields: readonly ServiceField[] | undefined;
};

/** An object of an answer, or a list of them, of which parts are put in different places or more is told by others. */
export type Cell = Cells | readonly Cell[] | null;

export class Cells {
  /** What other services have told of this object, by their number; null where one knows nothing of it. */
  readonly added: (Cells | null)[];

  constructor(
    readonly texts: readonly string[],
    readonly nested: readonly Cell[],
    addedCount: number,
  ) {
    this.added = addedCount === 0 ? NONE : addedCount === 1 ? [null] : new Array<null>(addedCount).fill(null);
  }
}

const NONE: (Cells | null)[] = [];

/** A place in a text that is being read. */
export class Cursor {
  at = 0;

  constructor(readonly text: string) {}

  take(literal: string): void {
    if (!this.finds(literal)) throw UNLIKE;
  }

  /** Takes the literal if it stands here. */
  finds(literal: string): boolean {
    // Its first letter tells nearly always, and is looked at much faster.
    const isHere =
      this.text.charCodeAt(this.at) === literal.charCodeAt(0) && this.text.startsWith(literal, this.at);
    if (isHere) this.at += literal.length;
    return isHere;
  }

  /** Nothing may follow but the line end that some services write. */
  end(): void {
    if (!/^\s*$/.test(this.text.slice(this.at))) throw UNLIKE;
  }
}

export type Scan<Found> = (cursor: Cursor) => Found;

/** An object, `null`, or lists of them as far as the type says. */
export function scanOf(type: GraphQLOutputType, object: Scan<Cells>): Scan<Cell> {
  if (isNonNullType(type)) return isListType(type.ofType) ? listScan(type.ofType.ofType, object) : object;
  const some = isListType(type) ? listScan(type.ofType, object) : object;
  return (cursor) => (cursor.finds('null') ? null : some(cursor));
}

function listScan(type: GraphQLOutputType, object: Scan<Cells>): Scan<readonly Cell[]> {
  const item = scanOf(type, object);
  return (cursor) => {
    const items: Cell[] = [];
    cursor.take('[');
    if (cursor.finds(']')) return items;
    do items.push(item(cursor));
    while (cursor.finds(','));
    cursor.take(']');
    return items;
  };
}

/** A boundary in an object's text: the end of a token (0: the object's own begin), and how far from there. */
type Mark = { token: number; delta: number };
type Slot = { from: Mark; to: Mark };

/** Makes the scan of one object, with as few tokens as the boundaries that are asked for allow. */
export class ScanBuilder {
  readonly #tokens: (string | RegExp | Scan<Cell>)[] = [];
  readonly #slots: Slot[] = [];
  #source = '';
  #literal: string | undefined = '';
  #open: Mark[] = [];
  #nestedCount = 0;

  literal(text: string): void {
    this.#source += escaped(text);
    if (this.#literal !== undefined) this.#literal += text;
    for (const mark of this.#open) mark.delta -= text.length;
  }

  pattern(source: string): void {
    // A boundary that is known from a token's end needs that end before anything of unknown length.
    if (this.#open.length > 0) this.#flush();
    this.#source += source;
    this.#literal = undefined;
  }

  /** Answers with the number by which what is found here is known. */
  nested(scan: Scan<Cell>): number {
    this.#flush();
    this.#tokens.push(scan);
    this.#nestedCount += 1;
    return this.#nestedCount - 1;
  }

  mark(): Mark {
    if (this.#literal !== undefined) return { token: this.#tokens.length, delta: this.#literal.length };
    const mark = { token: 0, delta: 0 };
    this.#open.push(mark);
    return mark;
  }

  /** Answers with the number by which the text between two boundaries is known. */
  slot(from: Mark, to: Mark): number {
    return this.#slots.push({ from, to }) - 1;
  }

  build(addedCount: number): Scan<Cells> {
    this.#flush();
    const tokens = this.#tokens;
    const slots = this.#slots;
    const hasNested = this.#nestedCount > 0;
    return (cursor) => {
      const { text } = cursor;
      const ends = [cursor.at];
      const nested: Cell[] = hasNested ? [] : NOTHING;
      for (const token of tokens) {
        if (typeof token === 'string') cursor.take(token);
        else if (typeof token === 'function') nested.push(token(cursor));
        else {
          token.lastIndex = cursor.at;
          if (!token.test(text)) throw UNLIKE;
          cursor.at = token.lastIndex;
        }
        ends.push(cursor.at);
      }
      const texts: string[] = [];
      for (const { from, to } of slots)
        texts.push(text.slice((ends[from.token] ?? 0) + from.delta, (ends[to.token] ?? 0) + to.delta));
      return new Cells(texts, nested, addedCount);
    };
  }

  #flush(): void {
    if (this.#source === '') return;
    this.#tokens.push(this.#literal ?? new RegExp(this.#source, 'y'));
    for (const mark of this.#open) mark.token = this.#tokens.length;
    this.#open = [];
    this.#source = '';
    this.#literal = '';
  }
}

const NOTHING: Cell[] = [];

const escaped = (literal: string): string => literal.replace(/[[\](){}.*+?^$|\\]/g, '\\$&');

/** No alternative begins as another does, so that no text, however it is written, takes more than one look at each of its characters. */
const STRING = '"[^"\\\\\\x00-\\x1f]*(?:\\\\(?:["\\\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\\\\x00-\\x1f]*)*"';
const INTEGER = '-?(?:0|[1-9]\\d{0,8})';
const NUMBER = '-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d+)?';
const BOOLEAN = '(?:true|false)';
/** What the thorough way knows besides (ids that are numbers, integers of ten digits, objects as scalars) is left to it. */
const BUILT_IN: Readonly<Record<string, string>> = {
  Int: INTEGER,
  Float: NUMBER,
  String: STRING,
  Boolean: BOOLEAN,
  ID: STRING,
};

/** The pattern of a value as a service was asked for it. `apiType` knows the types as callers know them. */
export function patternOf(
  type: GraphQLOutputType,
  fields: readonly ServiceField[] | undefined,
  apiType: (name: string) => GraphQLNamedType | undefined,
): string {
  if (!isNonNullType(type)) return `(?:null|${somePattern(type, fields, apiType)})`;
  return somePattern(type.ofType, fields, apiType);
}

function somePattern(
  type: GraphQLOutputType,
  fields: readonly ServiceField[] | undefined,
  apiType: (name: string) => GraphQLNamedType | undefined,
): string {
  if (isNonNullType(type)) return somePattern(type.ofType, fields, apiType);
  if (isListType(type)) {
    const item = patternOf(type.ofType, fields, apiType);
    // After an item comes another one or the end; the item itself is written once, or lists in lists would double it each time.
    return `\\[(?:${item}(?:,(?!\\])|(?=\\])))*\\]`;
  }
  if (isObjectType(type)) {
    const entries = (fields ?? []).map(({ key, name, type: declared, fields: below }) =>
      name === '__typename' ? `"${key}":"${type.name}"` : `"${key}":${patternOf(declared, below, apiType)}`,
    );
    return `\\{${entries.join(',')}\\}`;
  }
  const known = apiType(type.name) ?? type;
  if (isEnumType(known))
    return `"(?:${known
      .getValues()
      .map(({ name }) => name)
      .join('|')})"`;
  return BUILT_IN[type.name] ?? `(?:${STRING}|${NUMBER}|${BOOLEAN})`;
}
