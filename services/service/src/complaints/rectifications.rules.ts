import { RectificationCompleted, RectificationOpened } from '@client-graph/events';
import { defineRefusals } from '@client-graph/kit/refusals';
import type { RootCause } from './complaints.rules.js';

/** So many complaints of one root cause within so many days open a rectification (domain 3.4.2). */
export const FREQUENT = { complaints: 5, days: 90 } as const;

export const refuse = defineRefusals({
  RECTIFICATION_DONE: 'The rectification is completed already.',
});

/** `earlier`: how many complaints of the cause were decided within the days before and after the last completed rectification of it. */
export function watch(
  rootCause: RootCause,
  earlier: number,
  open: { id: string } | null,
  next: { id: string; now: Date },
) {
  if (open !== null) return { rectificationId: open.id, opened: null, events: [] };
  const count = earlier + 1;
  if (count < FREQUENT.complaints) return { rectificationId: null, opened: null, events: [] };
  const opened = {
    id: next.id,
    version: 1,
    rootCause,
    status: 'OPEN' as const,
    openedAt: next.now,
    measures: null,
    completedBy: null,
    completedAt: null,
  };
  const events = [RectificationOpened({ rectificationId: next.id, rootCause, count })];
  return { rectificationId: next.id, opened, events };
}

export function complete(
  rectification: { id: string; status: 'OPEN' | 'DONE'; rootCause: RootCause },
  measures: string,
  act: { by: string; now: Date },
) {
  if (rectification.status === 'DONE') throw refuse('RECTIFICATION_DONE');
  return {
    changes: { status: 'DONE' as const, measures, completedBy: act.by, completedAt: act.now },
    events: [
      RectificationCompleted({ rectificationId: rectification.id, rootCause: rectification.rootCause }),
    ],
  };
}
