import { CommunicationBounced, CommunicationDelivered } from '@client-graph/events';
import { z } from 'zod';
import { type Communication, type CommunicationState, factsOf } from './communications.rules.js';

export type ReceiptOutcome = 'DELIVERED' | 'READ' | 'BOUNCED';
/** What a provider reports of a message it has taken; `at` is its own clock. */
export type Receipt = { outcome: ReceiptOutcome; reason: string | null; at: Date };
/** EARLY: the message is being handed over at this moment, so the report waits. KNOWN: it changes nothing. */
export type ReceiptResult = 'TAKEN' | 'KNOWN' | 'EARLY' | 'NOT_SENT';

type Meaning = 'TAKE' | 'KNOWN' | 'EARLY' | 'NOT_SENT' | 'IF_HANDED_OVER' | 'IF_LATER' | 'IF_NOT_EARLIER';
const all = <M extends Meaning>(meaning: M) => ({ DELIVERED: meaning, READ: meaning, BOUNCED: meaning });

/**
 * What a report means for a message in each state. Reports come twice and in any order, and the end is the same: read is read; of
 * delivered and bounced the later counts, of two at one instant the bounce. A message that waits to be handed over again was
 * perhaps taken the first time.
 */
export const RECEIPTS = {
  QUEUED: all('IF_HANDED_OVER'),
  SENDING: all('EARLY'),
  SENT: all('TAKE'),
  UNCERTAIN: all('TAKE'),
  DELIVERED: { DELIVERED: 'KNOWN', READ: 'TAKE', BOUNCED: 'IF_NOT_EARLIER' },
  BOUNCED: { DELIVERED: 'IF_LATER', READ: 'TAKE', BOUNCED: 'KNOWN' },
  READ: all('KNOWN'),
  SUPPRESSED: all('NOT_SENT'),
} as const satisfies Record<CommunicationState, Record<ReceiptOutcome, Meaning>>;

type Reported = Communication & { reportedAt: Date | null; endedAt: Date | null };

function resultOf(
  { state, attempts, reportedAt, endedAt }: Reported,
  { outcome, at }: Receipt,
): ReceiptResult {
  const meaning = RECEIPTS[state][outcome];
  const last = reportedAt ?? endedAt;
  switch (meaning) {
    case 'TAKE':
      return 'TAKEN';
    case 'IF_HANDED_OVER':
      return attempts > 0 ? 'TAKEN' : 'NOT_SENT';
    case 'IF_LATER':
      return last === null || at > last ? 'TAKEN' : 'KNOWN';
    case 'IF_NOT_EARLIER':
      return last === null || at >= last ? 'TAKEN' : 'KNOWN';
    case 'KNOWN':
    case 'EARLY':
    case 'NOT_SENT':
      return meaning;
    default:
      return meaning satisfies never;
  }
}

/** What a report makes of a message. One that was read after it was delivered has arrived once, so that is told once. */
export function receive(communication: Reported, receipt: Receipt, now: Date) {
  const result = resultOf(communication, receipt);
  const { outcome } = receipt;
  if (result !== 'TAKEN') {
    const isLater = communication.state === outcome && receipt.at > (communication.reportedAt ?? receipt.at);
    return { result, changes: isLater ? { reportedAt: receipt.at } : null, events: [] };
  }
  const reason = outcome === 'BOUNCED' ? (receipt.reason ?? 'REPORTED') : null;
  const state = outcome === 'BOUNCED' ? CommunicationBounced : CommunicationDelivered;
  const isTold = outcome === 'READ' && communication.state === 'DELIVERED';
  return {
    result,
    changes: { state: outcome, reason, endedAt: now, reportedAt: receipt.at },
    events: isTold ? [] : [state({ ...factsOf(communication), reason })],
  };
}

/** A provider's code: it goes into events, which carry no free text. */
export const isReason = (text: string): boolean => /^[A-Za-z0-9_.-]{1,64}$/.test(text);

const REPORTS_MAX = 100;
const Reports = z.object({
  reports: z
    .array(
      z.object({
        messageId: z.string().min(1).max(200),
        outcome: z.enum(['DELIVERED', 'READ', 'BOUNCED']),
        reason: z.string().refine(isReason).nullish(),
        at: z.iso.datetime({ offset: true }).nullish(),
      }),
    )
    .min(1)
    .max(REPORTS_MAX),
});

/** The reports of a post, or where it is wrong. A provider's clock that is ahead of ours does not make a report of the future. */
export function readReports(
  body: unknown,
  now: Date,
): { reports: (Receipt & { messageId: string })[] } | { places: string[] } {
  const read = Reports.safeParse(body);
  if (!read.success) return { places: read.error.issues.slice(0, 10).map(({ path }) => path.join('.')) };
  return {
    reports: read.data.reports.map(({ messageId, outcome, reason, at }) => {
      const told = at ? new Date(at) : now;
      return { messageId, outcome, reason: reason ?? null, at: told > now ? now : told };
    }),
  };
}

const FRESH_SECONDS = 300;

/** Whether a post was signed just now: a signature of long ago may have been listened to. */
export const isFresh = (timestamp: string, now: Date): boolean =>
  /^\d{1,12}$/.test(timestamp) && Math.abs(now.getTime() / 1_000 - Number(timestamp)) <= FRESH_SECONDS;
