import { type ClientCopyRow, type Decimal, dayOf, refuse as refuseAny, type Tx } from '@client-graph/kit';
import { In } from 'typeorm';
import { InvestorFactsRow, ProductRow, RiskCopyRow, type SuitabilityRuleRow } from '../entities.js';
import { changedFees } from '../fees/product-fees.js';
import {
  type AllocationTable,
  allocationOf,
  equityWeight,
  type Goal,
  type Position,
  type Target,
  targetOf,
} from '../plans/allocation.rules.js';
import { refuse } from '../plans/plans.rules.js';
import { positionsFor } from '../plans/portfolio.js';
import { investorOf } from '../suitability/investors.rules.js';
import type { Level } from '../suitability/levels.rules.js';
import { ruleInForce } from '../suitability/rule-in-force.js';
import { standingsOf } from '../suitability/standing.js';
import { type Allowed, allowed } from '../suitability/suitability.rules.js';
import { type FitPoints, type FitTable, fitOf } from './fit.rules.js';

const CANDIDATES_MAX = 1_000;

/** All that a proposal is made of: the client as the tables see them, what they hold, and what they may be offered. */
export type Situation = {
  rule: SuitabilityRuleRow;
  table: AllocationTable;
  fit: FitTable;
  level: Level;
  target: Target;
  allowed: Allowed;
  horizonMonths: number | null;
  positions: Position[];
  currency: string;
};

/** Looks at a client, who is locked, by the service's own copies. Refuses NO_ALLOCATION_TABLE, and NO_LEVEL without a valid profile. */
export async function situationOf(
  tx: Tx,
  client: ClientCopyRow,
  { goal, currency }: { goal: Goal; currency: string },
): Promise<Situation> {
  const today = dayOf(tx.now);
  const rule = await ruleInForce(tx, today);
  const { allocation: table, fit, reviewOverdueDays } = rule.tables;
  if (table?.goals === undefined || fit === undefined)
    throw refuse('NO_ALLOCATION_TABLE', { ruleVersion: rule.version });
  const profile = await tx.findOne(RiskCopyRow, { id: client.id });
  if (profile === null || today > profile.validTo) throw refuse('NO_LEVEL');
  const facts = await tx.findOne(InvestorFactsRow, { id: client.id });
  const [standing = { status: null, review: null }] = await standingsOf(tx, [client.id]);
  const investor = { ...client, ...investorOf(facts, standing, { today, reviewOverdueDays }) };
  return {
    rule,
    table,
    fit,
    level: profile.level,
    target: targetOf(table, profile.level, goal),
    allowed: allowed(rule.tables, investor, profile, today),
    horizonMonths: investor.horizonMonths,
    positions: await positionsFor(tx, client.id, currency),
    currency,
  };
}

export type Ranked = { product: ProductRow; points: number; reasons: FitPoints[]; weight: Decimal };

/** Listed products of the currency that suit the client, the newest first. */
export function suiting(tx: Tx, { allowed: may, currency }: Situation): Promise<ProductRow[]> {
  if (may.ratings.length === 0) return Promise.resolve([]);
  return tx.find(ProductRow, {
    where: {
      status: 'LISTED',
      currency,
      rating: In(may.ratings),
      category: In(may.categories),
      issuerType: In(may.issuerTypes),
    },
    order: { id: 'DESC' },
    take: CANDIDATES_MAX,
  });
}

/** The same, best fit first; among equals the newer one. Nothing the client does not mean to stay in. */
export async function ranked(tx: Tx, situation: Situation): Promise<Ranked[]> {
  const { allowed: may, horizonMonths, positions, table } = situation;
  const products = await suiting(tx, situation);
  const { equityPct, products: shares } = allocationOf(table, positions);
  const client = { target: situation.target, equityPct, horizonMonths, ratings: may.ratings };
  const changed = await changedFees(
    tx,
    products.map(({ id }) => id),
    dayOf(tx.now),
  );
  return products
    .map((product, at) => ({ ...product, ...changed[at] }))
    .filter((product) => horizonMonths === null || product.minHorizonMonths <= horizonMonths)
    .map((product) => {
      const weight = equityWeight(table, product.category);
      const sharePct = shares.find((one) => one.productId === product.id)?.pct ?? weight.times(0);
      return {
        product,
        weight,
        ...fitOf(situation.fit, client, { ...product, equityWeight: weight, sharePct }),
      };
    })
    .sort((a, b) => b.points - a.points || (a.product.id < b.product.id ? 1 : -1));
}

const FIRST_MAX = 20;
export function checkFirst(first: number): number {
  if (first < 1 || first > FIRST_MAX) throw refuseAny('PAGE_SIZE', { first, max: FIRST_MAX });
  return first;
}
