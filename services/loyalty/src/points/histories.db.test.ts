import {
  type DataOf,
  EventAttended,
  type EventDraft,
  FeeCreditBooked,
  FeeCreditReleased,
  FeeCreditRequested,
  OrderReversed,
  type OrderSettled,
  SurveyAnswered,
} from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ADVISER, aClient, anOrder } from '../fixture.js';
import { reviewTiers } from '../membership/reviews.js';
import { checkBooks } from '../reports/consistency.js';
import { service } from '../service.js';
import { activatePoints, expirePoints } from './points.js';

const adviser = actorOf(ADVISER, ['ADVISER']);
const operations = actorOf(freshId(), ['OPERATIONS']);
const compliance = actorOf(freshId(), ['COMPLIANCE']);

let world: World;
beforeAll(async () => {
  world = await aService(service, { now: new Date('2026-01-15T02:00:00Z') });
  // Of a reward of its own there are few, so that histories run out of it.
  await world.sql(`update reward_terms set points = 150, per_client_year = null where code = 'GIFT-TEA'`);
});
afterAll(() => world.stop());

const problems: object[] = [];
const log = { error: (details: object) => void problems.push(details) } as unknown as Parameters<
  typeof checkBooks
>[1];

/** Everything that can happen to points, with the day moving on to the ends of months and of February. */
type Command =
  | { kind: 'DAY'; today: string }
  | { kind: 'BUY'; product: number; amountMinor: number }
  | { kind: 'SELL'; product: number; amountMinor: number }
  | { kind: 'UNDO_ORDER'; nth: number }
  | { kind: 'ATTEND'; event: number }
  | { kind: 'SURVEY'; survey: number }
  | { kind: 'REDEEM' }
  | {
      kind: 'STEP';
      nth: number;
      step: 'fulfilRedemption' | 'cancelRedemption' | 'failRedemption' | 'reverseRedemption';
    }
  | { kind: 'FEE'; amountMinor: number }
  | { kind: 'FEE_BOOKED' | 'FEE_RELEASED'; nth: number }
  | { kind: 'AGAIN'; nth: number };

const DAYS = [
  '2026-01-31',
  '2026-02-28',
  '2026-03-31',
  '2026-12-31',
  '2027-02-28',
  '2028-02-29',
  '2028-03-31',
  '2029-02-28',
  '2030-03-01',
];
const nth = fc.nat(6);
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: fc.constant('DAY' as const), today: fc.constantFrom(...DAYS) }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('BUY' as const),
      product: fc.nat(2),
      amountMinor: fc.nat(90_000_000),
    }),
  },
  fc.record({ kind: fc.constant('SELL' as const), product: fc.nat(2), amountMinor: fc.nat(50_000_000) }),
  fc.record({ kind: fc.constant('UNDO_ORDER' as const), nth }),
  fc.record({ kind: fc.constant('ATTEND' as const), event: fc.nat(5) }),
  fc.record({ kind: fc.constant('SURVEY' as const), survey: fc.nat(5) }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('REDEEM' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('STEP' as const),
      nth,
      step: fc.constantFrom('fulfilRedemption', 'cancelRedemption', 'failRedemption', 'reverseRedemption'),
    }),
  },
  fc.record({ kind: fc.constant('FEE' as const), amountMinor: fc.nat(300) }),
  fc.record({ kind: fc.constantFrom('FEE_BOOKED' as const, 'FEE_RELEASED' as const), nth }),
  fc.record({ kind: fc.constant('AGAIN' as const), nth: fc.nat(30) }),
);

/** One client's history, carried out through the doors that the outside has. */
class History {
  today = '2026-01-15';
  readonly told: { event: EventDraft; id: string }[] = [];
  readonly orders: DataOf<typeof OrderSettled>[] = [];
  readonly credits: { clientId: string; creditId: string; orderId: string; amountMinor: number }[] = [];
  readonly ids = Array.from({ length: 6 }, freshId);

  constructor(readonly clientId: string) {}

  tell = async (event: EventDraft, id = freshId()) => {
    this.told.push({ event, id });
    // A message that a rule refuses is set aside by the consumer; its transaction has left nothing.
    await world.deliver(event, { id, times: 2 }).catch((error: { code?: string }) => {
      if (error.code !== 'WRONG_STATE') throw error;
    });
  };

  order = (side: 'BUY' | 'REDEEM', product: number, amountMinor: number) => {
    const ids = { clientId: this.clientId, orderId: freshId(), productId: this.ids[product] ?? freshId() };
    const event = anOrder(ids, { side, amountMinor, settledOn: this.today });
    this.orders.push(event.data as DataOf<typeof OrderSettled>);
    return this.tell(event);
  };

