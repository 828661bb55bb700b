import {
  type ClientCopyRow,
  type Context,
  type Db,
  Decimal,
  dayOf,
  findForUpdate,
  isUuid,
  type Money,
  refuse as refuseAny,
  type Tx,
  transact,
} from '@client-graph/kit';
import { nonNegativeMoney } from '@client-graph/kit/money';
import { In, LessThan, Raw } from 'typeorm';
import { ProductRow, RecommendationRow } from '../entities.js';
import { isAtLeast } from '../products/products.rules.js';
import { ranked, type Situation, situationOf } from '../recommendations/candidates.js';
import { notRestricted } from '../restriction.js';
import { decideFor, judge, lockClient, lockProduct, type Purchase } from '../suitability/suitability.js';
import { allocationOf, driftOf, type Goal } from './allocation.rules.js';
import { PlanLineRow, PlanRow } from './plans.entities.js';
import { datesOf, decline, giveWay, proposed, reviewDue } from './plans.rules.js';
import { type Candidate, type Line, rebalance } from './rebalance.rules.js';

type Propose = { requestId: string; clientId: string; goal: Goal; cash: Money };

/**
 * Proposes what to change in what a client holds. Every purchase in it is decided about and suits without any warning, and is so
 * recommended. It takes the place of a proposal that still waits.
 */
export const proposePlan = (db: Db, input: Propose): Promise<PlanRow> =>
  transact(db, async (tx) => {
    const cash = nonNegativeMoney(input.cash, 'cash');
    const client = await lockClient(tx, input.clientId);
    return tx.once('proposePlan', input, PlanRow, async (id) => {
      const situation = await situationOf(tx, client, { goal: input.goal, currency: cash.currency });
      const lines = await suitableLines(tx, client, situation, cash.amount);
      await giveWayTo(tx, client.id, cash.currency, 'PROPOSED');
      const plan = await tx.insert(PlanRow, {
        id,
        clientId: client.id,
        currency: cash.currency,
        goal: input.goal,
        ...figuresOf(situation, cash.amount),
        ...datesOf(situation.table, dayOf(tx.now), tx.now),
        state: 'PROPOSED',
        reviewToldAt: null,
        proposedAt: tx.now,
        proposedBy: tx.actor.id,
        decidedAt: null,
        decidedBy: null,
        version: 1,
      });
      for (const [at, line] of lines.entries()) await keepLine(tx, client, plan, { ...line, n: at + 1 });
      await tx.record(proposed(plan));
      return plan;
    });
  });

function figuresOf({ rule, level, target, table, positions }: Situation, cash: Decimal) {
  const found = allocationOf(table, positions);
  return {
    level,
    ruleVersion: rule.version,
    cash,
    total: found.total.plus(cash),
    equityPct: found.equityPct,
    ...target,
    driftPct: driftOf(target, found),
  };
}

/** Lines whose purchases the rules let pass without a warning; a product they object to is left out and the rest made anew. */
async function suitableLines(
  tx: Tx,
  client: ClientCopyRow,
  situation: Situation,
  cash: Decimal,
): Promise<Line[]> {
  const { table, target, level, positions, currency } = situation;
  const { concentration } = situation.rule.tables;
  const products = new Map((await ranked(tx, situation)).map(({ product }) => [product.id, product]));
  const limited = (product: ProductRow): Candidate => ({
    ...product,
    productId: product.id,
    maxPct: isAtLeast(product.rating, concentration.fromRating)
      ? new Decimal(concentration.warnAbovePct)
      : null,
  });
  // Each round leaves out at least one product, so that the loop ends.
  for (;;) {
    const candidates = [...products.values()].map(limited);
    const ask = { table, target, level, allowed: situation.allowed, positions, candidates, cash, currency };
    const lines = rebalance(ask);
    const against = await unsuitable(tx, client, lines, currency);
    if (against === null) return lines;
    products.delete(against);
  }
}

async function unsuitable(
  tx: Tx,
  client: ClientCopyRow,
  lines: readonly Line[],
  currency: string,
): Promise<string | null> {
  const alongside: Purchase[] = [];
  const paidOut = paidOutIn(lines);
  for (const line of lines) {
    const { side, productId, amount } = line;
    if (side === 'REDEEM') continue;
    // Locked, so that the decision that is kept with the line is about the same product.
    const product = await lockProduct(tx, productId);
    const givesUp = givenUpIn(line);
    const { result } = await judge(
      tx,
      client,
      product,
      { amount, currency },
      { alongside, paidOut, givesUp },
    );
    if (result !== 'SUITABLE') return productId;
    alongside.push({ productId, amount, currency, givesUp });
  }
  return null;
}

