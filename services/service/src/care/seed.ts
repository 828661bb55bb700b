import { readFileSync } from 'node:fs';
import { type Db, transact } from '@client-graph/kit';
import { z } from 'zod';

const Labels = z.object({ EN: z.string(), ZH_HANS: z.string(), ZH_HANT: z.string() });
const dated = { version: z.int().positive(), effectiveFrom: z.iso.date(), source: z.string() };
const Amount = z.string().regex(/^\d+(\.\d+)?$/);

const Care = z.object({
  rules: z.array(
    z.object({
      ...dated,
      code: z.string(),
      terms: z.object({
        on: z.enum([
          'BIRTHDAY_SOLAR',
          'BIRTHDAY_LUNAR',
          'SOLAR_DATE',
          'LUNAR_DATE',
          'ANNIVERSARY',
          'QINGMING',
        ]),
        month: z.int().nullable(),
        day: z.int().nullable(),
        daysBefore: z.int().nonnegative(),
        ageBands: z.array(z.string()).nullable(),
        years: z.array(z.int().positive()).nullable(),
        hasGift: z.boolean(),
        isSilent: z.boolean(),
      }),
      labels: Labels,
      wishes: Labels,
    }),
  ),
  gifts: z.array(
    z.object({
      ...dated,
      grade: z.string(),
      value: Amount,
      yearlyCap: Amount,
      currency: z.string(),
      labels: Labels,
    }),
  ),
});

/** Loads the occasions of care and the gifts by grade; a version that is there stays as it is. */
export const seedCare = (db: Db): Promise<void> =>
  transact(db, async (tx) => {
    const file = new URL('../../data/care.json', import.meta.url);
    const { rules, gifts } = Care.parse(JSON.parse(readFileSync(file, 'utf8')));
    for (const { code, version, effectiveFrom, source, terms, labels, wishes } of rules)
      await tx.query(
        `insert into care_rule (id, code, version, effective_from, source, terms, labels, wishes)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (code, version) do nothing`,
        [tx.newId(), code, version, effectiveFrom, source, terms, labels, wishes],
      );
    for (const { grade, version, effectiveFrom, source, value, yearlyCap, currency, labels } of gifts)
      await tx.query(
        `insert into care_gift (id, grade, version, effective_from, source, value, yearly_cap, currency, labels)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (grade, version) do nothing`,
        [tx.newId(), grade, version, effectiveFrom, source, value, yearlyCap, currency, labels],
      );
  });
