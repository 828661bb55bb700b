import {
  ClientActivated,
  ClientOnboarded,
  type DataOf,
  type EventDraft,
  OrderSettled,
} from '@client-graph/events';
import type { Lot } from './points/lots.rules.js';

/** Builders for tests: each test overrides only what it is about. */

/** What a builder needs of a test's world. */
type World = {
  deliver: (draft: EventDraft) => Promise<void>;
  sql: (text: string, values?: unknown[]) => Promise<unknown[]>;
};

export const ADVISER = '01900000-0000-7000-8000-00000000ad01';

/** An active client with a membership. */
export async function aClient(world: World, clientId: string, adviserId = ADVISER): Promise<string> {
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
    }),
  );
  await world.deliver(ClientActivated({ clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'VERIFIED' }));
  return clientId;
}

export const anOrder = (
  ids: { clientId: string; orderId: string; productId: string },
  changes: Partial<DataOf<typeof OrderSettled>> = {},
) =>
  OrderSettled({
    ...ids,
    productClass: 'BANK_WMP',
    side: 'BUY',
    amountMinor: 8_800_000,
    currency: 'CNY',
    settledOn: '2026-03-02',
    ...changes,
  });

/** Points that can be spent, with the entries that belong to them. */
export async function points(
  world: World,
  clientId: string,
  amount: number,
  expiresOn: string,
): Promise<void> {
  await world.sql(
    `with lot as (
       insert into point_lot (id, client_id, rule, amount, remaining, earned_on, available_on, expires_on, state, version)
       values (uuidv7(), $1, 'E1', $2, $2, '2026-01-05', '2026-02-01', $3, 'ACTIVE', 1) returning id
     ), earned as (
       insert into ledger_entry (id, client_id, lot_id, type, pending, available, rule, rule_version, source_event_id, basis, business_date, at)
       select uuidv7(), $1, id, 'EARN', $2, 0, 'E1', 1, gen_random_uuid(), '{}', '2026-01-05', '2026-01-05' from lot
     )
     insert into ledger_entry (id, client_id, lot_id, type, pending, available, rule, business_date, at)
     select uuidv7(), $1, id, 'ACTIVATE', -$2::bigint, $2, 'E1', '2026-02-01', '2026-02-01' from lot`,
    [clientId, amount, expiresOn],
  );
}

export const aLot = (changes: Partial<Lot> & Pick<Lot, 'id'>): Lot => ({
  clientId: '01900000-0000-7000-8000-000000000001',
  rule: 'E1',
  amount: 50,
  remaining: changes.amount ?? 50,
  earnedOn: '2026-01-10',
  availableOn: '2026-02-09',
  expiresOn: '2028-01-31',
  state: 'ACTIVE',
  originLotId: null,
  ...changes,
});
