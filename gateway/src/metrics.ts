import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { FetchEvent, FetchOutcome, Services } from './services.js';

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
  onFetchEvent: (service: string, event: FetchEvent) => void;
  /** A request was turned away before it was read. */
  onTurned: (code: string) => void;
  /** Tells what the breakers stand at, how many requests wait for each service, and how many operations are kept compiled. */
  watch: (states: Services['states'], operations: () => number) => void;
};

export function createMetrics(): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service: 'gateway' });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const turned = new Counter({
    name: 'graphql_requests_turned_away_total',
    help: 'Requests refused before they were read: too many at once or of one caller, or without a valid token.',
    labelNames: ['code'],
    registers,
  });
  const events = new Counter({
    name: 'service_fetch_events_total',
    help: 'Fetches sent again, shared with one under way, or not sent (breaker open or queue full).',
    labelNames: ['target', 'event'],
    registers,
  });
  return {
    registry,
    onOperation: operationMetrics(registry),
    onFetch: fetchMetrics(registry),
    onFetchEvent: (target, event) => events.inc({ target, event }),
    onTurned: (code) => turned.inc({ code }),
    watch: (states, operations) => watch(registry, states, operations),
  };
}

function operationMetrics(registry: Registry): Metrics['onOperation'] {
  const registers = [registry];
  const counter = new Counter({
    name: 'graphql_operations_total',
    help: 'Operations answered.',
    labelNames: ['operation', 'outcome'],
    registers,
  });
  const histogram = new Histogram({
    name: 'graphql_operation_seconds',
    help: 'Time to answer an operation.',
    labelNames: ['operation'],
    buckets: BUCKETS_SECONDS,
    registers,
  });
  const names = new Set<string>();
  const bounded = (name: string | null | undefined) => {
    if (!name) return 'anonymous';
    if (names.size < OPERATION_NAMES_MAX) names.add(name);
    return names.has(name) ? name : 'other';
  };
  // Looking a series up by its labels costs more than counting, so each is looked up once.
  const counting = once((operation: string, outcome: string) => counter.labels({ operation, outcome }));
  const timing = once((operation: string) => histogram.labels({ operation }));
  return (name, outcome, seconds) => {
    const operation = bounded(name);
    counting(operation, outcome).inc();
    timing(operation, '').observe(seconds);
  };
}

function fetchMetrics(registry: Registry): Metrics['onFetch'] {
  const histogram = new Histogram({
    name: 'service_fetch_seconds',
    help: 'Time to one answer of a service, by outcome.',
    labelNames: ['target', 'outcome'],
    buckets: BUCKETS_SECONDS,
    registers: [registry],
  });
  const timing = once((target: string, outcome: string) => histogram.labels({ target, outcome }));
  return (target, outcome, seconds) => timing(target, outcome).observe(seconds);
}

function watch(registry: Registry, states: Services['states'], operations: () => number): void {
  const registers = [registry];
  new Gauge({
    name: 'service_breaker_open',
    help: '1 while a service is left alone, 0.5 while one request tries it, else 0.',
    labelNames: ['target'],
    registers,
    collect() {
      for (const [target, state] of states())
        this.set({ target }, state === 'open' ? 1 : state === 'half-open' ? 0.5 : 0);
    },
  });
  new Gauge({
    name: 'service_fetches_waiting',
    help: 'Fetches under way or waiting for a connection.',
    labelNames: ['target'],
    registers,
    collect() {
      for (const [target, , waiting] of states()) this.set({ target }, waiting);
    },
  });
  new Gauge({
    name: 'graphql_operations_compiled',
    help: 'Operations kept compiled.',
    registers,
    collect() {
      this.set(operations());
    },
  });
}

function once<Made>(make: (first: string, second: string) => Made): (first: string, second: string) => Made {
  const made = new Map<string, Made>();
  return (first, second) => {
    const key = `${first} ${second}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(first, second);
    made.set(key, value);
    return value;
  };
}
