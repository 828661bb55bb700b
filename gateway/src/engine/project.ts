import {
  type FieldNode,
  GraphQLError,
  type GraphQLLeafType,
  type GraphQLOutputType,
  isAbstractType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  type SelectionSetNode,
} from 'graphql';
import { type Analysis, fieldType, type Refused, refusedOf, rootType } from '../authorize.js';
import { collect, isSameForAll, subselections, type ValueType } from './collect.js';
import type { Emitter } from './emit.js';
import { leafTest } from './leaf.js';
import type { Row } from './merge.js';

/** A response path, innermost first, so that a path costs one small object a level and nothing where nobody asks for it. */
export type Place = { up: Place; key: string | number } | undefined;

export type Refusing = { refused: Refused; place: Place };

/** From all that was fetched, the answer: every refusal on its way is noted. Throws `ASTRAY` and leaves all as it was. */
export type Projection = (data: Row, introspected: Row, refusals: Refusing[]) => Row;

/** A null where none may be, or a value that the schema does not know: `complete.ts` then finds out what and where. */
export const ASTRAY = new Error('The answer is not what the schema promises.');

/**
 * Generates the projection: one function for each object type and each set of selections it is asked with. They copy fields one by
 * one under constant names into objects of one shape, which is what the JavaScript engine and JSON.stringify are fastest at.
 */
export function emitProjection(emitter: Emitter, analysis: Analysis): string {
  const root = rootType(analysis.schema, analysis.operation);
  const projector = new Projector(emitter, analysis);
  const entry = projector.object(root, [analysis.operation.selectionSet]);
  emitter.add('let intro, refusals;');
  return `(s, i, r) => { intro = i; refusals = r; return ${entry}(s, undefined); }`;
}

class Projector {
  readonly #emitter: Emitter;
  readonly #analysis: Analysis;
  readonly #known = new Map<string, string>();
  readonly #ids = new Map<SelectionSetNode, number>();
  readonly #astray: string;

  constructor(emitter: Emitter, analysis: Analysis) {
    this.#emitter = emitter;
    this.#analysis = analysis;
    this.#astray = `throw ${emitter.constant(ASTRAY)};`;
  }

  /** The name of the function (value, place) → answer for values of this object type. */
  object(type: ValueType, sets: readonly SelectionSetNode[]): string {
    return this.#once('o', type.name, sets, (name) => {
      const collected = collect(this.#analysis, type, sets);
      this.#refuseClash(type, collected);
      const fields = [...collected].map(([key, nodes], index) => this.#field(type, key, nodes, `a${index}`));
      const entries = fields.map(({ entry }) => entry).join(', ');
      const statements = fields.map(({ statement }) => statement).join('\n');
      return `function ${name}(s, p) {
        if (typeof s !== "object" || Array.isArray(s)) ${this.#astray}
        ${statements}
        return { ${entries} };
      }`;
    });
  }

