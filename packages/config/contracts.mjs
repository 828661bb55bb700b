// Holds every schema.graphql against the promises made to its readers: all of it is described in sentences, a mutation
// takes one input and says what it refuses, the codes named are exactly those of the service's refusal tables, and every
// value shown has a class of protection.
import { readFileSync } from 'node:fs';
import { parseSync } from '@swc/core';
import { GraphQLError, Kind, parse, visit } from 'graphql';
import { classProblems } from './classes.mjs';
import { fail, projectFiles } from './project.mjs';

const COMMON = 'packages/kit/schema/common.graphql';
const OF_THE_KIT = [COMMON, 'packages/kit/schema/evidence.graphql'];
const REFUSES = /Refuses: ([A-Z][A-Z0-9_]*(?:,\s+[A-Z][A-Z0-9_]*)*)\.$/;
const ROOTS = new Set(['Query', 'Mutation']);

const files = projectFiles();
const problems = [];
const linesOf = (file, node) => `${file}:${node.loc.startToken.line}`;

function described(file, document) {
  const path = [];
  const enter = (node) => {
    path.push(node.name.value);
    const isRoot = ROOTS.has(node.name.value) && node.kind.startsWith('Object');
    const isExtension = node.kind.endsWith('Extension');
    if (!isRoot && !isExtension && !node.description?.value.trim())
      problems.push(`${linesOf(file, node)}: ${path.join('.')} has no description.`);
  };
  const leave = () => void path.pop();
  const kinds = Object.values(Kind).filter((kind) => /Type(Definition|Extension)$/.test(kind));
  const inner = [Kind.FIELD_DEFINITION, Kind.INPUT_VALUE_DEFINITION, Kind.ENUM_VALUE_DEFINITION];
  visit(document, Object.fromEntries([...kinds, ...inner].map((kind) => [kind, { enter, leave }])));
}

/** The refusal codes that descriptions name, each with the place of its first mention. */
function refused(file, document) {
  const named = new Map();
  const isMutation = (type) => type?.name?.value === 'Mutation';
  visit(document, {
    FieldDefinition(field, _key, _parent, _path, ancestors) {
      const text = field.description?.value.trim() ?? '';
      const codes = REFUSES.exec(text)?.[1].split(/,\s+/) ?? [];
      for (const code of codes) if (!named.has(code)) named.set(code, linesOf(file, field));
      if (text.includes('Refuses:') && codes.length === 0)
        problems.push(`${linesOf(file, field)}: ${field.name.value} must end with \`Refuses: CODE, CODE.\``);
      if (isMutation(ancestors.at(-1)) || isMutation(ancestors.at(-2))) mutation(file, field, text);
    },
  });
  return named;
}

function mutation(file, field, text) {
  const [input, ...more] = field.arguments;
  const isInput = input?.name.value === 'input' && input.type.kind === Kind.NON_NULL_TYPE;
  if (!isInput || more.length > 0)
    problems.push(`${linesOf(file, field)}: ${field.name.value} must take one argument, \`input: …Input!\`.`);
  if (!text.includes('Refuses:'))
    problems.push(`${linesOf(file, field)}: ${field.name.value} does not say what it refuses.`);
}

/** The codes in the `defineRefusals` tables of a folder, each with its file. */
function tables(folder) {
  const codes = new Map();
  for (const file of files) {
    if (!file.startsWith(`${folder}/src/`) || !/(?<!\.test)\.ts$/.test(file)) continue;
    const source = readFileSync(file, 'utf8');
    if (!source.includes('defineRefusals(')) continue;
    each(parseSync(source, { syntax: 'typescript', decorators: true }), (node) => {
      if (node.type !== 'CallExpression' || node.callee.value !== 'defineRefusals') return;
      const table = node.arguments[0]?.expression;
      const keys =
        table?.type === 'ObjectExpression' ? table.properties.map(({ key }) => key?.value) : [undefined];
      for (const key of keys) {
        if (key === undefined)
          problems.push(`${file}: write the table inside defineRefusals({ … }), code by code.`);
        else codes.set(key, file);
      }
    });
  }
  return codes;
}

function each(node, see) {
  if (typeof node !== 'object' || node === null) return;
  if (typeof node.type === 'string') see(node);
  for (const child of Object.values(node)) each(child, see);
}

const common = tables('packages/kit');
const schemas = [];
for (const file of files.filter(
  (name) => /^services\/[^/]+\/schema\.graphql$/.test(name) || OF_THE_KIT.includes(name),
)) {
  try {
    const document = parse(readFileSync(file, 'utf8'));
    described(file, document);
    schemas.push({ file, document });
    if (OF_THE_KIT.includes(file)) continue;
    const named = refused(file, document);
    const known = tables(file.replace('/schema.graphql', ''));
    for (const [code, place] of known)
      if (!named.has(code)) problems.push(`${place}: no \`Refuses:\` line of ${file} names ${code}.`);
    for (const [code, place] of named)
      if (!known.has(code) && !common.has(code))
        problems.push(`${place}: ${code} stands in no refusal table of the service.`);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    problems.push(`${file}:${error.locations?.[0]?.line}: ${error.message}`);
  }
}
fail([...problems, ...classProblems(schemas)]);
