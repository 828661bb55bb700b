// What both ways to an answer make of a query plan: its fetches, in which order they run, and how each is sent.
import type { FetchNode, PlanNode } from '@apollo/query-planner';
import type { Row } from './merge.js';

export type Path = readonly (string | number)[];

/** One query to one service; `body` and the answer are JSON. Rejects with a GraphQLError that may be shown. */
export type Ask = (service: string, body: string, isQuery: boolean) => Promise<string>;

/** A fetch, and where in the answer what it is about stands. */
export type PlacedFetch = { node: FetchNode; path: Path };

type Order = number | { inTurn: readonly Order[] } | { atOnce: readonly Order[] };
export type PlanShape = { fetches: readonly PlacedFetch[]; order: Order };

/** Throws on a plan that this engine does not know: nothing is left out silently. */
export function shapeOf(plan: PlanNode | undefined): PlanShape {
  const fetches: PlacedFetch[] = [];
  const orderOf = (node: PlanNode, path: Path): Order => {
    const { kind } = node;
    switch (kind) {
      case 'Sequence':
        return { inTurn: node.nodes.map((child) => orderOf(child, path)) };
      case 'Parallel':
        return { atOnce: node.nodes.map((child) => orderOf(child, path)) };
      case 'Flatten':
        return orderOf(node.node, [...path, ...node.path]);
      case 'Fetch':
        return fetches.push({ node, path }) - 1;
      case 'Condition':
      case 'Defer':
        throw new Error(`The plan has a ${kind} node, which this gateway does not execute.`);
      default:
        return kind satisfies never;
    }
  };
  return { order: plan === undefined ? { inTurn: [] } : orderOf(plan, []), fetches };
}

type Step<Execution> = (execution: Execution) => Promise<void>;

/** Runs the steps, one for each fetch, in the plan's order. */
export function runnerOf<Execution>(
  { order }: PlanShape,
  steps: readonly Step<Execution>[],
): Step<Execution> {
  const runner = (one: Order): Step<Execution> => {
    if (typeof one === 'number') return steps[one] ?? (async () => undefined);
    if ('atOnce' in one) {
      const all = one.atOnce.map(runner);
      return async (execution) => {
        await Promise.all(all.map((step) => step(execution)));
      };
    }
    const all = one.inTurn.map(runner);
    return async (execution) => {
      for (const step of all) await step(execution);
    };
  };
  return runner(order);
}

/** Sends a fetch, about these representations (JSON) if it is about entities. Variables go as the caller has sent them: each service coerces its own. */
export type Send = (asking: { ask: Ask; variables: Row }, representations?: string) => Promise<string>;

export function senderOf(node: FetchNode): Send {
  const { operation, operationName, variableUsages = [], serviceName } = node;
  const isQuery = node.operationKind === 'query';
  const name = operationName === undefined ? '' : `,"operationName":${JSON.stringify(operationName)}`;
  const head = `{"query":${JSON.stringify(operation)}${name},"variables":`;
  if (variableUsages.includes('representations'))
    throw new Error('A variable of an operation may not be named representations.');
  return ({ ask, variables }, representations) => {
    // Without a prototype, a variable named __proto__ is one like any other.
    const used: Row = Object.create(null);
    for (const variable of variableUsages)
      if (Object.hasOwn(variables, variable)) used[variable] = variables[variable];
    const text = variableUsages.length === 0 ? '{}' : JSON.stringify(used);
    if (representations === undefined) return ask(serviceName, `${head}${text}}`, isQuery);
    const before = text === '{}' ? '{' : `${text.slice(0, -1)},`;
    return ask(serviceName, `${head}${before}"representations":[${representations}]}}`, isQuery);
  };
}
