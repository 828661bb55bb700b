import type { ApolloServerPlugin } from '@apollo/server';
import type { Log } from '@client-graph/kit/log';
import type { GraphQLError } from 'graphql';
import { isFault } from './errors.js';
import type { GatewayContext } from './executor.js';
import type { Metrics } from './metrics.js';

/** One operation that has been answered. */
export type Observation = {
  operationName: string | null | undefined;
  errors: readonly GraphQLError[];
  startedMs: number;
  traceparent: string;
  /** What was thrown where nothing should be: the gateway's own fault. */
  fault?: unknown;
};

export type Observe = (observation: Observation) => void;

/** One line and one measurement an operation: its name, codes and duration; no variables, no query text, no messages. */
export const observer =
  (log: Log, metrics: Metrics): Observe =>
  ({ operationName, errors, startedMs, traceparent, fault: own }) => {
    const ms = performance.now() - startedMs;
    const faults = errors.filter((error) => isFault(error.extensions));
    metrics.onOperation(
      operationName,
      faults.length > 0 || own !== undefined ? 'fault' : errors.length > 0 ? 'refused' : 'ok',
      ms / 1000,
    );
    const traceId = traceparent.split('-')[1];
    if (log.isLevelEnabled('info')) {
      const codes = [...new Set(errors.map((error) => error.extensions.code ?? 'INTERNAL_SERVER_ERROR'))];
      log.info({ operation: operationName, codes, ms: Math.round(ms), traceId }, 'operation');
    }
    if (own !== undefined) log.error({ err: own, traceId }, 'the gateway has met a fault of its own');
    for (const fault of faults) {
      const service = fault.extensions.serviceName;
      log.error(
        { err: fault.originalError ?? fault, service, path: fault.path, traceId },
        'an operation has met a fault',
      );
    }
  };

/** The same for what Apollo Server answers. */
export const observing = (observe: Observe): ApolloServerPlugin<GatewayContext> => ({
  requestDidStart: async () => {
    const startedMs = performance.now();
    return {
      willSendResponse: async ({ operationName, errors = [], contextValue }) =>
        observe({
          operationName,
          errors,
          startedMs,
          traceparent: contextValue.caller.passed.traceparent,
        }),
    };
  },
});
