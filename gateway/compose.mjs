// Composes services/*/schema.graphql into gateway/supergraph.graphql, which is committed: its diff is the review of the API.
// Needs no service and no network. Exits with 1 and every problem in words when the schemas do not fit together.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { composeServices } from '@apollo/composition';
import { Kind, parse, visit } from 'graphql';

// Where each service answers by default; the gateway reads SERVICE_URL_<SERVICE> at run time.
const PORTS = { clients: 4001, risk: 4002, products: 4003, service: 4004, loyalty: 4005, marketing: 4006 };
// A type that no field uses yet needs nobody's attention.
const QUIET_HINTS = new Set(['UNUSED_ENUM_TYPE']);

const root = new URL('../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');
const fail = (problems) => {
  process.stderr.write(
    `The schemas do not compose:\n${problems.map((problem) => `  ${problem}\n`).join('')}`,
  );
  process.exit(1);
};

const folders = readdirSync(new URL('services/', root), { withFileTypes: true }).filter((entry) =>
  entry.isDirectory(),
);
const strangers = folders
  .filter(({ name }) => !(name in PORTS))
  .map(({ name }) => `services/${name}: no port is known for it; name one in gateway/compose.mjs.`);
const missing = Object.keys(PORTS).filter(
  (name) => !existsSync(new URL(`services/${name}/schema.graphql`, root)),
);
if (strangers.length + missing.length > 0)
  fail([...strangers, ...missing.map((name) => `services/${name}/schema.graphql is missing.`)]);

const common = read('packages/kit/schema/common.graphql');
// What every service answers about its own evidence, under names of its own.
const evidence = read('packages/kit/schema/evidence.graphql');
const problems = [];
const services = Object.entries(PORTS).flatMap(([name, port]) => {
  try {
    return [
      {
        name,
        url: `http://127.0.0.1:${port}/graphql`,
        typeDefs: sized(
          parse(
            `${common}\n${read(`services/${name}/schema.graphql`)}\n${evidence.replaceAll('SERVICE', name)}`,
          ),
        ),
      },
    ];
  } catch (error) {
    const line = error.locations?.[0]?.line - common.split('\n').length;
    problems.push(`services/${name}/schema.graphql${Number.isNaN(line) ? '' : `:${line}`}: ${error.message}`);
    return [];
  }
});
if (problems.length > 0) fail(problems);

/**
 * The one rule of sizes: a field that takes `first` brings that many rows, in `edges` and `nodes` where it is a connection. A field that
 * says its own @listSize keeps it. What an operation may ask for at most is counted by this and by @cost (gateway/src/cost.ts).
 */
function sized(document) {
  return visit(document, {
    FieldDefinition: (field) => {
      const isSized = field.directives.some(({ name }) => name.value === 'listSize');
      if (isSized || !field.arguments.some(({ name }) => name.value === 'first')) return undefined;
      return {
        ...field,
        directives: [
          ...field.directives,
          listSize(isConnection(field.type) ? ', sizedFields: ["edges", "nodes"]' : ''),
        ],
      };
    },
  });
}

function listSize(fields) {
  const [{ directives }] = parse(
    `scalar X @listSize(slicingArguments: ["first"]${fields}, requireOneSlicingArgument: false)`,
  ).definitions;
  return directives[0];
}

function isConnection(type) {
  if (type.kind === Kind.NON_NULL_TYPE) return isConnection(type.type);
  return type.kind === Kind.NAMED_TYPE && type.name.value.endsWith('Connection');
}

const { supergraphSdl, errors = [], hints = [] } = composeServices(services);
if (errors.length > 0)
  fail(
    errors.map(
      ({ message, extensions }) => `${extensions?.code ?? 'INVALID'}: ${message.replaceAll('\n', '\n    ')}`,
    ),
  );
for (const { definition, message } of hints) {
  if (!QUIET_HINTS.has(definition.code))
    process.stdout.write(`hint ${definition.code}: ${message.split('\n', 1)[0]}\n`);
}
writeFileSync(new URL('gateway/supergraph.graphql', root), `${supergraphSdl.trim()}\n`);
process.stdout.write(
  `gateway/supergraph.graphql: ${services.length} services, ${supergraphSdl.split('\n').length} lines.\n`,
);
