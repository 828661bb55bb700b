import { dayOf, plusDays, type Tx } from '@client-graph/kit';
import { endOfDay } from '../calendar/calendar.rules.js';
import { queueMessage } from '../communications/queueing.js';
import { rowOn } from '../table-versions/table-versions.js';
import { SurveyRow } from './surveys.entities.js';
import { CASE_LABELS, opened, type SurveyCase } from './surveys.rules.js';

/** Asks a client how content they are with a case that has just ended; each case is asked about once. */
export async function openSurvey(
  tx: Tx,
  of: { clientId: string; caseKind: SurveyCase; caseId: string },
): Promise<void> {
  if ((await tx.findOne(SurveyRow, { caseKind: of.caseKind, caseId: of.caseId })) !== null) return;
  const today = dayOf(tx.now);
  const { terms } = await rowOn(tx, 'SURVEY_TERMS', 'SURVEY', today);
  const lastDay = plusDays(today, terms.openDays);
  const communicationId = await queueMessage(tx, {
    clientId: of.clientId,
    kind: 'SERVICE',
    templateCode: terms.templateCode,
    words: { subject: CASE_LABELS[of.caseKind], date: lastDay },
  });
  const unanswered = { score: null, comment: null, answeredBy: null, answeredAt: null };
  const times = { openedAt: tx.now, closesAt: endOfDay(lastDay) };
  const row: SurveyRow = { id: tx.newId(), version: 1, ...of, ...times, ...unanswered, communicationId };
  await tx.insert(SurveyRow, row);
  await tx.record(opened(row));
}
