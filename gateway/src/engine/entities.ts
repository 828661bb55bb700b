// Code generated for one entity fetch: where in the data its entities are, how each is represented, how the answer is merged in.
import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import type { Emitter } from './emit.js';
import { isRow, merged, mergeRow, own, put, type Row } from './merge.js';

/** Every name that an object at a type condition may carry as `__typename`, the condition's own among them. */
export type TypesOf = (condition: string) => ReadonlySet<string>;

export type EntityCode = {
  /** The objects at the path, in order; nothing where an object or list on the way is not there. */
  collect: (data: Row) => Row[];
  /** What the service is told of an object; undefined where it lacks what the service must know. */
  represent: (entity: Row) => Row | undefined;
  /** The same as JSON at once, where nothing but leafs is told. */
  write: ((entity: Row) => string | undefined) | undefined;
  /** Puts what the service has answered into the object it was asked about. */
  merge: (entity: Row, answer: Row) => void;
};

type Options = {
  path: readonly (string | number)[];
  requires: readonly QueryPlanSelectionNode[];
  /** The response names that the fetch brings, once its rewrites are done. */
  brings: readonly string[];
  typesOf: TypesOf;
};

export function emitEntities(
  emitter: Emitter,
  { path, requires, brings, typesOf }: Options,
): Record<keyof EntityCode, string> {
  return {
    collect: emitCollect(emitter, path),
    ...new Representations(emitter, typesOf).functions(requires),
    merge: emitMerge(emitter, brings),
  };
}

function emitCollect(emitter: Emitter, path: readonly (string | number)[]): string {
  const name = emitter.fresh('c');
  let depth = 0;
  let source = '';
  let end = '';
  for (const step of path) {
    const from = `v${depth}`;
    depth += 1;
    if (step === '@') {
      source += `if (Array.isArray(${from})) for (const v${depth} of ${from}) { if (v${depth} == null || typeof v${depth} !== "object") continue;\n`;
      end += '}';
    } else {
      source += `const v${depth} = ${emitter.read(from, String(step))}; if (v${depth} != null && typeof v${depth} === "object") {\n`;
      end += '}';
    }
  }
  emitter.add(
    `function ${name}(v0) { const found = [];\n${source} if (!Array.isArray(v${depth})) found.push(v${depth}); ${end} return found; }`,
  );
  return name;
}

function emitMerge(emitter: Emitter, brings: readonly string[]): string {
  const name = emitter.fresh('m');
  const merge = emitter.constant(merged);
  const statements = brings.map((key) => {
    const old = emitter.read('e', key);
    return `{ const n = ${emitter.read('a', key)}; if (n !== undefined) { const o = ${old}; ${emitter.write('e', key, `o === undefined ? n : ${merge}(o, n)`)} } }`;
  });
  emitter.add(`function ${name}(e, a) { ${statements.join('\n')} }`);
  return name;
}

class Representations {
  constructor(
    readonly emitter: Emitter,
    readonly typesOf: TypesOf,
  ) {}

