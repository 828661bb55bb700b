import { type DataOf, type EventDraft, OrderReversed, type OrderSettled } from '@client-graph/events';
import { type Actor, actorOf } from '@client-graph/kit';
import { ADVISER, anOrder } from './fixture.js';
import { checkBooks } from './reports/consistency.js';

/** What tests of points ask of a world: how a client stands, and whether all records agree. */

// biome-ignore lint/suspicious/noExplicitAny: a test knows the shape it has asked for and checks it at once.
type Answer = { data: any; codes: string[] };

type World = {
  ask: (actor: Actor, operation: string, variables?: Record<string, unknown>) => Promise<Answer>;
  deliver: (draft: EventDraft, options?: { times?: number }) => Promise<void>;
  db: Parameters<typeof checkBooks>[0];
};

/** What `anOrder` says unless a test says otherwise. */
const SETTLED = {
  productClass: 'BANK_WMP',
  side: 'BUY',
  amountMinor: 8_800_000,
  currency: 'CNY',
  settledOn: '2026-03-02',
} as const;

export const compliance = actorOf('01900000-0000-7000-8000-00000000c001', ['COMPLIANCE']);
export const operations = actorOf('01900000-0000-7000-8000-00000000b001', ['OPERATIONS']);
export const adviser = actorOf(ADVISER, ['ADVISER']);

export function books(worldOf: () => World) {
  const standing = async (clientId: string, more = '') => {
    const query = `query ($c: [_Any!]!) { _entities(representations: $c) { ... on Client { membership {
      tier status balance pending debt qualifyingPoints12m lots(first: 100) { state remaining expiresOn } ${more} } } } }`;
    const { data } = await worldOf().ask(compliance, query, { c: [{ __typename: 'Client', id: clientId }] });
    return data._entities[0].membership;
  };
  /** Every record of points against every other; throws with what disagrees. */
  const sound = async (): Promise<void> => {
    const problems: object[] = [];
    const { db } = worldOf();
    await checkBooks(db, { error: (details: unknown) => void problems.push(Object(details)) });
    if (problems.length > 0) throw new Error(`The books disagree: ${JSON.stringify(problems)}`);
  };
  const buy = async (
    ids: { clientId: string; orderId: string; productId: string },
    own: Partial<DataOf<typeof OrderSettled>> = {},
  ) => {
    const event = anOrder(ids, own);
    await worldOf().deliver(event, { times: 2 });
    return { data: { ...SETTLED, ...ids, ...own } };
  };
  const reverse = async ({ data }: { data: DataOf<typeof OrderSettled> }, clientId?: string) => {
    const { settledOn: _, ...order } = data;
    await worldOf().deliver(OrderReversed({ ...order, ...(clientId === undefined ? {} : { clientId }) }), {
      times: 5,
    });
  };
  return { standing, sound, buy, reverse };
}
