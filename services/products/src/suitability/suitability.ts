import type { DataOf, RiskProfileChanged } from '@client-graph/events';
import {
  ClientCopyRow,
  type Connection,
  type Context,
  connectionOf,
  type Db,
  dayOf,
  findForUpdate,
  isUuid,
  type Money,
  type PageArgs,
  pageOf,
  positiveMoney,
  refuse,
  serves,
  type Tx,
  transact,
} from '@client-graph/kit';
import { In, Not } from 'typeorm';
import type { ClientReference } from '../client-reference.js';
import {
  DecisionRow,
  InvestorFactsRow,
  OrderRow,
  ProductRow,
  RiskCopyRow,
  SuitabilityRuleRow,
} from '../entities.js';
import { holdingsOf } from '../holdings/holdings.js';
import { exposureOf, type Leaving } from '../holdings/holdings.rules.js';
import { hasInterest } from '../interests/interests.js';
import { givenUpBy, outstanding, type Side, UNDER_WAY } from '../orders/orders.rules.js';
import { investorOf } from './investors.rules.js';
import { ruleInForce } from './rule-in-force.js';
import { lockCopy, standingsOf } from './standing.js';
import {
  type Allowed,
  allowed,
  checked,
  decide,
  endOfDay,
  type Inputs,
  isOverridable,
  replay,
  withoutMeans,
  withWords,
} from './suitability.rules.js';

/** Holds a purchase against the rules and keeps the answer. */
export const checkSuitability = (
  db: Db,
  input: { clientId: string; productId: string; amount: Money },
): Promise<DecisionRow> =>
  transact(db, async (tx) => {
    const amount = positiveMoney(input.amount, 'amount');
    const client = await lockClient(tx, input.clientId);
    const product = await lockProduct(tx, input.productId);
    return decideFor(tx, client, product, amount);
  });

/** The client, if the caller reaches it, locked: what is decided of one client is decided one after the other. */
export async function lockClient(tx: Tx, clientId: string): Promise<ClientCopyRow> {
  const client = await findForUpdate(tx, ClientCopyRow, clientId);
  if (!serves(tx.actor, client)) throw refuse('NOT_FOUND');
  return client;
}

/** The product, locked against change until the decision about it is written; others may decide about it meanwhile. */
export async function lockProduct(tx: Tx, productId: string): Promise<ProductRow> {
  const product = isUuid(productId)
    ? await tx.manager.findOne(ProductRow, { where: { id: productId }, lock: { mode: 'pessimistic_read' } })
    : null;
  if (product === null) throw refuse('NOT_FOUND', { record: 'PRODUCT' });
  return product;
}

/** A purchase thought of; a switch says what it gives up. */
export type Purchase = { productId: string; givesUp: Leaving | null } & Money;

type DecideOptions = {
  /** The order decided about anew: it does not count as another one under way. */
  orderId?: string | null;
  /** Purchases decided about together with this one, before it: they count as under way. */
  alongside?: readonly Purchase[];
  /** Redemptions decided about together with this one. */
  paidOut?: readonly Leaving[];
  /** What it is paid with, where it is a switch. */
  givesUp?: Leaving | null;
  isWitnessed?: boolean;
  /** The client goes above their level on their own initiative; told where the table allows it. */
  isOverride?: boolean;
};

/** What the rules say of a purchase thought of; nothing is stored. The client must be locked. */
export async function judge(
  tx: Tx,
  client: ClientCopyRow,
  product: ProductRow,
  amount: Money,
  {
    alongside = [],
    paidOut = [],
    givesUp = null,
  }: Pick<DecideOptions, 'alongside' | 'paidOut' | 'givesUp'> = {},
) {
  const today = dayOf(tx.now);
  const { tables } = await ruleInForce(tx, today);
  const { reviewOverdueDays } = tables;
  const about = { client, product, amount, orderId: null, alongside, paidOut, givesUp, isWitnessed: false };
  return decide(tables, await inputsOf(tx, { today, reviewOverdueDays, ...about }));
}

