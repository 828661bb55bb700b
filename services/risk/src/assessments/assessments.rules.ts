import { InterviewRequired, RiskProfileChanged } from '@client-graph/events';
import { defineRefusals } from '@client-graph/kit/refusals';
import { dayOf, plusDays, plusMonths } from '@client-graph/kit/time';
import { z } from 'zod';
import { capped, LEVELS, type RiskLevel, rankOf } from '../levels.rules.js';
import { isFact } from '../questionnaires/conditions.rules.js';
import { type FiredGate, isLowestCategory, type Scored } from '../questionnaires/scoring.rules.js';

/** An assessment's life (domain.md 3.2.2). One row per step: action → the states it starts from and the one it ends in. */
export const TRANSITIONS = {
  submit: { from: ['DRAFT'], to: 'SUBMITTED' },
  abandon: { from: ['DRAFT'], to: 'ABANDONED' },
  score: { from: ['SUBMITTED'], to: 'SCORED' },
  requireInterview: { from: ['SCORED'], to: 'INTERVIEW_REQUIRED' },
  scheduleInterview: { from: ['INTERVIEW_REQUIRED', 'INTERVIEW_SCHEDULED'], to: 'INTERVIEW_SCHEDULED' },
  holdInterview: { from: ['INTERVIEW_REQUIRED', 'INTERVIEW_SCHEDULED'], to: 'INTERVIEWED' },
  redo: { from: ['INTERVIEWED'], to: 'ABANDONED' },
  issueReport: { from: ['SCORED', 'INTERVIEWED'], to: 'REPORT_ISSUED' },
  reopen: { from: ['REPORT_ISSUED'], to: 'INTERVIEW_REQUIRED' },
  confirm: { from: ['REPORT_ISSUED'], to: 'CONFIRMED' },
  takeEffect: { from: ['CONFIRMED'], to: 'EFFECTIVE' },
  supersede: { from: ['EFFECTIVE'], to: 'SUPERSEDED' },
  /** Its client turned out to be no duplicate. */
  countAgain: { from: ['SUPERSEDED'], to: 'EFFECTIVE' },
  expire: { from: ['EFFECTIVE'], to: 'EXPIRED' },
  invalidate: {
    from: ['INTERVIEW_REQUIRED', 'INTERVIEW_SCHEDULED', 'REPORT_ISSUED', 'EFFECTIVE'],
    to: 'INVALIDATED',
  },
} as const;

export type Action = keyof typeof TRANSITIONS;
export const STATES = [
  'DRAFT',
  'SUBMITTED',
  'SCORED',
  'INTERVIEW_REQUIRED',
  'INTERVIEW_SCHEDULED',
  'INTERVIEWED',
  'REPORT_ISSUED',
  'CONFIRMED',
  'EFFECTIVE',
  'EXPIRED',
  'SUPERSEDED',
  'INVALIDATED',
  'ABANDONED',
] as const;
export type AssessmentState = (typeof STATES)[number];

export const AWAITING_INTERVIEW = TRANSITIONS.holdInterview.from;
export const awaitsInterview = (state: AssessmentState): boolean =>
  AWAITING_INTERVIEW.some((from) => from === state);

export const refuseAssessment = defineRefusals({
  CLIENT_UNKNOWN: 'This service has not heard of the client yet: try again in a moment.',
  CLIENT_NOT_ACTIVE: 'Only an active client is assessed.',
  QUESTIONNAIRE_UNKNOWN: 'No such questionnaire is in force today.',
  QUESTIONNAIRE_RETIRED:
    'This version of the questionnaire is no longer asked; details name the one that is: start a new assessment.',
  WRONG_AUDIENCE: 'The questionnaire is for the other kind of client.',
  WRONG_STATE: 'The assessment does not stand where this can be done.',
  DRAFT_TOO_OLD: 'The assessment was left open for too long: start a new one.',
  ATTEMPT_LIMIT:
    'The client has handed in as many sheets as the rules allow; details say from when the next one is taken.',
  OWN_ADVISER: 'The interview must be held by somebody who does not advise the client.',
  LEVEL_NOT_LOWER: 'An interview may confirm the level or lower it, never raise it.',
  INTERVIEW_INCOMPLETE: 'The interview must cover the topics that details name.',
  REPORT_CHANGED: 'The hash is not that of the report: read the report again and confirm what you have read.',
  NEWER_ASSESSMENT: 'A newer sheet was handed in: confirm the report of that one.',
});

