import { readdirSync, readFileSync } from 'node:fs';
import { Supergraph as FederatedSupergraph } from '@apollo/federation-internals';
import { describe, expect, test } from '@jest/globals';
import { isObjectType, Kind, parse } from 'graphql';
import { costOf } from './cost.js';
import { DEFAULT_LIMITS } from './limits.js';
import { readSupergraph } from './supergraph.js';

/** What our own schemas say that things cost, and what the limit of an operation lets through and what not. */
const OPERATIONS = new URL('../../infra/journey/operations/', import.meta.url);
const supergraph = readSupergraph(readFileSync(new URL('../supergraph.graphql', import.meta.url), 'utf8'));
const schema = FederatedSupergraph.build(supergraph.sdl).apiSchema().toGraphQLJSSchema();

const codeOf = (text: string, variables = {}): unknown => {
  const document = parse(text);
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('No operation.');
  const { refusal } = costOf(schema, supergraph.costs, document, operation);
  return refusal(variables, DEFAULT_LIMITS)?.extensions['code'];
};
const times = (count: number, field: string) =>
  `{ ${Array.from({ length: count }, (_, at) => `a${at}: ${field}`).join(' ')} }`;

test('every list that is asked for by `first` says so by @listSize', () => {
  const unsized: string[] = [];
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType))
    for (const field of Object.values(type.getFields()))
      if (
        field.args.some(({ name }) => name === 'first') &&
        !supergraph.costs.sizes.get(`${type.name}.${field.name}`)?.slicingArguments?.includes('first')
      )
        unsized.push(`${type.name}.${field.name}`);
  expect(unsized).toEqual([]);
});

test.each(readdirSync(OPERATIONS))('%s of the journey may run, also for the largest page', (name) => {
  const text = readFileSync(new URL(name, OPERATIONS), 'utf8');
  expect(codeOf(text)).toBeUndefined();
  expect(codeOf(text, { first: 100 })).toBeUndefined();
});

describe('what is dear may be asked for, and not many times at once:', () => {
  const RULES = 'effectiveFrom: "2027-01-01"';
  test.each([
    ['the audit log verified', 'clientsAuditVerify { isIntact }', 19],
    ['the screen of supervision', 'supervision { __typename }', 60],
    ['a preview of grading', `previewGradingRules(id: "x", ${RULES}) { __typename }`, 3],
  ])('%s', (_, field, most) => {
    expect(codeOf(times(most, field))).toBeUndefined();
    expect(codeOf(times(most + 10, field))).toBe('OPERATION_TOO_COSTLY');
  });

  test.each([
    [
      'lists in lists',
      '{ clients(first: 100) { nodes { orders(first: 100) { nodes { id } } interactions(first: 100) { nodes { id } } } } }',
    ],
    [
      'edges in edges',
      '{ clients(first: 100) { edges { node { orders(first: 100) { edges { node { id } } } } } } }',
    ],
    [
      'by a variable',
      'query ($n: Int = 100) { clients(first: $n) { nodes { communications(first: $n) { nodes { id } } orders(first: $n) { nodes { id } } } } }',
    ],
  ])('%s', (_, text) => {
    expect(codeOf(text)).toBe('OPERATION_TOO_COSTLY');
    expect(codeOf(text.replaceAll('100', '20'))).toBeUndefined();
  });
});
