import { ClientCopyRow, type Tx } from '@client-graph/kit';
import { In } from 'typeorm';
import { settleAlerts } from '../alerts/alerts.js';
import { AssessmentRow } from '../entities.js';
import { endAssessment } from '../validity/validity.js';
import { INVALIDATED_FROM } from '../validity/validity.rules.js';

/** The relationship has ended: no level counts any more, no sheet is on its way, and nobody is to be alerted. */
export async function leave(
  tx: Tx,
  { clientId }: { clientId: string },
  reason: 'CLIENT_CLOSED' | 'CLIENT_DECEASED',
): Promise<void> {
  const assessments = await tx.find(AssessmentRow, {
    where: { clientId, state: In([...INVALIDATED_FROM]) },
    order: { attemptNo: 'ASC' },
  });
  for (const assessment of assessments) await endAssessment(tx, assessment, reason);
  await settleAlerts(tx, clientId, () => true, 'CLIENT_LEFT');
}

/** In the order in which they hold on to one another. */
const OF_A_CLIENT = [
  'report_confirmation where client_id = $1',
  'risk_report where client_id = $1',
  'review where client_id = $1',
  'interview where client_id = $1',
  'interview_appointment where assessment_id in (select id from assessment where client_id = $1)',
  'answer_sheet where client_id = $1',
  'risk_profile where client_id = $1',
  'assessment where client_id = $1',
  'alert_occurrence where client_id = $1',
  'risk_alert where client_id = $1',
  'holding_copy where client_id = $1',
  'investor_copy where client_id = $1',
  'client_merge where merged_id = $1 or survivor_id = $1',
];

/** Retention has run out: nothing that says anything of the person stays, answers and reports least of all. */
export async function erase(tx: Tx, { clientId }: { clientId: string }): Promise<void> {
  for (const rows of OF_A_CLIENT) await tx.query(`delete from ${rows}`, [clientId]);
  await tx.manager.update(ClientCopyRow, clientId, {
    ageBand: null,
    fullCivilCapacity: true,
    updatedAt: tx.now,
  });
}
