import {
  type Actor,
  ClientCopyRow,
  type Connection,
  type Db,
  dayOf,
  findForUpdate,
  ofSeenClients,
  type PageArgs,
  page,
  reachedSql,
  reachesAll,
  refuse,
  serves,
  type Tx,
  transact,
} from '@client-graph/kit';
import { type FindOptionsWhere, In, LessThanOrEqual, Not, Raw } from 'typeorm';
import { NOT_RESTRICTED } from '../assessments/subjects.js';
import { AlertRuleRow, RiskAlertRow } from '../entities.js';
import { optionalText } from '../free-text.rules.js';
import type { AcknowledgeAlertInput, ActOnAlertInput, CloseAlertInput } from '../generated/resolvers.js';
import {
  type AlertAction,
  type AlertRules,
  type AlertState,
  type AlertType,
  ackDays,
  CLOSED_BY_PERSON,
  dueAt,
  type Finding,
  raised,
  type SettleReason,
  type Severity,
  step,
} from './alerts.rules.js';
import { chinaCalendar } from './calendar.js';

/** The table of alerts in force on the day. */
export async function alertRulesInForce(tx: Tx, day: string): Promise<AlertRules> {
  const [row] = await tx.find(AlertRuleRow, {
    where: { effectiveFrom: LessThanOrEqual(day) },
    order: { effectiveFrom: 'DESC', version: 'DESC' },
    take: 1,
  });
  if (row === undefined) throw new Error(`No alert rules are in force on ${day}.`);
  return row.definition;
}

// The unique index over open alerts decides between a new one and a repeat, however many come at once. What has become
// graver is to be taken up again, and sooner.
const RAISE = `
  with found as (
    select f.*, array_position(array['INFO', 'WARN', 'SEVERE'], f.severity) as rank
    from jsonb_to_recordset($1) as f(id uuid, client_id uuid, type text, subject text, addressee text, severity text,
      evidence jsonb, due_at timestamptz, is_due_provisional boolean)
  )
  insert into risk_alert as a (id, client_id, type, subject, addressee, severity, count, evidence, rule_version,
    raised_at, last_raised_at, due_at, is_due_provisional, state, version)
  select id, client_id, type, subject, addressee, severity, 1, evidence, $2, $3, $3, due_at, is_due_provisional, 'OPEN', 1
  from found order by client_id, type, subject
  on conflict (client_id, type, subject) where state <> 'CLOSED' do update set
    count = a.count + 1,
    evidence = excluded.evidence,
    last_raised_at = excluded.last_raised_at,
    worsened_count = case when graver(excluded.severity, a.severity) then a.count + 1 else a.worsened_count end,
    due_at = case when graver(excluded.severity, a.severity) then excluded.due_at else a.due_at end,
    is_due_provisional = case when graver(excluded.severity, a.severity)
      then excluded.is_due_provisional else a.is_due_provisional end,
    state = case when graver(excluded.severity, a.severity) then 'OPEN' else a.state end,
    severity = case when graver(excluded.severity, a.severity) then excluded.severity else a.severity end,
    version = a.version + 1
  returning a.id, a.client_id as "clientId", a.type, a.severity, a.due_at as "dueAt", a.state, a.evidence,
    (count = 1 or count = worsened_count) as "isNews"`;

type Raised = {
  id: string;
  clientId: string;
  type: AlertType;
  severity: Severity;
  dueAt: Date;
  state: AlertState;
  evidence: Finding['evidence'];
  isNews: boolean;
};

/** Of these clients' records nothing but storing is done (a restriction), or there is nothing left to watch. */
const NOT_WATCHED = ['RESTRICTED', 'CLOSED', 'DECEASED', 'ERASED'];

/** Raises what is new, counts what repeats an open alert, and tells what is new or has become graver. */
export async function raiseAlerts(tx: Tx, found: readonly Finding[], rules: AlertRules): Promise<void> {
  if (found.length === 0) return;
  const left = await tx.find(ClientCopyRow, {
    where: { id: In(found.map(({ clientId }) => clientId)), status: In(NOT_WATCHED) },
    select: { id: true },
  });
  const isLeft = new Set(left.map(({ id }) => id));
  const findings = found.filter(({ clientId }) => !isLeft.has(clientId));
  if (findings.length === 0) return;
  const single = new Map(
    findings.map((finding) => [`${finding.clientId} ${finding.type} ${finding.subject}`, finding]),
  );
  const rows = [...single.values()].map((finding) => {
    const due = dueAt(tx.now, ackDays(rules, finding), chinaCalendar);
    return {
      id: tx.newId(),
      client_id: finding.clientId,
      type: finding.type,
      subject: finding.subject,
      addressee: rules.types[finding.type].addressee,
      severity: finding.severity,
      evidence: finding.evidence,
      due_at: due.dueAt,
      is_due_provisional: due.isDueProvisional,
    };
  });
  const alerts = await tx.query<Raised>(RAISE, [JSON.stringify(rows), rules.version, tx.now]);
  await tx.query(
    `insert into alert_occurrence (id, alert_id, client_id, type, at, evidence)
     select o.id, o.alert_id, o.client_id, o.type, $2, o.evidence
     from jsonb_to_recordset($1) as o(id uuid, alert_id uuid, client_id uuid, type text, evidence jsonb)`,
    [
      JSON.stringify(
        alerts.map(({ id, clientId, type, evidence }) => ({
          id: tx.newId(),
          alert_id: id,
          client_id: clientId,
          type,
          evidence,
        })),
      ),
      tx.now,
    ],
  );
  await tx.record(...alerts.filter(({ isNews }) => isNews).map(raised));
}