/** Decides on this service's own copies and stores the decision with all it was made of. The client must be locked. */
export async function decideFor(
  tx: Tx,
  client: ClientCopyRow,
  product: ProductRow,
  amount: Money,
  {
    orderId = null,
    alongside = [],
    paidOut = [],
    givesUp = null,
    isWitnessed = false,
    isOverride = false,
  }: DecideOptions = {},
): Promise<DecisionRow> {
  const today = dayOf(tx.now);
  const rule = await ruleInForce(tx, today);
  const { reviewOverdueDays } = rule.tables;
  const about = { client, product, amount, orderId, alongside, paidOut, givesUp, isWitnessed };
  const inputs = await inputsOf(tx, { today, reviewOverdueDays, ...about });
  const { result, reasons } = decide(rule.tables, inputs);
  const canOverride = isOverridable(rule.tables, inputs, reasons);
  const decision = await tx.insert(DecisionRow, {
    id: tx.newId(),
    clientId: client.id,
    productId: product.id,
    amount: amount.amount,
    currency: amount.currency,
    result,
    reasons: withWords(rule.tables, reasons),
    ...withoutMeans(inputs),
    ruleVersion: rule.version,
    decidedAt: tx.now,
    decidedBy: tx.actor.id,
    validUntil: endOfDay(today),
    isOverridable: canOverride,
  });
  await tx.record(checked({ ...decision, isOverride: isOverride && canOverride }));
  return decision;
}

type Question = {
  today: string;
  reviewOverdueDays: number | undefined;
  client: ClientCopyRow;
  product: ProductRow;
  amount: Money;
  orderId: string | null;
  alongside: readonly Purchase[];
  paidOut: readonly Leaving[];
  givesUp: Leaving | null;
  isWitnessed: boolean;
};

async function inputsOf(tx: Tx, question: Question): Promise<Inputs> {
  const { today, client, product, amount, givesUp, isWitnessed } = question;
  const profile = await tx.manager.findOne(RiskCopyRow, {
    where: { id: client.id },
    lock: { mode: 'pessimistic_read' },
  });
  const facts = await tx.findOne(InvestorFactsRow, { id: client.id });
  const [standing = { status: null, review: null }] = await standingsOf(tx, [client.id]);
  const hasConflict = await hasInterest(tx, product.id, [client.adviserId, tx.actor.id]);
  const exposure = await exposureFor(tx, question);
  const { id, version, status, rating, category, issuerType, currency } = product;
  return {
    today,
    client: {
      id: client.id,
      kind: client.kind,
      status: client.status,
      ageBand: client.ageBand,
      ...investorOf(facts, standing, question),
    },
    profile: profile && {
      level: profile.level,
      lowestCategory: profile.lowestCategory,
      validTo: profile.validTo,
      assessmentId: profile.assessmentId,
    },
    product: {
      id,
      version,
      status,
      rating,
      category,
      issuerType,
      currency,
      minAmount: product.minAmount.toFixed(),
      minHorizonMonths: product.minHorizonMonths,
    },
    order: {
      amount: amount.amount.toFixed(),
      currency: amount.currency,
      isWitnessed,
      hasConflict,
      isSwitch: givesUp !== null,
    },
    exposure,
  };
}

/** What is held, what is under way, and what is thought of together with this. */
async function exposureFor(tx: Tx, question: Question) {
  const { client, product, orderId, alongside, paidOut, givesUp } = question;
  const holdings = await holdingsOf(tx, client.id);
  const open = await tx.find(OrderRow, {
    where: {
      clientId: client.id,
      state: In([...UNDER_WAY]),
      ...(orderId === null ? {} : { id: Not(orderId) }),
    },
  });
  const incoming = [
    ...open
      .filter(({ side }) => side !== 'REDEEM')
      .map((order) => ({ ...order, amount: outstanding(order), isSwitch: order.side === 'SWITCH' })),
    ...alongside.map((one) => ({ ...one, isSwitch: one.givesUp !== null })),
  ];
  // What another switch gives up stays in the portfolio; into this product it is counted as incoming already.
  const isGone = (order: { side: Side; productId: string }) =>
    order.side === 'REDEEM' || order.productId === product.id;
  const leaving = [
    ...open.filter(isGone).map(givenUpBy),
    ...alongside.filter(({ productId }) => productId === product.id).map((one) => one.givesUp),
    ...paidOut,
    givesUp,
  ].filter((one) => one !== null);
  return exposureOf({ ...product, productId: product.id }, holdings, incoming, leaving);
}

