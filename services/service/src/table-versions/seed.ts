import { readFileSync } from 'node:fs';
import { type Db, transact } from '@client-graph/kit';
import { z } from 'zod';
import { TERMS } from './terms.rules.js';

const dated = { revision: z.int().positive(), effectiveFrom: z.iso.date(), source: z.string() };
const row = <Table extends keyof typeof TERMS>(table: Table) =>
  z.object({ ...dated, table: z.literal(table), code: z.string(), terms: TERMS[table] });
const Rows = z.array(
  z.discriminatedUnion('table', [
    row('PLAN_TEMPLATE'),
    row('STATEMENT_SCHEDULE'),
    row('NOTICE_TERMS'),
    row('SURVEY_TERMS'),
    row('FEEDBACK_TERMS'),
  ]),
);
const Banned = TERMS.BANNED_PHRASES.extend({ effectiveFrom: z.iso.date(), source: z.string() });

const Subjects = z.object({
  effectiveFrom: z.iso.date(),
  source: z.string(),
  rows: z.array(z.object({ code: z.string(), labels: TERMS.INTERACTION_SUBJECT.shape.labels })),
});

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../data/${name}`, import.meta.url), 'utf8'));

const WRITE = `
  insert into table_version (id, version, "table", code, revision, effective_from, source, terms, status, proposed_at)
  values ($1, 1, $2, $3, $4, $5, $6, $7, 'APPROVED', $8) on conflict ("table", code, revision) do nothing`;

/** The tables that have their own rows show these as their first versions. */
const SHOWN = `
  insert into table_version (id, version, "table", code, revision, effective_from, source, terms, status, proposed_at)
  select uuidv7(), 1, t."table", t.code, t.revision, t.effective_from, t.source, t.terms, 'APPROVED', $1 from (
    select 'COMPLAINT_CLOCK' as "table", profile as code, version as revision, effective_from, source, terms from complaint_clock
    union all select 'CARE_RULE', code, version, effective_from, source, jsonb_build_object('terms', terms, 'labels', labels, 'wishes', wishes) from care_rule
    union all select 'CARE_GIFT', grade, version, effective_from, source,
      jsonb_build_object('value', value::text, 'yearlyCap', yearly_cap::text, 'currency', currency, 'labels', labels) from care_gift
  ) t on conflict ("table", code, revision) do nothing`;

/** Loads the first version of each of the firm's tables; a version that is there stays as it is. */
export const seedTables = (db: Db): Promise<unknown> =>
  transact(db, async (tx) => {
    for (const { table, code, revision, effectiveFrom, source, terms } of Rows.parse(
      read('firm-tables.json'),
    ))
      await tx.query(WRITE, [tx.newId(), table, code, revision, effectiveFrom, source, terms, tx.now]);
    const { effectiveFrom, source, ...terms } = Banned.parse(read('banned-phrases.json'));
    await tx.query(WRITE, [tx.newId(), 'BANNED_PHRASES', 'BANNED', 1, effectiveFrom, source, terms, tx.now]);
    const subjects = Subjects.parse(read('interaction-subjects.json'));
    for (const [n, { code, labels }] of subjects.rows.entries()) {
      const row = { labels, position: n + 1, isOffered: true };
      const { effectiveFrom: from, source: by } = subjects;
      await tx.query(WRITE, [tx.newId(), 'INTERACTION_SUBJECT', code, 1, from, by, row, tx.now]);
    }
    await tx.query(SHOWN, [tx.now]);
  });

const Templates = z.array(
  z.object({
    code: z.string(),
    kind: z.string(),
    subject: z.string(),
    body: z.string(),
    variables: z.array(z.string()),
  }),
);

/** Came with the product, so nobody has proposed them. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Loads the words of the messages that are sent by themselves, until the firm approves its own. */
export const seedTemplates = (db: Db): Promise<unknown> =>
  transact(db, async (tx) => {
    for (const { code, kind, subject, body, variables } of Templates.parse(read('message-templates.json')))
      await tx.query(
        `insert into message_template (id, version, code, revision, kind, status, subject, body, variables, proposed_by, proposed_at)
         values ($1, 1, $2, 1, $3, 'APPROVED', $4, $5, $6, $7, $8) on conflict (code, revision) do nothing`,
        [tx.newId(), code, kind, subject, body, variables, NOBODY, tx.now],
      );
  });
