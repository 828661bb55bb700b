import type { QueryPlan } from '@apollo/query-planner';
import type { Actor } from '@client-graph/kit/auth';
import {
  type DocumentNode,
  executeSync,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { type Analysis, analyse, fieldType, refusedOf, rootType } from '../authorize.js';
import type { Conflicts } from '../conflicts.js';
import { type CostTable, costOf } from '../cost.js';
import type { Limits } from '../limits.js';
import { refusalAt, refuseAll, refusedRootFields } from '../refusal.js';
import type { AccessTable } from '../supergraph.js';
import { collect } from './collect.js';
import { complete } from './complete.js';
import { Emitter } from './emit.js';
import type { EntityCode, TypesOf } from './entities.js';
import { conditionVariables, type Folded, fold } from './fold.js';
import type { Row } from './merge.js';
import { compilePlan, type Execution, type Step } from './plan.js';
import { ASTRAY, emitProjection, type Place, type Projection, type Refusing } from './project.js';
import { type Ask, shapeOf } from './shape.js';
import { compileSplice, type Splice } from './splice.js';
import { compileVariables, type VariableCheck } from './variables.js';

/** What compiling an operation needs of its supergraph. */
export type Planning = {
  schema: GraphQLSchema;
  /** With what only plans ask for. */
  fullSchema: GraphQLSchema;
  table: AccessTable;
  conflicts: Conflicts;
  costs: CostTable;
  limits: Pick<Limits, 'cost' | 'list'>;
  typesOf: TypesOf;
  plan: (document: DocumentNode, operationName: string | undefined) => QueryPlan;
};

export type Answer = { data: Row | null; errors: readonly GraphQLError[] };
/** One caller's answer to one operation under one combination of its conditions. */
export type Program = {
  answer: (variables: Row, ask: Ask) => Promise<Answer>;
  /** The same where nothing went wrong, as JSON and much faster, once the operation is known to come often; else undefined. */
  splice: Splice;
};

export type CompiledOperation = {
  name: string | undefined;
  variables: VariableCheck;
  /** The operation as this caller may have it: what they may not see is not in its plan. Throws a GraphQLError when it is refused whole. */
  program: (actor: Actor, variables: Row) => Program;
  /** How often it was used since the cache last looked. */
  usedAt: number;
};

/** Callers' scopes × combinations of conditions that are kept of one operation. */
const PROGRAMS_MAX = 64;

export function compileOperation(
  planning: Planning,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): CompiledOperation {
  refuseReserved(document);
  const variables = compileVariables(planning.schema, operation);
  const cost = costOf(planning.schema, planning.costs, document, operation);
  const conditions = conditionVariables(document);
  const folded = new Map<string, Folded>();
  const programs = new Map<string, Program>();
  const shared = new Map<string, Program>();

  const compileFor = (actor: Actor, combination: string, isTrue: (name: string) => boolean): Program => {
    const { document: text, operation: asked } = folded.get(combination) ?? fold(document, operation, isTrue);
    folded.set(combination, { document: text, operation: asked });
    const analysis = analyse({ ...planning, document: text, operation: asked, actor });
    // Callers who may see the same of an operation share what is compiled of it.
    const refused = [...analysis.refused.values()].map(({ coordinate }) => coordinate).join(' ');
    const key = `${combination} ${analysis.isAnonymous} ${analysis.permitted.queryHash} ${refused}`;
    const program = shared.get(key) ?? compileProgram(planning, analysis);
    shared.set(key, program);
    return program;
  };

  return {
    name: operation.name?.value,
    variables,
    usedAt: 0,
    program: (actor, values) => {
      const tooCostly = cost.refusal(values, planning.limits);
      if (tooCostly !== undefined) throw tooCostly;
      const isTrue = (name: string) => variables.isTrue(values, name);
      const combination =
        conditions.length === 0 ? '' : conditions.map((name) => (isTrue(name) ? '1' : '0')).join('');
      const key = `${scopesKey(actor)} ${combination}`;
      const known = programs.get(key);
      if (known !== undefined) return known;
      if (programs.size >= PROGRAMS_MAX) for (const map of [programs, shared, folded]) map.clear();
      const program = compileFor(actor, combination, isTrue);
      programs.set(key, program);
      return program;
    },
  };
}

/** The plan asks for `__typename` under this name everywhere: another field of the same name could not be told from it. */
function refuseReserved(document: DocumentNode): void {
  visit(document, {
    Field: ({ alias, name }) => {
      if (alias?.value === '__typename' && name.value !== '__typename')
        throw new GraphQLError('A field may not be renamed to __typename.', {
          extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
        });
    },
  });
}

const keys = new WeakMap<ReadonlySet<string>, string>();

/** The verifier hands out the same scopes for the same token, so they are put in order once a token. */
function scopesKey({ id, scopes }: Actor): string {
  if (id === null) return 'anonymous';
  const known = keys.get(scopes);
  if (known !== undefined) return known;
  const key = [...scopes].sort().join(' ');
  keys.set(scopes, key);
  return key;
}

function compileProgram(planning: Planning, analysis: Analysis): Program {
  const isQuery = analysis.operation.operation === 'query';
  const errors = isQuery ? [] : refusedRootFields(analysis);
  if (errors.length > 0) return fixed({ data: null, errors });
  // A mutation acts even when its caller may see nothing of what it returns.
  const refused = analysis.isEmpty && isQuery ? refuseAll(analysis) : undefined;
  if (refused !== undefined) return fixed(refused);

  const emitter = new Emitter();
  const { node } = planning.plan(analysis.permitted.document, analysis.operation.name?.value);
  if (node?.kind === 'Subscription') throw new Error('The plan is one of a subscription.');
  const shape = shapeOf(node);
  const compiled = compilePlan(emitter, shape, planning.typesOf);
  refuseUnplanned(analysis, compiled.rootNames);
  const projection = emitProjection(emitter, analysis);
  const { codes, project } = emitter.build<{ codes: EntityCode[]; project: Projection }>(
    `{ codes: ${compiled.code}, project: ${projection} }`,
  );
  return {
    answer: execute(analysis, compiled.link(codes), project, introspection(analysis)),
    splice: splicing(() => compileSplice(planning, analysis, shape)),
  };
}

const fixed = (answer: Answer): Program => ({ answer: async () => answer, splice: async () => undefined });

/** An operation that came this often will come again. */
const OFTEN = 3;
const PATIENCE_MAX = 1_000;

/** Splices once that pays, and for a while not at all where the services' answers turn out to need the thorough way. */
function splicing(compile: () => Splice | undefined): Splice {
  let rests = OFTEN - 1;
  let rest = 0;
  let compiled: Splice | undefined | 'not yet' = 'not yet';
  return async (variables, ask) => {
    if (rests > 0) {
      rests -= 1;
      return undefined;
    }
    if (compiled === 'not yet') compiled = compile();
    if (compiled === undefined) return undefined;
    const text = await compiled(variables, ask);
    rest = text === undefined ? Math.min(PATIENCE_MAX, 2 * rest + 1) : 0;
    rests = rest;
    return text;
  };
}

/** The planner leaves out what it finds no way to, which would look like nulls. */
function refuseUnplanned(analysis: Analysis, planned: ReadonlySet<string>): void {
  const root = rootType(analysis.schema, analysis.operation);
  for (const nodes of collect(analysis, root, [analysis.operation.selectionSet]).values()) {
    const [node] = nodes;
    if (node === undefined || fieldType(root, node) === undefined) continue;
    if (refusedOf(analysis, nodes) === undefined && !planned.has(analysis.conflicts.keyOf(node)))
      throw new GraphQLError(`No service can answer ${root.name}.${node.name.value} as it is asked for.`, {
        extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
      });
  }
}

function execute(
  analysis: Analysis,
  run: Step,
  project: Projection,
  introspect: (variables: Row) => Row,
): Program['answer'] {
  return async (variables, ask) => {
    const execution: Execution = {
      ask,
      variables,
      data: {},
      errors: [],
      isHollow: false,
      version: 0,
      represented: new Map(),
    };
    await run(execution);
    const introspected = introspect(variables);
    const refusals: Refusing[] = [];
    try {
      const data = project(execution.data, introspected, refusals);
      if (refusals.length === 0) return { data, errors: execution.errors };
      const refused = refusals.map((one) => refusalAt(analysis, one.refused, pathOf(one.place)));
      return { data, errors: [...execution.errors, ...refused] };
    } catch (error) {
      if (error !== ASTRAY) throw error;
      const { data, errors } = complete(analysis, execution.data, introspected, explainedBy(execution));
      return { data, errors: [...execution.errors, ...errors] };
    }
  };
}

/** Told as errors without a path: they explain every null. */
const explainedBy = ({ errors, isHollow }: Execution): readonly GraphQLError[] =>
  isHollow ? [...errors, new GraphQLError('A service has answered nothing.')] : errors;

function pathOf(place: Place): (string | number)[] {
  const path: (string | number)[] = [];
  for (let at = place; at !== undefined; at = at.up) path.unshift(at.key);
  return path;
}

/** `__schema` and `__type` are answered here, and only once where they depend on no variable. */
function introspection(analysis: Analysis): (variables: Row) => Row {
  const { schema, operation, fragments } = analysis;
  const root = rootType(schema, operation);
  const nodes = [...collect(analysis, root, [operation.selectionSet]).values()].flatMap((all) =>
    all.filter(({ name }) => name.value === '__schema' || name.value === '__type'),
  );
  if (nodes.length === 0) return () => ({});
  const document: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [
      { ...operation, directives: [], selectionSet: { kind: Kind.SELECTION_SET, selections: nodes } },
      ...fragments.values(),
    ],
  };
  const answer = (variables: Row): Row => {
    const { data, errors } = executeSync({ schema, document, variableValues: variables });
    if (!data) throw errors?.[0] ?? new Error('Introspection has answered nothing.');
    return data;
  };
  if ((operation.variableDefinitions ?? []).length > 0) return answer;
  let known: Row | undefined;
  return () => {
    known ??= answer({});
    return known;
  };
}
