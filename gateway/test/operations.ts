// Random operations over a schema: aliases, fragments, conditions, arguments, whatever validation lets through.
import fc from 'fast-check';
import {
  type GraphQLCompositeType,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  validate,
} from 'graphql';

const CONDITIONS = [
  '',
  '',
  '',
  '',
  ' @skip(if: $yes)',
  ' @include(if: $no)',
  ' @include(if: $yes)',
  ' @skip(if: $no)',
  ' @include(if: true)',
];

/** Built from a seed by plain code: an arbitrary over a recursive schema would cost more than what it tests. */
class Writer {
  #state: number;
  readonly #fragments = new Map<string, string>();

  constructor(
    readonly schema: GraphQLSchema,
    seed: number,
    readonly isPlain: boolean,
  ) {
    this.#state = seed >>> 0 || 1;
  }

  #next(bound: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * bound);
  }
  #pick<Item>(items: readonly Item[]): Item | undefined {
    return items[this.#next(items.length)];
  }

  operation(kind: 'query' | 'mutation'): string {
    const root = kind === 'query' ? this.schema.getQueryType() : this.schema.getMutationType();
    if (!root) throw new Error(`There is no ${kind}.`);
    const body = this.#selections(root, 4, true);
    const head = `${kind} Q($yes: Boolean! = true, $no: Boolean!) `;
    return `${head}${body}\n${[...this.#fragments].map(([name, text]) => `fragment ${name} ${text}`).join('\n')}`;
  }

  #selections(type: GraphQLCompositeType, depth: number, isRoot = false): string {
    const count = 1 + this.#next(isRoot ? 2 : 4);
    const lines = Array.from({ length: count }, () => this.#selection(type, depth)).filter(
      (line) => line !== '',
    );
    return `{ ${lines.length > 0 ? lines.join(' ') : '__typename'} }`;
  }

  #selection(type: GraphQLCompositeType, depth: number): string {
    const kind = this.#next(10);
    if (kind === 0) return this.#next(2) === 0 ? '__typename' : 'kind: __typename';
    if (kind <= 2 && depth > 0 && type !== this.schema.getMutationType()) return this.#fragment(type, depth);
    if (!isObjectType(type) && !isInterfaceType(type)) return this.#fragment(type, depth);
    const field = this.#pick(Object.values(type.getFields()));
    if (field === undefined) return '__typename';
    const named = getNamedType(field.type);
    const args = field.args
      .map((arg) => [arg.name, arg.type, this.#next(2)] as const)
      .filter(([, of, coin]) => isNonNullType(of) || coin === 0)
      .map(([name, of]) => `${name}: ${this.#input(of, 2)}`);
    // The alias names the arguments, so that fields of one name ask for the same.
    const text = args.length > 0 ? `(${args.join(', ')})` : '';
    const isAliased = text !== '' || this.#next(4) === 0;
    const alias = isAliased
      ? `${field.name}_${[...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 997, 7)}_${this.#next(2)}: `
      : '';
    const condition = this.#pick(this.isPlain ? [''] : CONDITIONS) ?? '';
    if (isLeafType(named)) return `${alias}${field.name}${text}${condition}`;
    if (depth <= 0 || !isCompositeType(named)) return '';
    return `${alias}${field.name}${text}${condition} ${this.#selections(named, depth - 1)}`;
  }

  #fragment(type: GraphQLCompositeType, depth: number): string {
    const types = Object.values(this.schema.getTypeMap()).filter(
      (one): one is GraphQLCompositeType =>
        isCompositeType(one) && !one.name.startsWith('__') && fits(this.schema, one, type, this.isPlain),
    );
    const on = this.#pick(types) ?? type;
    const inner = this.#selections(on, depth - 1);
    const condition = this.#pick(this.isPlain ? [''] : CONDITIONS) ?? '';
    if (this.#next(3) > 0) return `... on ${on.name}${condition} ${inner}`;
    const name = `F${this.#fragments.size}`;
    this.#fragments.set(name, `on ${on.name} ${inner}`);
    return `...${name}${condition}`;
  }

  #input(type: GraphQLInputType, depth: number): string {
    if (isNonNullType(type)) return this.#input(type.ofType, depth);
    if (isListType(type)) return `[${this.#input(type.ofType, depth - 1)}]`;
    if (isEnumType(type)) return this.#pick(type.getValues())?.name ?? 'null';
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(
        ({ type: of }) => isNonNullType(of) || (depth > 0 && this.#next(3) === 0),
      );
      return `{ ${fields.map((field) => `${field.name}: ${this.#input(field.type, depth - 1)}`).join(', ')} }`;
    }
    const values: Record<string, readonly string[]> = {
      Int: ['1', '2', '3'],
      Float: ['1.5'],
      Boolean: ['true', 'false'],
      Decimal: ['"12.50"'],
      Date: ['"2026-02-13"'],
      DateTime: ['"2026-02-13T01:30:00.000Z"'],
    };
    return this.#pick(values[type.name] ?? ['"1"', '"2"']) ?? 'null';
  }
}

const fits = (
  schema: GraphQLSchema,
  one: GraphQLCompositeType,
  within: GraphQLCompositeType,
  isNarrowing: boolean,
): boolean => {
  const of = (type: GraphQLCompositeType) => (isObjectType(type) ? [type] : schema.getPossibleTypes(type));
  const isShared = (type: GraphQLObjectType) => of(within).includes(type);
  return isNarrowing ? of(one).every(isShared) : of(one).some(isShared);
};

/** Valid operations; values for their two conditions come along. Plain ones have no conditions, and fragments only of narrower types. */
export const operations = (schema: GraphQLSchema, kind: 'query' | 'mutation' = 'query', isPlain = false) =>
  fc
    .record({ seed: fc.nat(), no: fc.boolean(), yes: fc.option(fc.boolean(), { nil: undefined }) })
    .map(({ seed, no, yes }) => ({
      text: new Writer(schema, seed, isPlain).operation(kind),
      variables: { no, ...(yes !== undefined && { yes }) },
    }))
    .filter(({ text }) => validate(schema, parse(text)).every(({ message }) => /never used/.test(message)));
