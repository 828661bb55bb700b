import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isInterfaceType,
  Kind,
  type SelectionSetNode,
} from 'graphql';

/** An operation's text as far as collecting fields needs it. */
export type Text = { schema: GraphQLSchema; fragments: ReadonlyMap<string, FragmentDefinitionNode> };

/**
 * The type of a value: an object type, or an interface where a service answers for all its implementations and does not know which
 * one it has (an interface object). Such a value has what the interface has, and no type name to show.
 */
export type ValueType = GraphQLObjectType | GraphQLInterfaceType;

/**
 * The specification's CollectFields: response name → the field nodes that fill it, for one type of value. Knows no @skip and
 * @include: `fold.ts` has decided them.
 */
export function collect(
  { schema, fragments }: Text,
  type: ValueType,
  sets: readonly SelectionSetNode[],
): Map<string, FieldNode[]> {
  const fields = new Map<string, FieldNode[]>();
  const seen = new Set<string>();
  const applies = (condition: string) => {
    const named = schema.getType(condition);
    return named === type || (isAbstractType(named) && schema.isSubType(named, type));
  };
  const add = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const nodes = fields.get(key);
        if (nodes === undefined) fields.set(key, [selection]);
        else nodes.push(selection);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        if (selection.typeCondition === undefined || applies(selection.typeCondition.name.value))
          add(selection.selectionSet);
      } else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment !== undefined && applies(fragment.typeCondition.name.value)) add(fragment.selectionSet);
      }
    }
  };
  for (const set of sets) add(set);
  return fields;
}

/** Whether what is selected is the same whichever implementation of the interface a value is of, so that it need not be told. */
export function isSameForAll(
  { schema, fragments }: Text,
  type: GraphQLInterfaceType,
  sets: readonly SelectionSetNode[],
): boolean {
  const includesType = (condition: string | undefined) => {
    const named = condition === undefined ? type : schema.getType(condition);
    return named === type || (isInterfaceType(named) && schema.isSubType(named, type));
  };
  const isSame = ({ selections }: SelectionSetNode): boolean =>
    selections.every((selection) => {
      if (selection.kind === Kind.FIELD) return selection.name.value !== '__typename';
      const named = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      return (
        named !== undefined && includesType(named.typeCondition?.name.value) && isSame(named.selectionSet)
      );
    });
  return sets.every(isSame);
}

export const subselections = (nodes: readonly FieldNode[]): SelectionSetNode[] =>
  nodes.flatMap((node) => (node.selectionSet === undefined ? [] : [node.selectionSet]));
