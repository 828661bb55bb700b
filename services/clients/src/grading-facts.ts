import { dayOf, type Row, type RowClass, type Tx } from '@client-graph/kit';
import { AssetSnapshotRow } from './assets.entities.js';
import type { ClientRow } from './clients.entities.js';
import { GradeAssignmentRow, RiskToleranceRow } from './grading.entities.js';
import { type Facts, factsOf, type Override } from './grading.rules.js';
import { InstitutionFinancialsRow, InstitutionProfileRow } from './institutions/institutions.entities.js';
import { GradeOverrideRow } from './overrides/overrides.entities.js';
import { inForce } from './overrides/overrides.rules.js';
import { IndividualProfileRow } from './profiles.entities.js';

/** All that a client's class and grade are decided from. */
export type File = {
  client: ClientRow;
  facts: Facts;
  override: Override | null;
  current: GradeAssignmentRow;
};

/** What is on file of these clients now: a handful of statements for any number of them. */
export async function filesOf(tx: Tx, clients: readonly ClientRow[]): Promise<File[]> {
  const institutions = clients.filter(({ kind }) => kind === 'INSTITUTION');
  const individuals = clients.filter(({ kind }) => kind === 'INDIVIDUAL');
  const facts = new Map([
    ...(await individualFacts(tx, individuals)),
    ...(await institutionFacts(tx, institutions)),
  ]);
  const current = await byId(
    tx,
    GradeAssignmentRow,
    clients.map((client) => client.gradeAssignmentId),
  );
  const overrides = await byId(
    tx,
    GradeOverrideRow,
    clients.map((client) => client.gradeOverrideId),
  );
  return clients.map((client) => {
    const override = overrides.get(client.gradeOverrideId ?? '') ?? null;
    const assignment = current.get(client.gradeAssignmentId);
    const known = facts.get(client.id);
    if (assignment === undefined || known === undefined) throw new Error('A client without a grade.');
    return { client, facts: known, override: inForce(override, dayOf(tx.now)), current: assignment };
  });
}

async function individualFacts(tx: Tx, clients: readonly ClientRow[]): Promise<Map<string, Facts>> {
  if (clients.length === 0) return new Map();
  const ids = clients.map(({ id }) => id);
  const profiles = await byId(tx, IndividualProfileRow, ids);
  const snapshots = await byId(
    tx,
    AssetSnapshotRow,
    clients.map(({ assetSnapshotId }) => assetSnapshotId),
  );
  const tolerances = await byId(tx, RiskToleranceRow, ids);
  return new Map(
    clients.map(({ id, assetSnapshotId }) => {
      const snapshot = snapshots.get(assetSnapshotId ?? '') ?? null;
      const investmentYears = profiles.get(id)?.investmentYears ?? 0;
      return [
        id,
        factsOf({ snapshot, tolerance: tolerances.get(id) ?? null, investmentYears }, dayOf(tx.now)),
      ];
    }),
  );
}

async function institutionFacts(tx: Tx, clients: readonly ClientRow[]): Promise<Map<string, Facts>> {
  if (clients.length === 0) return new Map();
  const ids = clients.map(({ id }) => id);
  const profiles = await byId(tx, InstitutionProfileRow, ids);
  const statements = await byId(
    tx,
    InstitutionFinancialsRow,
    clients.map((client) => client.institutionFinancialsId),
  );
  const used = await tx.query<{ client_id: string; n: number }>(
    'select client_id, count(*)::int as n from product_class_used where client_id = any($1) group by 1',
    [ids],
  );
  const classes = new Map(used.map(({ client_id, n }) => [client_id, n]));
  return new Map(
    clients.map(({ id, institutionFinancialsId }) => {
      const profile = profiles.get(id);
      if (profile === undefined) throw new Error('An institution without a profile.');
      const statement = statements.get(institutionFinancialsId ?? '');
      return [
        id,
        {
          institutionType: profile.institutionType,
          netAssets: statement?.netAssets ?? null,
          yearEnd: statement?.yearEnd ?? null,
          productClasses: classes.get(id) ?? 0,
        },
      ];
    }),
  );
}

/** The rows of these ids; none asked, none sent. */
async function byId<R extends Row>(
  tx: Tx,
  row: RowClass<R>,
  ids: readonly (string | null)[],
): Promise<Map<string, R>> {
  const wanted = ids.filter((id) => id !== null);
  if (wanted.length === 0) return new Map();
  const rows = await tx.manager.createQueryBuilder(row, 'row').whereInIds(wanted).getMany();
  return new Map(rows.map((found) => [found.id, found]));
}
