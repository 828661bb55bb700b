import {
  type FieldNode,
  type GraphQLCompositeType,
  GraphQLError,
  type GraphQLOutputType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { type Analysis, fieldType, refusedOf, rootType } from '../authorize.js';
import { refusalAt } from '../refusal.js';
import { collect, isSameForAll, subselections, type ValueType } from './collect.js';
import { leafOf } from './leaf.js';
import { isRow, own, put, type Row } from './merge.js';

type Path = readonly (string | number)[];
export type Completed = { data: Row | null; errors: GraphQLError[] };

/**
 * The answer with every error at its path, as the specification completes values: slower than the generated projection and used
 * where that goes astray. A null where the schema promises a value takes its parent with it, and is an error of its own unless one of
 * `reported` (what the services have said) explains it.
 */
export function complete(
  analysis: Analysis,
  data: Row,
  introspected: Row,
  reported: readonly GraphQLError[],
): Completed {
  const completion = new Completion(analysis, introspected, reported);
  const root = rootType(analysis.schema, analysis.operation);
  const answer = completion.object(
    data,
    collect(analysis, root, [analysis.operation.selectionSet]),
    root,
    [],
  );
  return { data: answer ?? null, errors: completion.errors };
}

type Fields = ReadonlyMap<string, FieldNode[]>;

class Completion {
  readonly errors: GraphQLError[] = [];
  readonly #collected = new Map<readonly FieldNode[], Map<ValueType, Fields>>();

  constructor(
    readonly analysis: Analysis,
    readonly introspected: Row,
    readonly reported: readonly GraphQLError[],
  ) {}

  /** Undefined has failed: its error is noted, and its parent is to be null where it may not be. */
  object(value: Row, fields: Fields, type: ValueType, path: Path): Row | undefined {
    const answer: Row = {};
    let isWhole = true;
    for (const [key, nodes] of fields) {
      const [node] = nodes;
      const declared = node && fieldType(type, node);
      if (node === undefined || declared === undefined) {
        const isTypename = node?.name.value === '__typename';
        if (isTypename && isInterfaceType(type)) {
          this.#failed('an object of unknown type', [...path, key]);
          isWhole = false;
        }
        put(answer, key, isTypename ? type.name : own(this.introspected, key));
        continue;
      }
      const completed = this.#field(declared, own(value, this.analysis.conflicts.keyOf(node)), nodes, [
        ...path,
        key,
      ]);
      if (completed === undefined && isNonNullType(declared)) isWhole = false;
      put(answer, key, completed ?? null);
    }
    return isWhole ? answer : undefined;
  }

  #field(type: GraphQLOutputType, value: unknown, nodes: readonly FieldNode[], path: Path): unknown {
    const refused = refusedOf(this.analysis, nodes);
    if (refused === undefined) return this.#value(type, value, nodes, path);
    this.errors.push(refusalAt(this.analysis, refused, path));
    return undefined;
  }

  #value(type: GraphQLOutputType, value: unknown, nodes: readonly FieldNode[], path: Path): unknown {
    if (isNonNullType(type)) {
      const completed = this.#value(type.ofType, value, nodes, path);
      return completed === null ? this.#failed('a null where the schema promises a value', path) : completed;
    }
    if (value === null || value === undefined) return null;
    if (isListType(type)) {
      if (!Array.isArray(value)) return this.#failed('no list', path);
      const items = value.map((item, index) => this.#value(type.ofType, item, nodes, [...path, index]));
      if (isNonNullType(type.ofType) && items.includes(undefined)) return undefined;
      return items.map((item) => item ?? null);
    }
    if (isLeafType(type)) return leafOf(type, value) ?? this.#failed(`no ${type.name}`, path);
    if (!isRow(value)) return this.#failed('no object', path);
    const runtime = this.#runtimeType(type, value, nodes);
    const isOfType =
      (isObjectType(runtime) || isInterfaceType(runtime)) &&
      (runtime === type || (!isObjectType(type) && this.analysis.schema.isSubType(type, runtime)));
    if (!isOfType) return this.#failed(`an object that is no ${type.name}`, path);
    return this.object(value, this.#fields(runtime, nodes), runtime, path);
  }

  #runtimeType(type: GraphQLCompositeType, value: Row, nodes: readonly FieldNode[]): unknown {
    if (isObjectType(type)) return type;
    const name = own(value, '__typename');
    if (name !== undefined) return this.analysis.schema.getType(String(name));
    return isInterfaceType(type) && isSameForAll(this.analysis, type, subselections(nodes))
      ? type
      : undefined;
  }

  #failed(what: string, path: Path): undefined {
    const isExplained = this.reported.some(({ path: at }) => at === undefined || isBeside(at, path));
    if (!isExplained)
      this.errors.push(
        new GraphQLError(`A service has answered with ${what}.`, {
          path,
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
        }),
      );
    return undefined;
  }

  #fields(type: ValueType, nodes: readonly FieldNode[]): Fields {
    const byType = this.#collected.get(nodes) ?? new Map<ValueType, Fields>();
    this.#collected.set(nodes, byType);
    const fields = byType.get(type) ?? collect(this.analysis, type, subselections(nodes));
    byType.set(type, fields);
    return fields;
  }
}

/** Whether one path leads to or through the other's place. */
const isBeside = (one: Path, other: Path): boolean =>
  (one.length < other.length ? one : other).every((_, index) => one[index] === other[index]);
