/** What Kafka does for the service's own events: they come back to it. */
import { contracts, type EventDraft } from '@client-graph/events';

type Told = { id: string; type: string; key: string; data: Record<string, unknown>; at: Date };
type Served = {
  sql: <T>(text: string) => Promise<T[]>;
  deliver: (draft: EventDraft, options: { id: string; at: Date; times: number }) => Promise<void>;
};

/** Delivers everything in the outbox to the service itself, each event twice; what came before is known by its id. */
export async function comeBack(world: Served): Promise<void> {
  const told = await world.sql<Told>(
    'select id, type, key, payload as data, occurred_at as at from outbox order by position',
  );
  for (const { id, type, key, data, at } of told) {
    const contract = contracts.get(type);
    if (contract === undefined) throw new Error(`${type} is not declared.`);
    await world.deliver({ contract, key, data }, { id, at, times: 2 });
  }
}
