// Names that an operation and its plan may both want for different things.
import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  Kind,
  parse,
  print,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { z } from 'zod';

const JoinField = z.object({ requires: z.string().optional(), key: z.string().optional() });

/** What a field's service must be told, by path within the object: `price` → its arguments. Only what has arguments. */
type Told = ReadonlyMap<string, string>;

export type Conflicts = {
  /**
   * The name under which a plan asks for a field. Keys and @requires are asked for under their own names, and their values go to services:
   * a field that the caller has given such a name, or asks for with arguments of their own, is kept apart.
   */
  keyOf: (node: FieldNode) => string;
  /** Two of these fields of one type whose services must be told the same thing with different arguments, and what that is. */
  between: (coordinates: readonly string[]) => { first: string; second: string; needed: string } | undefined;
};

const APART = '__asked';

/** The name that the caller knows of a name in a plan's answer. */
export const askedName = (name: string): string =>
  name.endsWith(APART) ? name.slice(0, -APART.length) : name;

export const responseName = ({ alias, name }: FieldNode): string => alias?.value ?? name.value;

export const NO_CONFLICTS: Conflicts = { keyOf: responseName, between: () => undefined };

export function conflictsOf(
  document: DocumentNode,
  argumentsOf: (node: DirectiveNode) => Record<string, unknown>,
): Conflicts {
  const needed = new Set<string>();
  const withArguments = new Set<string>();
  const told = new Map<string, Told>();
  const requiredBy = new Map<string, string[]>();
  const read = (coordinate: string, directives: readonly DirectiveNode[] = []) => {
    for (const directive of directives) {
      if (directive.name.value !== 'join__field' && directive.name.value !== 'join__type') continue;
      const { requires, key } = JoinField.parse(argumentsOf(directive));
      const fields = selectionOf(requires ?? key);
      if (fields === undefined) continue;
      const list = argumentsIn(fields, '');
      if (requires !== undefined && list.length > 0)
        told.set(coordinate, new Map([...(told.get(coordinate) ?? []), ...list]));
      if (requires !== undefined) requiredBy.set(coordinate, topNames(fields));
      visit(fields, {
        Field: ({ name, arguments: args = [] }) => {
          needed.add(name.value);
          if (args.length > 0) withArguments.add(name.value);
        },
      });
    }
  };
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION)
      continue;
    read(definition.name.value, definition.directives);
    for (const field of definition.fields ?? [])
      read(`${definition.name.value}.${field.name.value}`, field.directives);
  }
  passOn(told, requiredBy);
  return {
    keyOf: (node) => {
      const key = responseName(node);
      const isOther = key !== node.name.value || withArguments.has(node.name.value);
      return needed.has(key) && isOther ? `${key}${APART}` : key;
    },
    between: (coordinates) => clash(told, coordinates),
  };
}

const topNames = ({ selections }: SelectionSetNode): string[] =>
  selections.flatMap((selection) => (selection.kind === Kind.FIELD ? [selection.name.value] : []));

/** What a field depends on may depend on something itself. Twice round tells three deep; deeper chains were never seen. */
function passOn(told: Map<string, Told>, requiredBy: ReadonlyMap<string, readonly string[]>): void {
  for (const _ of ['once', 'twice'])
    for (const [coordinate, names] of requiredBy) {
      const [type] = coordinate.split('.');
      const further = names.flatMap((name) => [...(told.get(`${type}.${name}`) ?? [])]);
      if (further.length > 0) told.set(coordinate, new Map([...further, ...(told.get(coordinate) ?? [])]));
    }
}

function clash(
  told: ReadonlyMap<string, Told>,
  coordinates: readonly string[],
): ReturnType<Conflicts['between']> {
  const known = new Map<string, { first: string; args: string }>();
  for (const second of coordinates)
    for (const [needed, args] of told.get(second) ?? []) {
      const before = known.get(needed);
      if (before !== undefined && before.args !== args) return { first: before.first, second, needed };
      known.set(needed, { first: second, args });
    }
  return undefined;
}

function selectionOf(fields: string | undefined): SelectionSetNode | undefined {
  if (fields === undefined) return undefined;
  const [definition] = parse(`{ ${fields} }`, { noLocation: true }).definitions;
  return definition?.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet : undefined;
}

function argumentsIn(set: SelectionSetNode, path: string): [string, string][] {
  return set.selections.flatMap((selection): [string, string][] => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
    if (selection.kind === Kind.INLINE_FRAGMENT) return argumentsIn(selection.selectionSet, path);
    const here = `${path}${path && '.'}${selection.name.value}`;
    const { arguments: args = [], selectionSet } = selection;
    return [
      ...(args.length > 0 ? [[here, args.map(print).sort().join(', ')] satisfies [string, string]] : []),
      ...(selectionSet === undefined ? [] : argumentsIn(selectionSet, here)),
    ];
  });
}
