import type { ClientMerged, ClientUnmerged, DataOf } from '@client-graph/events';
import { dayOf, type Tx } from '@client-graph/kit';
import { In } from 'typeorm';
import { LedgerEntryRow, MembershipRow, PointLotRow, PointsMergeRow } from '../entities.js';
import { loadTiers, openMembership } from '../membership/membership.js';
import { type QualifyingDay, qualifyingAfter } from '../membership/membership.rules.js';
import { loadAccount, settleDebt } from '../points/ledger.js';
import type { Account } from '../points/lots.rules.js';
import { upgradeMember } from '../points/points.js';
import { tierAfter, transfer } from './merges.rules.js';

/** Both memberships, opened where they are missing and locked in one order by everybody. */
async function lockBoth(tx: Tx, ids: readonly string[]): Promise<Map<string, MembershipRow>> {
  for (const id of ids) await openMembership(tx, id, dayOf(tx.now));
  const rows = await tx.find(MembershipRow, {
    where: { id: In([...ids]) },
    order: { id: 'ASC' },
    lock: { mode: 'pessimistic_write' },
  });
  return new Map(rows.map((row) => [row.id, row]));
}

function given<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('A membership is gone.');
  return value;
}

const standingOf = ({ tier, tierFrom, tierTo, status, lapseOn }: MembershipRow) => ({
  tier,
  tierFrom,
  tierTo,
  status,
  lapseOn,
});

/** All points of the duplicate are the survivor's: lots, debt, what counts towards the tier, rewards; and the higher tier of the two. */
export async function mergePoints(
  tx: Tx,
  { survivorId, mergedId }: DataOf<typeof ClientMerged>,
): Promise<void> {
  const both = await lockBoth(tx, [survivorId, mergedId]);
  const merged = given(both.get(mergedId));
  if (merged.mergedInto !== null) return;
  const from = await loadAccount(tx, merged);
  const to = await loadAccount(tx, given(both.get(survivorId)));
  const lots = await tx.find(PointLotRow, { where: { clientId: mergedId } });
  const qualifying = await qualifyingBySum(tx, mergedId);
  await carry(tx, { from, to, lots, debt: from.debt, qualifying });

  const tiers = await loadTiers(tx, dayOf(tx.now));
  const rank = (row: MembershipRow) => tiers.findIndex(({ code }) => code === row.tier);
  // Read again: bringing the accounts up to date may have paid a debt.
  const survivor = await reload(tx, survivorId);
  const higher = rank(merged) > rank(survivor) ? merged : survivor;
  const step = tierAfter(survivor, higher);
  await tx.insert(PointsMergeRow, {
    id: mergedId,
    survivorId,
    at: tx.now,
    debt: from.debt,
    before: { survivor: standingOf(survivor), merged: standingOf(merged), given: standingOf(higher) },
  });
  await follow(tx, 'point_lot', mergedId, survivorId);
  await follow(tx, 'redemption', mergedId, survivorId);
  const debt = survivor.debt + from.debt;
  await tx.update(MembershipRow, survivor, { ...step?.changes, debt });
  await tx.record(...(step?.events ?? []));
  await tx.update(MembershipRow, await reload(tx, mergedId), {
    status: 'CLOSED',
    mergedInto: survivorId,
    debt: 0,
    lapseOn: null,
  });
  await settleDebt(tx, survivorId);
  await upgradeMember(tx, await reload(tx, survivorId), dayOf(tx.now));
}

const reload = (tx: Tx, id: string): Promise<MembershipRow> =>
  tx.manager.findOneOrFail(MembershipRow, { where: { id } });

/** What may still count towards a tier: a review that comes late looks back a year from an anniversary that has passed. */
const qualifyingBySum = (tx: Tx, clientId: string): Promise<QualifyingDay[]> =>
  tx.query(
    `select to_char(qualifying_on, 'YYYY-MM-DD') as day, sum(qualifying_points)::float8 as points
     from ledger_entry where client_id = $1 and qualifying_on > $2 group by qualifying_on order by qualifying_on`,
    [clientId, qualifyingAfter(qualifyingAfter(dayOf(tx.now)))],
  );

