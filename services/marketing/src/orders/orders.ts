import type { DataOf, OrderReversed, OrderSettled } from '@client-graph/events';
import type { Tx } from '@client-graph/kit';

/** Notes the money that a settled order has moved; goals and the value of conversions are counted from it. */
export const noteSettled = (tx: Tx, order: DataOf<typeof OrderSettled>): Promise<unknown> =>
  tx.query(
    `insert into settled_order (id, client_id, product_class, side, amount_minor, currency, settled_on)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing`,
    [
      ...[order.orderId, order.clientId, order.productClass, order.side],
      ...[order.amountMinor, order.currency, order.settledOn],
    ],
  );

/** A settlement that was taken back counts no longer. */
export const noteReversed = (tx: Tx, order: DataOf<typeof OrderReversed>): Promise<unknown> =>
  tx.query('update settled_order set reversed_at = $2 where id = $1 and reversed_at is null', [
    order.orderId,
    tx.now,
  ]);

/** Notes the first activation of a client. */
export const noteActivation = (tx: Tx, clientId: string, at: Date): Promise<unknown> =>
  tx.query('insert into client_activation (id, activated_at) values ($1, $2) on conflict (id) do nothing', [
    clientId,
    at,
  ]);
