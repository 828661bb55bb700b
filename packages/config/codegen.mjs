// Writes src/generated/resolvers.ts of the service it is run in: the types its resolvers must satisfy.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import * as resolvers from '@graphql-codegen/typescript-resolvers';
import { buildASTSchema, parse } from 'graphql';

const OUTPUT = 'src/generated/resolvers.ts';

const common = readFileSync(new URL('../kit/schema/common.graphql', import.meta.url), 'utf8');
const document = parse(`${common}\n${readFileSync('schema.graphql', 'utf8')}`);
const { mappers = {} } = JSON.parse(readFileSync('codegen.json', 'utf8'));

const config = {
  federation: true,
  contextType: '@client-graph/kit#Context',
  mappers,
  scalars: {
    ID: 'string',
    DateTime: 'Date',
    Date: 'string',
    Decimal: '@client-graph/kit#Decimal',
    _FieldSet: 'never',
  },
  strictScalars: true,
  enumsAsTypes: true,
  useTypeImports: true,
  emitLegacyCommonJSImports: false,
  importExtension: '.js',
  makeResolverTypeCallable: true,
};

const code = await codegen({
  filename: OUTPUT,
  schema: document,
  // The federation directives are declared by `@link`, which graphql-js does not read; composition checks them.
  schemaAst: buildASTSchema(document, { assumeValidSDL: true }),
  documents: [],
  config,
  plugins: [{ typescript: {} }, { resolvers: {} }],
  pluginMap: { typescript, resolvers },
});
mkdirSync('src/generated', { recursive: true });
writeFileSync(OUTPUT, code);
