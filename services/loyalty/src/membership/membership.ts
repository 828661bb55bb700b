import { PointsExpiring } from '@client-graph/events';
import { findForUpdate, type Tx } from '@client-graph/kit';
import { MembershipRow, PointLotRow, ProgrammeRow, TierRuleRow } from '../entities.js';
import { lapseDay, newMembership, tiersInForce } from './membership.rules.js';

/** Opens the membership of a client who has none yet; otherwise does nothing. */
export async function openMembership(tx: Tx, clientId: string, day: string): Promise<void> {
  await tx.manager
    .createQueryBuilder()
    .insert()
    .into(MembershipRow)
    .values({ ...newMembership(clientId, day), version: 1 })
    .orIgnore()
    .execute();
}

/**
 * Locks the membership, so that changes of one client's points take turns. Opens it where it is missing: orders and
 * clients come on different topics, and the order may be here before the client's activation.
 */
export async function lockMembership(tx: Tx, clientId: string, day: string): Promise<MembershipRow> {
  await openMembership(tx, clientId, day);
  return findForUpdate(tx, MembershipRow, clientId);
}

/**
 * Ends the membership with the relationship, and tells of the points that lapse after the notice; a client who never had a
 * membership is left alone.
 */
export async function closeMembership(tx: Tx, clientId: string, day: string): Promise<void> {
  const membership = await tx.manager.findOne(MembershipRow, {
    where: { id: clientId },
    lock: { mode: 'pessimistic_write' },
  });
  if (membership === null || membership.status === 'CLOSED') return;
  const lapseOn = lapseDay(day, await loadProgramme(tx, day));
  await tx.update(MembershipRow, membership, { status: 'CLOSED', lapseOn });
  const amount = (await tx.manager.sum(PointLotRow, 'remaining', { clientId })) ?? 0;
  if (amount > 0) await tx.record(PointsExpiring({ clientId, amount, expiresOn: lapseOn }));
}

export const loadTiers = async (tx: Tx, day: string): Promise<TierRuleRow[]> =>
  tiersInForce(await tx.find(TierRuleRow, {}), day);

/** The programme's row in force on a day; before the first one, the first. */
export async function loadProgramme(tx: Tx, day: string): Promise<ProgrammeRow> {
  const rows = await tx.find(ProgrammeRow, { order: { version: 'ASC' } });
  const programme = rows.filter((row) => row.effectiveFrom <= day).at(-1) ?? rows[0];
  if (programme === undefined) throw new Error('The table of the programme is empty.');
  return programme;
}
