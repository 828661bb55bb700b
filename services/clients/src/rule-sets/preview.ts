import { type Db, dayOf, transact } from '@client-graph/kit';
import { UNGRADED } from '../clients.rules.js';
import { ASSETS_COUNT_MONTHS } from '../grading.rules.js';
import { type Class, GRADES, type Grade, type GradingTables, type Row } from '../grading-tables.rules.js';

export type Move = {
  kind: 'INDIVIDUAL' | 'INSTITUTION';
  fromClass: Class;
  fromGrade: Grade;
  toClass: Class;
  toGrade: Grade;
  clients: number;
  exampleIds: string[];
};
export type Preview = {
  computedOn: string;
  clients: number;
  unchanged: number;
  overridden: number;
  moves: Move[];
};

type Found = Move & { isOverridden: boolean };

/** So many clients at a time: a statement stays short, and its tables in memory, however large the book is. */
const SLICE = 100_000;
type Slice = { above: string; to: string };
const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * What other tables would make of the whole book, computed in the database, slice by slice of one state of it: the moves from the
 * class and grade that clients have to those the tables give, before the timing of downgrades. The same as `decide`, in SQL; a
 * test holds the two against each other.
 */
export async function previewGradingRules(db: Db, tables: GradingTables, slice = SLICE): Promise<Preview> {
  const computedOn = dayOf(db.now());
  const found = await transact(db, async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only');
    await tx.query(`set local work_mem = '64MB'`);
    const moves = new Map<string, Found>();
    for (let above: string | null = FIRST_ID; above !== null; ) {
      const [bound]: { id: string }[] = await tx.query(
        `select id from client where id > $1 order by id offset ${slice - 1} limit 1`,
        [above],
      );
      const { sql, parameters } = statement(tables, computedOn, { above, to: bound?.id ?? LAST_ID });
      for (const row of await tx.query<Found>(sql, parameters)) add(moves, row);
      above = bound?.id ?? null;
    }
    return [...moves.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  });
  const sum = (rows: readonly Found[]) => rows.reduce((total, { clients }) => total + clients, 0);
  const isMove = (row: Found) => row.fromClass !== row.toClass || row.fromGrade !== row.toGrade;
  const moves = found.filter((row) => !row.isOverridden && isMove(row));
  const overridden = found.filter((row) => row.isOverridden);
  return {
    computedOn,
    clients: sum(found),
    unchanged: sum(found) - sum(moves) - sum(overridden),
    overridden: sum(overridden),
    moves,
  };
}

const EXAMPLES_MAX = 5;

/** Adds what a slice has found to what is known. */
function add(moves: Map<string, Found>, row: Found): void {
  const { kind, fromClass, fromGrade, toClass, toGrade, isOverridden } = row;
  const key = [kind, fromClass, fromGrade, toClass, toGrade, isOverridden].join(' ');
  const known = moves.get(key);
  moves.set(key, {
    ...row,
    clients: row.clients + (known?.clients ?? 0),
    exampleIds: [...(known?.exampleIds ?? []), ...row.exampleIds].slice(0, EXAMPLES_MAX),
  });
}

function statement(
  { clientClass, grade, institutionGrade }: GradingTables,
  today: string,
  { above, to }: Slice,
) {
  const parameters: unknown[] = [today, above, to];
  // Said of every table, so that each is read by its own index.
  const within = (column: string) => `${column} > $2::uuid and ${column} <= $3::uuid`;
  const bind = (value: unknown, type: string) => `$${parameters.push(value)}::${type}`;
  /** The highest row whose line is reached, as `rowOf` finds it. */
  const rowOf = (value: string, rows: readonly Row<string | number>[], type: string) => {
    const lines = rows
      .toReversed()
      .map(([code, min]) => `when ${value} >= ${bind(min, 'numeric')} then ${bind(code, type)}`);
    return `case ${lines.join(' ')} end`;
  };
  const tolerance = Object.entries(grade.toleranceRanks).map(
    ([level, rank]) => `when ${bind(level, 'text')} then ${bind(rank, 'int')}`,
  );
  const sql = `
    with fact as (
      select c.id, c.kind, c.class, c.grade, o.id is not null as is_overridden,
        case when s.source <> 'DECLARATION' and (s.as_of + interval '${ASSETS_COUNT_MONTHS} months')::date >= $1::date
          then s.aum_with_firm + s.external_verified else 0 end as assets,
        case when t.valid_to >= $1::date then t.level else 'NONE' end as level,
        coalesce(p.investment_years, 0) as years,
        greatest(coalesce(f.net_assets, 0), 0) as net_assets, i.institution_type, coalesce(u.classes, 0) as classes
      from client c
      left join individual_profile p on p.client_id = c.id and ${within('p.client_id')}
      left join asset_snapshot s on s.id = c.asset_snapshot_id and ${within('s.client_id')}
      left join risk_tolerance t on t.client_id = c.id and ${within('t.client_id')}
      left join institution_profile i on i.client_id = c.id and ${within('i.client_id')}
      left join institution_financials f on f.id = c.institution_financials_id and ${within('f.client_id')}
      left join (select client_id, count(*) as classes from product_class_used where ${within('client_id')} group by 1) u on u.client_id = c.id
      left join grade_override o on o.id = c.grade_override_id and o.status = 'APPROVED' and o.until >= $1::date
      where c.status <> all(${bind([...UNGRADED], 'text[]')}) and ${within('c.id')}
    ), ranked as (
      select *,
        ${rowOf('assets', grade.assetRanks, 'int')} as a,
        case level ${tolerance.join(' ')} end as t,
        ${rowOf('years', grade.experienceRanksYears, 'int')} as e,
        ${rowOf('assets', clientClass, 'text')} as by_assets,
        ${rowOf('net_assets', institutionGrade.rows, 'text')} as by_net_assets
      from fact
    ), ruled as (
      select id, kind, class, grade, is_overridden,
        case kind when 'INSTITUTION' then institution_type else by_assets end as to_class,
        case
          when kind = 'INDIVIDUAL' then (${bind(GRADES, 'text[]')})[case when a < ${GRADES.length} and a > 1 and t < a and e < a then a - 1 else a end]
          when by_net_assets <> 'LARGE' and institution_type = 'FINANCIAL_INSTITUTION'
            and net_assets >= ${bind(institutionGrade.financialLargeFrom, 'numeric')} then 'LARGE'
          when by_net_assets = 'SMALL' and classes >= ${bind(institutionGrade.mediumFromProductClasses, 'int')} then 'MEDIUM'
          else by_net_assets
        end as to_grade
      from ranked
    )
    select kind, class as "fromClass", grade as "fromGrade", to_class as "toClass", to_grade as "toGrade",
      is_overridden as "isOverridden", count(*)::int as clients, (array_agg(id))[1:${EXAMPLES_MAX}] as "exampleIds"
    from ruled
    group by 1, 2, 3, 4, 5, 6
    order by 1, 2, 3, 4, 5, 6`;
  return { sql, parameters };
}
