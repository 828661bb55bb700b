import { dataOf, type EventDefinition, type ReceivedEvent, type Topic } from '@client-graph/events';
import type { Tx } from './db.js';

/** What a service does about somebody else's event. `run` works in the transaction that carries the inbox mark. */
export type Handler = {
  type: string;
  topic: Topic;
  run: (tx: Tx, event: ReceivedEvent<unknown>) => Promise<void>;
};

/** One row of a service's handlers table: event → use case. Throw to have it delivered again; refuse to set it aside in the dead-letter topic. */
export const handle = <Data>(
  definition: EventDefinition<Data>,
  run: (tx: Tx, event: ReceivedEvent<Data>) => Promise<unknown>,
): Handler => ({
  type: definition.type,
  topic: definition.topic,
  run: async (tx, event) => {
    await run(tx, { ...event, data: dataOf(definition, event) });
  },
});

/** Takes effect of an event exactly once: the mark and every handler's work commit together or not at all. */
export async function applyEvent(
  tx: Tx,
  consumer: string,
  handlers: readonly Handler[],
  event: ReceivedEvent<unknown>,
): Promise<void> {
  const wanted = handlers.filter((handler) => handler.type === event.type);
  if (wanted.length === 0 || !(await tx.firstTime(consumer, event.id))) return;
  for (const handler of wanted) await handler.run(tx, event);
}
