import {
  GraphQLError,
  type GraphQLFormattedError,
  Kind,
  parse,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { askedName } from '../conflicts.js';
import { serviceRefusal } from '../errors.js';
import type { Emitter } from './emit.js';
import { type EntityCode, emitEntities, mergeAny, placesOf, type TypesOf } from './entities.js';
import { isRow, mergeRow, type Row } from './merge.js';
import { compileRewrites, type Rewrite } from './rewrite.js';
import {
  type Ask,
  type Path,
  type PlacedFetch,
  type PlanShape,
  runnerOf,
  type Send,
  senderOf,
} from './shape.js';

export type ServiceAnswer = { data?: unknown; errors?: readonly GraphQLFormattedError[] };

/** What one execution of a plan carries along. */
export type Execution = {
  ask: Ask;
  /** As the caller has sent them: each service coerces its own. */
  variables: Row;
  data: Row;
  errors: GraphQLError[];
  /** A service has said why it answers nothing at all: that explains every null of what it was asked for. */
  isHollow: boolean;
  /** How often something was merged into the data: what was read from it before may be out of date. */
  version: number;
  /** What fetches have found to ask about, by their collecting and representing: those that start together ask about the same. */
  represented: Map<string, Represented>;
};

/** The entities at a path, and what a service is told of them (JSON). */
type Represented = {
  version: number;
  entities: readonly Row[];
  /** The representation that stands for each entity, by its number; -1 for one that is not asked about. */
  asked: readonly number[];
  count: number;
  text: string;
};

export type Step = (execution: Execution) => Promise<void>;
/** Generated functions exist only once the whole operation has been emitted, so a step is made in two goes. */
type Linked = (codes: readonly EntityCode[]) => Step;

export type CompiledPlan = {
  code: string;
  link: (codes: readonly EntityCode[]) => Step;
  /** The root fields, by response name, that some service is asked for. */
  rootNames: ReadonlySet<string>;
};

/** A plan as one function that runs it. */
export function compilePlan(emitter: Emitter, shape: PlanShape, typesOf: TypesOf): CompiledPlan {
  const codes: string[] = [];
  const rootNames = new Set<string>();
  const linked = shape.fetches.map((fetch) => compileFetch({ emitter, typesOf, codes, rootNames }, fetch));
  return {
    code: `[${codes.join(', ')}]`,
    link: (made) =>
      runnerOf(
        shape,
        linked.map((link) => link(made)),
      ),
    rootNames,
  };
}

type Compilation = { emitter: Emitter; typesOf: TypesOf; codes: string[]; rootNames: Set<string> };

type Fetch = {
  service: string;
  /** Its answer is about entities, which are known by their number in its paths. */
  isOfEntities: boolean;
  path: Path;
  fields: readonly string[];
  renames: ReadonlyMap<string, string>;
  send: Send;
};

function compileFetch(
  { emitter, typesOf, codes, rootNames }: Compilation,
  { node, path }: PlacedFetch,
): Linked {
  const { requires, inputRewrites, outputRewrites = [], contextRewrites = [] } = node;
  if (contextRewrites.length > 0)
    throw new Error('The plan sets a context, which this gateway does not execute.');
  const brings = namesOf(node.operation);
  const isOfEntities = requires !== undefined && requires.length > 0;
  const fetch: Fetch = {
    service: node.serviceName,
    isOfEntities,
    path,
    fields: brings.filter((name) => name !== '__typename'),
    renames: new Map(
      outputRewrites.flatMap((one) =>
        one.kind === 'KeyRenamer' ? [[one.path.at(-1) ?? '', one.renameKeyTo]] : [],
      ),
    ),
    send: senderOf(node),
  };
  const output = outputRewrites.length > 0 ? compileRewrites(outputRewrites, typesOf) : undefined;
  if (!isOfEntities && path.length === 0) {
    for (const name of brings) rootNames.add(fetch.renames.get(name) ?? name);
    return () => rootStep(fetch, output);
  }
  const code = emitEntities(emitter, { path, requires: requires ?? [], brings, typesOf });
  const index =
    codes.push(
      `{ collect: ${code.collect}, represent: ${code.represent}, write: ${code.write}, merge: ${code.merge} }`,
    ) - 1;
  const input = inputRewrites === undefined ? undefined : compileRewrites(inputRewrites, typesOf);
  const about = JSON.stringify([path, requires, inputRewrites]);
  return (linked) => {
    const functions = linked[index];
    if (functions === undefined) throw new Error('The plan was not linked.');
    const merge = output === undefined ? functions.merge : mergeAny;
    const whole = { ...functions, merge };
    return isOfEntities ? entityStep(fetch, whole, input, output, about) : spreadStep(fetch, whole, output);
  };
}

/** Asks; an error of the fetch itself is noted at the one field it leaves null, or with the place in the page it belongs to. */
async function answerOf(
  fetch: Fetch,
  execution: Execution,
  representations?: string,
): Promise<ServiceAnswer | undefined> {
  try {
    return readAnswer(fetch.service, await fetch.send(execution, representations));
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    execution.errors.push(placed(error, fetch));
    return undefined;
  }
}

function readAnswer(service: string, text: string): ServiceAnswer {
  let cause = new Error('That is no GraphQL answer.');
  try {
    const answer: unknown = JSON.parse(text);
    if (isAnswer(answer)) return answer;
  } catch (error) {
    if (error instanceof Error) cause = error;
  }
  throw serviceRefusal(service, 'SERVICE_UNAVAILABLE', cause);
}

const isAnswer = (value: unknown): value is ServiceAnswer =>
  typeof value === 'object' &&
  value !== null &&
  (!('errors' in value) || (Array.isArray(value.errors) && value.errors.every(isErrorLike))) &&
  ('data' in value || 'errors' in value);

const isErrorLike = (value: unknown): boolean => typeof value === 'object' && value !== null;

const rootStep =
  (fetch: Fetch, output: Rewrite | undefined): Step =>
  async (execution) => {
    const answer = await answerOf(fetch, execution);
    if (answer === undefined) return;
    noteErrors(fetch, execution, answer, () => [[]]);
    if (!isRow(answer.data)) return noteEmpty(fetch, execution, answer);
    output?.(answer.data);
    execution.version += 1;
    mergeRow(execution.data, answer.data);
  };

/** A fetch that starts at a query root somewhere inside the answer: it brings the same to every object at its path. */
const spreadStep =
  (fetch: Fetch, { collect }: EntityCode, output: Rewrite | undefined): Step =>
  async (execution) => {
    const entities = collect(execution.data);
    if (entities.length === 0) return;
    const answer = await answerOf(fetch, execution);
    if (answer === undefined) return;
    noteErrors(fetch, execution, answer, () => placesOf(execution.data, fetch.path));
    if (!isRow(answer.data)) return noteEmpty(fetch, execution, answer);
    output?.(answer.data);
    execution.version += 1;
    for (const entity of entities) mergeRow(entity, structuredClone(answer.data));
  };

function entityStep(
  fetch: Fetch,
  { collect, represent, write, merge }: EntityCode,
  input: Rewrite | undefined,
  output: Rewrite | undefined,
  about: string,
): Step {
  const toText = (entity: Row): string | undefined => {
    if (write !== undefined && input === undefined) return write(entity);
    const representation = represent(entity);
    if (representation === undefined) return undefined;
    input?.(representation);
    return JSON.stringify(representation);
  };
  return async (execution) => {
    const represented = representedIn(execution, about, collect, toText);
    const { entities, asked, count } = represented;
    if (count === 0) return;
    const answer = await answerOf(fetch, execution, represented.text);
    if (answer === undefined) return;
    noteErrors(fetch, execution, answer, (index) => {
      const places = placesOf(execution.data, fetch.path);
      return asked.flatMap((at, entity) => (at === index ? [places[entity] ?? []] : []));
    });
    const found = isRow(answer.data) ? answer.data['_entities'] : undefined;
    if (!Array.isArray(found) || found.length !== count) return noteEmpty(fetch, execution, answer);
    if (output !== undefined) rewriteEach(found, entities, asked, output);
    execution.version += 1;
    for (const [index, entity] of entities.entries()) {
      const received: unknown = found[asked[index] ?? -1];
      if (isRow(received)) merge(entity, received);
    }
  };
}

/** The same entity in several places is asked about once, and what several fetches ask about is put together once. */
function representedIn(
  { data, version, represented }: Execution,
  about: string,
  collect: EntityCode['collect'],
  toText: (entity: Row) => string | undefined,
): Represented {
  const before = represented.get(about);
  if (before?.version === version) return before;
  const entities = collect(data);
  const asked: number[] = [];
  const known = new Map<string, number>();
  for (const entity of entities) {
    const text = toText(entity);
    if (text === undefined) asked.push(-1);
    else {
      const number = known.get(text) ?? known.size;
      known.set(text, number);
      asked.push(number);
    }
  }
  const made = { version, entities, asked, count: known.size, text: [...known.keys()].join(',') };
  represented.set(about, made);
  return made;
}

function rewriteEach(
  found: unknown[],
  entities: readonly Row[],
  asked: readonly number[],
  output: Rewrite,
): void {
  for (const [index, received] of found.entries()) {
    const entity = entities[asked.indexOf(index)];
    if (isRow(received) && received['__typename'] === undefined && entity !== undefined)
      received['__typename'] = entity['__typename'];
    output(received);
  }
}

/** The errors a service reports, each at its place in the whole answer; `placesAt` tells where an entity by its number stands. */
function noteErrors(
  fetch: Fetch,
  execution: Execution,
  answer: ServiceAnswer,
  placesAt: (index: number) => Path[],
): void {
  for (const error of answer.errors ?? []) {
    // An error is shown in any case, however badly it is written.
    const path = Array.isArray(error.path) ? error.path : undefined;
    const index = path?.[1];
    const isOfEntity = fetch.isOfEntities && typeof index === 'number';
    const rest = (path ?? [])
      .slice(isOfEntity ? 2 : 0)
      .map((key) => (typeof key === 'string' ? askedName(fetch.renames.get(key) ?? key) : key));
    const places: (Path | undefined)[] =
      path === undefined || (fetch.isOfEntities && !isOfEntity)
        ? [undefined]
        : placesAt(isOfEntity ? index : -1);
    for (const place of places)
      execution.errors.push(
        serviceError(
          fetch,
          error,
          place && [...place.map((key) => (typeof key === 'string' ? askedName(key) : key)), ...rest],
        ),
      );
  }
}

function serviceError(fetch: Fetch, error: GraphQLFormattedError, path: Path | undefined): GraphQLError {
  const extensions = isRow(error.extensions) ? error.extensions : {};
  const message = String(error.message || `The ${fetch.service} service has met a fault.`);
  const code = extensions['code'] ?? 'DOWNSTREAM_SERVICE_ERROR';
  return new GraphQLError(message, {
    path,
    extensions: { ...extensions, code, serviceName: fetch.service },
    originalError: new Error(message),
  });
}

/** An answer that holds nothing and does not say why would otherwise look like nulls. */
function noteEmpty(fetch: Fetch, execution: Execution, answer: ServiceAnswer): void {
  if ((answer.errors ?? []).length > 0) {
    execution.isHollow = true;
    return;
  }
  const error = new GraphQLError(`The ${fetch.service} service has not answered what it was asked.`, {
    extensions: { code: 'SERVICE_UNAVAILABLE', details: { service: fetch.service } },
  });
  execution.errors.push(placed(error, fetch));
}

function placed(error: GraphQLError, { path, fields, renames }: Fetch): GraphQLError {
  const { originalError, message } = error;
  const { details, ...extensions } = error.extensions;
  const [field] = fields;
  if (!path.includes('@') && fields.length === 1 && field !== undefined)
    return new GraphQLError(message, {
      path: [...path, renames.get(field) ?? field].map((key) => askedName(String(key))),
      extensions: error.extensions,
      originalError,
    });
  return new GraphQLError(message, {
    extensions: { ...extensions, details: { ...Object(details), at: path.join('.') } },
    originalError,
  });
}

/** The response names that a fetch brings: its root fields, or those it asks of `_entities`. */
function namesOf(query: string): string[] {
  const { definitions } = parse(query, { noLocation: true });
  const fragments = new Map(
    definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node.selectionSet] as const] : [],
    ),
  );
  const inSet = (set: SelectionSetNode | undefined): string[] => (set?.selections ?? []).flatMap(inSelection);
  const inSelection = (selection: SelectionNode): string[] => {
    if (selection.kind === Kind.INLINE_FRAGMENT) return inSet(selection.selectionSet);
    if (selection.kind === Kind.FRAGMENT_SPREAD) return inSet(fragments.get(selection.name.value));
    return selection.name.value === '_entities'
      ? inSet(selection.selectionSet)
      : [selection.alias?.value ?? selection.name.value];
  };
  const operation = definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  return [...new Set(inSet(operation?.selectionSet))];
}
