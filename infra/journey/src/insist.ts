import { setTimeout as delay } from 'node:timers/promises';
import { type Graph, GraphError } from './graph.js';

/** Faults that pass: the same command with the same requestId may be sent again. */
const PASSING = new Set(['INTERNAL_SERVER_ERROR', 'SERVICE_UNAVAILABLE', 'SERVICE_TIMEOUT']);
const PATIENCE_MS = 180_000;

/** Whether the caller knows no more than before: no answer came, or one that says "try again". */
export const isPassing = (error: unknown): boolean =>
  !(error instanceof GraphError) || error.codes.every((code) => PASSING.has(code));

/**
 * A caller that sends the same operation again until it is answered, as a client should: after a fault nobody knows whether a
 * command was carried out. A refusal named in `until` is waited out too: what the service must know first is on its way.
 */
export type Insist = <Data>(
  as: string,
  operation: string,
  variables: Record<string, unknown>,
  until?: readonly string[],
) => Promise<Data>;

export function insistent(graph: Graph): Insist {
  return async (as, operation, variables, until = []) => {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      try {
        return await graph(as, operation, variables);
      } catch (error) {
        const isAwaited = error instanceof GraphError && error.codes.some((code) => until.includes(code));
        if (!(isAwaited || isPassing(error)) || Date.now() > deadline) throw error;
        await delay(50 + 100 * Math.random());
      }
    }
  };
}
