// How much one operation may be, measured on its text before anything is validated or planned: both cost more than in proportion.
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  Lexer,
  parse,
  type SelectionSetNode,
  Source,
  TokenKind,
} from 'graphql';
import { isRow } from './engine/merge.js';

export type Limits = {
  /** Lexical tokens of the text. */
  tokens: number;
  /** Fields within fields. */
  depth: number;
  /** Fields, each fragment counted wherever it is spread. */
  fields: number;
  /** Fields given another name, counted likewise. */
  aliases: number;
  /** Directives, counted likewise. */
  directives: number;
  /** Items of a list within the variables, and rows that may be asked for in one list. */
  list: number;
  /** Values within values, in variables. */
  variablesDepth: number;
  /** What the rows asked for may add up to: see `cost.ts`. */
  cost: number;
};

export const DEFAULT_LIMITS: Limits = {
  tokens: 5_000,
  depth: 20,
  fields: 2_000,
  aliases: 100,
  directives: 100,
  list: 1_000,
  variablesDepth: 20,
  cost: 20_000,
};

/** For a supergraph served to whoever starts it. */
export const NO_LIMITS: Limits = {
  tokens: 1_000_000,
  depth: 1_000,
  fields: 1_000_000,
  aliases: 1_000_000,
  directives: 1_000_000,
  list: Number.POSITIVE_INFINITY,
  variablesDepth: 500,
  cost: Number.POSITIVE_INFINITY,
};

export type Excess = { code: string; message: string; details: { limit: number } };

const CODES = {
  tokens: ['OPERATION_TOO_LONG', 'tokens'],
  depth: ['OPERATION_TOO_DEEP', 'levels of fields'],
  fields: ['OPERATION_TOO_WIDE', 'fields, counting fragments wherever they are spread'],
  aliases: ['TOO_MANY_ALIASES', 'aliases, counting fragments wherever they are spread'],
  directives: ['TOO_MANY_DIRECTIVES', 'directives, counting fragments wherever they are spread'],
} as const;

type Size = Record<'depth' | 'fields' | 'aliases' | 'directives', number>;

/** What an operation's text has too much of. Undefined as well where it is no GraphQL: others say what is wrong with it. */
export function excessOf(text: string, limits: Limits): Excess | undefined {
  try {
    const lexer = new Lexer(new Source(text));
    let tokens = 0;
    let open = 0;
    // A field within a field opens one bracket, its arguments a few more: far beyond that, not even parsing is safe.
    const openMax = limits.depth * 4 + 50;
    while (lexer.advance().kind !== TokenKind.EOF) {
      tokens += 1;
      if (tokens > limits.tokens) return excess('tokens', limits);
      open += OPENING[lexer.token.kind] ?? 0;
      if (open > openMax) return excess('depth', limits);
    }
    const document = parse(text, { noLocation: true });
    const { depth, fields, aliases, directives } = sizeOf(document);
    const size = { depth, fields, aliases, directives };
    for (const what of ['depth', 'fields', 'aliases', 'directives'] as const)
      if (size[what] > limits[what]) return excess(what, limits);
    return undefined;
  } catch (error) {
    if (error instanceof GraphQLError) return undefined;
    throw error;
  }
}

const OPENING: Partial<Record<string, number>> = {
  [TokenKind.BRACE_L]: 1,
  [TokenKind.PAREN_L]: 1,
  [TokenKind.BRACKET_L]: 1,
  [TokenKind.BRACE_R]: -1,
  [TokenKind.PAREN_R]: -1,
  [TokenKind.BRACKET_R]: -1,
};

function excess(what: keyof typeof CODES, limits: Limits): Excess {
  const [code, noun] = CODES[what];
  const limit = limits[what];
  return {
    code,
    message: `An operation may have ${limit} ${noun}. Ask for less at once.`,
    details: { limit },
  };
}

/** Of all operations of a document together. A fragment within itself counts once: it is no valid document, and will be refused as such. */
function sizeOf(document: DocumentNode): Size {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const known = new Map<string, Size>();
  const none: Size = { depth: 0, fields: 0, aliases: 0, directives: 0 };

  const ofFragment = (name: string): Size => {
    const before = known.get(name);
    if (before !== undefined) return before;
    known.set(name, none);
    const fragment = fragments.get(name);
    const size = fragment === undefined ? none : ofSet(fragment.selectionSet, fragment.directives?.length);
    known.set(name, size);
    return size;
  };
  const ofSet = ({ selections }: SelectionSetNode, ownDirectives = 0): Size => {
    const size = { ...none, directives: ownDirectives };
    for (const selection of selections) {
      const isField = selection.kind === Kind.FIELD;
      const below =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? ofFragment(selection.name.value)
          : selection.selectionSet === undefined
            ? none
            : ofSet(selection.selectionSet);
      size.depth = Math.max(size.depth, below.depth + (isField ? 1 : 0));
      size.fields += below.fields + (isField ? 1 : 0);
      size.aliases += below.aliases + (isField && selection.alias !== undefined ? 1 : 0);
      size.directives += below.directives + (selection.directives?.length ?? 0);
    }
    return size;
  };

  const total = { ...none };
  for (const definition of document.definitions) {
    const size =
      definition.kind === Kind.OPERATION_DEFINITION
        ? ofSet(definition.selectionSet, definition.directives?.length)
        : definition.kind === Kind.FRAGMENT_DEFINITION
          ? { ...ofFragment(definition.name.value), fields: 0, aliases: 0, directives: 0 }
          : none;
    total.depth = Math.max(total.depth, size.depth);
    total.fields += size.fields;
    total.aliases += size.aliases;
    total.directives += size.directives;
  }
  return total;
}

/** What variables have too much of: what is nested deeper than others can follow, and lists that one request may not fill. */
export function excessOfVariables(variables: object, { list, variablesDepth }: Limits): Excess | undefined {
  const look = (value: unknown, depth: number): Excess | undefined => {
    if (typeof value !== 'object' || value === null) return undefined;
    if (depth > variablesDepth)
      return {
        code: 'VARIABLES_TOO_DEEP',
        message: `Variables may be nested ${variablesDepth} levels deep.`,
        details: { limit: variablesDepth },
      };
    if (Array.isArray(value) && value.length > list)
      return {
        code: 'LIST_TOO_LONG',
        message: `A list in the variables may have ${list} items. Send them in several requests.`,
        details: { limit: list },
      };
    const items = Array.isArray(value) ? value : isRow(value) ? Object.values(value) : [];
    for (const item of items) {
      const found = look(item, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return look(variables, 0);
}
