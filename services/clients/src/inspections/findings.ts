import { FindingRaised, RectificationVerified } from '@client-graph/events';
import {
  type Connection,
  connectionOf,
  type Db,
  dayOf,
  findForUpdate,
  isUuid,
  type PageArgs,
  pageOf,
  plusDays,
  refuse,
  type Tx,
  transact,
} from '@client-graph/kit';
import { staffOf } from '../actors.js';
import { ClientRow } from '../clients.entities.js';
import type {
  AssignFindingInput,
  FinishRectificationInput,
  JudgeRectificationInput,
  PlanRectificationInput,
  RaiseFindingInput,
} from '../generated/resolvers.js';
import { line } from '../profiles.rules.js';
import {
  type FindingStatus,
  mayFinish,
  mayJudge,
  mayPlan,
  moveFinding,
  refuseFinding,
  type Severity,
} from './findings.rules.js';
import {
  FindingRow,
  InspectionRow,
  InspectionTemplateRow,
  RectificationRow,
} from './inspections.entities.js';
import { moveInspection } from './inspections.rules.js';
import { stepOf } from './templates.js';

/** What a finding says, whoever or whatever has found it. */
export type Found = {
  step: string;
  severity: Severity;
  rule: string;
  clientId: string | null;
  summary: string;
  evidence: string[];
  ownerId: string | null;
  dueOn: string;
};

/** Writes a finding of an inspection that is locked, and tells of it. */
export async function raise(
  tx: Tx,
  id: string,
  inspection: InspectionRow,
  found: Found,
  raisedBy: string | null,
): Promise<FindingRow> {
  const { id: inspectionId, template } = inspection;
  const finding = await tx.insert(FindingRow, {
    id,
    inspectionId,
    template,
    ...found,
    status: 'OPEN',
    raisedBy,
    raisedAt: tx.now,
    verifiedAt: null,
    version: 1,
  });
  const { severity, rule, dueOn } = found;
  await tx.record(FindingRaised({ inspectionId, template, findingId: id, severity, rule, dueOn }));
  return finding;
}

const DUE_DAYS_MAX = 365;

/** Raises a finding about a step, during fieldwork. */
export const raiseFinding = (db: Db, input: RaiseFindingInput): Promise<FindingRow> =>
  transact(db, (tx) =>
    tx.once('raiseFinding', input, FindingRow, async (id) => {
      const inspection = await findForUpdate(tx, InspectionRow, input.inspectionId, input.expectedVersion);
      moveInspection(inspection.status, 'RAISE');
      const template = await tx.manager.findOneByOrFail(InspectionTemplateRow, { id: inspection.templateId });
      const step = stepOf(template, input.step);
      const clientId = input.clientId ?? null;
      if (
        clientId !== null &&
        (!isUuid(clientId) || (await tx.findOne(ClientRow, { id: clientId })) === null)
      )
        throw refuse('NOT_FOUND');
      const today = dayOf(tx.now);
      const last = plusDays(today, DUE_DAYS_MAX);
      if (input.dueOn < today || input.dueOn > last)
        throw refuseFinding('DUE_IMPOSSIBLE', { today, dueOn: last });
      const evidence = input.evidence ?? [];
      if (evidence.length > 20 || !evidence.every(isUuid)) throw refuseFinding('EVIDENCE_NEEDED');
      const ownerId = personOf(input.ownerId ?? null);
      await tx.update(InspectionRow, inspection, {});
      const { severity, dueOn } = input;
      const summary = line(input.summary, 'summary', 1_000);
      const found = {
        step: step.code,
        severity,
        rule: step.rule,
        clientId,
        summary,
        evidence,
        ownerId,
        dueOn,
      };
      return raise(tx, id, inspection, found, staffOf(tx));
    }),
  );

function personOf(ownerId: string | null): string | null {
  if (ownerId !== null && !isUuid(ownerId)) throw refuse('BAD_INPUT', { field: 'ownerId', expected: 'UUID' });
  return ownerId;
}

/** Gives a finding to whoever must put it right. */
export const assignFinding = (db: Db, input: AssignFindingInput): Promise<FindingRow> =>
  transact(db, async (tx) => {
    const { finding } = await lock(tx, input);
    const status = moveFinding(finding.status, 'ASSIGN');
    return tx.update(FindingRow, finding, { status, ownerId: personOf(input.ownerId) });
  });

/** The owner says how and by when it will be put right. */
export const planRectification = (db: Db, input: PlanRectificationInput): Promise<FindingRow> =>
  transact(db, async (tx) => {
    const { finding, inspection } = await lock(tx, input);
    const plannedBy = staffOf(tx);
    const status = mayPlan(finding, plannedBy, input.dueOn, dayOf(tx.now));
    const rectifying = moveInspection(inspection.status, 'RECTIFY');
    if (rectifying !== inspection.status) await tx.update(InspectionRow, inspection, { status: rectifying });
    await tx.insert(RectificationRow, {
      id: tx.newId(),
      findingId: finding.id,
      clientId: finding.clientId,
      plan: line(input.plan, 'plan', 1_000),
      dueOn: input.dueOn,
      plannedBy,
      plannedAt: tx.now,
      done: null,
      evidence: [],
      doneAt: null,
      verdict: null,
      reason: null,
      verifiedBy: null,
      verifiedAt: null,
    });
    return tx.update(FindingRow, finding, { status });
  });

