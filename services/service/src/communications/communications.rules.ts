import { CommunicationBounced, CommunicationSent, CommunicationSuppressed } from '@client-graph/events';
import { defineRefusals } from '@client-graph/kit/refusals';
import type { CommunicationChannel, CommunicationKind, GateDecision } from './gate.rules.js';

export type CommunicationState =
  | 'QUEUED'
  | 'SENDING'
  | 'SENT'
  | 'DELIVERED'
  | 'READ'
  | 'BOUNCED'
  | 'SUPPRESSED'
  | 'UNCERTAIN';

export type Communication = {
  id: string;
  clientId: string;
  kind: CommunicationKind;
  channel: CommunicationChannel;
  templateId: string;
  state: CommunicationState;
  attempts: number;
};

/** What came of handing a message to a provider. UNKNOWN: it may have been taken, so it is never handed over again. */
export type Handover =
  | { outcome: 'TAKEN' }
  | { outcome: 'REFUSED'; reason: string }
  | { outcome: 'NOT_TAKEN'; reason: string }
  | { outcome: 'UNKNOWN'; reason: string };

export const refuse = defineRefusals({
  BAD_ADDRESS: 'This is no address of this channel: one line, no spaces, a mailbox and a domain for e-mail.',
  NO_RECIPIENTS: 'Nobody belongs to this audience.',
  NOT_SENT: 'Only what was sent can be reported on, and only what is news: delivered, then read; or bounced.',
});

const EMAIL =
  /^(?!\.|[^@]*(?:\.\.|\.@))[A-Za-z0-9._%+-]{1,64}@(?:(?!-)[A-Za-z0-9-]{1,63}(?<!-)\.){1,8}[A-Za-z]{2,24}$/;
const MOBILE = /^\+?\d{6,15}$/;
const WECHAT = /^[A-Za-z0-9_-]{6,40}$/;
const FORMS = { EMAIL, SMS: MOBILE, WECHAT } as const;

/** A line break in an address would add lines to the message's head; nothing but the plain form passes. */
export function checkedAddress(channel: CommunicationChannel, address: string): string {
  if (!FORMS[channel].test(address)) throw refuse('BAD_ADDRESS', { channel });
  return address;
}

const RETRY_MINUTES = [1, 5, 15, 30, 60, 120, 240] as const;
const ATTEMPTS_MAX = 30;

/** What every event of a message says. */
export const factsOf = ({ id, clientId, kind, channel, templateId }: Communication) => ({
  communicationId: id,
  clientId,
  kind,
  channel,
  templateId,
});

/** What the gate's decision makes of a queued message. */
export function decide(communication: Communication, decision: GateDecision, now: Date) {
  switch (decision.outcome) {
    case 'SEND':
      return {
        changes: { state: 'SENDING' as const, attempts: communication.attempts + 1, reason: null },
        events: [],
      };
    case 'DEFER':
      return { changes: { notBefore: decision.until, reason: decision.reason }, events: [] };
    case 'SUPPRESS': {
      const { reason } = decision;
      return {
        changes: { state: 'SUPPRESSED' as const, reason, endedAt: now },
        events: [CommunicationSuppressed({ ...factsOf(communication), reason })],
      };
    }
    default:
      return decision satisfies never;
  }
}

/** What came of sending. A message that was certainly not taken is tried again, later and later; one that perhaps was, never. */
export function settle(communication: Communication, handover: Handover, now: Date) {
  switch (handover.outcome) {
    case 'TAKEN':
      return {
        changes: { state: 'SENT' as const, reason: null, sentAt: now },
        events: [CommunicationSent({ ...factsOf(communication), reason: null })],
      };
    case 'REFUSED':
      return ended(communication, 'BOUNCED', handover.reason, now);
    case 'UNKNOWN':
      return ended(communication, 'UNCERTAIN', handover.reason, now);
    case 'NOT_TAKEN': {
      if (communication.attempts >= ATTEMPTS_MAX)
        return ended(communication, 'BOUNCED', handover.reason, now);
      const minutes =
        RETRY_MINUTES[communication.attempts - 1] ?? RETRY_MINUTES[RETRY_MINUTES.length - 1] ?? 0;
      const notBefore = new Date(now.getTime() + minutes * 60_000);
      return { changes: { state: 'QUEUED' as const, reason: handover.reason, notBefore }, events: [] };
    }
    default:
      return handover satisfies never;
  }
}

const ended = (communication: Communication, state: 'BOUNCED' | 'UNCERTAIN', reason: string, now: Date) => ({
  changes: { state, reason, endedAt: now },
  events: [CommunicationBounced({ ...factsOf(communication), reason })],
});

/** Puts a message back that was claimed and not handed over: it passes the gate again. */
export const unclaim = (communication: Communication) => ({
  changes: { state: 'QUEUED' as const, attempts: communication.attempts - 1, reason: null },
  events: [],
});
