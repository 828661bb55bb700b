import { PlanCancelled, PlanCompleted, PlanOpened } from '@client-graph/events';
import { defineRefusals } from '@client-graph/kit/refusals';
import { plusDays } from '@client-graph/kit/time';
import {
  type BannedPhrases,
  bannedPhrase,
  refuse as refuseWords,
} from '../communications/templates.rules.js';
import type { TermsOf } from '../table-versions/terms.rules.js';

export type Labels = { EN: string; ZH_HANS: string; ZH_HANT: string };
export type PlanState = 'OPEN' | 'COMPLETED' | 'CANCELLED';
export type StepState = 'OPEN' | 'DONE' | 'SKIPPED';
export type AdviceKind = 'CONSULTATION' | 'RECOMMENDATION' | 'PORTFOLIO' | 'ALLOCATION';
export type Plan = { id: string; clientId: string; templateCode: string | null; state: PlanState };
export type Step = { id: string; state: StepState; dueOn: string; ownerId: string | null };
export type Template = { code: string; terms: TermsOf<'PLAN_TEMPLATE'> };

const STEPS_MAX = 40;
const LABEL_MAX = 200;
const NOTE_MAX = 1_000;
const TEXT_MAX = 8_000;
const AHEAD_DAYS_MAX = 730;
/** Clients for whom something new is planned. */
const SERVED = ['ONBOARDING', 'ACTIVE', 'DORMANT'];

export const refuse = defineRefusals({
  CLIENT_NOT_SERVED:
    'Nothing new is planned for a client who is restricted, closing, closed, merged or deceased.',
  PLAN_TEMPLATE_UNFIT:
    'There is no such template in force, or it is for other grades: `details.templates` names those that fit.',
  PLAN_STEPS:
    'A plan without a template needs a label and 1 to 40 steps of 1 to 200 characters, each due today or later within two years.',
  PLAN_OPEN: 'A plan from this template is open for the client already.',
  PLAN_ENDED: 'The plan is completed or cancelled.',
  STEP_DONE: 'The step is done or left out already.',
  STEP_NOTE:
    'Say why in 1 to 1,000 characters when a step is left out or a plan is ended; a note is never longer.',
  STEP_DAY: 'A step is due today or later, within two years.',
  ADVICE_TEXT: 'Advice has 1 to 8,000 characters.',
});

export function mustServe(status: string): void {
  if (!SERVED.includes(status)) throw refuse('CLIENT_NOT_SERVED', { status });
}

type NewStep = { labels: Labels; ownerId: string | null; dueOn: string };

const anyLanguage = (text: string): Labels => ({ EN: text, ZH_HANS: text, ZH_HANT: text });

/** The steps of a template for a client of this grade, counted from today. */
export function fromTemplate(
  code: string,
  templates: readonly Template[],
  client: { grade: string },
  by: { id: string | null; today: string },
): { labels: Labels; steps: NewStep[] } {
  const fitting = templates.filter(({ terms }) => terms.grades.some((grade) => grade === client.grade));
  const template = fitting.find((of) => of.code === code);
  if (template === undefined)
    throw refuse('PLAN_TEMPLATE_UNFIT', { templates: fitting.map((of) => of.code) });
  const { labels, steps } = template.terms;
  return {
    labels,
    steps: steps.map((step) => ({
      labels: step.labels,
      ownerId: step.owner === 'OPENER' ? by.id : null,
      dueOn: plusDays(by.today, step.dueAfterDays),
    })),
  };
}

const isAhead = (day: string, today: string) => day >= today && day <= plusDays(today, AHEAD_DAYS_MAX);
const isLabel = (text: string) => text.length >= 1 && text.length <= LABEL_MAX;

/** A plan of its own, step by step. */
export function ownPlan(
  ask: { label: string | null; steps: readonly { label: string; dueOn: string; ownerId: string | null }[] },
  today: string,
): { labels: Labels; steps: NewStep[] } {
  const label = ask.label?.trim() ?? '';
  const steps = ask.steps.map((step) => ({ ...step, label: step.label.trim() }));
  const isFit = steps.every((step) => isLabel(step.label) && isAhead(step.dueOn, today));
  if (!isLabel(label) || steps.length < 1 || steps.length > STEPS_MAX || !isFit) throw refuse('PLAN_STEPS');
  return {
    labels: anyLanguage(label),
    steps: steps.map((step) => ({
      labels: anyLanguage(step.label),
      ownerId: step.ownerId,
      dueOn: step.dueOn,
    })),
  };
}

const factsOf = ({ id, clientId, templateCode }: Plan) => ({ clientId, planId: id, template: templateCode });
export const opened = (plan: Plan) => PlanOpened(factsOf(plan));

function checkedNote(note: string | null, isNeeded: 'NEEDED' | 'FREE'): string | null {
  const text = note?.trim() ?? '';
  if (text.length > NOTE_MAX || (isNeeded === 'NEEDED' && text === ''))
    throw refuse('STEP_NOTE', { max: NOTE_MAX });
  return text === '' ? null : text;
}

/** Completes a step, or leaves it out for a reason. `openAfter`: how many steps are still open then. */
export function completeStep(
  plan: Plan,
  step: Step,
  ask: { isSkipped: boolean; note: string | null; openAfter: number },
  act: { by: string; now: Date },
) {
  if (plan.state !== 'OPEN') throw refuse('PLAN_ENDED', { state: plan.state });
  if (step.state !== 'OPEN') throw refuse('STEP_DONE', { state: step.state });
  const note = checkedNote(ask.note, ask.isSkipped ? 'NEEDED' : 'FREE');
  const state: StepState = ask.isSkipped ? 'SKIPPED' : 'DONE';
  const isLast = ask.openAfter === 0;
  return {
    step: { state, note, doneBy: act.by, doneAt: act.now },
    plan: isLast ? { state: 'COMPLETED' as const, endedAt: act.now } : {},
    events: isLast ? [PlanCompleted(factsOf(plan))] : [],
  };
}

export function moveStep(
  plan: Plan,
  step: Step,
  ask: { dueOn: string | null; ownerId: string | null },
  today: string,
) {
  if (plan.state !== 'OPEN') throw refuse('PLAN_ENDED', { state: plan.state });
  if (step.state !== 'OPEN') throw refuse('STEP_DONE', { state: step.state });
  if (ask.dueOn !== null && !isAhead(ask.dueOn, today)) throw refuse('STEP_DAY');
  return { dueOn: ask.dueOn ?? step.dueOn, ownerId: ask.ownerId ?? step.ownerId };
}

/** Ends a plan that is not carried on; its open steps are left out for the same reason. */
export function cancel(plan: Plan, note: string | null, act: { by: string | null; now: Date }) {
  if (plan.state !== 'OPEN') throw refuse('PLAN_ENDED', { state: plan.state });
  return {
    plan: { state: 'CANCELLED' as const, endedAt: act.now },
    step: { state: 'SKIPPED' as const, note: checkedNote(note, 'NEEDED'), doneBy: act.by, doneAt: act.now },
    events: [PlanCancelled(factsOf(plan))],
  };
}

export function checkedAdvice(text: string, banned: BannedPhrases): string {
  const advice = text.trim();
  if (advice.length < 1 || [...advice].length > TEXT_MAX) throw refuse('ADVICE_TEXT', { max: TEXT_MAX });
  const phrase = bannedPhrase(advice, banned);
  if (phrase !== null) throw refuseWords('BANNED_PHRASE', { phrase });
  return advice;
}