/** The owner says that it was put right, and what proves it. */
export const finishRectification = (db: Db, input: FinishRectificationInput): Promise<FindingRow> =>
  transact(db, async (tx) => {
    const { finding } = await lock(tx, input);
    const status = mayFinish(finding, staffOf(tx), input.evidence);
    const done = line(input.done, 'done', 1_000);
    await tx.update(RectificationRow, await attemptOf(tx, finding.id), {
      done,
      evidence: [...input.evidence],
      doneAt: tx.now,
    });
    return tx.update(FindingRow, finding, { status });
  });

const VERDICTS = { APPROVE: 'VERIFY', REJECT: 'REJECT' } as const;

/** Another than the owner says whether it was put right; what was not is planned anew. */
export const judgeRectification = (db: Db, input: JudgeRectificationInput): Promise<FindingRow> =>
  transact(db, async (tx) => {
    const { finding } = await lock(tx, input);
    const verifiedBy = staffOf(tx);
    if (finding.status !== 'DONE') moveFinding(finding.status, VERDICTS[input.decision]);
    const attempt = await attemptOf(tx, finding.id);
    const status = mayJudge(finding, attempt.plannedBy, verifiedBy, VERDICTS[input.decision]);
    const isVerified = input.decision === 'APPROVE';
    await tx.update(RectificationRow, attempt, {
      verdict: isVerified ? 'VERIFIED' : 'REJECTED',
      reason: line(input.reason, 'reason', 500),
      verifiedBy,
      verifiedAt: tx.now,
    });
    if (isVerified) await tellVerified(tx, finding, attempt);
    return tx.update(FindingRow, finding, { status, verifiedAt: isVerified ? tx.now : null });
  });

const tellVerified = (tx: Tx, finding: FindingRow, attempt: RectificationRow): Promise<void> =>
  tx.record(
    RectificationVerified({
      inspectionId: finding.inspectionId,
      template: finding.template,
      findingId: finding.id,
      severity: finding.severity,
      dueOn: finding.dueOn,
      onTime: dayOf(attempt.doneAt ?? tx.now) <= finding.dueOn,
    }),
  );

/** The attempt that waits for its verdict. */
async function attemptOf(tx: Tx, findingId: string): Promise<RectificationRow> {
  const open = await tx.query<{ id: string }>(
    'select id from rectification where finding_id = $1 and verdict is null',
    [findingId],
  );
  return findForUpdate(tx, RectificationRow, open[0]?.id ?? '');
}

/** Locks the inspection and then its finding, the order of everyone. Owners reach their own findings, inspectors all. */
async function lock(
  tx: Tx,
  { findingId, expectedVersion }: { findingId: string; expectedVersion: number },
): Promise<{ inspection: InspectionRow; finding: FindingRow }> {
  const found = isUuid(findingId) ? await tx.findOne(FindingRow, { id: findingId }) : null;
  if (found === null || !mayKnow(tx, found)) throw refuse('NOT_FOUND');
  const inspection = await findForUpdate(tx, InspectionRow, found.inspectionId);
  return { inspection, finding: await findForUpdate(tx, FindingRow, findingId, expectedVersion) };
}

/** Whether the caller may know of a finding at all. */
export const mayKnow = ({ actor }: Pick<Tx, 'actor'>, { ownerId }: Pick<FindingRow, 'ownerId'>): boolean =>
  actor.scopes.has('inspections:read') || ownerId === actor.id;

type Filter = {
  inspectionId?: string | null | undefined;
  status?: FindingStatus | null | undefined;
  severity?: Severity | null | undefined;
  ownerId?: string | null | undefined;
  isLate?: boolean | null | undefined;
};

/** Findings, newest first: all of them for those who inspect, for others their own. */
export async function listFindings(db: Db, args: PageArgs & Filter): Promise<Connection<FindingRow>> {
  const { first, afterId } = pageOf(args);
  const ids = [args.inspectionId, args.ownerId].filter((id) => typeof id === 'string');
  if (!ids.every(isUuid)) throw refuse('BAD_INPUT', { field: 'id', expected: 'UUID' });
  const mine = db.actor.scopes.has('inspections:read') ? null : db.actor.id;
  const rows = await db.source
    .getRepository(FindingRow)
    .createQueryBuilder('row')
    .where({
      ...(args.inspectionId ? { inspectionId: args.inspectionId } : {}),
      ...(args.status ? { status: args.status } : {}),
      ...(args.severity ? { severity: args.severity } : {}),
      ...(args.ownerId ? { ownerId: args.ownerId } : {}),
    })
    .andWhere(mine === null ? 'true' : 'row.owner_id = :mine', { mine })
    .andWhere(args.isLate === true ? `row.status <> 'VERIFIED' and row.due_on < :today` : 'true', {
      today: dayOf(db.now()),
    })
    .andWhere(afterId === null ? 'true' : 'row.id < :afterId', { afterId })
    .orderBy('row.id', 'DESC')
    .take(first + 1)
    .getMany();
  return connectionOf(rows, first);
}