/** The state after the action. Refuses WRONG_STATE. */
export function move(state: AssessmentState, action: Action): AssessmentState {
  const { from, to }: { from: readonly AssessmentState[]; to: AssessmentState } = TRANSITIONS[action];
  if (!from.includes(state)) throw refuseAssessment('WRONG_STATE', { state, action, allowedFrom: from });
  return to;
}

/** What kind of investor a client may be by law. */
const INVESTORS = ['ORDINARY', 'PROFESSIONAL_A', 'PROFESSIONAL_B', 'PROFESSIONAL_C'] as const;
export type Investor = (typeof INVESTORS)[number];

const Level = z.enum(LEVELS);
const Words = z.strictObject({ en: z.string(), zh: z.string(), zhHant: z.string().optional() });
const Offer = z.strictObject({ productRisks: z.array(z.string()), text: Words });

const MaterialChange = z.strictObject({
  code: z.string(),
  /** Either the code of a changed field, as the clients service tells it; */
  field: z.string().optional(),
  /** or a fact that has become this value and was another when the sheet was scored. */
  fact: z.string().refine(isFact, 'no fact that is known of a client').optional(),
  becomes: z.string().optional(),
  effect: z.enum(['INVALIDATE', 'REASSESS']),
  text: Words,
});
export type MaterialChange = z.output<typeof MaterialChange>;

/** Rules about assessments that the firm may change; each version is a row, an assessment keeps the version it was decided by. */
export const AssessmentRules = z.strictObject({
  version: z.string(),
  effectiveFrom: z.iso.date(),
  limits: z.strictObject({
    maxPerDay: z.int().positive(),
    maxPer12Months: z.int().positive(),
    validityMonths: z.int().positive(),
    /** How many days before its end the client is told that a new assessment is due. */
    warnDays: z.int().positive(),
    draftHours: z.int().positive(),
    seniorAge: z.int().positive(),
    source: z.string(),
  }),
  interview: z.strictObject({
    levels: z.array(Level),
    importantGrades: z.array(z.string()),
    riseSteps: z.int().positive(),
    mustCover: z.array(z.string()),
    scheduleWithinDays: z.int().positive(),
    source: z.string(),
  }),
  /** Professional investors who need not be assessed (domain.md 3.2.3). */
  exemption: z.strictObject({ source: z.string(), investors: z.array(z.enum(INVESTORS)) }),
  /** Changes of a client's file after which the sheet no longer describes the client. */
  materialChanges: z.strictObject({ source: z.string(), changes: z.array(MaterialChange) }),
  offers: z.strictObject({
    source: z.string(),
    lowestCategory: z.strictObject({ productRisks: z.array(z.string()) }),
    levels: z.record(Level, Offer),
  }),
});
export type AssessmentRules = z.output<typeof AssessmentRules>;

const HOUR_MS = 3_600_000;

/** Refuses a sheet whose assessment was begun too long ago: facts and questions may have changed since. */
export function checkDraftAge(startedAt: Date, now: Date, { draftHours }: AssessmentRules['limits']): void {
  if (now.getTime() - startedAt.getTime() >= draftHours * HOUR_MS)
    throw refuseAssessment('DRAFT_TOO_OLD', { draftHours });
}

const startOfDay = (day: string): Date => new Date(`${day}T00:00:00+08:00`);