  async carryOut(c: Command): Promise<void> {
    const { clientId } = this;
    switch (c.kind) {
      case 'DAY':
        return this.moveOn(c.today);
      case 'BUY':
        return this.order('BUY', c.product, c.amountMinor);
      case 'SELL':
        return this.order('REDEEM', c.product, c.amountMinor);
      case 'UNDO_ORDER': {
        const order = this.orders[c.nth];
        if (order === undefined) return;
        const { settledOn: _, ...data } = order;
        return this.tell(OrderReversed(data));
      }
      case 'ATTEND':
        return this.tell(
          EventAttended({
            attendeeId: clientId,
            clientId,
            leadId: null,
            eventId: this.ids[c.event]!,
            mode: 'ON_SITE',
            attendedOn: this.today,
          }),
        );
      case 'SURVEY':
        return this.tell(SurveyAnswered({ clientId, surveyId: this.ids[c.survey]! }));
      case 'REDEEM':
      case 'STEP':
        return this.command(c);
      case 'FEE': {
        const credit = { clientId, creditId: freshId(), orderId: freshId(), amountMinor: c.amountMinor };
        this.credits.push(credit);
        return this.tell(FeeCreditRequested({ ...credit, feeMinor: 500, currency: 'CNY' }));
      }
      case 'FEE_BOOKED':
      case 'FEE_RELEASED': {
        const credit = this.credits[c.nth];
        if (credit === undefined) return;
        const { amountMinor: _, ...of } = credit;
        return this.tell(
          c.kind === 'FEE_BOOKED'
            ? FeeCreditBooked({ ...credit, currency: 'CNY' })
            : FeeCreditReleased({ ...of, reason: 'TEST' }),
        );
      }
      case 'AGAIN': {
        const again = this.told[c.nth];
        return again === undefined ? undefined : this.tell(again.event, again.id);
      }
      default:
        return c satisfies never;
    }
  }

  async moveOn(today: string): Promise<void> {
    if (today <= this.today) return;
    this.today = today;
    world.clock.now = new Date(`${today}T02:00:00Z`);
    await activatePoints(world.db);
    await expirePoints(world.db);
    await reviewTiers(world.db);
  }

  async command(c: Extract<Command, { kind: 'REDEEM' | 'STEP' }>): Promise<void> {
    if (c.kind === 'REDEEM') {
      const redeem = 'mutation ($input: RedeemPointsInput!) { redeemPoints(input: $input) { id } }';
      const input = { requestId: freshId(), clientId: this.clientId, rewardCode: 'GIFT-TEA' };
      const { codes } = await world.ask(adviser, redeem, { input });
      expect([[], ['POINTS_SHORT'], ['OUT_OF_STOCK']]).toContainEqual(codes);
      return;
    }
    const rows = await world.sql<{ id: string; version: number }>(
      'select id, version from redemption where client_id = $1 order by id',
      [this.clientId],
    );
    const row = rows[c.nth];
    if (row === undefined) return;
    const move = `mutation ($input: MoveRedemptionInput!) { ${c.step}(input: $input) { id } }`;
    const input = { redemptionId: row.id, expectedVersion: row.version };
    const { codes } = await world.ask(operations, move, { input });
    expect([[], ['WRONG_STATE'], ['FEE_CREDIT_BY_ORDER']]).toContainEqual(codes);
  }
}

const stateOf = (clientId: string) =>
  world.sql(
    `select m.tier, m.debt, (select coalesce(sum(remaining), 0) from point_lot where client_id = $1 and state = 'ACTIVE') as balance,
            (select coalesce(sum(remaining), 0) from point_lot where client_id = $1 and state = 'PENDING') as pending,
            (select coalesce(sum(qualifying_points), 0) from ledger_entry where client_id = $1) as qualifying
     from membership m where client_id = $1`,
    [clientId],
  );

describe('any history of everything that can happen to points', () => {
  test('leaves all records agreeing after every day, and told again from the start changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 40 }), async (commands) => {
        world.clock.now = new Date('2026-01-15T02:00:00Z');
        const history = new History(await aClient(world, freshId()));
        await world.sql(`update membership set tier = 'PLUS', tier_to = '2027-01-15' where client_id = $1`, [
          history.clientId,
        ]);
        for (const c of commands) await history.carryOut(c);

        await checkBooks(world.db, log);
        expect(problems).toEqual([]);
        const [state] = await stateOf(history.clientId);
        expect(Number(state?.debt) === 0 || Number(state?.balance) === 0).toBe(true);
        const query = 'query ($id: ID!) { pointsAudit(clientId: $id) { balanceOfLedger isConsistent } }';
        const { data } = await world.ask(compliance, query, { id: history.clientId });
        expect(data.pointsAudit.isConsistent).toBe(true);
        const points = (await world.events()).filter(
          (e) => e.key === history.clientId && e.type.startsWith('points.'),
        );
        if (points.length > 0) expect(points.at(-1)?.data.balance).toBe(data.pointsAudit.balanceOfLedger);
        expect(points.every((e) => Number(e.data.balance) >= 0)).toBe(true);

        // Every message once more, even with the inbox gone.
        await world.sql('truncate inbox');
        for (const { event, id } of [...history.told]) await history.tell(event, id);
        expect(await stateOf(history.clientId)).toEqual([state]);
      }),
      { numRuns: 40 },
    );
  }, 300_000);
});
