import { auditEntriesOf, verifyAudit } from './audit.js';
import type { Context } from './context.js';
import { isUuid } from './db.js';
import { connectionOf, type PageArgs, pageOf } from './paging.js';

/** What every service answers about its own evidence (`schema/evidence.graphql`), under names of its own. */
export const evidenceResolvers = (service: string) => ({
  Query: {
    [`${service}AuditVerify`]: async (
      _: unknown,
      range: { from?: Date | null; to?: Date | null },
      { db }: Context,
    ) => {
      const report = await verifyAudit(db, range);
      return { ...report, isIntact: report.findings.length === 0 };
    },
    [`${service}AuditLog`]: async (
      _: unknown,
      { entityId, ...args }: PageArgs & { entityId: string },
      { db }: Context,
    ) => {
      const { first, afterId } = pageOf(args);
      const ask = { first: first + 1, afterId };
      return connectionOf(isUuid(entityId) ? await auditEntriesOf(db, entityId, ask) : [], first);
    },
  },
  Client: {
    [`${service}AccessLog`]: async ({ id }: { id: string }, args: PageArgs, ctx: Context) => {
      const { first, afterId } = pageOf(args);
      const entries = await ctx.loadBy(`access log ${first} ${afterId}`, id, (ids) =>
        readingsOf(ctx, ids, { first: first + 1, afterId }),
      );
      return connectionOf(entries, first);
    },
  },
});

type Reading = {
  id: string;
  at: Date;
  actorId: string;
  role: string;
  fields: string[];
  isSensitive: boolean;
  subjects: number;
  purpose: string | null;
  caseReference: string | null;
};

/** The newest readings of each of these clients, in one statement. */
async function readingsOf(
  { db }: Context,
  clientIds: readonly string[],
  { first, afterId }: { first: number; afterId: string | null },
): Promise<Reading[][]> {
  const rows: (Reading & { client: string })[] = await db.source.query(
    `select keys.value as client, l.* from unnest($1::uuid[]) as keys(value) cross join lateral (
       select id, at, actor_id as "actorId", role, fields, is_sensitive as "isSensitive", cardinality(subjects) as subjects,
         purpose, case_reference as "caseReference"
       from access_log where subjects @> array[keys.value] and ($2::uuid is null or id < $2) order by id desc limit $3
     ) l order by l.id desc`,
    [clientIds, afterId, first],
  );
  return clientIds.map((clientId) => rows.filter(({ client }) => client === clientId));
}
