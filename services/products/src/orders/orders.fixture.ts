import { randomUUID as freshId } from 'node:crypto';
import { ClientActivated, ClientOnboarded, type EventDraft, RiskProfileChanged } from '@client-graph/events';
import { type Actor, actorOf } from '@client-graph/kit';

/** What tests of orders ask of a world: clients, products and orders, each overriding only what the test is about. */

// biome-ignore lint/suspicious/noExplicitAny: a test knows the shape it has asked for and checks it at once.
type Answer = { data: any; errors: readonly { extensions?: Record<string, unknown> }[]; codes: string[] };
type World = {
  ask: (actor: Actor | null, operation: string, variables?: Record<string, unknown>) => Promise<Answer>;
  deliver: (draft: EventDraft) => Promise<void>;
  events: () => Promise<{ type: string; key: string }[]>;
  sql: (text: string, values?: unknown[]) => Promise<unknown[]>;
};

const admin = actorOf(freshId(), ['ADMIN']);
export const operations = actorOf(freshId(), ['OPERATIONS']);
const adviserId = freshId();
export const adviser = actorOf(adviserId, ['ADVISER']);
export const self = (clientId: string) => actorOf(clientId, ['CLIENT'], clientId);

export type Level = 'LOW' | 'MEDIUM_LOW' | 'MEDIUM' | 'MEDIUM_HIGH' | 'HIGH';

export const profileOf = (
  clientId: string,
  to: Level,
  facts: { lowestCategory?: boolean; validTo?: string } = {},
) =>
  RiskProfileChanged({
    clientId,
    assessmentId: freshId(),
    from: null,
    to,
    lowestCategory: false,
    validTo: '2027-03-01',
    ...facts,
  });

const ORDER = `id state version side stateLabel(locale: ZH_HANT) amount { amount currency } client { id } product { id } acknowledgedWarnings
  decision { id result } submittedAt acceptedAt rejectReason settlement { units nav residual settledOn }`;
const command = (name: string, type: string, selection = ORDER) =>
  `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} } }`;
export const CHECK = command(
  'checkSuitability',
  'CheckSuitabilityInput',
  'id result level rating ruleVersion decidedAt validUntil amount { amount currency } reasons { code effect text zh: text(locale: ZH_HANT) }',
);
export const PLACE = command('placeOrder', 'PlaceOrderInput');
export const ACCEPT = command('acceptOrder', 'AcceptOrderInput');
export const REJECT = command('rejectOrder', 'RejectOrderInput');
export const CANCEL = command('cancelOrder', 'CancelOrderInput');
export const SETTLE = command('settleOrder', 'SettleOrderInput');

type Purchase = { clientId: string; productId: string; amount?: string; currency?: string };
export const anOrder = (
  { amount = '88000', currency = 'CNY', ...ids }: Purchase,
  facts: Record<string, unknown> = {},
) => ({
  requestId: freshId(),
  side: 'BUY',
  amount: { amount, currency },
  acknowledgedWarnings: [],
  ...ids,
  ...facts,
});

function mustBeNone(errors: readonly unknown[]): void {
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
}

export const orderTests = (worldOf: () => World) => ({
  aClient: clients(worldOf),
  aProduct: products(worldOf),
  ...commands(worldOf),
});

function clients(worldOf: () => World) {
  return async function aClient(
    facts: {
      level?: Level | null;
      lowestCategory?: boolean;
      validTo?: string;
      ageBand?: 'UNDER_18' | 'FROM_31' | 'FROM_65';
      isActive?: boolean;
      clientId?: string;
    } = {},
  ) {
    const {
      level = 'MEDIUM_LOW',
      ageBand = 'FROM_31',
      isActive = true,
      clientId = freshId(),
      ...profile
    } = facts;
    await worldOf().deliver(
      ClientOnboarded({
        clientId,
        kind: 'INDIVIDUAL',
        class: 'ORDINARY',
        grade: 'BRONZE',
        adviserId,
        ageBand,
        fullCivilCapacity: true,
        institutionType: null,
        originLeadId: null,
      }),
    );
    if (isActive)
      await worldOf().deliver(
        ClientActivated({ clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'VERIFIED' }),
      );
    if (level !== null) await worldOf().deliver(profileOf(clientId, level, profile));
    return clientId;
  };
}

function products(worldOf: () => World) {
  return async function aProduct(facts: Record<string, unknown> = {}): Promise<string> {
    const input = {
      requestId: freshId(),
      code: `P-${freshId().slice(-12).toUpperCase()}`,
      nameEn: 'Steady 90 days',
      nameZhHans: '稳健90天',
      nameZhHant: '穩健90天',
      issuerType: 'BANK_WMP',
      category: 'CASH',
      minAmount: { amount: '1', currency: 'CNY' },
      minHorizonMonths: 3,
      issuerRating: 'R1',
      sellerRating: 'R2',
      ...facts,
    };
    const { data, errors } = await worldOf().ask(
      admin,
      'mutation ($input: CreateProductInput!) { createProduct(input: $input) { id } }',
      { input },
    );
    mustBeNone(errors);
    return data.createProduct.id;
  };
}

function commands(worldOf: () => World) {
  const place = (purchase: Purchase, facts: Record<string, unknown> = {}, actor = adviser) =>
    worldOf().ask(actor, PLACE, { input: anOrder(purchase, facts) });
  const accept = (orderId: string, expectedVersion = 1) =>
    worldOf().ask(operations, ACCEPT, { input: { orderId, expectedVersion } });
  const settle = (orderId: string, facts: Record<string, unknown> = {}) =>
    worldOf().ask(operations, SETTLE, {
      input: {
        requestId: freshId(),
        orderId,
        expectedVersion: 2,
        nav: '1',
        settledOn: '2026-03-02',
        ...facts,
      },
    });

  async function anAccepted(purchase: Purchase): Promise<string> {
    const { data, errors } = await place(purchase);
    mustBeNone(errors);
    mustBeNone((await accept(data.placeOrder.id)).errors);
    return data.placeOrder.id;
  }
  async function bought(purchase: Purchase): Promise<void> {
    mustBeNone((await settle(await anAccepted(purchase))).errors);
  }

  const eventsOf = async (clientId: string) =>
    (await worldOf().events()).filter((event) => event.key === clientId).map((event) => event.type);
  const countOf = async (table: string, clientId: string) =>
    (await worldOf().sql(`select 1 from ${table} where client_id = $1`, [clientId])).length;
  return { place, accept, settle, anAccepted, bought, eventsOf, countOf };
}
