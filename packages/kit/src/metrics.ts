import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Db } from './db.js';
import type { Log } from './log.js';

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

/** A figure of a service's own, read from its database each time Prometheus asks, so that every replica tells the same. */
export type Figure = { name: string; help: string; read: (db: Db) => Promise<number> };

/** Shows the figures among the metrics; one that cannot be read is not a number, and the others are told all the same. */
export function showFigures(
  { registry }: Metrics,
  figures: readonly Figure[],
  { db, log }: { db: Db; log: Log },
): void {
  for (const { name, help, read } of figures) {
    const gauge = new Gauge({
      name,
      help,
      registers: [registry],
      collect: async () => {
        const value = await read(db).catch((error: unknown) => {
          log.warn({ err: error, figure: name }, 'a figure cannot be read');
          return Number.NaN;
        });
        gauge.set(value);
      },
    });
  }
}
