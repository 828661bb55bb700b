import { type Context, type Db, hiddenSql, isUuid } from '@client-graph/kit';

/** Who has an open case: a complaint not yet closed, feedback not yet concluded, a survey not yet answered. A hidden record has none to show. */
const OPEN_CASES = `
  select keys.value as id from unnest($1::uuid[]) as keys(value)
  join client_copy c on c.client_id = keys.value and not ${hiddenSql('c', '$3')}
  where exists (select from complaint x where x.client_id = keys.value and x.status not in ('CLOSED', 'WITHDRAWN', 'NOT_OURS', 'MERGED'))
    or exists (select from feedback f where f.client_id = keys.value and f.state <> 'CONCLUDED')
    or exists (select from survey s where s.client_id = keys.value and s.answered_at is null and s.closes_at >= $2)`;

async function openCases(db: Db, ids: readonly string[]): Promise<boolean[]> {
  const rows: { id: string }[] = await db.source.query(OPEN_CASES, [ids, db.now(), db.actor.id]);
  const found = new Set(rows.map(({ id }) => id));
  return ids.map((id) => found.has(id.toLowerCase()));
}

/**
 * Whether the caller may see what this service knows of a client: by assignment, or, at the service desk, while the client has
 * an open case. Asked wherever a client is reached from; a fixed number of statements for all clients of a request.
 */
export async function reachesHere(ctx: Context, clientId: string): Promise<boolean> {
  if (await ctx.reachesClient(clientId)) return true;
  const isDesk = ctx.actor.roles.some((role) => role === 'SERVICE_AGENT');
  return isDesk && isUuid(clientId) && ctx.loadBy('open cases', clientId, (ids) => openCases(ctx.db, ids));
}

type Parent = { id: string };
type FieldResolver = (parent: Parent, args: never, ctx: Context, info: never) => unknown;

/** The fields of a client, each null for whom the client is out of reach. */
export function withinReach<Fields extends Record<string, unknown>>(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, resolve]) => [
      name,
      name === '__resolveReference' || !isFieldResolver(resolve)
        ? resolve
        : async (parent: Parent, args: never, ctx: Context, info: never) =>
            (await reachesHere(ctx, parent.id)) ? resolve(parent, args, ctx, info) : null,
    ]),
  );
}

const isFieldResolver = (value: unknown): value is FieldResolver => typeof value === 'function';
