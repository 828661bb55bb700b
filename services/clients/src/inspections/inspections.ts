import { InspectionClosed, InspectionOpened } from '@client-graph/events';
import {
  asService,
  type Connection,
  type Db,
  dayOf,
  findForUpdate,
  type PageArgs,
  page,
  type Tx,
  transact,
} from '@client-graph/kit';
import { In } from 'typeorm';
import { staffOf } from '../actors.js';
import type {
  AnswerStepInput,
  DeclineInspectionInput,
  InspectionInput,
  OpenInspectionInput,
} from '../generated/resolvers.js';
import { line } from '../profiles.rules.js';
import { moveFinding } from './findings.rules.js';
import {
  FindingRow,
  InspectionAnswerRow,
  InspectionRow,
  InspectionTemplateRow,
} from './inspections.entities.js';
import {
  type InspectionStatus,
  inspectionDue,
  lastPeriod,
  mayClose,
  mayIssue,
  mayVerify,
  monthOf,
  moveInspection,
  mustBePeriod,
  refuseInspection,
} from './inspections.rules.js';
import { stepOf, templateOn, templatesInForce } from './templates.js';

/** Opens an inspection by a template for a period. */
export const openInspection = (db: Db, input: OpenInspectionInput): Promise<InspectionRow> =>
  transact(db, (tx) =>
    tx.once('openInspection', input, InspectionRow, async (id) => {
      const today = dayOf(tx.now);
      const template = await templateOn(tx, input.template, today);
      if (template.content.period === 'DAILY')
        throw refuseInspection('TEMPLATE_UNKNOWN', { template: input.template });
      mustBePeriod(input.from, input.to, today);
      return begin(
        tx,
        id,
        template,
        { from: input.from, to: input.to },
        { by: staffOf(tx), status: 'OPENED' },
      );
    }),
  );

async function begin(
  tx: Tx,
  id: string,
  template: InspectionTemplateRow,
  period: { from: string; to: string },
  { by, status }: { by: string | null; status: InspectionStatus },
): Promise<InspectionRow> {
  const inspection = await tx.insert(InspectionRow, {
    id,
    templateId: template.id,
    template: template.code,
    periodFrom: period.from,
    periodTo: period.to,
    dueOn: inspectionDue(dayOf(tx.now), template.content.dueDays),
    status,
    openedBy: by,
    openedAt: tx.now,
    verifiedBy: null,
    verifiedAt: null,
    closedBy: null,
    closedAt: null,
    declinedReason: null,
    version: 1,
  });
  const { from, to } = period;
  await tx.record(
    InspectionOpened({ inspectionId: id, template: template.code, from, to, dueOn: inspection.dueOn }),
  );
  return inspection;
}

/** Opens the inspections of templates that come back, for the period that ended last; one a period, however often it runs. */
export async function openDueInspections(db: Db): Promise<void> {
  for (const template of await templatesInForce(db)) {
    await transact(asService(db), async (tx) => {
      await tx.query(`select pg_advisory_xact_lock(hashtext('open-due-inspections'))`);
      const period = lastPeriod(template.content.period, dayOf(tx.now));
      if (period === null || period.from < template.effectiveFrom) return;
      const about = { template: template.code, periodFrom: period.from, periodTo: period.to };
      if ((await tx.findOne(InspectionRow, about)) !== null) return;
      await begin(tx, tx.newId(), template, period, { by: null, status: 'OPENED' });
    });
  }
}

/** The inspection that gathers what daily checks find: the one that is not closed, or a new one. */
export async function dailyInspection(tx: Tx): Promise<InspectionRow> {
  const today = dayOf(tx.now);
  const open = await tx.query<{ id: string }>(
    `select id from inspection where template = 'DAILY' and status <> 'CLOSED' for update`,
  );
  if (open[0] === undefined) {
    const template = await templateOn(tx, 'DAILY', today);
    return begin(tx, tx.newId(), template, monthOf(today), { by: null, status: 'RECTIFYING' });
  }
  const inspection = await findForUpdate(tx, InspectionRow, open[0].id);
  const status = moveInspection(inspection.status, 'RAISE_DAILY');
  if (status === inspection.status) return inspection;
  return tx.update(InspectionRow, inspection, { status, verifiedBy: null, verifiedAt: null });
}

const lock = (tx: Tx, { inspectionId, expectedVersion }: InspectionInput): Promise<InspectionRow> =>
  findForUpdate(tx, InspectionRow, inspectionId, expectedVersion);

export const beginFieldwork = (db: Db, input: InspectionInput): Promise<InspectionRow> =>
  transact(db, async (tx) => {
    const inspection = await lock(tx, input);
    return tx.update(InspectionRow, inspection, {
      status: moveInspection(inspection.status, 'BEGIN_FIELDWORK'),
    });
  });

