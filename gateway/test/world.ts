// A world in which every field of every object has a value that follows from its place in the schema alone, so that services, the
// engine, stock execution and one schema over everything must tell the same.
import { createHash } from 'node:crypto';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

export type Thing = { __typename: string; _: string; given?: Record<string, unknown> };
export type WorldOptions = {
  /** One in so many nullable fields fails. */
  failures?: number;
  /** One in so many fields is null, promised ones too when `breaksPromises`. */
  nulls?: number;
  breaksPromises?: boolean;
};

const hash = (...parts: unknown[]): number =>
  createHash('sha1').update(JSON.stringify(parts)).digest().readUInt32BE(0);

/** Few, so that the same entity is met in several places. */
const IDS = 6;

/** Fields that their service computes from what it @requires, or from the world where nothing was given. */
export type Computed = Record<string, (read: (field: string) => unknown) => unknown>;

export function worldResolver(
  options: WorldOptions,
  computed: Computed = {},
): GraphQLFieldResolver<unknown, unknown> {
  return (source, args, _, info) => {
    const parent: Thing = isThing(source) ? source : { __typename: info.parentType.name, _: 'root' };
    const compute = computed[`${info.parentType.name}.${info.fieldName}`];
    if (compute !== undefined)
      return compute((field) =>
        parent.given !== undefined && field in parent.given ? parent.given[field] : known(parent, field),
      );
    return value(options, parent, info, args, info.returnType, []);
  };
}

const isThing = (value: unknown): value is Thing =>
  typeof value === 'object' && value !== null && '_' in value;

/** A leaf of an object that a computed field may depend on: never null and never failing. */
const known = ({ __typename, _ }: Thing, field: string) => hash(__typename, _, field) % 100;

function value(
  options: WorldOptions,
  parent: Thing,
  info: GraphQLResolveInfo,
  args: Record<string, unknown>,
  type: GraphQLOutputType,
  place: number[],
): unknown {
  const { failures = 0, nulls = 0, breaksPromises = false } = options;
  const at = [parent.__typename, parent._, info.fieldName, args, place];
  const isKey = ['id', 'code', 'iso', 'country'].includes(info.fieldName);
  if (isNonNullType(type)) {
    if (breaksPromises && !isKey && nulls > 0 && hash('promise', at) % (nulls * 3) === 0) return null;
    return value({ ...options, nulls: 0 }, parent, info, args, type.ofType, place);
  }
  if (!isKey && failures > 0 && hash('fails', at) % failures === 0)
    throw new GraphQLError(`no ${info.fieldName}`, { extensions: { code: 'NOT_NOW' } });
  if (!isKey && nulls > 0 && hash('null', at) % nulls === 0) return null;
  if (isListType(type))
    return Array.from({ length: hash('length', at) % 4 }, (_, index) =>
      value({ ...options, failures: 0 }, parent, info, args, type.ofType, [...place, index]),
    );
  return single(parent, info, type, at);
}

function single(
  parent: Thing,
  { schema, fieldName }: GraphQLResolveInfo,
  type: GraphQLOutputType,
  at: unknown[],
): unknown {
  const number = hash(at);
  const named = getNamedType(type);
  if (isEnumType(named)) {
    const values = named
      .getValues()
      .map(({ name }) => name)
      .sort();
    return values[number % values.length];
  }
  if (isObjectType(named)) return { __typename: named.name, _: `${number % IDS}` };
  if (isAbstractType(named)) {
    const names = schema
      .getPossibleTypes(named)
      .map(({ name }) => name)
      .sort();
    return { __typename: names[number % names.length] ?? '', _: `${number % IDS}` };
  }
  switch (named.name) {
    case 'Int':
      return fieldName === 'age' ? known(parent, 'age') : number % 1000;
    case 'Float':
      return (number % 1000) / 8;
    case 'Boolean':
      return number % 2 === 0;
    case 'ID':
      return fieldName === 'id' || fieldName === 'code' ? parent._ : `${number % 10}`;
    case 'String':
      return `${fieldName} ${number % 1000}`;
    case 'Decimal':
      return `${number % 1000}.25`;
    case 'DateTime':
      return '2026-02-13T01:30:00.000Z';
    default:
      return '2026-02-13';
  }
}

const reference = (ref: Record<string, unknown>): Thing => {
  const { __typename, id, code, ...given } = ref;
  return { __typename: String(__typename), _: String(id ?? code), given };
};

/** A service's schema over the world. */
export function serviceSchema(typeDefs: DocumentNode): GraphQLSchema {
  const schema = buildSubgraphSchema({ typeDefs });
  for (const type of Object.values(schema.getTypeMap()))
    if (isObjectType(type) || isInterfaceType(type))
      Object.assign(type, {
        extensions: { ...type.extensions, apollo: { subgraph: { resolveReference: reference } } },
      });
  return schema;
}
