import { randomUUID as freshId } from 'node:crypto';
import {
  ClientActivated,
  ClientConsentChanged,
  ClientOnboarded,
  type DataOf,
  type EventDraft,
  RiskProfileChanged,
} from '@client-graph/events';
import { type Actor, actorOf } from '@client-graph/kit';

/** Builders for tests through GraphQL: each test overrides only what it is about. */

// biome-ignore lint/suspicious/noExplicitAny: a test knows the shape it has asked for and checks it at once.
type Answer = { data: any; errors: readonly unknown[]; codes: string[] };
type World = {
  ask: (actor: Actor | null, operation: string, variables?: Record<string, unknown>) => Promise<Answer>;
  deliver: (draft: EventDraft) => Promise<void>;
  events: () => Promise<{ type: string; key: string; data: Record<string, unknown> }[]>;
};

export const START = new Date('2026-03-02T02:00:00.000Z');
const adviserId = freshId();
export const admin = actorOf(freshId(), ['ADMIN']);
export const operations = actorOf(freshId(), ['OPERATIONS']);
export const adviser = actorOf(adviserId, ['ADVISER']);
export const self = (clientId: string) => actorOf(clientId, ['CLIENT'], clientId);

type Facts = Record<string, unknown>;
type Profile = DataOf<typeof RiskProfileChanged>;

export const command = (name: string, type: string, selection: string) =>
  `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} } }`;
const ORDER = `id state version side amount { amount currency } rejectReason
  settlement { id units nav residual settledOn }`;

export const profileOf = (clientId: string, to: Profile['to'], facts: Partial<Profile> = {}) =>
  RiskProfileChanged({
    clientId,
    assessmentId: freshId(),
    from: null,
    to,
    lowestCategory: false,
    validTo: '2027-03-01',
    ...facts,
  });

/** An active client of 40 with this level. */
export async function aClient(
  world: World,
  level: Profile['to'] | null = 'MEDIUM_LOW',
  facts: Partial<DataOf<typeof ClientOnboarded>> & Partial<Pick<Profile, 'lowestCategory' | 'validTo'>> = {},
): Promise<string> {
  const { lowestCategory = false, validTo = '2027-03-01', ...standing } = facts;
  const clientId = freshId();
  await world.deliver(
    ClientOnboarded({
      clientId,
      kind: 'INDIVIDUAL',
      class: 'ORDINARY',
      grade: 'BRONZE',
      adviserId,
      ageBand: 'FROM_31',
      fullCivilCapacity: true,
      institutionType: null,
      originLeadId: null,
      ...standing,
    }),
  );
  await world.deliver(ClientActivated({ clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'VERIFIED' }));
  if (level !== null) await world.deliver(profileOf(clientId, level, { lowestCategory, validTo }));
  return clientId;
}

/** A listed cash product of a bank, rated R2, from CNY 1. */
export async function aProduct(world: World, facts: Facts = {}): Promise<{ id: string; code: string }> {
  const code = `P-${freshId().slice(-12).toUpperCase()}`;
  const input = {
    requestId: freshId(),
    code,
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
  const { data } = await demand(world, admin, 'createProduct', 'CreateProductInput', 'id code', input);
  return data;
}

/** Sends a command that must succeed, and returns its answer. */
export async function demand(
  world: World,
  actor: Actor | null,
  name: string,
  type: string,
  selection: string,
  input: Facts,
) {
  const answer = await world.ask(actor, command(name, type, selection), { input });
  if (answer.errors.length > 0) throw new Error(JSON.stringify(answer.errors));
  return { ...answer, data: answer.data[name] };
}

export const place = (world: World, clientId: string, productId: string, amount = '100', facts: Facts = {}) =>
  world.ask(adviser, command('placeOrder', 'PlaceOrderInput', ORDER), {
    input: { requestId: freshId(), clientId, productId, amount: { amount, currency: 'CNY' }, ...facts },
  });

export const accept = (world: World, orderId: string, expectedVersion = 1) =>
  demand(world, operations, 'acceptOrder', 'AcceptOrderInput', ORDER, { orderId, expectedVersion });

export const settle = (world: World, orderId: string, facts: Facts = {}) =>
  world.ask(operations, command('settleOrder', 'SettleOrderInput', ORDER), {
    input: { requestId: freshId(), orderId, expectedVersion: 2, nav: '1', settledOn: '2026-03-02', ...facts },
  });

/** An order walked to its settlement; returns its id. */
export async function bought(
  world: World,
  clientId: string,
  productId: string,
  amount = '100',
  facts: Facts = {},
): Promise<string> {
  const placed = await place(world, clientId, productId, amount);
  if (placed.errors.length > 0) throw new Error(JSON.stringify(placed.errors));
  const { id } = placed.data.placeOrder;
  await accept(world, id);
  const settled = await settle(world, id, facts);
  if (settled.errors.length > 0) throw new Error(JSON.stringify(settled.errors));
  return id;
}

export const importNavs = (world: World, csv: string, facts: Facts = {}) =>
  world.ask(
    admin,
    command(
      'importNavs',
      'ImportNavsInput',
      'id read imported unchanged problems { line code } gaps { product { id } after before }',
    ),
    {
      input: { requestId: freshId(), csv, ...facts },
    },
  );

export const eventsOf = async (world: World, key: string) =>
  (await world.events()).filter((event) => event.key === key);

/** What a client says of recommendations made to their measure. */
export const consent = (
  clientId: string,
  action: 'GRANT' | 'WITHDRAW',
  purpose: 'PERSONALISED_RECOMMENDATION' | 'MARKETING' = 'PERSONALISED_RECOMMENDATION',
) =>
  ClientConsentChanged({ clientId, action, purpose, channel: null, partner: null, textVersion: 'PR-2026.1' });
