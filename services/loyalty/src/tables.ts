import { readFileSync } from 'node:fs';
import { type Db, type Tx, transact } from '@client-graph/kit';
import { z } from 'zod';

const Labels = z.object({ EN: z.string(), ZH_HANS: z.string(), ZH_HANT: z.string() });
const dated = { version: z.int().positive(), effectiveFrom: z.iso.date(), source: z.string() };

const PurchaseTerms = z.strictObject({
  productClasses: z.array(z.string()),
  currency: z.string(),
  per: z.int().positive(),
  points: z.int().positive(),
  tierMultiplier: z.boolean(),
});
const ActivityTerms = z.strictObject({
  points: z.record(z.string(), z.int().positive()),
  pointsPerYear: z.int().positive().nullable(),
  timesPerYear: z.int().positive().nullable(),
});

const EarnRules = z.array(
  z.object({
    ...dated,
    code: z.string(),
    event: z.string(),
    pendingDays: z.int().nonnegative(),
    expiryMonths: z.int().positive(),
    qualifying: z.boolean(),
    terms: z.union([PurchaseTerms, ActivityTerms]),
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
      benefits: z.array(z.object({ code: z.string(), labels: Labels })),
    }),
  ),
});

const Programme = z.array(
  z.object({
    ...dated,
    pointsPerCurrency: z.int().positive(),
    currency: z.string(),
    feeCreditMaxPercent: z.int().min(1).max(100),
    graceDays: z.int().nonnegative(),
    lapseNoticeDays: z.int().nonnegative(),
    expiryNoticeDays: z.int().nonnegative(),
    debtRule: z.enum(['CARRY', 'FORGIVE']),
    reservationDays: z.int().positive(),
    adjustmentExpiryMonths: z.int().positive(),
  }),
);

const Rewards = z.array(
  z.object({
    code: z.string(),
    kind: z.enum(['GIFT', 'FEE_CREDIT', 'EVENT_SEAT']),
    stock: z.int().positive().nullable(),
    terms: z.object({
      ...dated,
      lastDay: z.iso.date().nullable(),
      points: z.int().positive().nullable(),
      tier: z.enum(['CLASSIC', 'PLUS', 'PREMIER', 'SIGNATURE']),
      perClientYear: z.int().positive().nullable(),
      labels: Labels,
    }),
  }),
);

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../data/${name}`, import.meta.url), 'utf8'));

/** Loads the policy's tables; a version that is already there stays as it is, since points were booked by it. */
export const seed = (db: Db): Promise<void> =>
  transact(db, async (tx) => {
    for (const rule of EarnRules.parse(read('earn-rules.json'))) await addIfMissing(tx, 'earn_rule', rule);
    const { rows, ...table } = Tiers.parse(read('tiers.json'));
    for (const row of rows) {
      await addIfMissing(tx, 'tier_rule', { ...table, ...row });
      // A table from before benefits were kept gets them; no points were booked by them.
      await tx.query(
        `update tier_rule set benefits = $3 where code = $1 and version = $2 and benefits = '[]'`,
        [row.code, table.version, JSON.stringify(row.benefits)],
      );
    }
    for (const row of Programme.parse(read('programme.json'))) await addIfMissing(tx, 'programme_rule', row);
    for (const reward of Rewards.parse(read('rewards.json'))) await addReward(tx, reward);
  });

/** A reward that is new to the catalogue, with its first stock. */
async function addReward(
  tx: Tx,
  { terms, stock, code, kind }: z.output<typeof Rewards>[number],
): Promise<void> {
  const id = tx.newId();
  if (await addIfMissing(tx, 'reward', { code, kind, stock, version: 1 }, id)) {
    if (stock !== null)
      await tx.query('insert into stock_entry (id, reward_id, units, at) values ($1, $2, $3, $4)', [
        tx.newId(),
        id,
        stock,
        tx.now,
      ]);
  }
  await addIfMissing(tx, 'reward_terms', { ...terms, code });
}

/** Adds a row unless one of its key is there; says whether it did. */
async function addIfMissing(
  tx: Tx,
  table: 'earn_rule' | 'tier_rule' | 'programme_rule' | 'reward' | 'reward_terms',
  row: Record<string, unknown>,
  id = tx.newId(),
): Promise<boolean> {
  const columns = Object.keys(row).map((name) =>
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  );
  const values = Object.values(row).map((value) =>
    typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
  );
  const places = columns.map((_, index) => `$${index + 2}`);
  const sql = `insert into ${table} (id, ${columns.join(', ')}) values ($1, ${places.join(', ')}) on conflict do nothing returning id`;
  return (await tx.query(sql, [id, ...values])).length === 1;
}
