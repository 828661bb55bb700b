import { defineRefusals } from '@client-graph/kit/refusals';
import { dayOf, plusDays } from '@client-graph/kit/time';

export type WorkItemKind = 'REVIEW' | 'ASSESSMENT' | 'FOLLOW_UP' | 'INTERVIEW' | 'ALERT' | 'NOTICE_CALL';

/** How far ahead a day looks: what is late is always in it. */
export const AHEAD = { days: 7, items: 100 } as const;
const NOTE_MAX = 1_000;
const PLANNED_DAYS_MAX = 366;

export const refuse = defineRefusals({
  FOLLOW_UP_DAY: 'A follow-up is planned for today or a later day within a year.',
  FOLLOW_UP_COOLING_OFF:
    'The client has time to think an order over: plan the contact for the day it ends or later.',
  FOLLOW_UP_NOTE: 'Say in 1 to 1,000 characters what is to be done.',
  NOT_A_FOLLOW_UP:
    'Only what staff have planned, and calls about notices, are ticked off here; the rest ends where it is done.',
  ALREADY_DONE: 'This is done already.',
});

/** Nobody plans to contact a client who has time to think an order over, unless it is to be done later (domain 3.3.3). */
export function plan(ask: { dueOn: string; note: string }, today: string, coolingOffUntil: Date | null) {
  if (ask.dueOn < today || ask.dueOn > plusDays(today, PLANNED_DAYS_MAX)) throw refuse('FOLLOW_UP_DAY');
  if (coolingOffUntil !== null && ask.dueOn < dayOf(coolingOffUntil))
    throw refuse('FOLLOW_UP_COOLING_OFF', { until: coolingOffUntil.toISOString() });
  const note = ask.note.trim();
  if (note.length < 1 || note.length > NOTE_MAX) throw refuse('FOLLOW_UP_NOTE');
  return { dueOn: ask.dueOn, note };
}

export function complete(item: { kind: WorkItemKind; state: 'OPEN' | 'DONE' }, now: Date) {
  if (item.kind !== 'FOLLOW_UP' && item.kind !== 'NOTICE_CALL') throw refuse('NOT_A_FOLLOW_UP');
  if (item.state === 'DONE') throw refuse('ALREADY_DONE');
  return { state: 'DONE' as const, doneAt: now };
}
