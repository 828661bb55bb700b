import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What a service tells Prometheus; no label ever holds an id or a person. */
export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics(service: string) {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    statements: new Counter({
      name: 'sql_statements_total',
      help: 'SQL statements sent to Postgres.',
      registers,
    }),
    operations: new Histogram({
      name: 'graphql_operation_seconds',
      help: 'Time to answer a GraphQL operation.',
      labelNames: ['outcome'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    }),
    relayed: new Counter({ name: 'outbox_relayed_total', help: 'Events sent to Kafka.', registers }),
    waiting: new Gauge({
      name: 'outbox_waiting',
      help: 'Events committed and not yet sent, at most one batch counted.',
      registers,
    }),
    relayDelay: new Histogram({
      name: 'outbox_delay_seconds',
      help: 'From the instant of the event to its acknowledgement by Kafka.',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300],
      registers,
    }),
    handled: new Counter({
      name: 'events_handled_total',
      help: 'Events of others met, by outcome.',
      labelNames: ['type', 'outcome'],
      registers,
    }),
  };
}
