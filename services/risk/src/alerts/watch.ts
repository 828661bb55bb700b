import type {
  ComplaintClosed,
  ComplaintReceived,
  DataOf,
  HoldingChanged,
  PortfolioDrawdownReached,
  PortfolioMeasured,
  ProductRatingChanged,
  SuitabilityChecked,
} from '@client-graph/events';
import { dayOf, type Tx } from '@client-graph/kit';
import { In, MoreThan } from 'typeorm';
import type { AssessmentRules } from '../assessments/assessments.rules.js';
import { investorOf, isExemptToday } from '../client-files/investors.js';
import { heldBy, ownerOf, ownersOf } from '../client-files/owners.js';
import { AnswerSheetRow, AssessmentRow, QuestionnaireRow, RiskProfileRow } from '../entities.js';
import { type RiskLevel, rankOf } from '../levels.rules.js';
import { rulesInForce } from '../questionnaires/questionnaires.js';
import { alertRulesInForce, occurrences, raiseAlerts, settleAlerts } from './alerts.js';
import { type AlertRules, type Finding, limit } from './alerts.rules.js';
import { levelOf, lookAgain } from './causes.js';
import { isMeasuredAway } from './causes.rules.js';
import {
  assessmentEnds,
  complaint,
  concentration,
  drawdown,
  highRiskShare,
  holdingAbove,
  type Level,
  largeRedemption,
  levelLowered,
  lossBeyond,
  lossBound,
  override,
  reratedUp,
  shopping,
  turnedSenior,
} from './findings.rules.js';

/** Watches over clients: what happens anywhere in the firm becomes an alert where the table says so. */

const DAY_MS = 86_400_000;
const daysBefore = (now: Date, days: number): Date => new Date(now.getTime() - days * DAY_MS);

async function find(
  tx: Tx,
  findings: (rules: AlertRules, offers: AssessmentRules['offers']) => Finding[] | Promise<Finding[]>,
): Promise<void> {
  const today = dayOf(tx.now);
  const rules = await alertRulesInForce(tx, today);
  const { offers } = await rulesInForce(tx, today);
  await raiseAlerts(tx, await findings(rules, offers), rules);
}

export async function watchHolding(tx: Tx, data: DataOf<typeof HoldingChanged>): Promise<void> {
  const { clientId, productId, rating, units } = data;
  if (/^-?0*(\.0*)?$/.test(units)) {
    await tx.query('delete from holding_copy where client_id = $1 and product_id = $2', [
      clientId,
      productId,
    ]);
    return lookAgain(tx, await ownerOf(tx, clientId));
  }
  await tx.query(
    `insert into holding_copy (client_id, product_id, rating) values ($1, $2, $3)
     on conflict (client_id, product_id) do update set rating = excluded.rating`,
    [clientId, productId, rating],
  );
  const owner = await ownerOf(tx, clientId);
  const level = await levelOf(tx, owner);
  await find(tx, (_, offers) => holdingAbove(owner, { productId, rating }, level, offers));
  await lookAgain(tx, owner);
}

/** Everybody who holds the product is looked at, in one statement each for reading and raising. */
export async function watchRating(tx: Tx, data: DataOf<typeof ProductRatingChanged>): Promise<void> {
  const { productId, from, to } = data;
  const holders = await tx.query<{ clientId: string }>(
    'update holding_copy set rating = $2 where product_id = $1 returning client_id as "clientId"',
    [productId, to],
  );
  // TypeORM answers an update with its rows and their count.
  const ids = holders.flat().flatMap((row) => (typeof row === 'object' ? [row.clientId] : []));
  const owners = [...new Set((await ownersOf(tx, ids)).values())];
  const profiles = await tx.find(RiskProfileRow, { where: { id: In(owners) } });
  const exempt = await exemptAmong(tx, owners);
  await find(tx, (_, offers) =>
    profiles
      .filter(({ id }) => !exempt.has(id))
      .flatMap((profile) => reratedUp(profile.id, { productId, from, to }, profile, offers)),
  );
  for (const clientId of await alertedAbout(tx, productId)) await lookAgain(tx, clientId);
}

