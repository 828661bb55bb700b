import { Supergraph as FederatedSupergraph, operationFromDocument } from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import {
  type DocumentNode,
  type GraphQLScalarType,
  type GraphQLSchema,
  isAbstractType,
  isScalarType,
  type OperationDefinitionNode,
} from 'graphql';
import type { Limits } from '../limits.js';
import type { AccessTable, Supergraph } from '../supergraph.js';
import { type CompiledOperation, compileOperation, type Planning } from './operation.js';

export type EngineOptions = {
  supergraph: Supergraph;
  /** How the API's own scalars are read: their values are checked before a service is asked. */
  scalars: readonly GraphQLScalarType[];
  /** Whose fields need which scopes; a table of its own for a supergraph that is served to everybody. */
  isOpen: boolean;
  limits: Pick<Limits, 'cost' | 'list'>;
};

/** A supergraph ready to answer: its API, and its operations as they have been compiled. */
export type Engine = {
  schema: GraphQLSchema;
  sdl: string;
  /** A validated operation, compiled at its first use by a caller with these scopes. */
  prepare: (asked: Asked) => CompiledOperation;
  /** What `prepare` has made for this very text before: nothing is parsed or validated again. */
  find: (text: string, operationName: string | undefined) => CompiledOperation | undefined;
  /** Whether this very text has been found to be in order. */
  knows: (text: string) => boolean;
  size: () => number;
};

export type Asked = {
  text: string;
  operationName: string | undefined;
  document: DocumentNode;
  operation: OperationDefinitionNode;
};

/** Bounds what strangers can fill by asking ever new things: texts (a whole client page takes 0.2 MB compiled), and their length altogether. */
const TEXTS_MAX = 500;
const TEXT_CHARACTERS_MAX = 8_000_000;

/** Throws with a sentence when the supergraph cannot be read. */
export function createEngine({ supergraph, scalars, isOpen, limits }: EngineOptions): Engine {
  const federated = FederatedSupergraph.build(supergraph.sdl, { validateSupergraph: true });
  const apiSchema = federated.apiSchema();
  const schema = apiSchema.toGraphQLJSSchema();
  readScalars(schema, scalars);
  const table: AccessTable = isOpen ? new Map() : supergraph.accessTable(schema);
  const planner = new QueryPlanner(federated);
  const fullSchema = federated.schema.toGraphQLJSSchema();
  const planning: Planning = {
    schema,
    fullSchema,
    table,
    conflicts: supergraph.conflicts,
    costs: supergraph.costs,
    limits,
    typesOf: typesOf(fullSchema),
    plan: (document, operationName) =>
      planner.buildQueryPlan(
        operationFromDocument(apiSchema, document, { ...(operationName !== undefined && { operationName }) }),
      ),
  };
  const cache = new OperationCache();
  return {
    schema,
    sdl: supergraph.sdl,
    find: (text, operationName) => cache.get(text, operationName),
    prepare: ({ text, operationName, document, operation }) => {
      const known = cache.get(text, operationName);
      if (known !== undefined) return known;
      const compiled = compileOperation(planning, document, operation);
      cache.set(text, operationName, compiled);
      return compiled;
    },
    knows: (text) => cache.has(text),
    size: () => cache.size,
  };
}

function readScalars(schema: GraphQLSchema, scalars: readonly GraphQLScalarType[]): void {
  for (const { name, parseValue, parseLiteral } of scalars) {
    const type = schema.getType(name);
    if (isScalarType(type)) Object.assign(type, { parseValue, parseLiteral });
  }
}

function typesOf(schema: GraphQLSchema): Planning['typesOf'] {
  const known = new Map<string, ReadonlySet<string>>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isAbstractType(type)) continue;
    const { objects, interfaces } =
      'getTypes' in type ? { objects: type.getTypes(), interfaces: [] } : schema.getImplementations(type);
    known.set(type.name, new Set([type, ...objects, ...interfaces].map(({ name }) => name)));
  }
  return (condition) => known.get(condition) ?? new Set([condition]);
}

/** The operations used last, by their text and name. */
class OperationCache {
  readonly #texts = new Map<string, Map<string | undefined, CompiledOperation>>();
  #characters = 0;

  get size(): number {
    return this.#texts.size;
  }

  has(text: string): boolean {
    return this.#texts.has(text);
  }

  get(text: string, operationName: string | undefined): CompiledOperation | undefined {
    const named = this.#texts.get(text);
    const found = named?.get(operationName);
    if (named === undefined || found === undefined) return undefined;
    found.usedAt += 1;
    return found;
  }

  set(text: string, operationName: string | undefined, compiled: CompiledOperation): void {
    const named = this.#texts.get(text) ?? new Map<string | undefined, CompiledOperation>();
    if (!this.#texts.has(text)) this.#characters += text.length;
    this.#texts.set(text, named.set(operationName, compiled));
    while (this.#texts.size > TEXTS_MAX || this.#characters > TEXT_CHARACTERS_MAX) this.#evict();
  }

  /** The oldest leaves, unless it was used since it was last looked at: then it goes to the end of the line. */
  #evict(): void {
    for (const [text, named] of this.#texts) {
      this.#texts.delete(text);
      const isUsed = [...named.values()].some((one) => one.usedAt > 0);
      for (const one of named.values()) one.usedAt = 0;
      if (isUsed && this.#texts.size > 0) this.#texts.set(text, named);
      else {
        this.#characters -= text.length;
        return;
      }
    }
  }
}
