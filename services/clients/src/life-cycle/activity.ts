import type { ComplaintReceived, DataOf, HoldingChanged, OrderSubmitted } from '@client-graph/events';
import { Decimal, dayOf, findForUpdate, type Tx } from '@client-graph/kit';
import { ClientRow } from '../clients.entities.js';
import { reactivate } from './life-cycle.js';
import { dormantOn } from './life-cycle.rules.js';
import { tie, untie } from './ties.js';

/** A trade or contact puts dormancy off by twelve months. It is no change of the file, so the version stays. */
export async function noteActivity(tx: Tx, clientId: string): Promise<void> {
  const day = dayOf(tx.now);
  await tx.query(
    `update client set last_active_on = greatest(last_active_on, $2::date),
       dormant_due_on = case when status = 'ACTIVE' and coalesce(last_active_on, $2::date) <= $2::date then $3::date else dormant_due_on end
     where id = $1`,
    [clientId, day, dormantOn(day)],
  );
}

/** An order binds until it is settled, cancelled or rejected; it wakes a dormant client. */
export async function orderOpened(
  tx: Tx,
  { clientId, orderId }: DataOf<typeof OrderSubmitted>,
): Promise<void> {
  const client = await findForUpdate(tx, ClientRow, clientId);
  await tie(tx, clientId, 'ORDER', orderId);
  if (client.status === 'DORMANT') await reactivate(tx, client, 'TRADE');
  await noteActivity(tx, clientId);
}

export const orderEnded = (tx: Tx, { clientId, orderId }: DataOf<typeof OrderSubmitted>): Promise<void> =>
  untie(tx, clientId, 'ORDER', orderId);

/** A holding binds as long as there are units. */
export const holdingChanged = (
  tx: Tx,
  { clientId, productId, units }: DataOf<typeof HoldingChanged>,
): Promise<void> =>
  new Decimal(units).isZero()
    ? untie(tx, clientId, 'HOLDING', productId)
    : tie(tx, clientId, 'HOLDING', productId);

type Complaint = DataOf<typeof ComplaintReceived>;

/** A complaint binds its client until it is closed or withdrawn; one of a stranger binds nobody. */
export const complaintOpened = async (tx: Tx, { clientId, complaintId }: Complaint): Promise<void> => {
  if (clientId !== null) await tie(tx, clientId, 'COMPLAINT', complaintId);
};
export const complaintEnded = async (tx: Tx, { clientId, complaintId }: Complaint): Promise<void> => {
  if (clientId !== null) await untie(tx, clientId, 'COMPLAINT', complaintId);
};
