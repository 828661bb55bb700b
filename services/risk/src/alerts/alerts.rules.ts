import {
  AlertSeverity,
  AlertType as AlertTypes,
  RiskAlertAcknowledged,
  RiskAlertActioned,
  RiskAlertClosed,
  RiskAlertEscalated,
  RiskAlertRaised,
} from '@client-graph/events';
import { defineRefusals } from '@client-graph/kit/refusals';
import { dayOf, plusDays } from '@client-graph/kit/time';
import { z } from 'zod';
import { isLevel, LEVELS } from '../levels.rules.js';
import { LEVEL_LABELS, type Text, text } from '../words.rules.js';

export type AlertType = z.output<typeof AlertTypes>;
export type Severity = z.output<typeof AlertSeverity>;
export const SEVERITIES = AlertSeverity.options;
export const ALERT_TYPES = AlertTypes.options;

/** An alert's life (domain.md 3.2.8). `settle` is the service's own: what the alert was about has gone away. */
export const ALERT_TRANSITIONS = {
  escalate: { from: ['OPEN'], to: 'ESCALATED' },
  acknowledge: { from: ['OPEN', 'ESCALATED'], to: 'ACKNOWLEDGED' },
  act: { from: ['ACKNOWLEDGED'], to: 'ACTIONED' },
  close: { from: ['ACTIONED'], to: 'CLOSED' },
  settle: { from: ['OPEN', 'ESCALATED', 'ACKNOWLEDGED', 'ACTIONED'], to: 'CLOSED' },
} as const;
export type AlertAction = keyof typeof ALERT_TRANSITIONS;
export const ALERT_STATES = ['OPEN', 'ESCALATED', 'ACKNOWLEDGED', 'ACTIONED', 'CLOSED'] as const;
export type AlertState = (typeof ALERT_STATES)[number];

/** What was done about an alert. */
export type AlertDeed =
  | 'CLIENT_CONTACTED'
  | 'HOLDING_REDUCED'
  | 'REASSESSMENT_STARTED'
  | 'REFERRED'
  | 'NO_ACTION_NEEDED';
/** Why an alert was closed: by a person, or by the service itself. */
export const CLOSED_BY_PERSON = ['RESOLVED', 'CLIENT_INSISTS', 'FALSE_ALARM', 'REASSESSED'] as const;
export type SettleReason = 'REASSESSED' | 'CAUSE_GONE' | 'CLIENT_LEFT' | 'DUPLICATE';
export type AlertCloseReason = (typeof CLOSED_BY_PERSON)[number] | SettleReason;

export const refuseAlert = defineRefusals({
  ALERT_STATE: 'The alert does not stand where this can be done: acknowledge, then act, then close.',
});

/** The state after the action. Refuses ALERT_STATE. */
export function moveAlert(state: AlertState, action: AlertAction): AlertState {
  const { from, to }: { from: readonly AlertState[]; to: AlertState } = ALERT_TRANSITIONS[action];
  if (!from.includes(state)) throw refuseAlert('ALERT_STATE', { state, action, allowedFrom: from });
  return to;
}

const EVENTS = {
  escalate: RiskAlertEscalated,
  acknowledge: RiskAlertAcknowledged,
  act: RiskAlertActioned,
  close: RiskAlertClosed,
  settle: RiskAlertClosed,
} as const satisfies Record<AlertAction, unknown>;

export type Alert = {
  id: string;
  clientId: string;
  type: AlertType;
  severity: Severity;
  dueAt: Date;
  state: AlertState;
};

const told = ({ id: alertId, clientId, type, severity, dueAt }: Alert) => ({
  clientId,
  alertId,
  type,
  severity,
  dueAt: dueAt.toISOString(),
});

export const raised = (alert: Alert) => RiskAlertRaised(told(alert));

/** One step of an alert's life with the event that tells it. */
export const step = (alert: Alert, action: AlertAction) => ({
  state: moveAlert(alert.state, action),
  event: EVENTS[action](told(alert)),
});

const Words = z.strictObject({ en: z.string(), zh: z.string(), zhHant: z.string() });
const Type = z.strictObject({
  /** Who is to take it up. */
  addressee: z.enum(['ADVISER', 'COMPLIANCE']),
  /** Working days until somebody must have taken it up, by severity. */
  ackWithin: z.partialRecord(AlertSeverity, z.int().positive()),
  thresholds: z.record(z.string(), z.int()),
  /** Why it was raised; `{name}` stands for what the evidence says. */
  text: Words,
});

/** The firm's table of alerts; each version is a row with its effective date. */
export const AlertRules = z.strictObject({
  version: z.string(),
  effectiveFrom: z.iso.date(),
  source: z.string(),
  types: z.record(AlertTypes, Type),
  /** The loss a client has said to bear, in basis points: by the answer to a question, or else by the level. No bound, no alert. */
  lossBounds: z.strictObject({
    byAnswer: z.record(
      z.string(),
      z.strictObject({ question: z.string(), boundsBp: z.record(z.string(), z.int()) }),
    ),
    byLevelBp: z.partialRecord(z.enum(LEVELS), z.int()),
  }),
});
export type AlertRules = z.output<typeof AlertRules>;

/** A limit of the table. A table without it is a fault: an alert that is never raised would look like a calm book. */
export function limit(rules: AlertRules, type: AlertType, name: string): number {
  const value = rules.types[type].thresholds[name];
  if (value === undefined) throw new Error(`The alert rules ${rules.version} set no ${name} for ${type}.`);
  return value;
}

export type Evidence = Readonly<Record<string, string | number>>;

/** Something to be alerted about: what repeats it for the same subject only counts. */
export type Finding = {
  clientId: string;
  type: AlertType;
  subject: string;
  severity: Severity;
  evidence: Evidence;
};

/** Which days are worked on; beyond the years it knows it counts weekends only. */
export type Calendar = { isWorkday: (day: string) => boolean; isKnown: (day: string) => boolean };

/** The end of the n-th working day after the instant; provisional where holidays are not known yet. */
export function dueAt(
  now: Date,
  workingDays: number,
  calendar: Calendar,
): { dueAt: Date; isDueProvisional: boolean } {
  let day = dayOf(now);
  let isDueProvisional = false;
  for (let left = workingDays; left > 0; ) {
    day = plusDays(day, 1);
    if (!calendar.isKnown(day)) isDueProvisional = true;
    if (calendar.isWorkday(day)) left -= 1;
  }
  return { dueAt: new Date(`${plusDays(day, 1)}T00:00:00+08:00`), isDueProvisional };
}

/** Working days for this severity; the strictest of the type where the table names it not. */
export function ackDays(rules: AlertRules, { type, severity }: Pick<Finding, 'type' | 'severity'>): number {
  const { ackWithin } = rules.types[type];
  const days = ackWithin[severity] ?? Math.min(...Object.values(ackWithin));
  if (!Number.isFinite(days)) throw new Error(`The alert rules ${rules.version} set no time for ${type}.`);
  return days;
}

/** Why an alert was raised, in every language. */
export function alertReason({ type, evidence }: Pick<Finding, 'type' | 'evidence'>, rules: AlertRules): Text {
  const { text: words } = rules.types[type];
  return text((tell) =>
    tell(words).replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = evidence[name] ?? '–';
      if (name.endsWith('Bp')) return `${Number(value) / 100}%`;
      return typeof value === 'string' && isLevel(value) ? tell(LEVEL_LABELS[value]) : String(value);
    }),
  );
}
