import {
  AssessmentSuperseded,
  type ClientMerged,
  type ClientUnmerged,
  type DataOf,
  RiskProfileChanged,
} from '@client-graph/events';
import { ClientCopyRow, dayOf, plusDays, type Tx } from '@client-graph/kit';
import { In, Not } from 'typeorm';
import { settleAlerts } from '../alerts/alerts.js';
import type { AlertState } from '../alerts/alerts.rules.js';
import { lookAgain } from '../alerts/causes.js';
import { watchLevel } from '../alerts/watch.js';
import { move } from '../assessments/assessments.rules.js';
import { AssessmentRow, ClientMergeRow, RiskAlertRow, RiskProfileRow } from '../entities.js';
import { lapseReviews } from '../validity/validity.js';
import { counting } from './merges.rules.js';
import { ownerOf } from './owners.js';

/** Why a level no longer counts that was its client's until the client turned out to be a duplicate. */
const DUPLICATE = 'DUPLICATE';

/** Tables whose rows belong to a client and follow it; alerts are moved one by one, for two of one subject may not be open. */
const FOLLOWING = [
  'assessment',
  'answer_sheet',
  'interview',
  'review',
  'risk_report',
  'report_confirmation',
  'alert_occurrence',
] as const;

/** Both copies, locked in one order by everybody. */
const lockBoth = (tx: Tx, ids: string[]) =>
  tx.manager.find(ClientCopyRow, {
    where: { id: In(ids) },
    order: { id: 'ASC' },
    lock: { mode: 'pessimistic_write' },
  });

/** Everything of the duplicate is the survivor's from now on: sheets count towards its limits, one level counts, alerts go on. */
export async function mergeClients(
  tx: Tx,
  { survivorId, mergedId }: DataOf<typeof ClientMerged>,
): Promise<void> {
  await lockBoth(tx, [survivorId, mergedId]);
  const survivor = await tx.findOne(RiskProfileRow, { id: survivorId });
  const merged = await tx.findOne(RiskProfileRow, { id: mergedId });
  const side = counting(survivor, merged, dayOf(tx.now));
  const displaced = await displace(tx, side === 'MERGED' ? survivorId : mergedId);
  await tx.insert(ClientMergeRow, {
    id: mergedId,
    survivorId,
    mergedAt: tx.now,
    before: { survivor, merged, displacedId: displaced?.id ?? null },
  });
  for (const table of FOLLOWING) await follow(tx, table, mergedId, survivorId);
  await countAttempts(tx, survivorId);
  await moveAlerts(tx, mergedId, survivorId);
  if (merged !== null) await tx.manager.delete(RiskProfileRow, mergedId);
  if (side === 'MERGED' && merged !== null) {
    const { id: _, version: __, ...level } = merged;
    if (survivor === null) await tx.insert(RiskProfileRow, { ...merged, id: survivorId, version: 1 });
    else await tx.update(RiskProfileRow, survivor, level);
    await tell(tx, survivorId, survivor, merged);
    await watchLevel(tx, survivorId, survivor, merged);
  }
  await lookAgain(tx, survivorId);
}

type Level = Pick<RiskProfileRow, 'level' | 'lowestCategory' | 'validTo' | 'assessmentId'>;

const tell = (tx: Tx, clientId: string, from: Pick<Level, 'level'> | null, to: Level): Promise<void> =>
  tx.record(
    RiskProfileChanged({
      clientId,
      assessmentId: to.assessmentId,
      from: from?.level ?? null,
      to: to.level,
      lowestCategory: to.lowestCategory,
      validTo: to.validTo,
    }),
  );

/** Of two assessments in force the one that no longer counts makes room. */
async function displace(tx: Tx, clientId: string): Promise<AssessmentRow | null> {
  const assessment = await tx.findOne(AssessmentRow, { clientId, state: 'EFFECTIVE' });
  if (assessment === null) return null;
  await lapseReviews(tx, assessment.id);
  await tx.record(AssessmentSuperseded({ clientId, assessmentId: assessment.id, reason: DUPLICATE }));
  return tx.update(AssessmentRow, assessment, {
    state: move(assessment.state, 'supersede'),
    endedReason: DUPLICATE,
    endedAt: tx.now,
  });
}

const follow = (tx: Tx, table: (typeof FOLLOWING)[number] | 'risk_alert', from: string, to: string) =>
  tx.query(
    `with moved as (update ${table} set client_id = $2 where client_id = $1 returning id)
     insert into client_merge_row (merged_id, table_name, row_id) select $1, '${table}', id from moved`,
    [from, to],
  );