/** Answers a step, or changes the answer while fieldwork goes on. */
export const answerStep = (db: Db, input: AnswerStepInput): Promise<InspectionRow> =>
  transact(db, async (tx) => {
    const inspection = await lock(tx, input);
    moveInspection(inspection.status, 'ANSWER');
    const template = await tx.manager.findOneByOrFail(InspectionTemplateRow, { id: inspection.templateId });
    const { code: step } = stepOf(template, input.step);
    const answer = {
      answer: input.answer,
      note: input.note ? line(input.note, 'note', 1_000) : null,
      answeredBy: staffOf(tx),
      answeredAt: tx.now,
    };
    const before = await tx.findOne(InspectionAnswerRow, { inspectionId: inspection.id, step });
    if (before === null)
      await tx.insert(InspectionAnswerRow, { id: tx.newId(), inspectionId: inspection.id, step, ...answer });
    else await tx.update(InspectionAnswerRow, before, answer);
    return tx.update(InspectionRow, inspection, {});
  });

/** Ends fieldwork: every step is answered, and what was not complied with has its findings. */
export const issueFindings = (db: Db, input: InspectionInput): Promise<InspectionRow> =>
  transact(db, async (tx) => {
    const inspection = await lock(tx, input);
    const template = await tx.manager.findOneByOrFail(InspectionTemplateRow, { id: inspection.templateId });
    const answers = await tx.find(InspectionAnswerRow, { where: { inspectionId: inspection.id } });
    const findings = await tx.find(FindingRow, { where: { inspectionId: inspection.id } });
    const status = mayIssue(
      inspection.status,
      template.content.steps.map(({ code }) => code),
      new Map(answers.map(({ step, answer }) => [step, answer])),
      new Set(findings.map(({ step }) => step)),
    );
    return tx.update(InspectionRow, inspection, { status });
  });

/** States that every finding was put right; nobody verifies an inspection with a finding of their own. */
export const verifyInspection = (db: Db, input: InspectionInput): Promise<InspectionRow> =>
  transact(db, async (tx) => {
    const inspection = await lock(tx, input);
    const findings = await tx.find(FindingRow, { where: { inspectionId: inspection.id } });
    const verifiedBy = staffOf(tx);
    const status = mayVerify(inspection.status, findings, verifiedBy);
    return tx.update(InspectionRow, inspection, { status, verifiedBy, verifiedAt: tx.now });
  });

/** Does not accept the verification of some findings: they are planned anew. */
export const declineInspection = (db: Db, input: DeclineInspectionInput): Promise<InspectionRow> =>
  transact(db, async (tx) => {
    const inspection = await lock(tx, input);
    const status = moveInspection(inspection.status, 'DECLINE');
    const declinedReason = line(input.reason, 'reason', 500);
    const findings = await tx.find(FindingRow, {
      where: { inspectionId: inspection.id, id: In(input.findingIds) },
      order: { id: 'ASC' },
    });
    if (findings.length === 0 || findings.length !== new Set(input.findingIds).size)
      throw refuseInspection('FINDINGS_NEEDED');
    for (const finding of findings)
      await tx.update(FindingRow, finding, {
        status: moveFinding(finding.status, 'DECLINE'),
        verifiedAt: null,
      });
    return tx.update(InspectionRow, inspection, {
      status,
      declinedReason,
      verifiedBy: null,
      verifiedAt: null,
    });
  });

/** Closes a verified inspection, by another than who has verified it. */
export const closeInspection = (db: Db, input: InspectionInput): Promise<InspectionRow> =>
  transact(db, async (tx) => {
    const inspection = await lock(tx, input);
    const closedBy = staffOf(tx);
    const status = mayClose(inspection, closedBy);
    const closed = await tx.update(InspectionRow, inspection, { status, closedBy, closedAt: tx.now });
    const counts = await tx.query<{ severity: FindingRow['severity']; count: number }>(
      'select severity, count(*)::int as count from finding where inspection_id = $1 group by 1 order by 1',
      [inspection.id],
    );
    await tx.record(InspectionClosed({ inspectionId: inspection.id, template: inspection.template, counts }));
    return closed;
  });

/** Inspections, newest first. */
export const listInspections = (
  db: Db,
  args: PageArgs & { status?: InspectionStatus | null | undefined; template?: string | null | undefined },
): Promise<Connection<InspectionRow>> =>
  page(db, InspectionRow, args, {
    ...(args.status ? { status: args.status } : {}),
    ...(args.template ? { template: args.template } : {}),
  });