  /** Switches over the type names that some fragment is about. An object of another type is not asked about. */
  functions(requires: readonly QueryPlanSelectionNode[]): { represent: string; write: string } {
    const { emitter } = this;
    const fragmentsOf = new Map<string, (readonly QueryPlanSelectionNode[])[]>();
    for (const selection of requires) {
      if (selection.kind !== 'InlineFragment' || selection.typeCondition === undefined)
        throw new Error('The plan represents an entity without saying its type.');
      for (const type of this.typesOf(selection.typeCondition))
        fragmentsOf.set(type, [...(fragmentsOf.get(type) ?? []), selection.selections]);
    }
    const bySelections = new Map<string, string[]>();
    for (const [type, fragments] of fragmentsOf) {
      const key = JSON.stringify(fragments);
      bySelections.set(key, [...(bySelections.get(key) ?? []), type]);
    }
    const groups = [...bySelections.values()].map((types) => ({
      types,
      fragments: fragmentsOf.get(types[0] ?? '') ?? [],
    }));
    const cases = groups.map(({ types, fragments }) => {
      const [only] = fragments;
      const labels = types.map((type) => `case ${JSON.stringify(type)}:`).join(' ');
      if (fragments.length === 1 && only !== undefined)
        return `${labels} return ${this.#selection(only)}(s) ?? undefined;`;
      const all = emitter.constant(joined);
      return `${labels} return ${all}([${fragments.map((one) => `${this.#selection(one)}(s)`).join(', ')}]);`;
    });
    const name = emitter.fresh('r');
    emitter.add(`function ${name}(s) { switch (s.__typename) { ${cases.join('\n')} } }`);
    return { represent: name, write: this.#writer(groups) };
  }

  /** The name of the function that writes JSON, or `undefined` where something else than leafs of one fragment is told. */
  #writer(groups: readonly { types: string[]; fragments: (readonly QueryPlanSelectionNode[])[] }[]): string {
    const cases: string[] = [];
    for (const { types, fragments } of groups) {
      const [only = []] = fragments;
      const keys = only.flatMap((one) =>
        one.kind === 'Field' && one.selections === undefined ? [one.alias ?? one.name] : [],
      );
      if (fragments.length !== 1 || keys.length !== only.length) return 'undefined';
      const reads = keys.map(
        (key, index) =>
          `const a${index} = ${this.emitter.read('s', key)}; if (a${index} === undefined) return undefined;`,
      );
      const quote = this.emitter.constant(quoted);
      const parts = keys.map((key, index) => `'"${key}":' + ${quote}(a${index})`).join(" + ',' + ");
      const labels = types.map((type) => `case ${JSON.stringify(type)}:`).join(' ');
      cases.push(`${labels} { ${reads.join(' ')} return '{' + ${parts} + '}'; }`);
    }
    const name = this.emitter.fresh('w');
    this.emitter.add(`function ${name}(s) { switch (s.__typename) { ${cases.join('\n')} } }`);
    return name;
  }

  /** A function that answers with the selected fields, with null where one of them is not known. */
  #selection(selections: readonly QueryPlanSelectionNode[]): string {
    const { emitter } = this;
    const name = emitter.fresh('s');
    const statements: string[] = [];
    const entries: string[] = [];
    const fragments: string[] = [];
    for (const [index, selection] of selections.entries()) {
      if (selection.kind === 'Field') {
        const key = selection.alias ?? selection.name;
        const local = `a${index}`;
        statements.push(
          `const ${local} = ${emitter.read('s', key)}; if (${local} === undefined) return null;`,
        );
        const value =
          selection.selections === undefined
            ? local
            : `${emitter.constant(each)}(${local}, ${this.#selection(selection.selections)})`;
        entries.push(`${emitter.key(key)}: ${value}`);
      } else {
        const test =
          selection.typeCondition === undefined
            ? ''
            : `if (${emitter.constant(this.typesOf(selection.typeCondition))}.has(s.__typename)) `;
        fragments.push(
          `${test}{ const f = ${this.#selection(selection.selections)}(s); if (f !== null) ${emitter.constant(mergeRow)}(answer, f); }`,
        );
      }
    }
    const body =
      fragments.length === 0
        ? `return { ${entries.join(', ')} };`
        : `const answer = { ${entries.join(', ')} };\n${fragments.join('\n')}\nreturn answer;`;
    emitter.add(`function ${name}(s) { ${statements.join('\n')}\n${body} }`);
    return name;
  }
}

/** Keys are ids and codes, nearly always of letters that need no escape. */
const quoted = (value: unknown): string =>
  typeof value === 'string' && /^[\w .:+@/-]*$/.test(value) ? `"${value}"` : JSON.stringify(value);

/** What several fragments know of one object, together. Without a type name the service could not tell what it is. */
function joined(parts: readonly (Row | null)[]): Row | undefined {
  const answer = parts.reduce<Row>((all, part) => (part === null ? all : mergeRow(all, part)), {});
  return answer['__typename'] === undefined ? undefined : answer;
}

const each = (value: unknown, select: (row: Row) => Row | null): unknown =>
  Array.isArray(value) ? value.map((item) => each(item, select)) : isRow(value) ? select(value) : value;

/** Where the objects that `collect` finds stand in the answer, in the same order. */
export function placesOf(data: Row, path: readonly (string | number)[]): (string | number)[][] {
  const places: (string | number)[][] = [];
  const walk = (value: unknown, rest: readonly (string | number)[], place: (string | number)[]): void => {
    const [step, ...further] = rest;
    if (typeof value !== 'object' || value === null) return;
    if (step === undefined) {
      if (!Array.isArray(value)) places.push(place);
    } else if (step === '@') {
      if (Array.isArray(value))
        for (const [index, item] of value.entries()) walk(item, further, [...place, index]);
    } else if (isRow(value)) walk(own(value, String(step)), further, [...place, step]);
  };
  walk(data, path, []);
  return places;
}

/** Merges by the names that happen to be there: for answers whose rewrites may change names. */
export const mergeAny = (entity: Row, answer: Row): void => {
  for (const key of Object.keys(answer)) put(entity, key, merged(own(entity, key), answer[key]));
};
