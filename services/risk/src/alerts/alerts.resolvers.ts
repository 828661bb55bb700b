import type { Context } from '@client-graph/kit';
import { ADDRESSEE_LABELS } from '../code-labels.rules.js';
import { RiskAlertRow } from '../entities.js';
import type { Resolvers } from '../generated/resolvers.js';
import { say } from '../words.rules.js';
import { acknowledgeAlert, actOnAlert, alertRulesToday, closeAlert, riskAlerts } from './alerts.js';
import { alertReason } from './alerts.rules.js';
import {
  ALERT_STATE_LABELS,
  CLOSE_LABELS,
  DEED_LABELS,
  SEVERITY_LABELS,
  TYPE_LABELS,
} from './labels.rules.js';

const ALERTS_MAX = 50;

/** Open ones only where asked for, and those for compliance to who oversees. */
const shown = ({ scopes }: Context['actor'], open: boolean) => [
  ...(open ? [['isOpen', 'true'] as const] : []),
  ...(scopes.has('alerts:oversee') ? [] : [['addressee', 'ADVISER'] as const]),
];

export const alertsResolvers = {
  Query: {
    riskAlerts: (_: unknown, args, { db }: Context) => riskAlerts(db, args),
  },
  Mutation: {
    acknowledgeAlert: (_: unknown, { input }, { db }: Context) => acknowledgeAlert(db, input),
    actOnAlert: (_: unknown, { input }, { db }: Context) => actOnAlert(db, input),
    closeAlert: (_: unknown, { input }, { db }: Context) => closeAlert(db, input),
  },
  Client: {
    riskAlerts: async ({ id }, { open }, { actor, loadPage }) =>
      (await loadPage(RiskAlertRow, 'clientId', id, { first: ALERTS_MAX }, shown(actor, open))).nodes,
  },
  RiskAlert: {
    client: ({ clientId }) => ({ id: clientId }),
    typeLabel: ({ type }, { locale }) => say(TYPE_LABELS[type], locale),
    severityLabel: ({ severity }, { locale }) => say(SEVERITY_LABELS[severity], locale),
    stateLabel: ({ state }, { locale }) => say(ALERT_STATE_LABELS[state], locale),
    addresseeLabel: ({ addressee }, { locale }) => say(ADDRESSEE_LABELS[addressee], locale),
    actionLabel: ({ action }, { locale }) => (action === null ? null : say(DEED_LABELS[action], locale)),
    closeReasonLabel: ({ closeReason }, { locale }) =>
      closeReason === null ? null : say(CLOSE_LABELS[closeReason], locale),
    reason: async (alert, { locale }, { db, loadBy }) => {
      const rules = await loadBy('alert rules', 'today', async (days) => {
        const today = await alertRulesToday(db);
        return days.map(() => today);
      });
      return say(alertReason(alert, rules), locale);
    },
  },
} satisfies Resolvers;