/** Attempts of both are counted through in the order of their sheets, so that the newest has the highest number. */
const countAttempts = (tx: Tx, clientId: string) =>
  tx.query(
    `update assessment a set attempt_no = counted.n
     from (
       select id, row_number() over (order by submitted_at, attempt_no, id) as n
       from assessment where client_id = $1 and attempt_no is not null
     ) counted
     where a.id = counted.id`,
    [clientId],
  );

async function moveAlerts(tx: Tx, from: string, to: string): Promise<void> {
  const open = await tx.find(RiskAlertRow, { where: { clientId: to, state: Not<AlertState>('CLOSED') } });
  const keys = new Set(open.map(({ type, subject }) => `${type} ${subject}`));
  await settleAlerts(tx, from, ({ type, subject }) => keys.has(`${type} ${subject}`), DUPLICATE);
  await follow(tx, 'risk_alert', from, to);
}

/** The two were not one after all: each has again what was its own, as it is now, and what came since stays with the survivor. */
export async function unmergeClients(
  tx: Tx,
  { survivorId, mergedId }: DataOf<typeof ClientUnmerged>,
): Promise<void> {
  await lockBoth(tx, [survivorId, mergedId]);
  const merge = await tx.findOne(ClientMergeRow, { id: mergedId });
  if (merge === null) return;
  // Whoever lives on for the survivor has what was the duplicate's, unless it has parted before.
  const ownerId = await ownerOf(tx, survivorId);
  const current = await tx.findOne(RiskProfileRow, { id: ownerId });
  for (const table of [...FOLLOWING, 'risk_alert'] as const)
    await tx.query(
      `update ${table} set client_id = $1 from client_merge_row r
       where r.merged_id = $1 and r.table_name = '${table}' and r.row_id = ${table}.id and ${table}.client_id = $2`,
      [mergedId, ownerId],
    );
  await tx.manager.delete(ClientMergeRow, mergedId);
  if (merge.before.displacedId !== null) await putBack(tx, merge.before.displacedId);
  const { survivor, merged } = merge.before;
  if (merged !== null) await giveLevel(tx, mergedId, null, merged);
  const owner = current === null ? null : await tx.findOne(AssessmentRow, { id: current.assessmentId });
  if (current !== null && owner?.clientId === mergedId) await giveLevel(tx, ownerId, current, survivor);
  await lookAgain(tx, ownerId);
  await lookAgain(tx, mergedId);
}

/** An assessment that made room counts again, unless its client was assessed anew since. */
async function putBack(tx: Tx, id: string): Promise<void> {
  const assessment = await tx.findOne(AssessmentRow, { id });
  if (assessment?.state !== 'SUPERSEDED' || assessment.endedReason !== DUPLICATE) return;
  const { clientId } = assessment;
  if ((await tx.findOne(AssessmentRow, { clientId, state: 'EFFECTIVE' })) !== null) return;
  const state = move(assessment.state, 'countAgain');
  await tx.update(AssessmentRow, assessment, { state, endedReason: null, endedAt: null });
}

/**
 * Gives a client the level that its own assessment in force says, which a review may have lowered in between; without one, the
 * level of before, ended.
 */
async function giveLevel(
  tx: Tx,
  clientId: string,
  current: RiskProfileRow | null,
  before: RiskProfileRow | null,
): Promise<void> {
  const own = await tx.findOne(AssessmentRow, { clientId, state: 'EFFECTIVE' });
  const lastDay = plusDays(dayOf(tx.now), -1);
  const level = own === null ? ended(before, lastDay) : levelOf(own);
  if (level === null) {
    if (current === null) return;
    await tx.manager.delete(RiskProfileRow, clientId);
    return tell(tx, clientId, current, { ...current, validTo: lastDay });
  }
  if (current === null) await tx.insert(RiskProfileRow, { id: clientId, ...level, version: 1 });
  else await tx.update(RiskProfileRow, current, level);
  await tell(tx, clientId, current, level);
}

type Given = Omit<RiskProfileRow, 'id' | 'version'>;

function levelOf({ id, finalLevel, lowestCategory, validFrom, validTo }: AssessmentRow): Given | null {
  if (finalLevel === null || validFrom === null || validTo === null) return null;
  return {
    level: finalLevel,
    lowestCategory: lowestCategory === true,
    validFrom,
    validTo,
    assessmentId: id,
    endedReason: null,
  };
}

const ended = (before: RiskProfileRow | null, lastDay: string): Given | null =>
  before === null
    ? null
    : {
        level: before.level,
        lowestCategory: before.lowestCategory,
        validFrom: before.validFrom,
        validTo: before.validTo < lastDay ? before.validTo : lastDay,
        assessmentId: before.assessmentId,
        endedReason: before.endedReason ?? DUPLICATE,
      };