/** The decision an order was placed on; the database does not let it go missing. */
export async function decisionOf(ctx: Context, { decisionId }: { decisionId: string }): Promise<DecisionRow> {
  const decision = await ctx.load(DecisionRow, decisionId);
  if (decision === null) throw new Error(`The decision ${decisionId} is gone.`);
  return decision;
}

/** Keeps the copy of the risk profile. One that was told before the one that is there, as a dead letter sent again, changes nothing. */
export async function keepProfile(
  tx: Tx,
  profile: DataOf<typeof RiskProfileChanged>,
  at: Date,
): Promise<void> {
  // The client first, as commands lock it, so that the two never wait for each other.
  await lockCopy(tx, profile.clientId);
  const { clientId, to: level, lowestCategory, validTo, assessmentId } = profile;
  await tx.query(
    `insert into risk_copy (client_id, level, lowest_category, valid_to, assessment_id, updated_at, told_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (client_id) do update set level = excluded.level, lowest_category = excluded.lowest_category,
       valid_to = excluded.valid_to, assessment_id = excluded.assessment_id, updated_at = excluded.updated_at, told_at = excluded.told_at
     where risk_copy.told_at is null or excluded.told_at >= risk_copy.told_at`,
    [clientId, level, lowestCategory, validTo, assessmentId, tx.now, at],
  );
}

/** A page of the listed products that suit the client. Many clients at once cost as many statements as one. */
export async function eligibleProducts(
  ctx: Context,
  client: ClientReference,
  args: PageArgs,
): Promise<Connection<ProductRow>> {
  const { first, afterId } = pageOf(args);
  const today = dayOf(ctx.db.now());
  const rule = await ctx.loadBy('suitability rule', today, (days) =>
    Promise.all(days.map((day) => ruleInForce(ctx.db.source, day))),
  );
  const copy = await ctx.load(ClientCopyRow, client.id);
  const facts = await ctx.load(InvestorFactsRow, client.id);
  const standing = await ctx.loadBy('standing', client.id, (ids) => standingsOf(ctx.db.source, ids));
  const { reviewOverdueDays } = rule.tables;
  const investor = copy && { ...copy, ...investorOf(facts, standing, { today, reviewOverdueDays }) };
  const suiting = allowed(rule.tables, investor, client.riskProfile ?? null, today);
  const ids = await ctx.loadBy(`eligible ${first} ${afterId}`, JSON.stringify(suiting), (sets) =>
    idsOfSuiting(ctx.db, sets.map(readAllowed), first, afterId),
  );
  const products = await Promise.all(ids.map((id) => ctx.load(ProductRow, id)));
  return connectionOf(
    products.filter((product) => product !== null),
    first,
  );
}

const readAllowed = (text: string): Allowed => JSON.parse(text);

/** For each set of what is allowed the ids of one page: a lateral join walks the index of listed products once per set. */
async function idsOfSuiting(
  db: Db,
  sets: readonly Allowed[],
  first: number,
  afterId: string | null,
): Promise<string[][]> {
  const found: { n: number; id: string }[] = await db.source.query(
    `select allowed.n, suiting.id
     from jsonb_to_recordset($1::jsonb) as allowed(n int, ratings text[], categories text[], "issuerTypes" text[])
     cross join lateral (
       select id from product
       where status = 'LISTED'
         and rating = any (allowed.ratings) and category = any (allowed.categories) and issuer_type = any (allowed."issuerTypes")
         and ($3::uuid is null or id < $3)
       order by id desc limit $2
     ) suiting
     order by allowed.n, suiting.id desc`,
    [JSON.stringify(sets.map((set, n) => ({ n, ...set }))), first + 1, afterId],
  );
  const lists: string[][] = sets.map(() => []);
  for (const { n, id } of found) lists[n]?.push(id);
  return lists;
}

/** The decision made again from what was stored; the tables of many decisions cost one statement. */
export async function replayed(ctx: Context, decision: DecisionRow) {
  const rule = await ctx.loadBy('suitability rule version', decision.ruleVersion, async (versions) => {
    const found = await ctx.db.source
      .getRepository(SuitabilityRuleRow)
      .findBy({ version: In([...versions]) });
    return versions.map((version) => found.find((row) => row.version === version) ?? null);
  });
  if (rule === null) throw new Error(`The rule version ${decision.ruleVersion} is gone.`);
  return replay(rule.tables, decision);
}
