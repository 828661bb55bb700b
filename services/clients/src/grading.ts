import { readFileSync } from 'node:fs';
import { type DataOf, RiskLevel, type RiskProfileChanged } from '@client-graph/events';
import { asService, type Db, dayOf, findForUpdate, type Tx, transact } from '@client-graph/kit';
import { IsNull, LessThanOrEqual } from 'typeorm';
import { z } from 'zod';
import { ClientRow } from './clients.entities.js';
import { UNGRADED } from './clients.rules.js';
import { forEachDue } from './due.js';
import {
  ClassAssignmentRow,
  GradeAssignmentRow,
  GradingRuleSetRow,
  RiskToleranceRow,
} from './grading.entities.js';
import { afterOverride, changesOf, type Decision, decide, isSame } from './grading.rules.js';
import { type File, filesOf } from './grading-facts.js';
import {
  CLASSES,
  GRADES,
  type GradingRules,
  INSTITUTION_GRADES,
  tableProblems,
} from './grading-tables.rules.js';
import { reschedulePeriodic, scheduleAfterEvent } from './reviews/schedule.js';

/** The rule tables that decide on a day: of those approved and in force the latest. */
export async function rulesOn(tx: Tx, day: string): Promise<GradingRuleSetRow> {
  const rules = await tx.manager.findOne(GradingRuleSetRow, {
    where: { effectiveFrom: LessThanOrEqual(day), status: 'APPROVED' },
    order: { effectiveFrom: 'DESC' },
  });
  if (rules === null) throw new Error(`No grading rules are in force on ${day}.`);
  return rules;
}

/** Writes down the class and grade that a new client begins with. */
export async function assignFirst(
  tx: Tx,
  client: ClientRow,
  rules: GradingRules,
  decision: Decision,
): Promise<void> {
  const assigned = { ...assignment(client.id, rules, decision), effectiveFrom: tx.now };
  await tx.insert(ClassAssignmentRow, { ...assigned, id: tx.newId(), class: decision.class });
  await tx.insert(GradeAssignmentRow, { ...assigned, id: client.gradeAssignmentId, grade: decision.grade });
}

type Changes = Partial<Omit<ClientRow, 'id' | 'version' | 'class' | 'grade' | 'gradeAssignmentId'>>;

/**
 * Classifies and grades a client anew from what is on file now, together with the `changes` that ask for it. The caller has
 * locked the row. A new assignment stands for each change of class or grade and for each change of the grade's inputs.
 */
export async function regrade(tx: Tx, before: ClientRow, changes: Changes = {}): Promise<ClientRow> {
  const client = { ...before, ...changes };
  // A restricted client's data is kept and nothing is done with it; it is graded anew when the restriction ends.
  if (UNGRADED.includes(client.status)) {
    return Object.keys(changes).length === 0 ? before : tx.update(ClientRow, before, changes);
  }
  const rules = await rulesOn(tx, dayOf(tx.now));
  const [file] = await filesOf(tx, [client]);
  if (file === undefined) throw new Error('A client without a grade.');
  return gradeAnew(tx, rules, file, { before, changes });
}

/** Grades anew those of the clients, all locked, whose decision would be another by these rules. */
export async function regradeMany(tx: Tx, rules: GradingRules, clients: readonly ClientRow[]): Promise<void> {
  for (const file of await filesOf(tx, clients))
    await gradeAnew(tx, rules, file, { before: file.client, changes: {} });
}

async function gradeAnew(
  tx: Tx,
  rules: GradingRules,
  { client, facts, override, current }: File,
  { before, changes }: { before: ClientRow; changes: Changes },
): Promise<ClientRow> {
  const held = current.reason === 'OVERRIDE' && override === null ? afterOverride(client) : client;
  const decision = decide(held, rules, facts, dayOf(tx.now), override);
  const { grounds, ...standing } = decision;
  const isGradeSame =
    client.grade === decision.grade &&
    current.ruleVersion === rules.version &&
    isSame(current.grounds, grounds);
  const isAllSame =
    isGradeSame && client.class === decision.class && client.gradingDueOn === decision.gradingDueOn;
  if (isAllSame && Object.keys(changes).length === 0) return before;

  if (client.class !== decision.class) await assignClass(tx, client, rules, decision);
  const gradeAssignmentId = isGradeSame ? current.id : await assignGrade(tx, current, rules, decision);
  const changed = await tx.update(ClientRow, before, { ...changes, ...standing, gradeAssignmentId });
  if (client.grade !== decision.grade) await reschedulePeriodic(tx, changed);
  await tx.record(...changesOf(client.id, rules.version, client, decision));
  return changed;
}