/** How often alerts of the type were raised for the client since the instant. */
export async function occurrences(tx: Tx, clientId: string, type: AlertType, since: Date): Promise<number> {
  const [row] = await tx.query<{ n: number }>(
    'select count(*)::int as n from alert_occurrence where client_id = $1 and type = $2 and at > $3',
    [clientId, type, since],
  );
  return row?.n ?? 0;
}

/** Closes open alerts whose subject has gone away by itself. */
export async function settleAlerts(
  tx: Tx,
  clientId: string,
  isGone: (alert: RiskAlertRow) => boolean,
  reason: SettleReason,
): Promise<void> {
  const open = await tx.find(RiskAlertRow, {
    where: { clientId, state: Not<AlertState>('CLOSED') },
    order: { id: 'ASC' },
    lock: { mode: 'pessimistic_write' },
  });
  for (const alert of open.filter(isGone))
    await take(tx, alert, 'settle', { closeReason: reason, closedAt: tx.now });
}

async function take(
  tx: Tx,
  alert: RiskAlertRow,
  action: AlertAction,
  changes: Partial<Omit<RiskAlertRow, 'id' | 'version'>>,
): Promise<RiskAlertRow> {
  const { state, event } = step(alert, action);
  await tx.record(event);
  return tx.update(RiskAlertRow, alert, { ...changes, state });
}

/** Whether the caller is told of this alert: those of their clients, and of compliance only who oversees. */
const isTold = ({ scopes }: Actor, { addressee }: Pick<RiskAlertRow, 'addressee'>): boolean =>
  addressee === 'ADVISER' || scopes.has('alerts:oversee');

async function lockAlert(tx: Tx, input: { alertId: string; expectedVersion: number }): Promise<RiskAlertRow> {
  const alert = await findForUpdate(tx, RiskAlertRow, input.alertId);
  const client = await tx.findOne(ClientCopyRow, { id: alert.clientId });
  const isReached = client === null ? reachesAll(tx.actor) : serves(tx.actor, client);
  if (!isReached || !isTold(tx.actor, alert)) throw refuse('NOT_FOUND');
  if (alert.version !== input.expectedVersion)
    throw refuse('STALE_VERSION', { expected: input.expectedVersion, current: alert.version });
  return alert;
}

const NOTE_MAX = 2_000;

export const acknowledgeAlert = (db: Db, input: AcknowledgeAlertInput): Promise<RiskAlertRow> =>
  transact(db, async (tx) =>
    take(tx, await lockAlert(tx, input), 'acknowledge', {
      acknowledgedAt: tx.now,
      acknowledgedById: tx.actor.id,
    }),
  );

export const actOnAlert = (db: Db, input: ActOnAlertInput): Promise<RiskAlertRow> =>
  transact(db, async (tx) => {
    const note = optionalText('note', input.note, NOTE_MAX);
    return take(tx, await lockAlert(tx, input), 'act', {
      action: input.action,
      actionNote: note,
      actionedAt: tx.now,
      actionedById: tx.actor.id,
    });
  });

export const closeAlert = (db: Db, input: CloseAlertInput): Promise<RiskAlertRow> =>
  transact(db, async (tx) => {
    const note = optionalText('note', input.note, NOTE_MAX);
    if (!CLOSED_BY_PERSON.some((reason) => reason === input.reason))
      throw refuse('BAD_INPUT', { field: 'reason', expected: CLOSED_BY_PERSON });
    return take(tx, await lockAlert(tx, input), 'close', {
      closeReason: input.reason,
      closeNote: note,
      closedAt: tx.now,
      closedById: tx.actor.id,
    });
  });

const BATCH = 200;

/** Escalates what nobody has taken up in time. */
export async function escalateAlerts(db: Db): Promise<void> {
  for (let late = BATCH; late === BATCH; ) {
    late = await transact(db, async (tx) => {
      const due = await tx.find(RiskAlertRow, {
        where: { state: 'OPEN', dueAt: LessThanOrEqual(tx.now), clientId: NOT_RESTRICTED },
        order: { dueAt: 'ASC' },
        take: BATCH,
        lock: { mode: 'pessimistic_write', onLocked: 'skip_locked' },
      });
      for (const alert of due) await take(tx, alert, 'escalate', { escalatedAt: tx.now });
      return due.length;
    });
  }
}

export type AlertFilter = {
  state?: AlertState | null;
  type?: AlertType | null;
  severity?: Severity | null;
  open?: boolean | null;
};

const given = <Value>(name: string, value: Value | null | undefined) =>
  value === null || value === undefined ? {} : { [name]: value };

function filterOf(actor: Actor, filter: AlertFilter): FindOptionsWhere<RiskAlertRow> {
  const own = reachesAll(actor)
    ? ofSeenClients(actor)
    : {
        clientId: Raw(
          (column) =>
            `${column} in (select c.client_id from client_copy c where ${reachedSql(actor, 'c', () => ':me')})`,
          { me: actor.id },
        ),
      };
  return {
    ...own,
    ...(filter.open === true ? { state: Not<AlertState>('CLOSED') } : {}),
    ...given('state', filter.state),
    ...given('type', filter.type),
    ...given('severity', filter.severity),
    ...(actor.scopes.has('alerts:oversee') ? {} : { addressee: 'ADVISER' }),
  };
}

/** Alerts of the clients whom the caller reaches, newest first. */
export const riskAlerts = (
  db: Db,
  { first, after, ...filter }: AlertFilter & PageArgs,
): Promise<Connection<RiskAlertRow>> => page(db, RiskAlertRow, { first, after }, filterOf(db.actor, filter));

/** The table of alerts of today, for those who explain them. */
export const alertRulesToday = (db: Db): Promise<AlertRules> =>
  transact(db, (tx) => alertRulesInForce(tx, dayOf(tx.now)));