  /** Their service is told one thing only: one of the two would silently be computed from the other's. */
  #refuseClash({ name }: ValueType, fields: ReadonlyMap<string, readonly FieldNode[]>): void {
    const names = new Set([...fields.values()].map(([node]) => `${name}.${node?.name.value}`));
    const clash = this.#analysis.conflicts.between([...names]);
    if (clash === undefined) return;
    const { first, second, needed } = clash;
    throw new GraphQLError(
      `${first} and ${second} both depend on ${needed}, each with arguments of its own. Ask for them in two operations.`,
      { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } },
    );
  }

  #field(type: ValueType, key: string, nodes: readonly FieldNode[], local: string) {
    const [node] = nodes;
    const entry = `${this.#emitter.key(key)}: ${local}`;
    const declared = node && fieldType(type, node);
    if (node === undefined || declared === undefined) {
      if (node?.name.value === '__typename' && isInterfaceType(type))
        return { entry, statement: `const ${local} = null; ${this.#astray}` };
      const value =
        node?.name.value === '__typename' ? JSON.stringify(type.name) : this.#emitter.read('intro', key);
      return { entry, statement: `const ${local} = ${value};` };
    }
    const refused = refusedOf(this.#analysis, nodes);
    if (refused !== undefined) {
      const noted = `{ refused: ${this.#emitter.constant(refused)}, place: { up: p, key: ${JSON.stringify(key)} } }`;
      const statement = isNonNullType(declared)
        ? this.#astray
        : `const ${local} = null; refusals.push(${noted});`;
      return { entry, statement };
    }
    const place = this.#isTouched(nodes) ? `{ up: p, key: ${JSON.stringify(key)} }` : 'undefined';
    const read = `let ${local} = ${this.#emitter.read('s', this.#analysis.conflicts.keyOf(node))};`;
    return { entry, statement: `${read} ${this.#completion(declared, nodes, local, place)}` };
  }

  /** A statement that turns what is in a local variable into what the caller is to see. */
  #completion(type: GraphQLOutputType, nodes: readonly FieldNode[], local: string, place: string): string {
    const onNull = isNonNullType(type) ? this.#astray : `${local} = null;`;
    const some = isNonNullType(type) ? type.ofType : type;
    if (isListType(some))
      return `if (${local} == null) { ${onNull} } else ${local} = ${this.#list(some.ofType, nodes)}(${local}, ${place});`;
    if (isObjectType(some))
      return `if (${local} == null) { ${onNull} } else ${local} = ${this.object(some, subselections(nodes))}(${local}, ${place});`;
    if (isAbstractType(some))
      return `if (${local} == null) { ${onNull} } else ${local} = ${this.#abstract(some.name, nodes)}(${local}, ${place});`;
    return `if (${local} == null) { ${onNull} } ${this.#leaf(some, local)}`;
  }

  #leaf(type: GraphQLLeafType, local: string): string {
    if (type.name === 'ID')
      return `else if (typeof ${local} !== "string") { if (Number.isInteger(${local})) ${local} = String(${local}); else ${this.#astray} }`;
    const test = leafTest(type, local, (value) => this.#emitter.constant(value));
    return test === 'true' ? '' : `else if (!(${test})) ${this.#astray}`;
  }

  #list(item: GraphQLOutputType, nodes: readonly FieldNode[]): string {
    return this.#once('l', String(item), subselections(nodes), (name) => {
      const place = this.#isTouched(nodes) ? '{ up: p, key: i }' : 'undefined';
      return `function ${name}(list, p) {
        if (!Array.isArray(list)) ${this.#astray}
        const answer = [];
        for (let i = 0; i < list.length; i += 1) {
          let item = list[i];
          ${this.#completion(item, nodes, 'item', place)}
          answer.push(item);
        }
        return answer;
      }`;
    });
  }

  #abstract(typeName: string, nodes: readonly FieldNode[]): string {
    const { schema } = this.#analysis;
    const sets = subselections(nodes);
    return this.#once('t', typeName, sets, (name) => {
      const type = schema.getType(typeName);
      const types: ValueType[] = [...(isAbstractType(type) ? schema.getPossibleTypes(type) : [])];
      if (isInterfaceType(type)) types.push(type, ...schema.getImplementations(type).interfaces);
      const cases = types.map(
        (possible) => `case ${JSON.stringify(possible.name)}: return ${this.object(possible, sets)}(s, p);`,
      );
      if (isInterfaceType(type) && isSameForAll(this.#analysis, type, sets))
        cases.push(`case undefined: return ${this.object(type, sets)}(s, p);`);
      return `function ${name}(s, p) { switch (s.__typename) { ${cases.join(' ')} default: ${this.#astray} } }`;
    });
  }

  #isTouched(nodes: readonly FieldNode[]): boolean {
    return subselections(nodes).some((set) => this.#analysis.touched.has(set));
  }

  #once(
    prefix: string,
    what: string,
    sets: readonly SelectionSetNode[],
    source: (name: string) => string,
  ): string {
    const key = [prefix, what, ...sets.map((set) => this.#id(set))].join(' ');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const name = this.#emitter.fresh(prefix);
    this.#known.set(key, name);
    this.#emitter.add(source(name));
    return name;
  }

  #id(set: SelectionSetNode): number {
    const id = this.#ids.get(set) ?? this.#ids.size;
    this.#ids.set(set, id);
    return id;
  }
}
