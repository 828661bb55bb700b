import { type Db, dayOf, type PageArgs, page, plusDays, plusMonths, transact } from '@client-graph/kit';
import { LiabilityRow } from '../entities.js';
import { loadProgramme } from '../membership/membership.js';

type Sums = Omit<LiabilityRow, 'id' | 'day' | 'pointsPerCurrency' | 'currency'>;

const SUMS = `
  select (select count(*) from membership where status = 'ACTIVE')::int as members,
         (select coalesce(sum(debt), 0) from membership)::float8 as "debtPoints",
         l.*, e.*,
         (select coalesce(jsonb_agg(jsonb_build_object('month', month, 'points', points) order by month), '[]') from (
            select to_char(expires_on, 'YYYY-MM') as month, sum(remaining) as points
            from point_lot where state in ('PENDING', 'ACTIVE') group by 1
          ) by_month) as expiring
  from (
    select coalesce(sum(remaining) filter (where state = 'ACTIVE'), 0)::float8 as "activePoints",
           coalesce(sum(remaining) filter (where state = 'PENDING'), 0)::float8 as "pendingPoints"
    from point_lot where state in ('PENDING', 'ACTIVE')
  ) l cross join (
    select coalesce(sum(pending + available) filter (where type = 'EARN'), 0)::float8 as "earned12m",
           coalesce(-sum(available) filter (where type in ('REDEEM', 'REVERSE_REDEEM')), 0)::float8 as "redeemed12m",
           coalesce(-sum(pending + available) filter (where type = 'EXPIRE'), 0)::float8 as "expired12m"
    from ledger_entry where business_date > $1 and business_date <= $2
  ) e`;

/** Draws up yesterday's liability after the night's work on the lots; drawn up again it stays as it is. */
export const snapshotLiability = (db: Db): Promise<void> =>
  transact(db, async (tx) => {
    const day = plusDays(dayOf(tx.now), -1);
    if ((await tx.findOne(LiabilityRow, { day })) !== null) return;
    const [sums] = await tx.query<Sums>(SUMS, [plusMonths(day, -12), day]);
    if (sums === undefined) throw new Error('Sums have one row.');
    const { pointsPerCurrency, currency } = await loadProgramme(tx, day);
    await tx.manager
      .createQueryBuilder()
      .insert()
      .into(LiabilityRow)
      .values({ id: tx.newId(), day, ...sums, pointsPerCurrency, currency })
      .orIgnore()
      .execute();
  });

export const listLiability = (db: Db, args: PageArgs) => page(db, LiabilityRow, args);
