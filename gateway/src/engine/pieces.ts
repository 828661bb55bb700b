// One object of a spliced answer: which stretches of which services' answers it is made of, and how they are put together.
import type { QueryPlanFieldNode, QueryPlanSelectionNode } from '@apollo/query-planner';
import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  isNonNullType,
} from 'graphql';
import {
  type Cell,
  Cells,
  patternOf,
  type Scan,
  ScanBuilder,
  type ServiceField,
  scanOf,
  UNLIKE,
} from './match.js';

/** A field as the caller is to see it. */
export type AskedField = {
  key: string;
  /** None for `__typename`. */
  type: GraphQLOutputType | undefined;
  fields: readonly AskedField[] | undefined;
};

/** Only a plain operation can be answered by splicing. */
export const NOT_PLAIN = new Error('The operation is not plain.');
export const notPlain = (): never => {
  throw NOT_PLAIN;
};

export type PiecesOptions = {
  type: GraphQLObjectType;
  /** What each service that tells of the object is asked: first the one whose answer it stands in, then those that are asked about it. */
  sources: readonly (readonly ServiceField[])[];
  asked: readonly AskedField[];
  /** What of the object other services must be told. */
  needed: readonly QueryPlanSelectionNode[];
  apiType: (name: string) => GraphQLNamedType | undefined;
  /** Whether a service is asked about something at or under this field. */
  isReached: (key: string) => boolean;
  below: (
    field: ServiceField,
    asked: readonly AskedField[],
    needed: readonly QueryPlanSelectionNode[],
  ) => Pieces;
};

/** Where a part of an object is found: in the text of which source, and its number there. */
type Where = { source: number; index: number };
type Stretch = Where & { fields: readonly AskedField[] };
type Emission = Where & { label: string; below: Pieces | undefined; whenNull: string | undefined };

export class Pieces {
  /** How the object's part of each source's answer is read. */
  readonly scans: readonly Scan<Cells>[];
  readonly children = new Map<string, Where & { below: Pieces }>();
  readonly #options: PiecesOptions;
  /** Stretches that are shown as they stand, by their first field. */
  readonly #stretches = new Map<string, Stretch>();
  /** Single values that another service is told. */
  readonly #values = new Map<string, Where>();
  readonly #emissions: (string | Emission)[];

  constructor(options: PiecesOptions) {
    this.#options = options;
    const { sources } = options;
    this.scans = sources.map((fields, source) =>
      this.#scan(fields, source, source === 0 ? sources.length - 1 : 0),
    );
    this.#emissions = this.#emit();
  }

  /** Adds the object as the caller is to see it, as pieces of JSON. */
  emit(cells: Cells, pieces: string[]): void {
    for (const one of this.#emissions) {
      if (typeof one === 'string') {
        pieces.push(one);
        continue;
      }
      const source = sourceOf(cells, one.source);
      if (source === null) {
        if (one.whenNull === undefined) throw UNLIKE;
        pieces.push(one.whenNull);
      } else if (one.below === undefined) pieces.push(source.texts[one.index] ?? '');
      else {
        pieces.push(one.label);
        one.below.#emitCell(source.nested[one.index] ?? null, pieces);
      }
    }
  }