/** The instant `months` later at the same time of day in Shanghai, which has had no daylight saving since 1991. */
function monthsLater(instant: Date, months: number): Date {
  const day = dayOf(instant);
  return new Date(
    startOfDay(plusMonths(day, months)).getTime() + instant.getTime() - startOfDay(day).getTime(),
  );
}

/**
 * The instant from which one more sheet is taken; null when it is taken now. Both limits count what was handed in, over all
 * channels: per calendar day in Shanghai, and over the twelve months before now.
 */
export function retryAt(
  submitted: readonly Date[],
  now: Date,
  limits: AssessmentRules['limits'],
): Date | null {
  const today = dayOf(now);
  const times = [];
  // A sheet of a later day, handed in before the clock was set back, counts as one of today.
  const days = submitted.map(dayOf).filter((day) => day >= today);
  const lastInTheWay = days.sort()[days.length - limits.maxPerDay];
  if (lastInTheWay !== undefined) times.push(startOfDay(plusDays(lastInTheWay, 1)));
  const freed = submitted
    .map((at) => monthsLater(at, 12))
    .filter((at) => at > now)
    .sort((a, b) => a.getTime() - b.getTime());
  // With as many still counting as the limit allows, room is made when so many have gone that one less than the limit is left.
  const makesRoom = freed[freed.length - limits.maxPer12Months];
  if (makesRoom !== undefined) times.push(makesRoom);
  return times.length === 0 ? null : new Date(Math.max(...times.map((time) => time.getTime())));
}

/** Refuses ATTEMPT_LIMIT with the instant from which the next sheet is taken. */
export function checkAttempts(
  submitted: readonly Date[],
  now: Date,
  limits: AssessmentRules['limits'],
): void {
  const at = retryAt(submitted, now, limits);
  if (at !== null)
    throw refuseAssessment('ATTEMPT_LIMIT', {
      retryAt: at.toISOString(),
      maxPerDay: limits.maxPerDay,
      maxPer12Months: limits.maxPer12Months,
    });
}

/** What of a client decides whether somebody must talk to them; what older sheets do not say is that there is no mark. */
type Weighed = { grade: string; lastLevel: RiskLevel | null; isMarkedImportant?: boolean | undefined };

/** Why a professional must talk to the client before a report is issued (domain.md 3.2.2); empty when nobody need. */
export function interviewReasons(
  scored: Pick<Scored, 'scoredLevel' | 'gatesFired'>,
  client: Weighed,
  rules: AssessmentRules['interview'],
): string[] {
  const { scoredLevel, gatesFired } = scored;
  const rise = client.lastLevel === null ? 0 : rankOf(scoredLevel) - rankOf(client.lastLevel);
  return [
    ...(rules.levels.includes(scoredLevel) ? [`LEVEL_${scoredLevel}`] : []),
    ...(rules.importantGrades.includes(client.grade) || client.isMarkedImportant === true
      ? ['IMPORTANT_CLIENT']
      : []),
    ...(rise >= rules.riseSteps ? ['LEVEL_RISE'] : []),
    ...gatesFired.filter(({ interview }) => interview).map(({ id }) => `GATE_${id}`),
  ];
}

/** A scored sheet on its way to the interview or the report. */
export function decide(
  assessment: { id: string; clientId: string; state: AssessmentState },
  scored: Scored,
  client: Weighed,
  rules: AssessmentRules['interview'],
) {
  const reasonCodes = interviewReasons(scored, client, rules);
  const state = move(move(assessment.state, 'submit'), 'score');
  const needsInterview = reasonCodes.length > 0;
  return {
    changes: {
      state: needsInterview ? move(state, 'requireInterview') : move(state, 'issueReport'),
      interviewReasons: reasonCodes,
    },
    events: needsInterview
      ? [InterviewRequired({ clientId: assessment.clientId, assessmentId: assessment.id, reasonCodes })]
      : [],
  };
}

export type InterviewOutcome = 'CONFIRM' | 'LOWER' | 'REDO';
export type InterviewFindings = {
  outcome: InterviewOutcome;
  newLevel: RiskLevel | null;
  checklist: readonly string[];
};

