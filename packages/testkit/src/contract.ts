import { refuse } from '@client-graph/kit/refusals';
import { Kind, parse } from 'graphql';

type RefusalTable = Readonly<Record<string, string>>;

const ROOTS = new Set(['Query', 'Mutation']);

/**
 * Holds a service's refusals against its documentation: every code of the tables (`refuse.table` of each noun) must stand in
 * some `Refuses:` line of a root field's description, and every code promised there must be in a table. The codes that any
 * command may meet are kit's own and may be listed or not. Empty when all is well.
 */
export function refusalProblems(schemaText: string, ...tables: readonly RefusalTable[]): string[] {
  const promised = promisedCodes(schemaText);
  const declared = new Set(tables.flatMap((table) => Object.keys(table)));
  return [
    ...[...declared]
      .filter((code) => !promised.has(code))
      .map((code) => `${code} is refused by the code and promised nowhere in the schema.`),
    ...[...promised]
      .filter(([code]) => !declared.has(code) && !(code in refuse.table))
      .map(([code, field]) => `${field} promises ${code}, which no table of refusals declares.`),
  ];
}

/** Code → the first field that promises it. The list of codes ends with the sentence's full stop. */
function promisedCodes(schemaText: string): Map<string, string> {
  const promised = new Map<string, string>();
  for (const definition of parse(schemaText).definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.OBJECT_TYPE_EXTENSION)
      continue;
    if (!ROOTS.has(definition.name.value)) continue;
    for (const field of definition.fields ?? []) {
      const list = /Refuses:([^.]*)\./.exec(field.description?.value ?? '')?.[1] ?? '';
      for (const code of list.split(/[\s,]+/).filter((word) => word !== '')) {
        if (!promised.has(code)) promised.set(code, `${definition.name.value}.${field.name.value}`);
      }
    }
  }
  return promised;
}
