import { randomUUID as freshId } from 'node:crypto';
import type { DataOf, EventDraft, OrderSettled } from '@client-graph/events';
import { type Actor, actorOf } from '@client-graph/kit';
import { ADVISER, aClient as openClient, anOrder as orderOf } from '../fixture.js';

/** What tests of points ask of a world: a client's page, what was told of them, and whether lots and ledger agree. */

// biome-ignore lint/suspicious/noExplicitAny: a test knows the shape it has asked for and checks it at once.
type Answer = { data: any; codes: string[] };
type World = {
  ask: (actor: Actor, operation: string, variables?: Record<string, unknown>) => Promise<Answer>;
  deliver: (draft: EventDraft) => Promise<void>;
  events: () => Promise<{ type: string; key: string; sequence: number; data: Record<string, unknown> }[]>;
  sql: (text: string, values?: unknown[]) => Promise<unknown[]>;
  clock: { now: Date };
};

export const NOW = new Date('2026-03-02T02:00:00.000Z');
export const adviser = actorOf(ADVISER, ['ADVISER']);
export const compliance = actorOf(freshId(), ['COMPLIANCE']);

export const anOrder = (clientId: string, changes: Partial<DataOf<typeof OrderSettled>> = {}) =>
  orderOf({ clientId, orderId: freshId(), productId: freshId() }, changes);

export const PAGE = /* GraphQL */ `
  query ($clients: [_Any!]!, $locale: Locale! = EN) {
    _entities(representations: $clients) {
      ... on Client {
        id
        membership {
          tier
          tierLabel(locale: $locale)
          tierFrom
          tierTo
          status
          statusLabel(locale: $locale)
          balance
          pending
          qualifyingPoints12m
          lots(first: 5) { points remaining state stateLabel(locale: $locale) earnedOn availableOn expiresOn rule ruleLabel(locale: $locale) }
        }
      }
    }
  }
`;
export const refs = (...ids: string[]) => ids.map((id) => ({ __typename: 'Client', id }));

const AUDIT =
  'query ($id: ID!) { pointsAudit(clientId: $id) { balanceOfLots balanceOfLedger pendingOfLots pendingOfLedger isConsistent } }';

export const pointsTests = (worldOf: () => World) => ({
  aClient: () => openClient(worldOf(), freshId()),
  membershipOf: async (clientId: string, actor = adviser, locale = 'EN') => {
    const { data, codes } = await worldOf().ask(actor, PAGE, { clients: refs(clientId), locale });
    if (codes.length > 0) throw new Error(codes.join());
    return data._entities[0]?.membership;
  },
  eventsOf: async (clientId: string) => (await worldOf().events()).filter((event) => event.key === clientId),
  auditOf: async (clientId: string) =>
    (await worldOf().ask(compliance, AUDIT, { id: clientId })).data.pointsAudit,
  at: async (instant: string, work: () => Promise<unknown>) => {
    worldOf().clock.now = new Date(instant);
    try {
      await work();
    } finally {
      worldOf().clock.now = NOW;
    }
  },
});
