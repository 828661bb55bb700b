import {
  coerceInputValue,
  type GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  getVariableValues,
  isEnumType,
  isInputType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  valueFromAST,
} from 'graphql';
import type { Row } from './merge.js';

type Test = (value: unknown) => boolean;

export type VariableCheck = {
  /** Whether the variables may be used as they are; if not, `errors` says why. */
  accepts: (variables: Row) => boolean;
  errors: (variables: Row) => readonly GraphQLError[];
  /** What a Boolean variable decides, its default included. */
  isTrue: (variables: Row, name: string) => boolean;
};

/** The checks of an operation's variables, made once. They only check: services are sent what the caller has sent. */
export function compileVariables(schema: GraphQLSchema, operation: OperationDefinitionNode): VariableCheck {
  const definitions = operation.variableDefinitions ?? [];
  const tests = definitions.map((definition): ((variables: Row) => boolean) => {
    const name = definition.variable.name.value;
    const type = typeFromAST(schema, definition.type);
    if (!isInputType(type)) return () => false;
    const test = testOf(type);
    const mayMiss = definition.defaultValue !== undefined || !isNonNullType(type);
    return (variables) =>
      Object.hasOwn(variables, name) && variables[name] !== undefined ? test(variables[name]) : mayMiss;
  });
  const defaults = new Map(
    definitions.map(({ variable, type, defaultValue }) => {
      const declared = typeFromAST(schema, type);
      return [variable.name.value, isInputType(declared) && valueFromAST(defaultValue, declared)];
    }),
  );
  return {
    accepts: (variables) => tests.every((test) => test(variables)),
    errors: (variables) => getVariableValues(schema, definitions, variables, { maxErrors: 50 }).errors ?? [],
    isTrue: (variables, name) =>
      (Object.hasOwn(variables, name) && variables[name] !== undefined
        ? variables[name]
        : defaults.get(name)) === true,
  };
}

function testOf(type: GraphQLInputType): Test {
  if (isNonNullType(type)) {
    const test = testOf(type.ofType);
    return (value) => value !== null && test(value);
  }
  const isOfType = someTest(type);
  return (value) => value === null || isOfType(value);
}

function someTest(type: GraphQLInputType): Test {
  if (isEnumType(type)) return (value) => typeof value === 'string' && type.getValue(value) !== undefined;
  switch (String(type)) {
    case 'String':
      return (value) => typeof value === 'string';
    case 'ID':
      return (value) => typeof value === 'string' || Number.isSafeInteger(value);
    case 'Int':
      return (value) => typeof value === 'number' && (value | 0) === value;
    case 'Float':
      return (value) => typeof value === 'number' && Number.isFinite(value);
    case 'Boolean':
      return (value) => typeof value === 'boolean';
    default:
      return (value) => {
        let isValid = true;
        coerceInputValue(value, type, () => {
          isValid = false;
        });
        return isValid;
      };
  }
}
