import {
  type DefinitionNode,
  type DirectiveNode,
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';

/** The variables that decide a @skip or @include anywhere in a document, in the order of their first use. */
export function conditionVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive: (node) => {
      const value = conditionOf(node);
      if (value?.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

export type Folded = { document: DocumentNode; operation: OperationDefinitionNode };

/**
 * The operation as it stands once its conditions are known: every @skip and @include is carried out and gone. Plans, projections and
 * queries to the services are then free of conditions; each combination that occurs is compiled as an operation of its own.
 */
export function fold(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  isTrue: (variable: string) => boolean,
): Folded {
  const holds = (directive: DirectiveNode): boolean => {
    const value = conditionOf(directive);
    const is =
      value?.kind === Kind.VARIABLE ? isTrue(value.name.value) : value?.kind === Kind.BOOLEAN && value.value;
    return is === (directive.name.value === 'include');
  };
  const foldSelection = (selection: SelectionNode): SelectionNode[] => {
    const { directives = [] } = selection;
    const conditions = directives.filter((directive) => conditionOf(directive) !== undefined);
    if (!conditions.every(holds)) return [];
    const kept =
      conditions.length === 0 ? {} : { directives: directives.filter((one) => !conditions.includes(one)) };
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [{ ...selection, ...kept }];
    if (selection.selectionSet === undefined) return [{ ...selection, ...kept }];
    return [{ ...selection, ...kept, selectionSet: foldSet(selection.selectionSet) }];
  };
  const foldSet = (set: SelectionSetNode): SelectionSetNode => ({
    ...set,
    selections: set.selections.flatMap(foldSelection),
  });
  const folded = { ...operation, selectionSet: foldSet(operation.selectionSet) };
  return {
    operation: folded,
    document: {
      kind: Kind.DOCUMENT,
      definitions: document.definitions.flatMap((definition): DefinitionNode[] => {
        if (definition === operation) return [folded];
        return definition.kind === Kind.FRAGMENT_DEFINITION
          ? [{ ...definition, selectionSet: foldSet(definition.selectionSet) }]
          : [];
      }),
    },
  };
}

const conditionOf = ({ name, arguments: args }: DirectiveNode) =>
  name.value === 'skip' || name.value === 'include'
    ? args?.find((argument) => argument.name.value === 'if')?.value
    : undefined;
