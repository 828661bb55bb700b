// Holds every schema.graphql against the rule that each value shown has a class of protection: the type's or the field's own.
import { Kind, visit } from 'graphql';

const ROOTS = new Set(['Query', 'Mutation', 'Subscription']);
/** They show nothing of their own: only what the types within them show. */
const SHELL = /(Connection|Edge|Payload)$|^PageInfo$/;

const classOf = ({ directives = [] }) =>
  directives.find(({ name }) => name.value === 'class')?.arguments?.find(({ name }) => name.value === 'is')
    ?.value.value;

/**
 * What of these schemas has no class: `[{ file, document }]`, those of all services. A type that several services declare
 * must have one class, for the gateway knows it once.
 */
export function classProblems(schemas) {
  const problems = [];
  const seen = new Map();
  const objects = new Set();
  for (const { document } of schemas)
    visit(document, { ObjectTypeDefinition: ({ name }) => void objects.add(name.value) });
  for (const { file, document } of schemas) {
    for (const node of document.definitions) {
      if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.OBJECT_TYPE_EXTENSION) continue;
      const type = node.name.value;
      const isRoot = ROOTS.has(type);
      if (SHELL.test(type)) continue;
      const ofType = classOf(node);
      if (!isRoot && node.kind === Kind.OBJECT_TYPE_DEFINITION) {
        const before = seen.get(type) ?? { file, ofType };
        seen.set(type, before);
        if (before.ofType !== ofType)
          problems.push(`${file}: ${type} is ${ofType}, but ${before.ofType} in ${before.file}.`);
      }
      if (ofType !== undefined) continue;
      const bare = (node.fields ?? []).filter(
        (field) => classOf(field) === undefined && !(isRoot && objects.has(namedType(field.type))),
      );
      for (const field of bare)
        problems.push(
          `${file}:${field.loc.startToken.line}: ${type}.${field.name.value} has no class: give it or its type @class(is: PUBLIC, INTERNAL, PERSONAL or SENSITIVE).`,
        );
    }
  }
  return problems;
}

const namedType = (type) => (type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type));
