import { type Db, type Log, type PageArgs, page, transact } from '@client-graph/kit';
import { IsNull } from 'typeorm';
import { FindingRow } from '../entities.js';

/**
 * Holds the records of points against each other, for all members in one statement per pair: lots and ledger, each lot and
 * its entries, redemptions and their debits, stock and its entries. Sums are of one instant.
 */
const CHECKS = `
  with entry as (
    select client_id, sum(available) as available, sum(pending) as pending, sum(debt) as debt
    from ledger_entry group by client_id
  ), lot as (
    select client_id, coalesce(sum(remaining) filter (where state = 'ACTIVE'), 0) as available,
           coalesce(sum(remaining) filter (where state = 'PENDING'), 0) as pending
    from point_lot group by client_id
  ), by_lot as (
    select lot_id, sum(points) as points from (
      select lot_id, pending + available as points from ledger_entry where lot_id is not null
      union all
      select a.lot_id, case when e.pending + e.available > 0 then a.points else -a.points end
      from allocation a join ledger_entry e on e.id = a.entry_id
    ) moved group by lot_id
  ), debit as (
    select reference_id, sum(available) as points from ledger_entry
    where type in ('REDEEM', 'REVERSE_REDEEM') group by reference_id
  )
  select m.client_id as "clientId", 'BALANCE' as kind, coalesce(e.available, 0)::float8 as expected, coalesce(l.available, 0)::float8 as found
  from membership m left join entry e using (client_id) left join lot l using (client_id)
  where coalesce(e.available, 0) <> coalesce(l.available, 0)
  union all
  select m.client_id, 'PENDING', coalesce(e.pending, 0)::float8, coalesce(l.pending, 0)::float8
  from membership m left join entry e using (client_id) left join lot l using (client_id)
  where coalesce(e.pending, 0) <> coalesce(l.pending, 0)
  union all
  select m.client_id, 'DEBT', coalesce(e.debt, 0)::float8, m.debt::float8
  from membership m left join entry e using (client_id) where coalesce(e.debt, 0) <> m.debt
  union all
  select p.client_id, 'LOT', sum(coalesce(b.points, 0))::float8, sum(p.remaining)::float8
  from point_lot p left join by_lot b on b.lot_id = p.id
  where coalesce(b.points, 0) <> p.remaining group by p.client_id
  union all
  select r.client_id, 'REDEMPTION', sum(wanted)::float8, sum(coalesce(d.points, 0))::float8
  from (select id, client_id, case when state in ('RESERVED', 'FULFILLED') then -points else 0 end as wanted from redemption) r
  left join debit d on d.reference_id = r.id
  where coalesce(d.points, 0) <> wanted group by r.client_id
  union all
  select w.id, 'STOCK', coalesce((select sum(units) from stock_entry where reward_id = w.id), 0)::float8, w.stock::float8
  from reward w where w.stock is not null
    and w.stock <> coalesce((select sum(units) from stock_entry where reward_id = w.id), 0)`;

type Found = Pick<FindingRow, 'clientId' | 'kind' | 'expected' | 'found'>;

/** The nightly check of the books. A finding is kept and logged as an error, which alerts; one that is gone is cleared. */
export const checkBooks = (db: Db, log: Pick<Log, 'error'>): Promise<void> =>
  transact(db, async (tx) => {
    const found = await tx.query<Found>(CHECKS);
    const open = await tx.find(FindingRow, { where: { clearedAt: IsNull() } });
    const keyOf = ({ clientId, kind }: Pick<Found, 'clientId' | 'kind'>) => `${kind} ${clientId}`;
    const known = new Set(open.map(keyOf));
    const still = new Set(found.map(keyOf));
    for (const finding of open)
      if (!still.has(keyOf(finding))) await tx.update(FindingRow, finding, { clearedAt: tx.now });
    const fresh = found.filter((finding) => !known.has(keyOf(finding)));
    await tx.insertMany(
      FindingRow,
      fresh.map((finding) => ({ ...finding, id: tx.newId(), foundAt: tx.now, clearedAt: null })),
    );
    for (const { kind, expected, found: is } of found)
      log.error({ finding: kind, expected, found: is }, 'the records of points disagree');
  });

/** How many findings stand: anything but none is to be looked at. */
export const openFindings = (db: Db): Promise<number> =>
  db.source.getRepository(FindingRow).countBy({ clearedAt: IsNull() });

export const listFindings = (db: Db, args: PageArgs) => page(db, FindingRow, args);
