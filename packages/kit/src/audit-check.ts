import { AuditBroken } from '@client-graph/events';
import { verifyAudit } from './audit.js';
import { asService, type Db, transact } from './db.js';
import type { Job } from './jobs.js';
import { dayOf } from './time.js';

/** Checks each night the whole audit log of the service against its chain and what the world was told (`domain.md` 3.7). */
export const auditCheck: Job = { name: 'audit-check', cron: '40 17 * * *', run: (db) => checkAudit(db) };

/** Tells of a log that does not hold, once a day however often it is asked. */
export async function checkAudit(db: Db): Promise<void> {
  const { findings } = await verifyAudit(db, {});
  const [first] = findings;
  if (first === undefined) return;
  const service = db.service.toUpperCase();
  await transact(asService(db), async (tx) => {
    const day = dayOf(tx.now);
    const marked = await tx.query(
      `insert into request (command, request_id, content_hash, answer_id, at) values ('audit-check', $1, '', $2, $3)
       on conflict do nothing returning 1`,
      [day, tx.newId(), tx.now],
    );
    if (marked.length === 0) return;
    const { verdict, seq } = first;
    await tx.record(AuditBroken({ service, day, verdict, seq, findings: findings.length }));
  });
}
