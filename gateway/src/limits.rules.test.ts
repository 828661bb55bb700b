import { expect, test } from '@jest/globals';
import { DEFAULT_LIMITS, excessOf, excessOfVariables } from './limits.js';

const LIMITS = { ...DEFAULT_LIMITS, tokens: 60, depth: 4, fields: 10, aliases: 3, directives: 2 };
const many = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');
const nested = (depth: number) => `${'{ a '.repeat(depth)}${'}'.repeat(depth)}`;

test.each([
  ['in order', '{ a b { c } }', undefined],
  ['as deep as may be', nested(4), undefined],
  ['one deeper', nested(5), 'OPERATION_TOO_DEEP'],
  ['deep through a fragment', '{ a { ...f } } fragment f on T { a { a { a { a } } } }', 'OPERATION_TOO_DEEP'],
  ['deep in a fragment nobody uses', `{ a } fragment f on T ${nested(5)}`, 'OPERATION_TOO_DEEP'],
  ['as many aliases as may be', `{ ${many(3, (n) => `x${n}: a`)} }`, undefined],
  ['one more', `{ ${many(4, (n) => `x${n}: a`)} }`, 'TOO_MANY_ALIASES'],
  [
    'aliases through fragments',
    '{ a { ...f } b { ...f } } fragment f on T { x: a y: a }',
    'TOO_MANY_ALIASES',
  ],
  ['as many fields as may be', `{ ${many(10, (n) => `a${n}`)} }`, undefined],
  ['one more field', `{ ${many(11, (n) => `a${n}`)} }`, 'OPERATION_TOO_WIDE'],
  [
    'fragments that double',
    '{ ...a ...a } fragment a on T { ...b ...b } fragment b on T { c d e }',
    'OPERATION_TOO_WIDE',
  ],
  ['directives', '{ a @x b @x c @x }', 'TOO_MANY_DIRECTIVES'],
  ['directives of the operation', 'query @x @x @x { a }', 'TOO_MANY_DIRECTIVES'],
  ['more tokens than may be', `{ a(b: [${many(60, () => '1')}]) }`, 'OPERATION_TOO_LONG'],
  ['tokens that are no GraphQL as a whole', '{ '.repeat(61), 'OPERATION_TOO_LONG'],
  ['no GraphQL', '{ a(', undefined],
  ['not even tokens', '{ a "', undefined],
  ['fragments in a circle', '{ ...a } fragment a on T { x ...b } fragment b on T { ...a }', undefined],
])('%s', (_, text, code) => {
  expect(excessOf(text, LIMITS)?.code).toBe(code);
});

test('10,000 aliases, a million brackets, 2 MB of text, fragments that double sixty times: said without going through it all', () => {
  expect(excessOf(`{ ${many(10_000, (n) => `a${n}: b`)} }`, DEFAULT_LIMITS)?.code).toBe('OPERATION_TOO_LONG');
  expect(excessOf('{ a '.repeat(1_000_000), DEFAULT_LIMITS)?.code).toBe('OPERATION_TOO_DEEP');
  expect(excessOf(`{ a(b: "${'x'.repeat(2_000_000)}") }`, DEFAULT_LIMITS)).toBeUndefined();
  const doubling = many(60, (n) => `fragment f${n} on T { ...f${n + 1} ...f${n + 1} a }`);
  expect(excessOf(`{ ...f0 } ${doubling}`, DEFAULT_LIMITS)?.code).toBe('OPERATION_TOO_WIDE');
});

test('variables may be neither deep nor long', () => {
  const deep = (levels: number): object => (levels === 0 ? {} : { a: deep(levels - 1) });
  const limits = { ...DEFAULT_LIMITS, variablesDepth: 5, list: 3 };
  expect(excessOfVariables(deep(5), limits)).toBeUndefined();
  expect(excessOfVariables(deep(6), limits)?.code).toBe('VARIABLES_TOO_DEEP');
  expect(excessOfVariables({ a: [1, 2, 3] }, limits)).toBeUndefined();
  expect(excessOfVariables({ a: { b: [1, 2, 3, 4] } }, limits)).toMatchObject({
    code: 'LIST_TOO_LONG',
    details: { limit: 3 },
  });
  expect(
    excessOfVariables(JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`), limits)?.code,
  ).toBe('VARIABLES_TOO_DEEP');
});
