import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { DateTimeISOResolver } from 'graphql-scalars';
import { Decimal } from './decimal.js';

const invalid = (message: string) => new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });

const parseDecimal = (value: unknown): Decimal => {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string' || !/^-?\d{1,30}(\.\d{1,12})?$/.test(text)) {
    throw invalid(
      'A Decimal is a string such as "88000.00" with at most 30 digits before and 12 after the point.',
    );
  }
  return new Decimal(text);
};

const DecimalScalar = new GraphQLScalarType<Decimal, string>({
  name: 'Decimal',
  serialize: (value) => (value instanceof Decimal ? value.toFixed() : new Decimal(String(value)).toFixed()),
  parseValue: parseDecimal,
  parseLiteral: (node) => parseDecimal(literal(node)),
});

const parseDay = (value: unknown): string => {
  if (typeof value !== 'string' || !isDay(value))
    throw invalid('A Date is a day of the calendar, YYYY-MM-DD.');
  return value;
};

const DateScalar = new GraphQLScalarType<string, string>({
  name: 'Date',
  serialize: (value) => String(value),
  parseValue: parseDay,
  parseLiteral: (node) => parseDay(literal(node)),
});

const literal = (node: ValueNode): unknown =>
  node.kind === Kind.STRING || node.kind === Kind.INT ? node.value : undefined;

/** Whether the text names a day that exists: 2026-02-29 does not. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

export const scalarResolvers = { Decimal: DecimalScalar, Date: DateScalar, DateTime: DateTimeISOResolver };

export { Decimal };
