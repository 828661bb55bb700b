// What an operation may cost at most: one for each object that it could bring, and what the schema's @cost says. Made once an operation; a
// number where no variable says how many rows are asked for, else a sum over those variables.
import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLNamedOutputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql';
import { z } from 'zod';
import type { Row } from './engine/merge.js';
import type { Limits } from './limits.js';

/** Rows that a list is taken for where nothing says how many it has. */
const ROWS_UNKNOWN = 10;
/** A connection's own page, where it is not said how many rows are wanted. */
const PAGE_ROWS = 20;
const MUTATION_COST = 10;

const Weight = z.object({ weight: z.coerce.number() });
const ListSize = z.object({
  assumedSize: z.number().int().optional(),
  slicingArguments: z.array(z.string()).optional(),
  sizedFields: z.array(z.string()).optional(),
});
type Size = z.output<typeof ListSize>;

/** What a schema says of its fields' costs, by coordinate (`Query.clients`) and, for weights, by type. */
export type CostTable = { weights: ReadonlyMap<string, number>; sizes: ReadonlyMap<string, Size> };

/** Reads @cost and @listSize as composition writes them into a supergraph. */
export function costTableOf(
  document: DocumentNode,
  argumentsOf: (node: ConstDirectiveNode) => Record<string, unknown>,
): CostTable {
  const weights = new Map<string, number>();
  const sizes = new Map<string, Size>();
  const read = (coordinate: string, directives: readonly ConstDirectiveNode[] = []) => {
    for (const directive of directives) {
      const name = directive.name.value;
      if (name === 'cost') weights.set(coordinate, Weight.parse(argumentsOf(directive)).weight);
      if (name === 'listSize') sizes.set(coordinate, ListSize.parse(argumentsOf(directive)));
    }
  };
  for (const definition of document.definitions) {
    if (!('name' in definition) || definition.name === undefined) continue;
    if (definition.kind === Kind.OPERATION_DEFINITION || definition.kind === Kind.FRAGMENT_DEFINITION)
      continue;
    if (definition.kind !== Kind.DIRECTIVE_DEFINITION) read(definition.name.value, definition.directives);
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION)
      continue;
    for (const field of definition.fields ?? [])
      read(`${definition.name.value}.${field.name.value}`, field.directives);
  }
  return { weights, sizes };
}

type Rows = number | { variable: string; otherwise: number };
/** A fixed part, and parts that count as often as a variable says. */
type Cost = { fixed: number; scaled: readonly { rows: Exclude<Rows, number>; each: Cost }[] };

export type OperationCost = {
  /** Undefined where the operation may run with these variables. */
  refusal: (variables: Row, limits: Pick<Limits, 'cost' | 'list'>) => GraphQLError | undefined;
};

export function costOf(
  schema: GraphQLSchema,
  table: CostTable,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): OperationCost {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const root = schema.getRootType(operation.operation);
  const costing = new Costing(schema, table, fragments, operation);
  const base = operation.operation === 'mutation' ? MUTATION_COST : 0;
  const whole = root ? costing.ofSet(operation.selectionSet, root, undefined) : NOTHING;
  const { sliced } = costing;
  return {
    refusal: (variables, limits) => {
      for (const { rows, coordinate } of sliced) {
        const count = rowsOf(rows, variables);
        if (count > limits.list)
          return refusal(
            'LIST_TOO_LONG',
            `${coordinate} may be asked for ${limits.list} rows at once.`,
            limits.list,
          );
      }
      const cost = base + evaluate(whole, variables);
      if (cost <= limits.cost) return undefined;
      return refusal(
        'OPERATION_TOO_COSTLY',
        `The operation could bring ${Math.round(cost)} objects; it may bring ${limits.cost}. Ask for fewer rows or fields at once.`,
        limits.cost,
        Math.round(cost),
      );
    },
  };
}

const refusal = (code: string, message: string, limit: number, cost?: number): GraphQLError =>
  new GraphQLError(message, {
    extensions: { code, details: { limit, ...(cost !== undefined && { cost }) }, http: { status: 400 } },
  });

const NOTHING: Cost = { fixed: 0, scaled: [] };

const plus = (one: Cost, other: Cost): Cost =>
  other === NOTHING ? one : { fixed: one.fixed + other.fixed, scaled: [...one.scaled, ...other.scaled] };

