import { type GraphQLLeafType, isEnumType, specifiedScalarTypes } from 'graphql';

type Serialize = (value: unknown) => unknown;

/** What JSON can hold of a built-in scalar; undefined says that a value is none. The API's own scalars are as their service wrote them. */
const BUILT_IN: Readonly<Record<string, Serialize>> = {
  Int: (value) => (typeof value === 'number' && (value | 0) === value ? value : undefined),
  Float: (value) => (typeof value === 'number' ? value : undefined),
  String: (value) => (typeof value === 'string' ? value : undefined),
  Boolean: (value) => (typeof value === 'boolean' ? value : undefined),
  ID: (value) => (typeof value === 'string' ? value : Number.isInteger(value) ? String(value) : undefined),
};

const isBuiltIn = (type: GraphQLLeafType): boolean =>
  specifiedScalarTypes.some(({ name }) => name === type.name);

/** A leaf as the caller is to see it, or undefined where the service has sent what the schema does not know. */
export function leafOf(type: GraphQLLeafType, value: unknown): unknown {
  if (isEnumType(type)) return typeof value === 'string' && type.getValue(value) ? value : undefined;
  return isBuiltIn(type) ? BUILT_IN[type.name]?.(value) : value;
}

/** The test of `leafOf` as an expression over `value`; `true` where anything goes. ID is not among them: it may change its value. */
export function leafTest(type: GraphQLLeafType, value: string, constant: (value: unknown) => string): string {
  if (isEnumType(type)) return `${constant(new Set(type.getValues().map(({ name }) => name)))}.has(${value})`;
  if (!isBuiltIn(type)) return 'true';
  switch (type.name) {
    case 'Int':
      return `(${value} | 0) === ${value}`;
    case 'Float':
      return `typeof ${value} === "number"`;
    case 'Boolean':
      return `typeof ${value} === "boolean"`;
    default:
      return `typeof ${value} === "string"`;
  }
}
