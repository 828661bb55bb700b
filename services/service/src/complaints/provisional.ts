import { type Db, findForUpdate, transact } from '@client-graph/kit';
import { In } from 'typeorm';
import { decisionSpan, dueAfter } from './clocks.rules.js';
import { ComplaintRow } from './complaints.entities.js';
import { clockOf } from './complaints.js';
import { OPEN_STATUSES, rescheduled } from './complaints.rules.js';

/** Counts anew the due dates of open complaints that were counted through a year whose days off have been published since. */
export async function recountProvisionalClocks(db: Db): Promise<void> {
  const waiting = await db.source.getRepository(ComplaintRow).find({
    select: { id: true },
    where: [
      { dueIsProvisional: true, status: In([...OPEN_STATUSES]) },
      { acknowledgeDueIsProvisional: true, status: 'RECEIVED' },
    ],
  });
  for (const { id } of waiting)
    await transact(db, async (tx) => {
      const complaint = await findForUpdate(tx, ComplaintRow, id);
      const { terms, calendar } = await clockOf(tx, complaint);
      const due = dueAfter(decisionSpan(terms, complaint.complexity), complaint.clockFrom, calendar);
      const acknowledge = dueAfter(terms.acknowledge, complaint.receivedAt, calendar);
      const changes = {
        ...(complaint.dueIsProvisional && !due.isProvisional
          ? { dueAt: due.at, dueIsProvisional: false }
          : {}),
        ...(complaint.acknowledgeDueIsProvisional && !acknowledge.isProvisional
          ? { acknowledgeDueAt: acknowledge.at, acknowledgeDueIsProvisional: false }
          : {}),
      };
      if (Object.keys(changes).length === 0) return;
      await tx.record(...rescheduled(complaint, await tx.update(ComplaintRow, complaint, changes)));
    });
}
