import { readFileSync } from 'node:fs';
import { type Db, transact } from '@client-graph/kit';
import { z } from 'zod';
import { seedCalendar } from './calendar/calendar.js';
import { seedCare } from './care/seed.js';
import { seedTables, seedTemplates } from './table-versions/seed.js';

const span = z.object({
  amount: z.int().positive(),
  unit: z.enum(['HOURS', 'CALENDAR_DAYS', 'WORKING_DAYS']),
});
const words = z.object({ EN: z.string().min(1), ZH_HANS: z.string().min(1), ZH_HANT: z.string().min(1) });

const Clocks = z.array(
  z.object({
    profile: z.enum(['CN_NFRA', 'UK_DISP', 'FIRM_FAST']),
    version: z.int().positive(),
    effectiveFrom: z.iso.date(),
    source: z.string(),
    terms: z.object({
      acknowledge: span,
      decide: span,
      summary: span.nullable(),
      extensions: z.array(
        z.object({
          complexity: z.enum(['COMPLEX', 'SPECIAL']),
          total: z.int().positive(),
          needsSecondPerson: z.boolean(),
        }),
      ),
      reopenDays: z.int().positive(),
      followUpDays: z.int().positive(),
      closeDays: z.int().positive(),
      remedies: words,
    }),
  }),
);

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../data/${name}`, import.meta.url), 'utf8'));

/** Loads the tables that are data; what is already there stays as the firm has it. */
export async function seed(db: Db): Promise<void> {
  await seedCalendar(db);
  await seedClocks(db);
  await seedCare(db);
  await seedTables(db);
  await seedTemplates(db);
}

const seedClocks = (db: Db): Promise<unknown> =>
  transact(db, async (tx) => {
    for (const { profile, version, effectiveFrom, source, terms } of Clocks.parse(
      read('complaint-clocks.json'),
    ))
      await tx.query(
        `insert into complaint_clock (id, profile, version, effective_from, source, terms) values ($1, $2, $3, $4, $5, $6)
         on conflict (profile, version) do nothing`,
        [tx.newId(), profile, version, effectiveFrom, source, JSON.stringify(terms)],
      );
  });