  #emitCell(cell: Cell, pieces: string[]): void {
    if (cell === null) pieces.push('null');
    else if (cell instanceof Cells) this.emit(cell, pieces);
    else {
      pieces.push('[');
      for (let index = 0; index < cell.length; index += 1) {
        if (index > 0) pieces.push(',');
        this.#emitCell(cell[index] ?? null, pieces);
      }
      pieces.push(']');
    }
  }

  /** What a service is told of the object. */
  representation(selections: readonly QueryPlanSelectionNode[]): Representation {
    const { sources, type } = this.#options;
    const values: Value[] = [];
    // What stands before each value, and after the last one.
    const around = ['{'];
    for (const [index, field] of fieldsOf(selections).entries()) {
      const key = field.alias ?? field.name;
      const before = `${around.pop() ?? ''}${index === 0 ? '' : ','}"${key}":`;
      if (field.name === '__typename') {
        if (!sources.some((fields) => fields.some((one) => one.key === '__typename'))) notPlain();
        around.push(`${before}"${type.name}"`);
      } else {
        around.push(before, '');
        values.push(this.#value(key, field.selections ?? []));
      }
    }
    around.push(`${around.pop() ?? ''}}`);
    return new Representation(values, around);
  }

  #value(key: string, selections: readonly QueryPlanSelectionNode[]): Value {
    const child = this.children.get(key);
    const { source, index } = child ?? this.#values.get(key) ?? notPlain();
    if (child === undefined) return (cells) => sourceOf(cells, source)?.texts[index];
    const below = child.below.representation(selections);
    return (cells) => {
      const found = sourceOf(cells, source);
      return found === null ? undefined : representCell(found.nested[index] ?? null, below);
    };
  }

  #scan(fields: readonly ServiceField[], source: number, addedCount: number): Scan<Cells> {
    const { type, apiType, below } = this.#options;
    const builder = new ScanBuilder();
    let stretch: { from: ReturnType<ScanBuilder['mark']>; fields: AskedField[] } | undefined;
    builder.literal('{');
    for (const [index, field] of fields.entries()) {
      const label = `${index === 0 ? '' : ','}"${field.key}":`;
      if (field.name === '__typename') {
        builder.literal(`${label}"${type.name}"`);
        continue;
      }
      const { wanted, needs, isSplit } = this.#roleOf(field);
      if (isSplit) {
        builder.literal(label);
        const pieces = below(
          field,
          wanted?.fields ?? [],
          needs.flatMap(({ selections = [] }) => selections),
        );
        const [own] = pieces.scans;
        const found = builder.nested(scanOf(field.type, own ?? notPlain()));
        this.children.set(field.key, { source, index: found, below: pieces });
        continue;
      }
      if (index > 0) builder.literal(',');
      if (wanted !== undefined) stretch ??= { from: builder.mark(), fields: [] };
      builder.literal(`"${field.key}":`);
      const from = needs.length > 0 ? builder.mark() : undefined;
      builder.pattern(patternOf(field.type, field.fields, apiType));
      if (from !== undefined)
        this.#values.set(field.key, { source, index: builder.slot(from, builder.mark()) });
      if (wanted === undefined || stretch === undefined) continue;
      stretch.fields.push(wanted);
      if (this.#goesOn(wanted, fields[index + 1])) continue;
      const found = builder.slot(stretch.from, builder.mark());
      this.#stretches.set(stretch.fields[0]?.key ?? '', { source, index: found, fields: stretch.fields });
      stretch = undefined;
    }
    builder.literal('}');
    return builder.build(addedCount);
  }

  #roleOf(field: ServiceField) {
    const { asked, needed, isReached, sources } = this.#options;
    const wanted = asked.find(({ key }) => key === field.key);
    const needs = fieldsOf(needed).filter(({ alias, name }) => (alias ?? name) === field.key);
    const isWay = field.fields !== undefined && isReached(field.key);
    const isUsed = wanted !== undefined || needs.length > 0 || isWay;
    // Told by several services, it would have to be merged.
    if (isUsed && sources.filter((fields) => fields.some(({ key }) => key === field.key)).length > 1)
      notPlain();
    const isSplit =
      field.fields !== undefined &&
      (isWay || needs.length > 0 || (wanted !== undefined && !isSame(field.fields, wanted.fields ?? [])));
    return { wanted, needs, isSplit };
  }

  /** Whether what the caller is to see next is what the service tells next. */
  #goesOn(wanted: AskedField, next: ServiceField | undefined): boolean {
    const { asked } = this.#options;
    return (
      next !== undefined &&
      next.name !== '__typename' &&
      next.key === asked[asked.indexOf(wanted) + 1]?.key &&
      !this.#roleOf(next).isSplit
    );
  }

  #emit(): (string | Emission)[] {
    const { asked, type } = this.#options;
    const emissions: (string | Emission)[] = ['{'];
    for (let at = 0; at < asked.length; ) {
      const field = asked[at] ?? notPlain();
      const { key } = field;
      if (at > 0) emissions.push(',');
      const child = this.children.get(key);
      const stretch = this.#stretches.get(key);
      if (field.type === undefined) emissions.push(`"${key}":"${type.name}"`);
      else if (child !== undefined) {
        const { source, index, below } = child;
        emissions.push({ source, index, below, label: `"${key}":`, whenNull: nullsOf([field]) });
      } else if (stretch !== undefined) {
        const { source, index, fields } = stretch;
        emissions.push({ source, index, below: undefined, label: '', whenNull: nullsOf(fields) });
      } else notPlain();
      at += stretch?.fields.length ?? 1;
    }
    emissions.push('}');
    return emissions;
  }
}

const sourceOf = (cells: Cells, source: number): Cells | null =>
  source === 0 ? cells : (cells.added[source - 1] ?? null);

/** Undefined where one of them may not be null. */
const nullsOf = (fields: readonly AskedField[]): string | undefined =>
  fields.some(({ type }) => isNonNullType(type))
    ? undefined
    : fields.map(({ key }) => `"${key}":null`).join(',');

/** A value as JSON; undefined where nobody has told it. */
type Value = (cells: Cells) => string | undefined;

/** What a service is told of an object: the values by which it knows it, in their places. */
export class Representation {
  constructor(
    readonly values: readonly Value[],
    readonly around: readonly string[],
  ) {}

  /** The same for objects of which the same is told; undefined where it is not known whom it would be about. */
  key(cells: Cells): string | undefined {
    const [only] = this.values;
    if (this.values.length === 1) return only?.(cells);
    const values: string[] = [];
    for (const value of this.values) {
      const text = value(cells);
      if (text === undefined) return undefined;
      values.push(text);
    }
    return values.join();
  }

  text(cells: Cells): string {
    let text = this.around[0] ?? '';
    for (const [index, value] of this.values.entries()) text += value(cells) + (this.around[index + 1] ?? '');
    return text;
  }
}

function representCell(cell: Cell, representation: Representation): string {
  if (cell === null) return 'null';
  if (cell instanceof Cells)
    return representation.key(cell) === undefined ? 'null' : representation.text(cell);
  return `[${cell.map((item) => representCell(item, representation)).join(',')}]`;
}

const fieldsOf = (selections: readonly QueryPlanSelectionNode[]): QueryPlanFieldNode[] =>
  selections.map((selection) => (selection.kind === 'Field' ? selection : notPlain()));

/** Whether a service tells exactly what the caller is to see, in the same order. */
const isSame = (fields: readonly ServiceField[], asked: readonly AskedField[]): boolean =>
  fields.length === asked.length &&
  fields.every(({ key, name, fields: below }, index) => {
    const wanted = asked[index];
    return (
      wanted?.key === key &&
      (name === '__typename') === (wanted.type === undefined) &&
      isSame(below ?? [], wanted.fields ?? [])
    );
  });