async function exemptAmong(tx: Tx, clientIds: readonly string[]): Promise<Set<string>> {
  const today = dayOf(tx.now);
  const { exemption } = await rulesInForce(tx, today);
  const rows = await tx.query<{ id: string }>(
    `select client_id as id from investor_copy
     where client_id = any($1) and investor = any($2) and valid_to >= $3`,
    [clientIds, exemption.investors, today],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Whoever has an open alert about this product. */
async function alertedAbout(tx: Tx, subject: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    'select distinct client_id as id from risk_alert where subject = $1 and is_open order by 1',
    [subject],
  );
  return rows.map(({ id }) => id);
}

export async function watchDrawdown(tx: Tx, data: DataOf<typeof PortfolioDrawdownReached>): Promise<void> {
  const clientId = await ownerOf(tx, data.clientId);
  await find(tx, () => drawdown(clientId, data));
}

export async function watchPortfolio(tx: Tx, data: DataOf<typeof PortfolioMeasured>): Promise<void> {
  const clientId = await ownerOf(tx, data.clientId);
  const profile = await tx.findOne(RiskProfileRow, { id: clientId });
  const level = await levelOf(tx, clientId);
  const isOrdinary = (await investorOf(tx, clientId)) === 'ORDINARY';
  await find(tx, async (rules) => [
    ...(isOrdinary ? concentration(clientId, data, rules) : []),
    ...highRiskShare(clientId, data, level, rules),
    ...largeRedemption(clientId, data, rules),
    ...lossBeyond(clientId, data, profile === null ? null : await boundOf(tx, profile, rules)),
  ]);
  const rules = await alertRulesInForce(tx, dayOf(tx.now));
  await settleAlerts(tx, clientId, (alert) => isMeasuredAway(alert, data, level, rules), 'CAUSE_GONE');
}

async function boundOf(
  tx: Tx,
  { assessmentId, level }: RiskProfileRow,
  rules: AlertRules,
): Promise<number | null> {
  const assessment = await tx.findOne(AssessmentRow, { id: assessmentId });
  const sheet = await tx.findOne(AnswerSheetRow, { assessmentId });
  const questionnaire =
    assessment === null ? null : await tx.findOne(QuestionnaireRow, { id: assessment.questionnaireId });
  return lossBound({ questionnaire: questionnaire?.code ?? '', answers: sheet?.answers ?? {}, level }, rules);
}

export async function watchSuitability(tx: Tx, data: DataOf<typeof SuitabilityChecked>): Promise<void> {
  if (!data.override) return;
  const clientId = await ownerOf(tx, data.clientId);
  await find(tx, async (rules) => {
    const since = daysBefore(tx.now, limit(rules, 'MISMATCH_OVERRIDE', 'days'));
    return override(clientId, await occurrences(tx, clientId, 'MISMATCH_OVERRIDE', since), rules);
  });
}

export async function watchComplaint(tx: Tx, data: DataOf<typeof ComplaintReceived>): Promise<void> {
  const clientId = data.clientId === null ? null : await ownerOf(tx, data.clientId);
  await find(tx, () => complaint({ ...data, clientId }));
}

/** The complaint is closed, taken back, or for somebody else: there is nothing to answer any more. */
export async function watchComplaintEnd(
  tx: Tx,
  { clientId, complaintId }: Pick<DataOf<typeof ComplaintClosed>, 'clientId' | 'complaintId'>,
): Promise<void> {
  if (clientId === null) return;
  const isAboutIt = ({ type, subject }: { type: string; subject: string }) =>
    type === 'COMPLAINT_ON_SUITABILITY' && subject === complaintId;
  await settleAlerts(tx, await ownerOf(tx, clientId), isAboutIt, 'CAUSE_GONE');
}

export async function watchAge(
  tx: Tx,
  data: { clientId: string; codes: readonly string[]; ageBand: string | null },
) {
  const { clientId, codes, ageBand } = data;
  if (!codes.includes('ageBand') || ageBand !== 'FROM_65') return;
  const held = await heldBy(tx, clientId);
  await find(tx, (rules) => turnedSenior(clientId, held, rules));
}

/** After a sheet was scored: how many there were lately, and how far the level has risen. */
export async function watchSheets(tx: Tx, clientId: string, level: RiskLevel): Promise<void> {
  await find(tx, async (rules) => {
    const since = daysBefore(tx.now, limit(rules, 'ASSESSMENT_SHOPPING', 'days'));
    const recent = await tx.find(AssessmentRow, { where: { clientId, submittedAt: MoreThan(since) } });
    const levels = recent.flatMap(({ scoredLevel }) => scoredLevel ?? []);
    const lowestLevel = levels.reduce((lowest, one) => (rankOf(one) < rankOf(lowest) ? one : lowest), level);
    return shopping(clientId, { submissions: recent.length, lowestLevel, level }, rules);
  });
}

/** After the level has changed: what the client holds is looked at again. */
export async function watchLevel(tx: Tx, clientId: string, from: Level | null, to: Level): Promise<void> {
  if (from === null) await watchHeld(tx, clientId);
  else if (!(await isExemptToday(tx, clientId))) {
    const held = await heldBy(tx, clientId);
    await find(tx, (_, offers) => levelLowered(clientId, from, to, { held, offers }));
  }
  await lookAgain(tx, clientId);
}

/** Everything that is held is looked at: there was nothing to hold it against before. */
export async function watchHeld(tx: Tx, clientId: string): Promise<void> {
  const level = await levelOf(tx, clientId);
  const held = await heldBy(tx, clientId);
  await find(tx, (_, offers) => held.flatMap((one) => holdingAbove(clientId, one, level, offers)));
}

/** A client who was assessed anew is no longer one whose assessment ends. */
export const settleEnds = (tx: Tx, clientId: string): Promise<void> =>
  settleAlerts(
    tx,
    clientId,
    ({ type }) => type === 'ASSESSMENT_EXPIRING' || type === 'ASSESSMENT_EXPIRED',
    'REASSESSED',
  );

export async function watchEnd(
  tx: Tx,
  type: 'ASSESSMENT_EXPIRING' | 'ASSESSMENT_EXPIRED',
  assessment: { clientId: string; id: string; validTo: string },
): Promise<void> {
  if (await isExemptToday(tx, assessment.clientId)) return;
  const held = await heldBy(tx, assessment.clientId);
  await find(tx, (rules) => assessmentEnds(type, assessment, held, rules));
}
