// The quick way to an answer. Services' answers are not parsed, merged and written again but cut and joined: where an answer has the
// fields it was asked for, in their order and of their types (`match.ts`), what the caller is to see stands there already. Parsing
// and writing is most of what a list costs. Whatever is not just so, in the operation or in an answer, goes the thorough way.
import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import {
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { type Analysis, fieldType, rootType } from '../authorize.js';
import { collect, subselections } from './collect.js';
import { type Cell, Cells, Cursor, type Scan, type ServiceField, UNLIKE } from './match.js';
import type { Row } from './merge.js';
import { type AskedField, NOT_PLAIN, notPlain, Pieces, type Representation } from './pieces.js';
import { type Ask, type PlacedFetch, type PlanShape, runnerOf, type Send, senderOf } from './shape.js';

/** The whole answer as JSON; undefined where only the thorough way finds it. */
export type Splice = (variables: Row, ask: Ask) => Promise<string | undefined>;

export type SpliceSchemas = {
  /** As callers know it. */
  schema: GraphQLSchema;
  /** With what only plans ask for. */
  fullSchema: GraphQLSchema;
};

/** A longer text is not matched: a regular expression keeps a note of each step that it might take back. */
const TEXT_MAX = 1_000_000;

/** Undefined for an operation that is not plain: something of it is refused, abstract, rewritten, or told by several services. */
export function compileSplice(
  schemas: SpliceSchemas,
  analysis: Analysis,
  shape: PlanShape,
): Splice | undefined {
  if (analysis.operation.operation !== 'query' || analysis.refused.size > 0) return undefined;
  try {
    return splice(schemas, analysis, shape);
  } catch (error) {
    if (error === NOT_PLAIN) return undefined;
    throw error;
  }
}

/** A fetch as far as it matters here. */
type Telling = {
  send: Send;
  /** Response names on the way to the objects it tells of. */
  keys: readonly string[];
  type: GraphQLObjectType;
  fields: readonly ServiceField[];
  /** What it must be told of each object; none for one that starts at the root. */
  requires: readonly QueryPlanSelectionNode[] | undefined;
};

type Splicing = {
  ask: Ask;
  variables: Row;
  root: Cells;
  /** What fetches have found to ask about: those of one place that are told the same ask about the same. */
  represented: Map<string, Represented>;
};

/** The objects at a place, and what a service is told of them; `asked` as in `plan.ts`. */
type Represented = { owners: readonly Cells[]; asked: readonly number[]; count: number; text: string };

type Step = (splicing: Splicing) => Promise<void>;

function splice(schemas: SpliceSchemas, analysis: Analysis, shape: PlanShape): Splice {
  const root = rootType(schemas.schema, analysis.operation);
  const tellings = shape.fetches.map((fetch) => tellingOf(schemas.fullSchema, root, fetch));
  const at = (keys: readonly string[], isRoot: boolean) =>
    tellings.filter((one) => isSamePath(one.keys, keys) && (one.requires === undefined) === isRoot);
  const piecesOf = (
    type: GraphQLObjectType,
    keys: readonly string[],
    own: readonly ServiceField[] | undefined,
    asked: readonly AskedField[],
    needed: readonly QueryPlanSelectionNode[],
  ): Pieces => {
    const joining = at(keys, own === undefined);
    if (joining.some((telling) => telling.type.name !== type.name)) notPlain();
    return new Pieces({
      type,
      sources: [own ?? [], ...joining.map(({ fields }) => fields)],
      asked,
      needed: [...needed, ...joining.flatMap(({ requires = [] }) => requires)],
      apiType: (name) => schemas.schema.getType(name),
      isReached: (key) =>
        tellings.some((one) => isSamePath(one.keys.slice(0, keys.length + 1), [...keys, key])),
      below: (field, below, more) =>
        piecesOf(
          objectType(schemas.fullSchema, field.type),
          [...keys, field.key],
          field.fields ?? [],
          below,
          more,
        ),
    });
  };
  const asked = askedFields(analysis, root, [analysis.operation.selectionSet]);
  const whole = piecesOf(root, [], undefined, asked, []);
  const steps = tellings.map((telling) => {
    const number = at(telling.keys, telling.requires === undefined).indexOf(telling);
    return telling.requires === undefined
      ? rootStep(telling, number, whole)
      : entityStep(telling, number, whole, telling.requires);
  });
  const run = runnerOf(shape, steps);
  const rootCount = at([], true).length;
  return async (variables, ask) => {
    const splicing = { ask, variables, root: new Cells([], [], rootCount), represented: new Map() };
    try {
      await run(splicing);
      const pieces = ['{"data":'];
      whole.emit(splicing.root, pieces);
      pieces.push('}');
      // Joined at once: a text that grows bit by bit is a tree, which took a page of many objects twice the time to write.
      return pieces.join('');
    } catch (error) {
      if (error === UNLIKE || error instanceof GraphQLError) return undefined;
      throw error;
    }
  };
}

const isSamePath = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((key, index) => key === other[index]);

function rootStep({ send }: Telling, number: number, whole: Pieces): Step {
  const scan = whole.scans[number + 1] ?? notPlain();
  return async (splicing) => {
    const cursor = new Cursor(bounded(await send(splicing)));
    cursor.take('{"data":');
    splicing.root.added[number] = scan(cursor);
    cursor.take('}');
    cursor.end();
  };
}

function entityStep(
  { send, keys }: Telling,
  number: number,
  whole: Pieces,
  requires: readonly QueryPlanSelectionNode[],
): Step {
  const { pieces, collect: collectOwners } = placeOf(whole, keys);
  const scan = pieces.scans[number + 1] ?? notPlain();
  const representation = pieces.representation(requires);
  const about = JSON.stringify([keys, requires]);
  return async (splicing) => {
    const known = splicing.represented.get(about);
    const represented = known ?? representedOf(collectOwners(splicing.root), representation);
    splicing.represented.set(about, represented);
    const { owners, asked, count, text } = represented;
    if (count === 0) return;
    const found = entitiesIn(bounded(await send(splicing, text)), scan);
    if (found.length !== count) throw UNLIKE;
    for (let index = 0; index < owners.length; index += 1) {
      const owner = owners[index];
      if (owner !== undefined) owner.added[number] = found[asked[index] ?? -1] ?? null;
    }
  };
}

function entitiesIn(text: string, scan: Scan<Cells>): (Cells | null)[] {
  const cursor = new Cursor(text);
  const found: (Cells | null)[] = [];
  cursor.take('{"data":{"_entities":[');
  do found.push(cursor.finds('null') ? null : scan(cursor));
  while (cursor.finds(','));
  cursor.take(']}}');
  cursor.end();
  return found;
}

/** The same object in several places is asked about once. */
function representedOf(owners: readonly Cells[], representation: Representation): Represented {
  const known = new Map<string, number>();
  const asked: number[] = [];
  let text = '';
  for (const owner of owners) {
    const key = representation.key(owner);
    let number = key === undefined ? -1 : known.get(key);
    if (key !== undefined && number === undefined) {
      number = known.size;
      known.set(key, number);
      text += (number === 0 ? '' : ',') + representation.text(owner);
    }
    asked.push(number ?? -1);
  }
  return { owners, asked, count: known.size, text };
}

/** The pieces of the objects at a place, and how they are found. */
function placeOf(whole: Pieces, keys: readonly string[]) {
  let pieces = whole;
  const hops = keys.map((key) => {
    const { source, index, below } = pieces.children.get(key) ?? notPlain();
    pieces = below;
    return { source, index };
  });
  const collectInto = (cell: Cell, hop: number, found: Cells[]): void => {
    if (cell === null) return;
    if (!(cell instanceof Cells)) {
      for (const item of cell) collectInto(item, hop, found);
      return;
    }
    const next = hops[hop];
    if (next === undefined) found.push(cell);
    else {
      const source = next.source === 0 ? cell : (cell.added[next.source - 1] ?? null);
      if (source !== null) collectInto(source.nested[next.index] ?? null, hop + 1, found);
    }
  };
  const collect = (root: Cells): Cells[] => {
    const found: Cells[] = [];
    collectInto(root, 0, found);
    return found;
  };
  return { pieces, collect };
}

function bounded(text: string): string {
  if (text.length > TEXT_MAX) throw UNLIKE;
  return text;
}

function tellingOf(schema: GraphQLSchema, root: GraphQLObjectType, { node, path }: PlacedFetch): Telling {
  const { requires = [], inputRewrites = [], outputRewrites = [], contextRewrites = [] } = node;
  if (inputRewrites.length + outputRewrites.length + contextRewrites.length > 0) notPlain();
  const [operation, ...fragments] = parse(node.operation, { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION || fragments.length > 0) return notPlain();
  const keys = path.flatMap((step) => (step === '@' ? [] : [String(step)]));
  const send = senderOf(node);
  const [fragment, ...others] = requires;
  if (fragment === undefined) {
    const type = objectType(schema, root);
    return keys.length > 0
      ? notPlain()
      : {
          send,
          keys,
          type,
          fields: serviceFields(schema, type, operation.selectionSet),
          requires: undefined,
        };
  }
  const [entities] = operation.selectionSet.selections;
  const [told, ...more] = entities?.kind === Kind.FIELD ? (entities.selectionSet?.selections ?? []) : [];
  if (told?.kind !== Kind.INLINE_FRAGMENT || fragment.kind !== 'InlineFragment') return notPlain();
  const type = schema.getType(told.typeCondition?.name.value ?? '');
  const isOfOneType = others.length === 0 && more.length === 0 && fragment.typeCondition === type?.name;
  if (!isObjectType(type) || !isOfOneType) return notPlain();
  return {
    send,
    keys,
    type,
    fields: serviceFields(schema, type, told.selectionSet),
    requires: fragment.selections,
  };
}

function serviceFields(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  { selections }: SelectionSetNode,
): ServiceField[] {
  return selections.map((selection) => {
    if (selection.kind !== Kind.FIELD || (selection.directives ?? []).length > 0) return notPlain();
    const { selectionSet, alias } = selection;
    const name = selection.name.value;
    const key = alias?.value ?? name;
    if (name === '__typename') return { key, name, type, fields: undefined };
    const declared = type.getFields()[name]?.type ?? notPlain();
    const fields = selectionSet && serviceFields(schema, objectType(schema, declared), selectionSet);
    return { key, name, type: declared, fields };
  });
}

/** The object type that a value is of, as the given schema knows it. */
function objectType(schema: GraphQLSchema, type: ServiceField['type']): GraphQLObjectType {
  const named = schema.getType(getNamedType(type).name);
  return isObjectType(named) ? named : notPlain();
}

function askedFields(
  analysis: Analysis,
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
): AskedField[] {
  return [...collect(analysis, type, sets)].map(([key, nodes]) => {
    const node = nodes[0] ?? notPlain();
    if (node.name.value === '__typename') return { key, type: undefined, fields: undefined };
    const declared = fieldType(type, node);
    if (declared === undefined || analysis.conflicts.keyOf(node) !== key) return notPlain();
    const below = subselections(nodes);
    if (below.length === 0) return { key, type: declared, fields: undefined };
    return {
      key,
      type: declared,
      fields: askedFields(analysis, objectType(analysis.schema, declared), below),
    };
  });
}
