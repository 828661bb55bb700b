import { defineRefusals } from '@client-graph/kit/refusals';
import { type Client, mustBeEditable, mustNotAdvise, type Status, transition } from '../clients.rules.js';

export const refuseMerge = defineRefusals({
  NOT_MERGEABLE: 'Two different clients of one kind are merged, and the one that goes on has an open file.',
  ALREADY_UNDONE: 'This merge was undone before.',
  TOO_LATE: 'A merge can be undone for 30 days; the details give the last instant.',
});

/** How long a merge can be undone (`domain.md` 1.3). */
const UNDO_MS = 30 * 86_400_000;

/** Whether two clients may become one, by somebody who advises neither; gives the state of the duplicate. */
export function merge(survivor: Client, merged: Client, staffId: string): Status {
  mustNotAdvise(survivor, staffId);
  mustNotAdvise(merged, staffId);
  if (survivor.id === merged.id || survivor.kind !== merged.kind) throw refuseMerge('NOT_MERGEABLE');
  mustBeEditable(survivor);
  return transition(merged.status, 'MERGE');
}

/** Whether a merge may still be undone. */
export function unmerge(kept: { mergedAt: Date; undoneAt: Date | null }, now: Date): void {
  if (kept.undoneAt !== null) throw refuseMerge('ALREADY_UNDONE');
  const last = new Date(kept.mergedAt.getTime() + UNDO_MS);
  if (now > last) throw refuseMerge('TOO_LATE', { last: last.toISOString() });
}
