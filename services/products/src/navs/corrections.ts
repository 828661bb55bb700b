import {
  type Approvable,
  type ApprovalDecision,
  type Connection,
  type Context,
  connectionOf,
  type Db,
  type Decimal,
  findForUpdate,
  hiddenSql,
  isUuid,
  openApproval,
  type PageArgs,
  pageOf,
  refuse as refuseAny,
  seesRestricted,
  settleApproval,
  type Tx,
  transact,
} from '@client-graph/kit';
import { NavPointRow, OrderRow } from '../entities.js';
import { NavCorrectionRow } from './corrections.entities.js';
import { type CorrectionReason, checkNav, corrected } from './corrections.rules.js';

/** One proposal at a time for each value. */
export const NAV_CORRECTION: Approvable = {
  action: 'NAV_CORRECTION',
  scope: 'navs:approve',
  days: 30,
  lapse: (tx, id) => tx.manager.update(NavCorrectionRow, id, { state: 'EXPIRED', decidedAt: tx.now }),
};

/** What a second person says yes to: another value in the place of the one that is there. */
const payloadOf = ({ productId, day, nav, reason }: NavCorrectionRow, was: Decimal) => ({
  productId,
  day,
  was: was.toFixed(),
  nav: nav.toFixed(),
  reason,
});

type Propose = { requestId: string; productId: string; day: string; nav: Decimal; reason: CorrectionReason };

/** Proposes another value of a unit for a day that has one. */
export const proposeNavCorrection = (db: Db, input: Propose): Promise<NavCorrectionRow> =>
  transact(db, (tx) =>
    tx.once('proposeNavCorrection', input, NavCorrectionRow, async (id) => {
      const { productId, day, nav, reason } = input;
      const { nav: was } = await lockPoint(tx, productId, day);
      checkNav(nav, was);
      if (tx.actor.id === null) throw refuseAny('UNAUTHENTICATED');
      const correction: NavCorrectionRow = {
        ...{ id, productId, day, was, nav, reason },
        state: 'PENDING',
        proposedBy: tx.actor.id,
        proposedAt: tx.now,
        decidedBy: null,
        decidedAt: null,
        version: 1,
      };
      await openApproval(tx, NAV_CORRECTION, {
        subject: `${productId} ${day}`,
        targetId: id,
        payload: payloadOf(correction, was),
      });
      return tx.insert(NavCorrectionRow, correction);
    }),
  );

async function lockPoint(tx: Tx, productId: string, day: string): Promise<NavPointRow> {
  const point = isUuid(productId)
    ? await tx.manager.findOne(NavPointRow, {
        where: { productId, day },
        lock: { mode: 'pessimistic_write' },
      })
    : null;
  if (point === null) throw refuseAny('NOT_FOUND', { record: 'NAV' });
  return point;
}

/**
 * Approves, rejects or withdraws. Approved, the series has the new value, and with it every valuation; orders settled at the old one
 * are told, and corrected one by one (`correctSettlement`), since their money has moved.
 */
export const decideNavCorrection = (
  db: Db,
  decision: ApprovalDecision,
  input: { correctionId: string; expectedVersion: number },
): Promise<NavCorrectionRow> =>
  transact(db, async (tx) => {
    const correction = await findForUpdate(tx, NavCorrectionRow, input.correctionId, input.expectedVersion);
    const point = await lockPoint(tx, correction.productId, correction.day);
    const { checkerId } = await settleApproval(tx, NAV_CORRECTION, decision, {
      targetId: correction.id,
      payload: payloadOf(correction, point.nav),
    });
    if (decision === 'APPROVED') {
      await tx.update(NavPointRow, point, { nav: correction.nav });
      const [found] = await tx.query<{ n: number }>(`select count(*)::int as n from (${AFFECTED}) orders`, [
        correction.productId,
        correction.day,
        correction.was.toFixed(),
      ]);
      await tx.record(corrected(correction, found?.n ?? 0));
    }
    return tx.update(NavCorrectionRow, correction, {
      state: decision,
      decidedBy: checkerId,
      decidedAt: tx.now,
    });
  });

/** Orders with a row of the ledger at the value that was, on its day, that nothing has undone. */
const AFFECTED = `select distinct s.order_id as id from settlement s join holding h on h.id = s.holding_id
  where h.product_id = $1 and s.settled_on = $2 and s.nav = $3 and s.reverses_id is null
    and not exists (select from settlement undoing where undoing.reverses_id = s.id)`;

/** Orders that are still to be corrected, newest first. */
export async function affectedOrders(
  ctx: Context,
  { productId, day, was, state }: NavCorrectionRow,
  args: PageArgs,
): Promise<Connection<OrderRow>> {
  const { first, afterId } = pageOf(args);
  if (state !== 'APPROVED') return connectionOf([], first);
  const found: { id: string }[] = await ctx.db.source.query(
    `select id from (${AFFECTED}) orders where ($4::uuid is null or id < $4) and ($6 or not exists (
       select from product_order o join client_copy c on c.client_id = o.client_id where o.id = orders.id and ${hiddenSql('c', '$7')}))
     order by id desc limit $5`,
    [productId, day, was.toFixed(), afterId, first + 1, seesRestricted(ctx.actor), ctx.actor.id],
  );
  const orders = await Promise.all(found.map(({ id }) => ctx.load(OrderRow, id)));
  return connectionOf(
    orders.filter((order) => order !== null),
    first,
  );
}