/** Refuses the client's own adviser; returns who holds the interview. */
export function checkInterviewer(assessorId: string | null, adviserId: string): string {
  if (assessorId === null || assessorId === adviserId) throw refuseAssessment('OWN_ADVISER');
  return assessorId;
}

/** Refuses an interview that left out what policy 4.2 asks for. */
export function checkChecklist(checklist: readonly string[], rules: AssessmentRules['interview']): void {
  const missing = rules.mustCover.filter((topic) => !checklist.includes(topic));
  if (missing.length > 0) throw refuseAssessment('INTERVIEW_INCOMPLETE', { missing });
}

/** What an interview makes of a scored assessment. Refuses the client's own adviser, a level that is not lower, and a talk that left out what policy 4.2 asks for. */
export function concludeInterview(
  assessment: { state: AssessmentState; scoredLevel: RiskLevel; marksLowestCategory: boolean },
  findings: InterviewFindings,
  people: { assessorId: string | null; adviserId: string },
  rules: AssessmentRules['interview'],
) {
  const state = move(assessment.state, 'holdInterview');
  checkInterviewer(people.assessorId, people.adviserId);
  checkChecklist(findings.checklist, rules);
  if (findings.outcome === 'REDO')
    return { state: move(state, 'redo'), finalLevel: null, lowestCategory: null };
  const finalLevel = levelAfter(assessment.scoredLevel, findings);
  return {
    state: move(state, 'issueReport'),
    finalLevel,
    lowestCategory: isLowestCategory(finalLevel, assessment.marksLowestCategory),
  };
}

function levelAfter(scoredLevel: RiskLevel, { outcome, newLevel }: InterviewFindings): RiskLevel {
  if (outcome === 'CONFIRM') return scoredLevel;
  if (newLevel === null || rankOf(newLevel) >= rankOf(scoredLevel)) {
    throw refuseAssessment('LEVEL_NOT_LOWER', { scoredLevel, newLevel });
  }
  return capped(newLevel, [scoredLevel]);
}

/** Valid from the day the client confirms for so many months: the last day is the one before the same date. */
export const validity = (now: Date, validityMonths: number) => ({
  validFrom: dayOf(now),
  validTo: plusDays(plusMonths(dayOf(now), validityMonths), -1),
});

export const isValidOn = (profile: { validFrom: string; validTo: string }, day: string): boolean =>
  profile.validFrom <= day && day <= profile.validTo;

/** The client confirms the report they have read, and the level counts from today. */
export function confirm(
  assessment: {
    id: string;
    clientId: string;
    state: AssessmentState;
    finalLevel: RiskLevel;
    lowestCategory: boolean;
  },
  report: { hash: string; confirmedHash: string; isNewest: boolean },
  last: { level: RiskLevel; assessmentId: string } | null,
  { now, validityMonths }: { now: Date; validityMonths: number },
) {
  const state = move(move(assessment.state, 'confirm'), 'takeEffect');
  if (!report.isNewest) throw refuseAssessment('NEWER_ASSESSMENT');
  if (report.confirmedHash.toLowerCase() !== report.hash) throw refuseAssessment('REPORT_CHANGED');
  const { id, clientId, finalLevel, lowestCategory } = assessment;
  const { validFrom, validTo } = validity(now, validityMonths);
  return {
    changes: { state, validFrom, validTo, supersedesId: last?.assessmentId ?? null },
    profile: { level: finalLevel, lowestCategory, validFrom, validTo, assessmentId: id, endedReason: null },
    events: [
      RiskProfileChanged({
        clientId,
        assessmentId: id,
        from: last?.level ?? null,
        to: finalLevel,
        lowestCategory,
        validTo,
      }),
    ],
  };
}

/** The ids of the gates that fired, as events carry them. */
export const gateIds = (gates: readonly FiredGate[]): string[] => gates.map(({ id }) => id);
