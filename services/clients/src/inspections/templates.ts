import { readFileSync } from 'node:fs';
import { type Db, dayOf, type Tx, transact } from '@client-graph/kit';
import { LessThanOrEqual } from 'typeorm';
import { InspectionTemplateRow } from './inspections.entities.js';
import { refuseInspection } from './inspections.rules.js';
import { Checks, ChecksFile, type Step, TemplatesFile } from './templates.rules.js';

/** The template of a code that counts on a day. Refuses TEMPLATE_UNKNOWN. */
export async function templateOn(tx: Tx, code: string, day: string): Promise<InspectionTemplateRow> {
  const found = await tx.manager.findOne(InspectionTemplateRow, {
    where: { code, effectiveFrom: LessThanOrEqual(day) },
    order: { effectiveFrom: 'DESC' },
  });
  if (found === null) throw refuseInspection('TEMPLATE_UNKNOWN', { template: code });
  return found;
}

/** The templates that count today, one of each code. */
export const templatesInForce = (db: Db): Promise<InspectionTemplateRow[]> =>
  transact(db, async (tx) => {
    const all = await tx.find(InspectionTemplateRow, {
      where: { effectiveFrom: LessThanOrEqual(dayOf(tx.now)) },
      order: { effectiveFrom: 'DESC' },
    });
    return all.filter((row, place) => all.findIndex(({ code }) => code === row.code) === place);
  });

/** A step of a template. Refuses STEP_UNKNOWN. */
export function stepOf({ content }: InspectionTemplateRow, code: string): Step {
  const step = content.steps.find((known) => known.code === code);
  if (step === undefined)
    throw refuseInspection('STEP_UNKNOWN', { steps: content.steps.map((known) => known.code) });
  return step;
}

/** What daily supervision looks for on a day. */
export async function checksOn(tx: Tx, day: string): Promise<Checks> {
  const [row] = await tx.query<{ checks: unknown }>(
    'select checks from supervision_rule_set where effective_from <= $1 order by effective_from desc limit 1',
    [day],
  );
  if (row === undefined) throw new Error(`No rules of supervision are in force on ${day}.`);
  return Checks.parse(row.checks);
}

const read = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../data/${file}`, import.meta.url), 'utf8'));

/** Loads the templates and rules of `data/` that are not there yet. */
export async function seedSupervision(db: Db): Promise<void> {
  const { templates, version, effectiveFrom, source } = TemplatesFile.parse(
    read('inspection-templates.json'),
  );
  const rules = ChecksFile.parse(read('supervision-rules.json'));
  await transact(db, async (tx) => {
    for (const { code, ...content } of templates)
      await tx.query(
        `insert into inspection_template (id, code, version, effective_from, source, content) values ($1, $2, $3, $4, $5, $6)
         on conflict (code, version) do nothing`,
        [tx.newId(), code, version, effectiveFrom, source, JSON.stringify(content)],
      );
    await tx.query(
      `insert into supervision_rule_set (id, version, effective_from, source, checks) values ($1, $2, $3, $4, $5)
       on conflict do nothing`,
      [tx.newId(), rules.version, rules.effectiveFrom, rules.source, JSON.stringify(rules.checks)],
    );
  });
}