const times = (rows: Rows, each: Cost): Cost =>
  typeof rows === 'number'
    ? {
        fixed: each.fixed * rows,
        scaled: each.scaled.map((part) => ({ ...part, each: times(rows, part.each) })),
      }
    : { fixed: 0, scaled: [{ rows, each }] };

const evaluate = ({ fixed, scaled }: Cost, variables: Row): number => {
  let sum = fixed;
  for (const { rows, each } of scaled) sum += rowsOf(rows, variables) * evaluate(each, variables);
  return sum;
};

function rowsOf(rows: Rows, variables: Row): number {
  if (typeof rows === 'number') return rows;
  const value = Object.hasOwn(variables, rows.variable) ? variables[rows.variable] : undefined;
  return typeof value === 'number' && value >= 0 ? value : rows.otherwise;
}

/** How many of its own list fields a connection brings: what its field was asked for. */
type Sized = { fields: readonly string[]; rows: Rows };

class Costing {
  readonly sliced: { rows: Rows; coordinate: string }[] = [];

  constructor(
    readonly schema: GraphQLSchema,
    readonly table: CostTable,
    readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    readonly operation: OperationDefinitionNode,
  ) {}

  ofSet({ selections }: SelectionSetNode, type: GraphQLNamedOutputType, sized: Sized | undefined): Cost {
    let cost: Cost = NOTHING;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        cost = plus(cost, this.#ofField(selection, type, sized));
        continue;
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : this.fragments.get(selection.name.value);
      if (fragment === undefined) continue;
      const condition = fragment.typeCondition && this.schema.getType(fragment.typeCondition.name.value);
      cost = plus(
        cost,
        this.ofSet(fragment.selectionSet, isCompositeType(condition) ? condition : type, sized),
      );
    }
    return cost;
  }

  #ofField(node: FieldNode, parent: GraphQLNamedOutputType, sized: Sized | undefined): Cost {
    const field =
      isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    if (field === undefined) return NOTHING;
    const coordinate = `${parent.name}.${field.name}`;
    const named = getNamedType(field.type);
    const { weights } = this.table;
    const own = weights.get(coordinate) ?? weights.get(named.name) ?? (isCompositeType(named) ? 1 : 0);
    const isList = isListType(isNonNullType(field.type) ? field.type.ofType : field.type);
    const rows = this.#rows(node, field, coordinate, isList);
    const size = this.table.sizes.get(coordinate);
    const inside: Sized | undefined =
      rows !== undefined && !isList ? { fields: size?.sizedFields ?? ['edges', 'nodes'], rows } : undefined;
    const below = node.selectionSet === undefined ? NOTHING : this.ofSet(node.selectionSet, named, inside);
    const each: Cost = { fixed: own + below.fixed, scaled: below.scaled };
    if (!isList) return each;
    const count =
      rows ?? (sized?.fields.includes(field.name) ? sized.rows : (size?.assumedSize ?? ROWS_UNKNOWN));
    return times(count, each);
  }

  /** How many rows the field's arguments ask for; undefined where it has no such argument. */
  #rows(
    node: FieldNode,
    field: GraphQLField<unknown, unknown>,
    coordinate: string,
    isList: boolean,
  ): Rows | undefined {
    const size = this.table.sizes.get(coordinate);
    const names = size?.slicingArguments ?? ['first', 'last'];
    const slicing = field.args.filter(({ name }) => names.includes(name));
    if (slicing.length === 0) return undefined;
    const declared = slicing
      .map(({ defaultValue }) => defaultValue)
      .find((value) => typeof value === 'number');
    const otherwise =
      typeof declared === 'number' ? declared : (size?.assumedSize ?? (isList ? ROWS_UNKNOWN : PAGE_ROWS));
    const given = node.arguments?.find(({ name }) => slicing.some((one) => one.name === name.value))?.value;
    const rows = this.#given(given, otherwise);
    this.sliced.push({ rows, coordinate });
    return rows;
  }

  #given(given: NonNullable<FieldNode['arguments']>[number]['value'] | undefined, otherwise: number): Rows {
    if (given?.kind === Kind.INT) return Math.max(0, Number(given.value));
    if (given?.kind !== Kind.VARIABLE) return otherwise;
    const definition = this.operation.variableDefinitions?.find(
      ({ variable }) => variable.name.value === given.name.value,
    );
    const byDefault = definition?.defaultValue && valueFromASTUntyped(definition.defaultValue);
    return { variable: given.name.value, otherwise: typeof byDefault === 'number' ? byDefault : otherwise };
  }
}