/** What a plan takes out of the portfolio. */
export const paidOutIn = (lines: readonly Pick<Line, 'side' | 'productId' | 'units'>[]) =>
  lines.flatMap(({ side, productId, units }) =>
    side === 'REDEEM' && units !== null ? [{ productId, units }] : [],
  );

/** What a line of a plan gives up for what it buys; null where new money pays. */
export const givenUpIn = ({ fromProductId, units }: Pick<Line, 'fromProductId' | 'units'>) =>
  fromProductId === null || units === null ? null : { productId: fromProductId, units };

/** A purchase of a plan is recommended, by a decision of its own. */
async function keepLine(
  tx: Tx,
  client: ClientCopyRow,
  plan: PlanRow,
  line: Line & { n: number },
): Promise<void> {
  const isPurchase = line.side !== 'REDEEM';
  const product = await tx.manager.findOneOrFail(ProductRow, { where: { id: line.productId } });
  const money = { amount: line.amount, currency: plan.currency };
  const givesUp = givenUpIn(line);
  const decision = isPurchase ? await decideFor(tx, client, product, money, { givesUp }) : null;
  if (decision !== null && decision.result === 'SUITABLE')
    await tx.insert(RecommendationRow, {
      id: tx.newId(),
      clientId: client.id,
      productId: product.id,
      decisionId: decision.id,
      recommendedAt: tx.now,
      recommendedBy: tx.actor.id,
      originClientId: client.id,
    });
  await tx.insert(PlanLineRow, {
    ...line,
    id: tx.newId(),
    planId: plan.id,
    decisionId: decision?.id ?? null,
    orderId: null,
  });
}

/** Ends the plan of this client and currency that is in a state, where there is one. */
export async function giveWayTo(
  tx: Tx,
  clientId: string,
  currency: string,
  state: 'PROPOSED' | 'ACCEPTED',
): Promise<void> {
  const former = await tx.manager.find(PlanRow, {
    where: { clientId, currency, state },
    lock: { mode: 'pessimistic_write' },
  });
  for (const plan of former) {
    const { changes, events } = giveWay(plan);
    await tx.update(PlanRow, plan, changes);
    await tx.record(...events);
  }
}

/** The client of a plan, locked, if the caller reaches them. */
export async function clientOfPlan(tx: Tx, planId: string): Promise<ClientCopyRow> {
  const seen = isUuid(planId) ? await tx.findOne(PlanRow, { id: planId }) : null;
  if (seen === null) throw refuseAny('NOT_FOUND');
  return lockClient(tx, seen.clientId);
}

export const declinePlan = (db: Db, input: { planId: string; expectedVersion: number }): Promise<PlanRow> =>
  transact(db, async (tx) => {
    await clientOfPlan(tx, input.planId);
    const plan = await findForUpdate(tx, PlanRow, input.planId, input.expectedVersion);
    const { changes, events } = decline(plan, tx.now);
    await tx.record(...events);
    return tx.update(PlanRow, plan, { ...changes, decidedBy: tx.actor.id });
  });

const AT_ONCE = 200;

/** Ends plans that nobody has accepted in time, and tells of accepted ones that are to be looked at again; those of restricted clients wait. Run again, it does nothing. */
export async function watchPlans(db: Db): Promise<void> {
  const inBatches = async (batch: (tx: Tx) => Promise<number>) => {
    while ((await transact(db, batch)) === AT_ONCE);
  };
  await inBatches(async (tx) => {
    const late = await tx.manager.find(PlanRow, {
      where: { state: 'PROPOSED', validUntil: LessThan(tx.now), clientId: Raw(notRestricted) },
      ...{ order: { id: 'ASC' }, take: AT_ONCE, lock: { mode: 'pessimistic_write' } },
    });
    for (const plan of late) {
      const { changes, events } = giveWay(plan);
      await tx.update(PlanRow, plan, changes);
      await tx.record(...events);
    }
    return late.length;
  });
  await inBatches(async (tx) => {
    const due = await tx.query<{ id: string }>(
      `select id from portfolio_plan where state = 'ACCEPTED' and review_told_at is null and review_on <= $1
         and ${notRestricted('portfolio_plan.client_id')}
       order by id limit $2 for update`,
      [dayOf(tx.now), AT_ONCE],
    );
    for (const plan of await tx.find(PlanRow, { where: { id: In(due.map(({ id }) => id)) } })) {
      await tx.update(PlanRow, plan, { reviewToldAt: tx.now });
      await tx.record(reviewDue(plan));
    }
    return due.length;
  });
}

/** The lines of many plans cost one statement. */
export const linesOf = (ctx: Context, plan: PlanRow): Promise<PlanLineRow[]> =>
  ctx.loadList(PlanLineRow, 'planId', plan.id);
