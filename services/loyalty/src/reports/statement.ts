import { connectionOf, type Db, dayOf, type PageArgs, pageOf, plusDays, refuse } from '@client-graph/kit';
import { Between, MoreThan } from 'typeorm';
import { LedgerEntryRow } from '../entities.js';
import type { Statement } from './reports.rules.js';

export type Period = { clientId: string; from: string; to: string };

/** A statement goes by the day of booking in Shanghai: what is booked late never changes a statement that was given out. */
const startOf = (day: string): Date => new Date(`${day}T00:00:00+08:00`);
const endOf = (day: string): Date => new Date(startOf(plusDays(day, 1)).getTime() - 1);

/** Spendable points at the beginning and at the end of a period, from the ledger. */
export async function balancesOf(
  db: Db,
  { clientId, from, to }: Period,
): Promise<{ opening: number; closing: number }> {
  const [sums] = await db.source.query<{ opening: number; closing: number }[]>(
    `select coalesce(sum(available) filter (where at < $2), 0)::float8 as opening,
            coalesce(sum(available) filter (where at <= $3), 0)::float8 as closing
     from ledger_entry where client_id = $1`,
    [clientId, startOf(from), endOf(to)],
  );
  return sums ?? { opening: 0, closing: 0 };
}

const ENTRIES_MAX = 10_000;

/** A whole period at once, for a file. Refuses a period that is too long. */
export async function wholeStatement(db: Db, period: Period): Promise<Statement> {
  const { clientId, from, to } = period;
  const rows = await db.source.getRepository(LedgerEntryRow).find({
    where: { clientId, at: Between(startOf(from), endOf(to)) },
    order: { id: 'ASC' },
    take: ENTRIES_MAX + 1,
  });
  if (rows.length > ENTRIES_MAX)
    throw refuse('BAD_INPUT', { field: 'from', reason: 'TOO_MANY_ENTRIES', max: ENTRIES_MAX });
  const entries = rows.map((row) => ({ ...row, bookedOn: bookedOn(row) }));
  return { ...period, ...(await balancesOf(db, period)), entries };
}

/** The entries of a period, oldest first. */
export async function entriesOf(db: Db, { clientId, from, to }: Period, args: PageArgs) {
  const { first, afterId } = pageOf(args);
  const rows = await db.source.getRepository(LedgerEntryRow).find({
    where: {
      clientId,
      at: Between(startOf(from), endOf(to)),
      ...(afterId === null ? {} : { id: MoreThan(afterId) }),
    },
    order: { id: 'ASC' },
    take: first + 1,
  });
  return connectionOf(rows, first);
}

export const bookedOn = (entry: LedgerEntryRow): string => dayOf(entry.at);
