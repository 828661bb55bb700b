import type { DataOf, EventDraft, OrderSettled } from '@client-graph/events';
import { ClientCopyRow, type Db, dayOf, isUuid, type Tx, transact } from '@client-graph/kit';
import type { EarnBasis } from '../earning/earning.rules.js';
import { cutPurchases } from '../earning/reversals.js';
import { EarnRuleRow, LedgerEntryRow, MembershipRow, PointLotRow } from '../entities.js';
import { loadTiers, lockOwner, ownerOf } from '../membership/membership.js';
import { type QualifyingDay, qualifyingAfter, tierOf, upgrade } from '../membership/membership.rules.js';
import { DUE_TO_ACTIVATE, DUE_TO_EXPIRE, type DueLot, takeStep } from './ledger.js';
import { activate, type Entry, expire, type Lot, lapse, type Step } from './lots.rules.js';
import { earnPurchase, earns, inForce, isPurchaseRule } from './points.rules.js';

const PURCHASE = 'order.settled';

/** Books the points of a settled order; an order that earns nothing leaves no trace. */
export async function earnForOrder(
  tx: Tx,
  sourceEventId: string,
  told: DataOf<typeof OrderSettled>,
): Promise<void> {
  const order = { ...told, clientId: await ownerOf(tx, told.clientId) };
  const rules = await tx.find(EarnRuleRow, { where: { event: PURCHASE } });
  const rule = inForce(rules.filter(isPurchaseRule), order.settledOn);
  const client = await tx.findOne(ClientCopyRow, { id: order.clientId });
  const clientStatus = client?.status ?? null;
  if (rule === undefined || !earns(order, clientStatus, rule)) return;

  const membership = await lockOwner(tx, order.clientId, order.settledOn);
  // The inbox has let this event through once; should its mark ever be gone, the ledger still knows.
  const before = await tx.findOne(LedgerEntryRow, { sourceEventId, rule: rule.code, type: 'EARN' });
  if (before !== null || (await isReversed(tx, order.orderId))) return;

  const tiers = await loadTiers(tx, order.settledOn);
  const balance = await balanceIn(tx, order.clientId);
  const held = { membership, tier: tierOf(tiers, membership.tier), clientStatus, balance };
  const earning = earnPurchase(order, held, rule, { lotId: tx.newId(), entryId: tx.newId(), sourceEventId });
  if (earning === null) return;
  await bookEarning(tx, membership, earning);
  await cutPurchases(tx, membership, order.productId);
}

const isReversed = async (tx: Tx, orderId: string): Promise<boolean> =>
  (await tx.query('select from reversed_order where order_id = $1', [orderId])).length > 0;

export const balanceIn = async (tx: Tx, clientId: string): Promise<number> =>
  (await standingsIn(tx, [clientId]))[0]?.balance ?? 0;

type Earning = { lot: Lot; entry: Entry<EarnBasis>; events: EventDraft[] };

/** Writes an earning of a locked member, and moves the member up when that is enough for a higher tier. */
export async function bookEarning(
  tx: Tx,
  membership: MembershipRow,
  { lot, entry, events }: Earning,
): Promise<void> {
  await tx.insert(PointLotRow, { ...lot, version: 1 });
  await tx.insert(LedgerEntryRow, { ...entry, at: tx.now });
  await tx.record(...events);
  if (entry.qualifyingOn !== null) await upgradeMember(tx, membership, entry.qualifyingOn);
}

/** Moves a locked member up when what counts on the day is enough for a higher tier. */
export async function upgradeMember(tx: Tx, membership: MembershipRow, day: string): Promise<void> {
  const step = upgrade(
    membership,
    await qualifyingDays(tx, membership.id, qualifyingAfter(day)),
    await loadTiers(tx, day),
  );
  if (step === null) return;
  await tx.update(MembershipRow, membership, step.changes);
  await tx.record(...step.events);
}

export const qualifyingDays = (tx: Tx, clientId: string, after: string): Promise<QualifyingDay[]> =>
  tx.query(
    `select to_char(qualifying_on, 'YYYY-MM-DD') as day, sum(qualifying_points)::float8 as points
     from ledger_entry where client_id = $1 and qualifying_on > $2 group by qualifying_on`,
    [clientId, after],
  );