const assignment = (clientId: string, rules: GradingRules, { grounds }: Decision) => ({
  clientId,
  ruleVersion: rules.version,
  grounds,
  reason: grounds.overrideId === undefined ? ('RULE' as const) : ('OVERRIDE' as const),
  effectiveTo: null,
});

/** When a new assignment begins and the old one ends: now, or where the old one began should a clock have gone back; never an overlap. */
const turnOf = (tx: Tx, { effectiveFrom }: { effectiveFrom: Date }): Date =>
  new Date(Math.max(effectiveFrom.getTime(), tx.now.getTime()));

async function assignClass(
  tx: Tx,
  client: ClientRow,
  rules: GradingRules,
  decision: Decision,
): Promise<void> {
  const open = await tx.manager.findOneByOrFail(ClassAssignmentRow, {
    clientId: client.id,
    effectiveTo: IsNull(),
  });
  const turn = turnOf(tx, open);
  await tx.update(ClassAssignmentRow, open, { effectiveTo: turn });
  const assigned = { ...assignment(client.id, rules, decision), effectiveFrom: turn };
  await tx.insert(ClassAssignmentRow, { ...assigned, id: tx.newId(), class: decision.class });
}

async function assignGrade(
  tx: Tx,
  open: GradeAssignmentRow,
  rules: GradingRules,
  decision: Decision,
): Promise<string> {
  const turn = turnOf(tx, open);
  await tx.update(GradeAssignmentRow, open, { effectiveTo: turn });
  const assigned = { ...assignment(open.clientId, rules, decision), effectiveFrom: turn };
  const { id } = await tx.insert(GradeAssignmentRow, { ...assigned, id: tx.newId(), grade: decision.grade });
  return id;
}

/** Risk has told a new level: it is kept and the client graded anew. Refuses NOT_FOUND for a client nobody knows. */
export async function takeTolerance(tx: Tx, told: DataOf<typeof RiskProfileChanged>): Promise<void> {
  const client = await findForUpdate(tx, ClientRow, told.clientId);
  const before = await tx.findOne(RiskToleranceRow, { id: client.id });
  await tx.manager.upsert(
    RiskToleranceRow,
    { id: client.id, level: told.to, validTo: told.validTo, assessmentId: told.assessmentId, toldAt: tx.now },
    ['id'],
  );
  if (before !== null && before.level !== told.to) await scheduleAfterEvent(tx, client.id);
  await regrade(tx, client);
}

/** Grades anew every client whose inputs have run out or whose downgrade falls due (`domain.md` 3.1.4, timing). */
export const regradeDue = (db: Db): Promise<void> =>
  forEachDue(asService(db), 'gradingDueOn', (tx, client) => regrade(tx, client));

const rows = <Code extends z.ZodType>(code: Code) =>
  z.array(z.tuple([code, z.number().nonnegative(), z.number().positive().nullable()])).min(1);

const GradingRulesFile = z.object({
  version: z.string().min(1),
  effectiveFrom: z.iso.date(),
  source: z.string().min(1),
  currency: z.string().regex(/^[A-Z]{3}$/),
  clientClass: rows(z.enum(CLASSES)),
  grade: z.object({
    assetRanks: rows(z.int().positive()),
    toleranceRanks: z.record(z.enum([...RiskLevel.options, 'NONE']), z.int().positive()),
    experienceRanksYears: rows(z.int().positive()),
    names: z.record(z.string(), z.enum(GRADES)),
  }),
  institutionGrade: z.object({
    rows: rows(z.enum(INSTITUTION_GRADES)),
    mediumFromProductClasses: z.int().positive(),
    financialLargeFrom: z.number().positive(),
  }),
});

/** Loads the rule tables of `data/` that are not there yet; tables that contradict themselves stop the start. */
export async function seedGradingRules(db: Db): Promise<void> {
  const text = readFileSync(new URL('../data/grading-rules.json', import.meta.url), 'utf8');
  const { version, effectiveFrom, source, ...tables } = GradingRulesFile.parse(JSON.parse(text));
  const problems = tableProblems(tables);
  if (problems.length > 0)
    throw new Error(`The grading rules ${version} are wrong:\n  ${problems.join('\n  ')}`);
  await transact(db, (tx) =>
    tx.query(
      `insert into grading_rule_set (id, version, effective_from, source, tables) values ($1, $2, $3, $4, $5)
       on conflict (version) do nothing`,
      [tx.newId(), version, effectiveFrom, source, JSON.stringify(tables)],
    ),
  );
}
