import { type Context, type Db, dayOf, plusMonths, type Tx, transact } from '@client-graph/kit';
import { retryAt } from '../assessments/assessments.rules.js';
import { InvestorCopyRow, RiskProfileRow } from '../entities.js';
import { rulesInForce } from '../questionnaires/questionnaires.js';
import { warnUntil } from '../validity/validity.rules.js';
import { type DutyReason, dutyOf, investorOn } from './investors.rules.js';

export type DutyView = {
  isRequired: boolean;
  reason: DutyReason;
  sheetsToday: number;
  sheets12Months: number;
  nextSheetAt: Date | null;
};

/** When the clients have handed in sheets that a limit may still count, in the order of the ids. */
const sheetsOf = (db: Db, clientIds: readonly string[]): Promise<Date[][]> =>
  transact(db, async (tx: Tx) => {
    const since = `${plusMonths(dayOf(tx.now), -12)}T00:00:00+08:00`;
    const rows = await tx.query<{ clientId: string; at: Date }>(
      `select client_id as "clientId", submitted_at as at from answer_sheet
       where client_id = any($1) and submitted_at >= $2 order by submitted_at`,
      [clientIds, since],
    );
    return clientIds.map((id) => rows.filter(({ clientId }) => clientId === id).map(({ at }) => at));
  });

export async function dutyFor(clientId: string, { db, load, loadBy }: Context): Promise<DutyView> {
  const now = db.now();
  const today = dayOf(now);
  const rules = await loadBy('rules in force', today, (days) =>
    Promise.all(days.map((day) => transact(db, (tx) => rulesInForce(tx, day)))),
  );
  const investor = investorOn(await load(InvestorCopyRow, clientId), today);
  const profile = await load(RiskProfileRow, clientId);
  const sheets = await loadBy('sheets', clientId, (clientIds) => sheetsOf(db, clientIds));
  const counted = sheets.filter((at) => dayOf(at) > plusMonths(today, -12));
  return {
    ...dutyOf(investor, profile, today, rules, warnUntil(today, rules.limits)),
    sheetsToday: counted.filter((at) => dayOf(at) === today).length,
    sheets12Months: counted.length,
    nextSheetAt: retryAt(sheets, now, rules.limits),
  };
}
