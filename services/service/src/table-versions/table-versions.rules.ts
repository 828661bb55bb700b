import { defineRefusals, refuse as refuseAny } from '@client-graph/kit/refusals';
import {
  type BannedPhrases,
  bannedPhrase,
  refuse as refuseWords,
} from '../communications/templates.rules.js';
import { type FirmTable, isCodeOf, misfits, TERMS, wordsOf } from './terms.rules.js';

export type TableVersionStatus = 'PROPOSED' | 'APPROVED' | 'REJECTED';

const SOURCE_MAX = 400;
const TERMS_MAX = 100_000;

export const refuse = defineRefusals({
  TABLE_TERMS: 'The terms are not of the form that the table asks for: `details.problems` says where.',
  TABLE_DAY: 'A version counts from today or a later day on; one whose day has passed is proposed anew.',
  TABLE_DECIDED: 'This version is approved or rejected already.',
  OWN_TABLE: 'A version is approved by another person than the one who proposed it.',
});

type Ask = { table: FirmTable; code: string; effectiveFrom: string; source: string; terms: string };

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse('TABLE_TERMS', { problems: ['no JSON'] });
  }
}

/** Holds a proposed version against the form of its table. What it says to clients promises nothing. */
export function propose(ask: Ask, banned: BannedPhrases, today: string) {
  if (!isCodeOf(ask.table, ask.code))
    throw refuseAny('BAD_INPUT', { field: 'code', expected: 'a code of the rows of this table' });
  const source = ask.source.trim();
  if (source.length < 1 || source.length > SOURCE_MAX)
    throw refuseAny('BAD_INPUT', { field: 'source', min: 1, max: SOURCE_MAX });
  if (ask.effectiveFrom < today) throw refuse('TABLE_DAY', { today });
  if (ask.terms.length > TERMS_MAX) throw refuse('TABLE_TERMS', { problems: ['too long'] });
  const terms = TERMS[ask.table].safeParse(parsed(ask.terms));
  if (!terms.success)
    throw refuse('TABLE_TERMS', {
      problems: terms.error.issues.slice(0, 20).map(({ path, code }) => `${path.join('.')}: ${code}`),
    });
  const problems = misfits(ask.table, ask.code, terms.data);
  if (problems.length > 0) throw refuse('TABLE_TERMS', { problems: problems.slice(0, 20) });
  for (const words of wordsOf(ask.table, terms.data)) {
    const phrase = bannedPhrase(words, banned);
    if (phrase !== null) throw refuseWords('BANNED_PHRASE', { phrase });
  }
  return { terms: terms.data, source };
}

/** Another person decides; what counts from a day that has passed would change what was done on it. */
export function decide(
  version: { status: TableVersionStatus; proposedBy: string | null; effectiveFrom: string },
  isApproved: boolean,
  act: { by: string; now: Date; today: string },
) {
  if (version.status !== 'PROPOSED') throw refuse('TABLE_DECIDED');
  if (version.proposedBy === act.by) throw refuse('OWN_TABLE');
  if (isApproved && version.effectiveFrom < act.today) throw refuse('TABLE_DAY', { today: act.today });
  const status: TableVersionStatus = isApproved ? 'APPROVED' : 'REJECTED';
  return { status, decidedBy: act.by, decidedAt: act.now };
}
