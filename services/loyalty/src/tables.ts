import { readFileSync } from 'node:fs';
import { type Db, type Tx, transact } from '@client-graph/kit';
import { z } from 'zod';

const Labels = z.object({ EN: z.string(), ZH_HANS: z.string(), ZH_HANT: z.string() });
const dated = { version: z.int().positive(), effectiveFrom: z.iso.date(), source: z.string() };

const EarnRules = z.array(
  z.object({
    ...dated,
    code: z.string(),
    event: z.string(),
    pendingDays: z.int().nonnegative(),
    expiryMonths: z.int().positive(),
    qualifying: z.boolean(),
    terms: z.object({
      productClasses: z.array(z.string()),
      currency: z.string(),
      per: z.int().positive(),
      points: z.int().positive(),
      tierMultiplier: z.boolean(),
    }),
    labels: Labels,
  }),
);

const Tiers = z.object({
  ...dated,
  rows: z.array(
    z.object({
      code: z.enum(['CLASSIC', 'PLUS', 'PREMIER', 'SIGNATURE']),
      qualifyingPoints: z.int().nonnegative(),
      multiplier: z.string(),
      labels: Labels,
    }),
  ),
});

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../data/${name}`, import.meta.url), 'utf8'));

/** Loads the policy's tables; a version that is already there stays as it is, since points were booked by it. */
export const seed = (db: Db): Promise<void> =>
  transact(db, async (tx) => {
    for (const rule of EarnRules.parse(read('earn-rules.json'))) await addIfMissing(tx, 'earn_rule', rule);
    const { rows, ...table } = Tiers.parse(read('tiers.json'));
    for (const row of rows) await addIfMissing(tx, 'tier_rule', { ...table, ...row });
  });

const addIfMissing = (tx: Tx, table: 'earn_rule' | 'tier_rule', row: Record<string, unknown>) => {
  const columns = Object.keys(row).map((name) =>
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  );
  const values = Object.values(row).map((value) =>
    typeof value === 'object' ? JSON.stringify(value) : value,
  );
  const places = columns.map((_, index) => `$${index + 2}`);
  const sql = `insert into ${table} (id, ${columns.join(', ')}) values ($1, ${places.join(', ')}) on conflict (code, version) do nothing`;
  return tx.query(sql, [tx.newId(), ...values]);
};
