import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Db, type Tx, transact } from '@client-graph/kit';
import { LessThanOrEqual } from 'typeorm';
import { AlertRules } from '../alerts/alerts.rules.js';
import { AssessmentRules, refuseAssessment } from '../assessments/assessments.rules.js';
import { canonicalJson } from '../canonical.rules.js';
import { AssessmentRuleRow, QuestionnaireRow } from '../entities.js';
import { type Audience, readQuestionnaires } from './questionnaires.rules.js';

const DATA = new URL('../../data/', import.meta.url);

export const hashOf = (content: string): string => createHash('sha256').update(content).digest('hex');

/** Loads the questionnaires and rules of `data/` as they are published there; what is already loaded stays. */
export async function seed(db: Db): Promise<void> {
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(new URL(name, DATA), 'utf8'));
  await loadQuestionnaires(db, await read('questionnaires.json'));
  await loadRules(db, 'assessment_rule', AssessmentRules.parse(await read('assessment-rules.json')));
  await loadRules(db, 'alert_rule', AlertRules.parse(await read('alert-rules.json')));
}

/**
 * Adds the versions of a file that are not there yet and retires those it names as retired. Throws for a malformed file, and for a
 * version that is there with other content: its sheets could no longer be scored again.
 */
export async function loadQuestionnaires(db: Db, content: unknown): Promise<void> {
  const questionnaires = readQuestionnaires(content);
  await transact(db, async (tx) => {
    for (const { code, version, audience, status, effectiveFrom, definition } of questionnaires) {
      const contentHash = hashOf(canonicalJson({ audience, effectiveFrom, definition }));
      // Replicas start together: the one that comes second finds the row and checks it.
      await tx.query(
        `insert into questionnaire (id, code, version, audience, status, effective_from, content_hash, definition)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
        [tx.newId(), code, version, audience, status, effectiveFrom, contentHash, JSON.stringify(definition)],
      );
      const row = await tx.findOne(QuestionnaireRow, { code, version });
      if (row?.contentHash !== contentHash)
        throw new Error(
          `The questionnaire ${code} ${version} is published with other content: give it a new version.`,
        );
      // A file may retire a version; it does not bring back what a command has retired.
      if (status === 'RETIRED' && row.status !== status)
        await tx.query('update questionnaire set status = $2 where id = $1', [row.id, status]);
    }
  });
}

/** Adds this version of a table of rules unless it is there. Throws when it is there with other content: decisions name it. */
async function loadRules(
  db: Db,
  table: 'assessment_rule' | 'alert_rule',
  rules: { version: string; effectiveFrom: string },
): Promise<void> {
  const contentHash = hashOf(canonicalJson(rules));
  await transact(db, async (tx) => {
    await tx.query(
      `insert into ${table} (id, version, effective_from, content_hash, definition)
       values ($1, $2, $3, $4, $5) on conflict do nothing`,
      [tx.newId(), rules.version, rules.effectiveFrom, contentHash, JSON.stringify(rules)],
    );
    const [row] = await tx.query<{ content_hash: string }>(
      `select content_hash from ${table} where version = $1`,
      [rules.version],
    );
    if (row?.content_hash !== contentHash)
      throw new Error(`${table} ${rules.version} is in force with other content: give it a new version.`);
  });
}

export type QuestionnaireChoice = {
  code?: string | null | undefined;
  audience?: Audience | null | undefined;
};

/** The questionnaire in force on the day: the latest to have taken effect of this code, or for this audience. Null when there is none. */
export async function questionnaireInForce(
  db: Db,
  { code, audience }: QuestionnaireChoice,
  day: string,
): Promise<QuestionnaireRow | null> {
  return transact(db, (tx) => inForce(tx, { code, audience }, day));
}

async function inForce(
  tx: Tx,
  { code, audience }: QuestionnaireChoice,
  day: string,
): Promise<QuestionnaireRow | null> {
  const [row] = await tx.find(QuestionnaireRow, {
    where: {
      status: 'ACTIVE',
      effectiveFrom: LessThanOrEqual(day),
      ...(code === null || code === undefined ? {} : { code }),
      ...(audience === null || audience === undefined ? {} : { audience }),
    },
    order: { effectiveFrom: 'DESC', version: 'DESC', code: 'ASC' },
    take: 1,
  });
  return row ?? null;
}

/** The questionnaire a client of this kind is to answer. Refuses QUESTIONNAIRE_UNKNOWN and WRONG_AUDIENCE. */
export async function questionnaireFor(
  tx: Tx,
  kind: string,
  code: string | null | undefined,
  day: string,
): Promise<QuestionnaireRow> {
  const audience = kind === 'INDIVIDUAL' ? 'INDIVIDUAL' : 'INSTITUTION';
  const row = await inForce(tx, code === null || code === undefined ? { audience } : { code }, day);
  if (row === null) throw refuseAssessment('QUESTIONNAIRE_UNKNOWN');
  if (row.audience !== audience) throw refuseAssessment('WRONG_AUDIENCE', { audience: row.audience });
  return row;
}

/** The version that has taken the place of this one by the day; null when it is asked still. */
export async function successorOn(
  tx: Tx,
  { code, effectiveFrom }: QuestionnaireRow,
  day: string,
): Promise<QuestionnaireRow | null> {
  const current = await inForce(tx, { code }, day);
  return current !== null && current.effectiveFrom > effectiveFrom ? current : null;
}

/** Versions that are marked as asked although a later one of the same questionnaire has taken effect by the day. */
export async function supersededOn(tx: Tx, day: string): Promise<QuestionnaireRow[]> {
  const asked = await tx.find(QuestionnaireRow, {
    where: { status: 'ACTIVE', effectiveFrom: LessThanOrEqual(day) },
  });
  return asked.filter(({ code, effectiveFrom }) =>
    asked.some((other) => other.code === code && other.effectiveFrom > effectiveFrom),
  );
}

/** The rules in force on the day. */
export async function rulesInForce(tx: Tx, day: string): Promise<AssessmentRules> {
  const [row] = await tx.find(AssessmentRuleRow, {
    where: { effectiveFrom: LessThanOrEqual(day) },
    order: { effectiveFrom: 'DESC', version: 'DESC' },
    take: 1,
  });
  if (row === undefined) throw new Error(`No rules about assessments are in force on ${day}.`);
  return row.definition;
}
