import { dayOf, plusDays } from '@client-graph/kit/time';

export type CommunicationKind = 'CARE' | 'MARKETING' | 'PERIODIC' | 'MATERIAL_EVENT' | 'SERVICE';
export type CommunicationChannel = 'EMAIL' | 'SMS' | 'WECHAT';

/** What the gate looks at. */
export type GateFacts = {
  /** Null when this service does not know the client. */
  status: string | null;
  hasAddress: boolean;
  hasCareConsent: boolean;
  /** For the channel of the message. */
  hasMarketingConsent: boolean;
  bereavedUntil: string | null;
  hasGraveComplaint: boolean;
  coolingOffUntil: Date | null;
  /** Messages of this kind sent within the last seven days. */
  sentInWeek: number;
  isQingming: boolean;
};
export type SuppressionReason = (typeof GATE)[number]['reason'];
export type GateDecision =
  | { outcome: 'SEND' }
  | { outcome: 'SUPPRESS'; reason: SuppressionReason }
  | { outcome: 'DEFER'; reason: 'QUIET_HOURS'; until: Date };

const PER_WEEK_MAX = 2;
const QUIET = { from: '21:00', to: '08:30' } as const;
const SERVED = ['ONBOARDING', 'ACTIVE', 'DORMANT', 'CLOSING', 'RESTRICTED'];
const ALL = ['CARE', 'MARKETING', 'PERIODIC', 'MATERIAL_EVENT', 'SERVICE'] as const;
const UNASKED = ['CARE', 'MARKETING'] as const;

type Row = {
  reason: string;
  kinds: readonly CommunicationKind[];
  stops: (facts: GateFacts, at: { day: string; now: Date }) => boolean;
};

/**
 * Why a message is not sent, the first row that stops it (policy 5.3, 6.1; domain 3.4.3). Notices of material events and
 * answers the client waits for are owed by contract and pass where greetings do not.
 */
export const GATE = [
  { reason: 'CLIENT_UNKNOWN', kinds: ALL, stops: ({ status }) => status === null },
  { reason: 'CLIENT_NOT_SERVED', kinds: ALL, stops: ({ status }) => !SERVED.includes(status ?? '') },
  {
    reason: 'RESTRICTED',
    kinds: ['CARE', 'MARKETING', 'PERIODIC'],
    stops: ({ status }) => status === 'RESTRICTED',
  },
  { reason: 'NO_CONSENT', kinds: ['CARE'], stops: ({ hasCareConsent }) => !hasCareConsent },
  { reason: 'NO_CONSENT', kinds: ['MARKETING'], stops: ({ hasMarketingConsent }) => !hasMarketingConsent },
  {
    reason: 'BEREAVED',
    kinds: UNASKED,
    stops: ({ bereavedUntil }, { day }) => bereavedUntil !== null && day <= bereavedUntil,
  },
  { reason: 'GRAVE_COMPLAINT', kinds: UNASKED, stops: ({ hasGraveComplaint }) => hasGraveComplaint },
  {
    reason: 'COOLING_OFF',
    kinds: UNASKED,
    stops: ({ coolingOffUntil }, { now }) => coolingOffUntil !== null && now < coolingOffUntil,
  },
  { reason: 'QINGMING', kinds: UNASKED, stops: ({ isQingming }) => isQingming },
  { reason: 'FREQUENCY', kinds: UNASKED, stops: ({ sentInWeek }) => sentInWeek >= PER_WEEK_MAX },
  { reason: 'NO_ADDRESS', kinds: ALL, stops: ({ hasAddress }) => !hasAddress },
] as const satisfies readonly Row[];

/** Kinds that wait for the morning. */
const WAITS = ['CARE', 'MARKETING', 'PERIODIC'];

const SHANGHAI_TIME = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Shanghai',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** The end of the quiet hours in which `now` lies; null outside of them. */
export function quietUntil(now: Date): Date | null {
  const time = SHANGHAI_TIME.format(now);
  if (time < QUIET.to) return new Date(`${dayOf(now)}T${QUIET.to}:00+08:00`);
  return time >= QUIET.from ? new Date(`${plusDays(dayOf(now), 1)}T${QUIET.to}:00+08:00`) : null;
}

/** The one gate that every message passes, asked just before it is sent. */
export function pass(kind: CommunicationKind, facts: GateFacts, now: Date): GateDecision {
  const at = { day: dayOf(now), now };
  const rows: readonly Row[] = GATE;
  const index = rows.findIndex((row) => row.kinds.includes(kind) && row.stops(facts, at));
  const stopped = GATE[index];
  if (stopped !== undefined) return { outcome: 'SUPPRESS', reason: stopped.reason };
  const until = WAITS.includes(kind) ? quietUntil(now) : null;
  return until === null ? { outcome: 'SEND' } : { outcome: 'DEFER', reason: 'QUIET_HOURS', until };
}
