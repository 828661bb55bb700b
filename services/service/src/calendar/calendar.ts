import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Db, dayOf, type Tx, transact } from '@client-graph/kit';
import { Between } from 'typeorm';
import { z } from 'zod';
import { tableOn } from '../table-versions/table-versions.js';
import { CalendarDayRow } from './calendar.entities.js';
import { type WorkingCalendar, withFirmYears } from './calendar.rules.js';

const Published = z.object({
  holidays: z.record(z.iso.date(), z.string()),
  workdays: z.record(z.iso.date(), z.string()),
});

/** Loads the days off and make-up days that the installed `chinese-days` knows. A newer release of it adds its years at the next start. */
export async function seedCalendar(db: Db): Promise<void> {
  const file = createRequire(import.meta.url).resolve('chinese-days/dist/chinese-days.json');
  const { holidays, workdays } = Published.parse(JSON.parse(readFileSync(file, 'utf8')));
  const row =
    (kind: string) =>
    ([day, text]: [string, string]) => {
      const [english = '', chinese = ''] = text.split(',');
      return { day, kind, labels: { EN: english, ZH_HANS: chinese } };
    };
  const rows = [...Object.entries(holidays).map(row('OFF')), ...Object.entries(workdays).map(row('WORK'))];
  await transact(db, (tx) =>
    tx.query(
      `insert into calendar_day (day, kind, labels, source)
       select day, kind, labels, 'chinese-days' from jsonb_to_recordset($1) as t(day date, kind text, labels jsonb)
       on conflict (day) do nothing`,
      [JSON.stringify(rows)],
    ),
  );
}

/** The calendar from one day to another, as far as it is published; a year that the firm has approved takes the place of the published one. */
export async function calendarBetween(tx: Tx, from: string, to: string): Promise<WorkingCalendar> {
  const days = await tx.find(CalendarDayRow, { where: { id: Between(from, to) } });
  const years = await tx.query<{ year: number }>(
    `select year from generate_series($1::int, $2::int) as t(year)
     where exists (select from calendar_day where day between make_date(year, 1, 1) and make_date(year, 12, 31))`,
    [Number(from.slice(0, 4)), Number(to.slice(0, 4))],
  );
  const own = (await tableOn(tx, 'WORKING_YEAR', dayOf(tx.now))).map(({ code, terms }) => ({
    year: Number(code),
    ...terms,
  }));
  const published = {
    publishedYears: new Set(years.map(({ year }) => year)),
    days: new Map(days.map((row) => [row.id, row.kind])),
  };
  return withFirmYears(
    published,
    own.filter(({ year }) => year >= Number(from.slice(0, 4)) && year <= Number(to.slice(0, 4))),
  );
}

/** A year of the calendar; provisional when nothing is published for it. */
export const calendarYear = (db: Db, year: number) =>
  transact(db, async (tx) => {
    const { publishedYears, days } = await calendarBetween(tx, `${year}-01-01`, `${year}-12-31`);
    const of = (wanted: string) => [...days].flatMap(([day, kind]) => (kind === wanted ? [day] : [])).sort();
    return { year, isProvisional: !publishedYears.has(year), daysOff: of('OFF'), makeUpDays: of('WORK') };
  });
