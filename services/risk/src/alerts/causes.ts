import { dayOf, type Tx } from '@client-graph/kit';
import { isExemptToday } from '../client-files/investors.js';
import { heldBy } from '../client-files/owners.js';
import { RiskProfileRow } from '../entities.js';
import { rulesInForce } from '../questionnaires/questionnaires.js';
import { alertRulesInForce, settleAlerts } from './alerts.js';
import { isCauseGone } from './causes.rules.js';
import type { Level } from './findings.rules.js';

/** The level that holdings are held against: as it was last confirmed, for monitoring goes on after the validity; none for whom the law leaves free. */
export const levelOf = async (tx: Tx, clientId: string): Promise<Level | null> =>
  (await isExemptToday(tx, clientId)) ? null : tx.findOne(RiskProfileRow, { id: clientId });

/** Closes what has lost its cause since the client's holdings, level or ratings have changed. */
export async function lookAgain(tx: Tx, clientId: string): Promise<void> {
  const today = dayOf(tx.now);
  const now = {
    held: await heldBy(tx, clientId),
    level: await levelOf(tx, clientId),
    offers: (await rulesInForce(tx, today)).offers,
    rules: await alertRulesInForce(tx, today),
  };
  await settleAlerts(tx, clientId, (alert) => isCauseGone(alert, now), 'CAUSE_GONE');
}
