import type { ComplaintReceived, DataOf } from '@client-graph/events';
import type { Tx } from '@client-graph/kit';

type Told = DataOf<typeof ComplaintReceived>;

/** Keeps what is told of a complaint: by when it is due, whether it was in time, whether somebody still works on it. */
export async function watchComplaint(tx: Tx, told: Told, isOpen: boolean): Promise<void> {
  await tx.query(
    `insert into supervised_complaint (complaint_id, client_id, severity, due_on, on_time, is_open) values ($1, $2, $3, $4, $5, $6)
     on conflict (complaint_id) do update
     set severity = excluded.severity, due_on = excluded.due_on, on_time = excluded.on_time, is_open = excluded.is_open`,
    [told.complaintId, told.clientId, told.severity, told.dueOn, told.onTime, isOpen],
  );
}
