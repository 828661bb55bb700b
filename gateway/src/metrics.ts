import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { FetchOutcome } from './services.js';

const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Callers choose operation names, so only so many become series of their own; the rest share one. */
const OPERATION_NAMES_MAX = 200;

export type Metrics = {
  registry: Registry;
  onOperation: (
    name: string | null | undefined,
    outcome: 'ok' | 'refused' | 'fault',
    seconds: number,
  ) => void;
  onFetch: (service: string, outcome: FetchOutcome, seconds: number) => void;
};

export function createMetrics(): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service: 'gateway' });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const operations = new Counter({
    name: 'graphql_operations_total',
    help: 'Operations answered.',
    labelNames: ['operation', 'outcome'],
    registers,
  });
  const operationSeconds = new Histogram({
    name: 'graphql_operation_seconds',
    help: 'Time to answer an operation.',
    labelNames: ['operation'],
    buckets: BUCKETS_SECONDS,
    registers,
  });
  const fetchSeconds = new Histogram({
    name: 'service_fetch_seconds',
    help: 'Time to one answer of a service, by outcome.',
    labelNames: ['target', 'outcome'],
    buckets: BUCKETS_SECONDS,
    registers,
  });
  const names = new Set<string>();
  const bounded = (name: string | null | undefined) => {
    if (!name) return 'anonymous';
    if (names.size < OPERATION_NAMES_MAX) names.add(name);
    return names.has(name) ? name : 'other';
  };
  return {
    registry,
    onOperation: (name, outcome, seconds) => {
      const operation = bounded(name);
      operations.inc({ operation, outcome });
      operationSeconds.observe({ operation }, seconds);
    },
    onFetch: (target, outcome, seconds) => fetchSeconds.observe({ target, outcome }, seconds),
  };
}
