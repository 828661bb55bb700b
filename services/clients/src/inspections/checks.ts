import type { AccessAnomalyFound, AuditBroken, DataOf } from '@client-graph/events';
import { asService, type Db, dayOf, plusDays, type Tx, transact } from '@client-graph/kit';
import { HITS, HITS_MAX, type Hit, type Look } from './check-queries.js';
import { raise } from './findings.js';
import { dailyInspection } from './inspections.js';
import { checksOn } from './templates.js';
import type { CheckCode } from './templates.rules.js';

/**
 * Daily supervision (policy 9.2): looks for what the tables say over what is known by events, and opens a finding for each cause
 * exactly once, however often it runs and how many run at once.
 */
export async function superviseDaily(db: Db): Promise<void> {
  for (const { code, look } of HITS) {
    let found: number;
    do found = await transact(asService(db), (tx) => runCheck(tx, code, look));
    while (found === HITS_MAX);
  }
}

async function runCheck(tx: Tx, code: CheckCode, look: Look): Promise<number> {
  // Runs take turns, so that none has to undo what another has found meanwhile.
  await tx.query(`select pg_advisory_xact_lock(hashtext('supervise-daily'))`);
  const rules = await checksOn(tx, dayOf(tx.now));
  const hits = await look(tx, rules);
  for (const hit of hits) await open(tx, code, rules[code], hit);
  return hits.length;
}

type Anomaly = DataOf<typeof AccessAnomalyFound>;

/** What the log of access of any service has shown about a day: one finding for each reader and day, whichever service saw it first. */
export async function takeAnomaly(tx: Tx, told: Anomaly): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('supervise-daily'))`);
  const rules = await checksOn(tx, dayOf(tx.now));
  const { code, cause } = anomalyOf(told);
  const isBelow =
    (code === 'FILES_READ' && told.files <= rules.FILES_READ.perDay) ||
    (code === 'AFTER_HOURS' && told.files < rules.AFTER_HOURS.perNight);
  const known = await tx.query('select 1 from finding_cause where cause = $1', [cause]);
  if (isBelow || known.length > 0) return;
  await open(tx, code, rules[code], {
    causes: [cause],
    clientId: code === 'OWN_FILE' ? told.clientId : null,
    ownerId: null,
    summary: `${told.kind} in ${told.service}: the member of staff ${told.actorId} has opened ${told.files} files on ${told.day}.`,
    evidence: [told.clientId],
  });
}

type Broken = DataOf<typeof AuditBroken>;

/** What the nightly check of an audit log has found, in whichever service: one finding for each first fault, not one a night. */
export async function takeBrokenAudit(
  tx: Tx,
  { service, day, verdict, seq, findings }: Broken,
): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('supervise-daily'))`);
  const cause = `AUDIT:${service}:${verdict}:${seq ?? ''}`;
  if ((await tx.query('select 1 from finding_cause where cause = $1', [cause])).length > 0) return;
  const { AUDIT_LOG } = await checksOn(tx, dayOf(tx.now));
  const place = seq === null ? '' : ` at place ${seq}`;
  await open(tx, 'AUDIT_LOG', AUDIT_LOG, {
    causes: [cause],
    clientId: null,
    ownerId: null,
    summary: `The audit log of ${service} did not hold on ${day}: ${verdict}${place}, ${findings} findings.`,
    evidence: [],
  });
}

function anomalyOf({ kind, actorId, clientId, day }: Anomaly): { code: CheckCode; cause: string } {
  switch (kind) {
    case 'MANY_FILES':
      return { code: 'FILES_READ', cause: `FILES:${actorId}:${day}` };
    case 'AFTER_HOURS':
      return { code: 'AFTER_HOURS', cause: `HOURS:${actorId}:${day}` };
    case 'OWN_FILE':
    case 'OWN_RELATIVE':
      return { code: 'OWN_FILE', cause: `OWN:${actorId}:${clientId}:${day}` };
    default:
      return kind satisfies never;
  }
}

type Rule = { severity: 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL'; rule: string; dueDays: number };

async function open(tx: Tx, code: CheckCode, { severity, rule, dueDays }: Rule, hit: Hit): Promise<void> {
  const inspection = await dailyInspection(tx);
  const { causes, ...about } = hit;
  const dueOn = plusDays(dayOf(tx.now), dueDays);
  const finding = await raise(
    tx,
    tx.newId(),
    inspection,
    { ...about, step: code, severity, rule, dueOn },
    null,
  );
  await tx.query('insert into finding_cause (cause, finding_id) select unnest($1::text[]), $2', [
    causes,
    finding.id,
  ]);
}
