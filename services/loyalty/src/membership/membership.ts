import { PointsExpiring } from '@client-graph/events';
import { findForUpdate, plusDays, type Tx } from '@client-graph/kit';
import { EarnRuleRow, MembershipRow, PointLotRow, ProgrammeRow, TierRuleRow } from '../entities.js';
import { inForce } from '../points/points.rules.js';
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

/** The client whose points these are: of a duplicate the one that lives on. */
export async function ownerOf(tx: Tx, clientId: string): Promise<string> {
  const [row] = await tx.query<{ id: string }>(
    `with recursive step(id, into_id) as (
       select client_id, merged_into from membership where client_id = $1
       union all
       select m.client_id, m.merged_into from step join membership m on m.client_id = step.into_id
     )
     select id from step where into_id is null`,
    [clientId],
  );
  return row?.id ?? clientId;
}

/** Its id and those of its duplicates. */
export async function fileOf(tx: Tx, clientId: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `with recursive file(id) as (
       select $1::uuid union select client_id from membership join file on merged_into = file.id
     ) select id from file`,
    [clientId],
  );
  return rows.map(({ id }) => id);
}

/** Locks the membership that an event is about. Throws, so that it is delivered again, when a merge came in between. */
export async function lockOwner(tx: Tx, clientId: string, day: string): Promise<MembershipRow> {
  const membership = await lockMembership(tx, await ownerOf(tx, clientId), day);
  if (membership.mergedInto !== null) throw new Error('The client was merged at this very moment.');
  return membership;
}

/** Retention has run out: nobody is told of points any more, and what is left lapses with the next run. */
export async function eraseMember(tx: Tx, clientId: string, day: string): Promise<void> {
  const membership = await tx.manager.findOne(MembershipRow, {
    where: { id: clientId },
    lock: { mode: 'pessimistic_write' },
  });
  if (membership === null) return;
  await tx.update(MembershipRow, membership, { status: 'CLOSED', lapseOn: plusDays(day, -1) });
  await tx.query('delete from expiry_notice where client_id = $1', [clientId]);
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

/** The earn rules in force on a day, by code. */
export async function earnRulesInForce(tx: Tx, day: string): Promise<EarnRuleRow[]> {
  const rows = await tx.find(EarnRuleRow, { order: { code: 'ASC' } });
  const codes = [...new Set(rows.map(({ code }) => code))];
  return codes.flatMap(
    (code) =>
      inForce(
        rows.filter((row) => row.code === code),
        day,
      ) ?? [],
  );
}

/** The programme's row in force on a day; before the first one, the first. */
export async function loadProgramme(tx: Tx, day: string): Promise<ProgrammeRow> {
  const rows = await tx.find(ProgrammeRow, { order: { version: 'ASC' } });
  const programme = rows.filter((row) => row.effectiveFrom <= day).at(-1) ?? rows[0];
  if (programme === undefined) throw new Error('The table of the programme is empty.');
  return programme;
}
