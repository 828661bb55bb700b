import { readFileSync } from 'node:fs';
import { type Db, dayOf, type Tx, transact } from '@client-graph/kit';
import chineseDays from 'chinese-days';
import { LessThanOrEqual } from 'typeorm';
import { z } from 'zod';
import { LeadRuleRow } from '../entities.js';
import type { Clocks } from '../leads/clocks.rules.js';
import {
  assignmentOf,
  type LeadFacts,
  leastBusy,
  RULE_KINDS,
  type RuleKind,
  type ScoreReason,
  score,
  type Terms,
  termsOf,
} from './rules.rules.js';

const Seeds = z.array(
  z.object({
    kind: z.enum(RULE_KINDS),
    version: z.int().positive(),
    effectiveFrom: z.iso.date(),
    source: z.string(),
    terms: z.unknown(),
  }),
);

/** Loads the first version of each table; a version that is there stays as it is, since leads were judged by it. */
export const seedRules = (db: Db): Promise<void> =>
  transact(db, async (tx) => {
    const file = new URL('../../data/lead-rules.json', import.meta.url);
    for (const rule of Seeds.parse(JSON.parse(readFileSync(file, 'utf8')))) {
      await tx.query(
        `insert into lead_rule (id, kind, version, effective_from, source, terms) values ($1, $2, $3, $4, $5, $6)
         on conflict do nothing`,
        [
          ...[tx.newId(), rule.kind, rule.version, rule.effectiveFrom, rule.source],
          JSON.stringify(termsOf(rule.kind, rule.terms)),
        ],
      );
    }
  });

export type RuleInForce<Kind extends RuleKind = RuleKind> = {
  kind: Kind;
  version: number;
  effectiveFrom: string;
  source: string;
  terms: Terms<Kind>;
};

/** The version of a table that holds on a day; null before the first. */
export async function ruleOn<Kind extends RuleKind>(
  tx: Tx,
  kind: Kind,
  day: string,
): Promise<RuleInForce<Kind> | null> {
  const [row] = await tx.find(LeadRuleRow, {
    where: { kind, effectiveFrom: LessThanOrEqual(day) },
    order: { effectiveFrom: 'desc' },
    take: 1,
  });
  if (row === undefined) return null;
  const { version, effectiveFrom, source } = row;
  return { kind, version, effectiveFrom, source, terms: termsOf(kind, row.terms) };
}

async function ruleInForce<Kind extends RuleKind>(tx: Tx, kind: Kind): Promise<RuleInForce<Kind>> {
  const rule = await ruleOn(tx, kind, dayOf(tx.now));
  if (rule === null) throw new Error(`No version of the table ${kind} is in force.`);
  return rule;
}

/** The clocks in force, with the calendar they go by. */
export async function clocksInForce(tx: Tx): Promise<Clocks> {
  const { daysOff = [], makeUpDays = [], ...terms } = (await ruleInForce(tx, 'CLOCKS')).terms;
  // China's days off and make-up days, as far as they are published; in a later year only the weekend is free.
  const isWorkingDay = (day: string): boolean =>
    makeUpDays.includes(day) || (!daysOff.includes(day) && chineseDays.isWorkday(day));
  return { ...terms, isWorkingDay };
}

/** The weights of attribution in force. */
export const attributionInForce = (tx: Tx): Promise<RuleInForce<'ATTRIBUTION'>> =>
  ruleInForce(tx, 'ATTRIBUTION');

export type Scored = { score: number; scoreRuleVersion: number; scoreReasons: ScoreReason[] };

/** How a lead is scored now, by the table in force. */
export async function scored(tx: Tx, facts: LeadFacts): Promise<Scored> {
  const { version, terms } = await ruleInForce(tx, 'SCORING');
  const { score: points, reasons } = score(facts, terms);
  return { score: points, scoreRuleVersion: version, scoreReasons: reasons };
}

/** Who shall work a lead that nobody was named for: of those the first fitting rule names, whoever has the fewest open leads. */
export async function assigned(
  tx: Tx,
  facts: LeadFacts,
): Promise<{ ownerId: string | null; assignmentCode: string | null }> {
  const { terms } = await ruleInForce(tx, 'ASSIGNMENT');
  const rule = assignmentOf(facts, terms);
  if (rule === null) return { ownerId: null, assignmentCode: null };
  // One after the other, so that two leads at once do not go to the same person for want of seeing each other.
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('assign ' || $1, 0))`, [rule.code]);
  const open = await tx.query<{ owner: string; leads: number }>(
    `select owner_id as owner, count(*)::int as leads from lead
     where owner_id = any($1) and stage in ('NEW', 'CONTACTED', 'FOLLOWING_UP') and origin = 'LIVE' group by 1`,
    [rule.owners],
  );
  const busy = new Map(open.map(({ owner, leads }) => [owner, leads]));
  return { ownerId: leastBusy(rule.owners, busy), assignmentCode: rule.code };
}
