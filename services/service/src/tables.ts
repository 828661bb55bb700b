import { readFileSync } from 'node:fs';
import { type Db, transact } from '@client-graph/kit';
import { z } from 'zod';

const Subjects = z.object({
  effectiveFrom: z.iso.date(),
  source: z.string(),
  rows: z.array(
    z.object({
      code: z.string(),
      labels: z.object({ EN: z.string(), ZH_HANS: z.string(), ZH_HANT: z.string() }),
    }),
  ),
});

/** Loads the subjects of contacts; one that is already there stays as the firm has it. */
export async function seed(db: Db): Promise<void> {
  const file = new URL('../data/interaction-subjects.json', import.meta.url);
  const { rows, effectiveFrom, source } = Subjects.parse(JSON.parse(readFileSync(file, 'utf8')));
  await transact(db, (tx) =>
    tx.query(
      `insert into interaction_subject (code, labels, position, effective_from, source)
       select row.value ->> 'code', row.value -> 'labels', row.position, $2, $3
       from jsonb_array_elements($1) with ordinality as row(value, position)
       on conflict (code) do nothing`,
      [JSON.stringify(rows), effectiveFrom, source],
    ),
  );
}