/** Makes spendable every lot whose day has come. */
export const activatePoints = (db: Db): Promise<void> =>
  untilNoneIsDue(db, `${DUE_TO_ACTIVATE} order by available_on, client_id`, activate);

/** Lets lapse every lot whose last day is over. */
export const expirePoints = (db: Db): Promise<void> =>
  untilNoneIsDue(db, `${DUE_TO_EXPIRE} order by expires_on, client_id`, expire);

/** Lets lapse what is left to members who have gone, once the notice is over. */
export const lapsePoints = (db: Db): Promise<void> =>
  untilNoneIsDue(
    db,
    `state in ('PENDING', 'ACTIVE') and client_id in (select client_id from membership where lapse_on < $1) order by client_id, id`,
    lapse,
  );

const BATCH_LOTS = 500;

/** Takes the due lots in batches, each a transaction that leaves none of its lots due: a run that dies goes on where it stopped. */
async function untilNoneIsDue(db: Db, due: string, step: Step): Promise<void> {
  const today = dayOf(db.now());
  let found: number;
  do {
    found = await transact(db, async (tx) => {
      const sql = `select id, client_id as "clientId" from point_lot where ${due} limit ${BATCH_LOTS}`;
      const lots = await tx.query<DueLot>(sql, [today]);
      await takeStep(tx, lots, today, step);
      return lots.length;
    });
  } while (found > 0);
}

/** What a client's lots add up to. */
export type Standing = { clientId: string; balance: number; pending: number; qualifyingPoints12m: number };

const STANDINGS = `
  select c.id as "clientId", l.balance::float8 as balance, l.pending::float8 as pending, q.points::float8 as "qualifyingPoints12m"
  from unnest($1::uuid[]) with ordinality as c(id, position)
  cross join lateral (
    select coalesce(sum(remaining) filter (where state = 'ACTIVE'), 0) as balance,
           coalesce(sum(remaining) filter (where state = 'PENDING'), 0) as pending
    from point_lot where client_id = c.id and state in ('PENDING', 'ACTIVE')
  ) l
  cross join lateral (
    select coalesce(sum(qualifying_points), 0) as points
    from ledger_entry where client_id = c.id and qualifying_on > $2
  ) q
  order by c.position`;

/** The standings of many clients by one statement, in the order of the ids. */
export const standings = (db: Db, clientIds: readonly string[]): Promise<Standing[]> =>
  db.source.query(STANDINGS, [clientIds, qualifyingAfter(dayOf(db.now()))]);

const standingsIn = (tx: Tx, clientIds: readonly string[]): Promise<Standing[]> =>
  tx.query(STANDINGS, [clientIds, qualifyingAfter(dayOf(tx.now))]);

type Audit = {
  balanceOfLots: number;
  balanceOfLedger: number;
  pendingOfLots: number;
  pendingOfLedger: number;
};

/** A client's points by the lots and by the ledger, read at one instant; null without a membership. */
export async function pointsAudit(
  db: Db,
  clientId: string,
): Promise<(Audit & { isConsistent: boolean }) | null> {
  if (!isUuid(clientId)) return null;
  const found: Audit[] = await db.source.query(
    `select coalesce((select sum(remaining) from point_lot where client_id = $1 and state = 'ACTIVE'), 0)::float8 as "balanceOfLots",
            coalesce((select sum(available) from ledger_entry where client_id = $1), 0)::float8 as "balanceOfLedger",
            coalesce((select sum(remaining) from point_lot where client_id = $1 and state = 'PENDING'), 0)::float8 as "pendingOfLots",
            coalesce((select sum(pending) from ledger_entry where client_id = $1), 0)::float8 as "pendingOfLedger"
     from membership where client_id = $1`,
    [clientId],
  );
  const [audit] = found;
  if (audit === undefined) return null;
  return {
    ...audit,
    isConsistent:
      audit.balanceOfLots === audit.balanceOfLedger && audit.pendingOfLots === audit.pendingOfLedger,
  };
}