type Carried = {
  from: Account;
  to: Account;
  lots: PointLotRow[];
  debt: number;
  qualifying: QualifyingDay[];
};

async function carry(tx: Tx, carried: Carried): Promise<void> {
  const { entries, events } = transfer({ ...carried, day: dayOf(tx.now) }, () => tx.newId());
  await tx.insertMany(
    LedgerEntryRow,
    entries.map((entry) => ({ ...entry, basis: null, at: tx.now })),
  );
  await tx.record(...events);
}

const follow = (tx: Tx, table: 'point_lot' | 'redemption', from: string, to: string) =>
  tx.query(
    `with moved as (update ${table} set client_id = $2 where client_id = $1 returning id)
     insert into points_merge_row (merged_id, table_name, row_id) select $1, '${table}', id from moved`,
    [from, to],
  );

/** The two part again: what is left of the lots that came goes back, with what counts and what is still owed of the debt that came. */
export async function unmergePoints(
  tx: Tx,
  { survivorId, mergedId }: DataOf<typeof ClientUnmerged>,
): Promise<void> {
  const both = await lockBoth(tx, [survivorId, mergedId]);
  const merge = await tx.findOne(PointsMergeRow, { id: mergedId });
  if (merge === null) return;
  const from = await loadAccount(tx, given(both.get(survivorId)));
  const survivor = await reload(tx, survivorId);
  const merged = await reload(tx, mergedId);
  const lots = await lotsThatCame(tx, survivorId, mergedId);
  const debt = Math.min(merge.debt, survivor.debt);
  const qualifying = await qualifyingThatCame(tx, survivorId, mergedId);
  await carry(tx, { from, to: { clientId: mergedId, lots: [], debt: 0 }, lots, debt, qualifying });

  await tx.query('update point_lot set client_id = $1 where id = any($2)', [
    mergedId,
    lots.map(({ id }) => id),
  ]);
  await tx.query(
    `update redemption set client_id = $1 from points_merge_row r
     where r.merged_id = $1 and r.table_name = 'redemption' and r.row_id = redemption.id`,
    [mergedId],
  );
  await tx.manager.delete(PointsMergeRow, mergedId);
  const { before } = merge;
  // A tier that came with the duplicate goes with it, unless it has changed since.
  const isAsGiven = survivor.tier === before.given.tier && survivor.tierFrom === before.given.tierFrom;
  const step = isAsGiven ? tierAfter(survivor, before.survivor) : null;
  await tx.update(MembershipRow, survivor, { ...step?.changes, debt: survivor.debt - debt });
  await tx.record(...(step?.events ?? []));
  await tx.update(MembershipRow, merged, { ...before.merged, mergedInto: null, debt });
  for (const id of [survivorId, mergedId]) {
    await settleDebt(tx, id);
    await upgradeMember(tx, await reload(tx, id), dayOf(tx.now));
  }
}

/** The lots that came and are the survivor's still, with the grace lots that have grown out of them. */
const lotsThatCame = (tx: Tx, survivorId: string, mergedId: string): Promise<PointLotRow[]> =>
  tx.manager
    .createQueryBuilder(PointLotRow, 'lot')
    .where('lot.client_id = :survivorId', { survivorId })
    .andWhere(
      `coalesce(lot.origin_lot_id, lot.id) in (
         select row_id from points_merge_row where merged_id = :mergedId and table_name = 'point_lot'
       )`,
      { mergedId },
    )
    .orderBy('lot.id')
    .getMany();

/** What came, less what was undone since of the duplicate's own earnings. */
const qualifyingThatCame = (tx: Tx, survivorId: string, mergedId: string): Promise<QualifyingDay[]> =>
  tx.query(
    `select to_char(e.qualifying_on, 'YYYY-MM-DD') as day, sum(e.qualifying_points)::float8 as points
     from ledger_entry e left join ledger_entry earned on e.type = 'REVERSE_EARN' and earned.id = e.reference_id
     where e.client_id = $1 and e.qualifying_on is not null
       and ((e.type = 'TRANSFER' and e.reference_id = $2) or earned.client_id = $2)
     group by e.qualifying_on order by e.qualifying_on`,
    [survivorId, mergedId],
  );
