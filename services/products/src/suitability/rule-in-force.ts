import type { Tx } from '@client-graph/kit';
import type { DataSource } from 'typeorm';
import { SuitabilityRuleRow } from '../entities.js';

type Source = Pick<Tx, 'manager'>;

/** Versions that were read before: a version is never changed once it is there, and its tables are large. */
const known = new WeakMap<DataSource, Map<string, SuitabilityRuleRow>>();

/** The tables that count on a day. */
export async function ruleInForce(from: Source, today: string): Promise<SuitabilityRuleRow> {
  const [newest]: { version: string }[] = await from.manager.query(
    'select version from suitability_rule where effective_from <= $1 order by effective_from desc limit 1',
    [today],
  );
  if (newest === undefined) throw new Error(`No suitability rules are in force on ${today}.`);
  return ruleOf(from, newest.version);
}

/** The tables of a version. */
export async function ruleOf({ manager }: Source, version: string): Promise<SuitabilityRuleRow> {
  const versions = known.get(manager.dataSource) ?? new Map<string, SuitabilityRuleRow>();
  known.set(manager.dataSource, versions);
  const rule =
    versions.get(version) ?? (await manager.findOneOrFail(SuitabilityRuleRow, { where: { version } }));
  versions.set(version, rule);
  return rule;
}
