// This project's six services with answers made up from their schemas: the same value for the same place each time.
// `node firm-services.mjs PORT [DELAY_MS]`
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  getNamedType,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
} from 'graphql';
import { serve } from './services.mjs';

const NAMES = ['clients', 'risk', 'products', 'service', 'loyalty', 'marketing'];
const root = new URL('../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');
/** What a list holds of which nobody says how many. */
const ITEMS = 3;

export const firmAt = (port) =>
  NAMES.map((name, index) => ({ name, url: `http://127.0.0.1:${port + index}/graphql`, port: port + index }));

const LEAFS = {
  Int: () => 42,
  Float: () => 4.2,
  Boolean: () => true,
  DateTime: () => '2026-02-13T01:30:00.000Z',
  Date: () => '2026-02-13',
  Decimal: () => '1025.00',
};

function madeUp(type, schema, args, source, name) {
  if (isNonNullType(type)) return madeUp(type.ofType, schema, args, source, name);
  if (isListType(type)) {
    const count = typeof args.first === 'number' ? args.first : (source?.rows ?? ITEMS);
    return Array.from({ length: count }, (_, index) =>
      madeUp(type.ofType, schema, {}, { ...source, index }, name),
    );
  }
  if (isEnumType(type)) return type.getValues()[0].value;
  if (isAbstractType(type)) return { __typename: schema.getPossibleTypes(type)[0].name };
  if (isObjectType(type))
    return { __typename: type.name, rows: args.first, index: source?.index, ...(args.id && { id: args.id }) };
  if (name === 'id') return `0198c0de-0000-7000-8000-${String(source?.index ?? 0).padStart(12, '0')}`;
  return (LEAFS[type.name] ?? (() => `${name} of somebody`))();
}

function resolve(source, args, _, { fieldName, returnType, schema, parentType }) {
  if (parentType.name === 'Query' && fieldName === '_entities') return args.representations;
  const given = source?.[fieldName];
  if (given !== undefined && (typeof given !== 'object' || given?.__typename !== undefined)) return given;
  return madeUp(returnType, schema, args, source, fieldName);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [port, delayMs = '0'] = process.argv.slice(2);
  const common = read('packages/kit/schema/common.graphql');
  for (const { name, port: own } of firmAt(Number(port))) {
    const schema = buildSubgraphSchema(parse(`${common}\n${read(`services/${name}/schema.graphql`)}`));
    for (const type of Object.values(schema.getTypeMap())) {
      if (isObjectType(type) && !type.name.startsWith('__'))
        for (const field of Object.values(type.getFields()))
          if (!(type.name === 'Query' && field.name === '_service')) field.resolve = resolve;
      if (isAbstractType(type)) type.resolveType = (value) => value.__typename;
    }
    serve(schema, own, Number(delayMs), {
      typeResolver: (value, _, __, type) => value.__typename ?? getNamedType(type).name,
    });
  }
}
