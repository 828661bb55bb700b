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
