import type { ClientConsentChanged, DataOf } from '@client-graph/events';
import {
  type Connection,
  type Context,
  connectionOf,
  type Db,
  isUuid,
  refuse as kitRefuse,
  type PageArgs,
  pageOf,
  type Tx,
  transact,
} from '@client-graph/kit';
import { nameOf } from '../campaigns/campaigns.rules.js';
import { AudienceRow, LeadRow } from '../entities.js';
import type { AudienceInput, BuildAudienceInput } from '../generated/resolvers.js';
import { type Criteria, checkCriteria, refuse, SMALLEST, told } from './audiences.rules.js';

const NEEDS_MOBILE = ['PHONE', 'SMS'];

/** Leads in work, or lost for another reason than privacy, with consent to the channel and the contact it needs. */
const isContactable = (channel: string): string => `
    l.origin = 'LIVE' and l.erased_at is null and l.stage in ('NEW', 'CONTACTED', 'FOLLOWING_UP', 'LOST')
      and ${channel} = any(l.consent_channels) and (l.reason is null or l.reason <> 'PRIVACY')
      and case when ${channel} = any(array['${NEEDS_MOBILE.join("', '")}']) then l.mobile_hash is not null
        when ${channel} = 'EMAIL' then l.email_hash is not null else true end`;

/** Active clients with consent to the channel whom nothing holds, and live leads in work with consent and the contact it needs. */
const MEMBERS = {
  CLIENTS: `
    select c.client_id as id from client_copy c join client_consent k on k.client_id = c.client_id and k.channel = $1 and k.granted
    where c.status = 'ACTIVE' and not exists (select from client_hold h where h.client_id = c.client_id)
      and (cardinality($2::text[]) = 0 or c.class = any($2)) and (cardinality($3::text[]) = 0 or c.grade = any($3))
      and (cardinality($4::text[]) = 0 or c.kind = any($4))
      and $5::text[] is not null and $6::uuid[] is not null and $7::text[] is not null and ($8::int is null or true)`,
  LEADS: `
    select l.id from lead l
    where ${isContactable('$1')}
      and (cardinality($5::text[]) = 0 or l.stage = any($5)) and (cardinality($6::uuid[]) = 0 or l.campaign_id = any($6))
      and (cardinality($7::text[]) = 0 or l.channel = any($7)) and ($8::int is null or l.score >= $8)
      and $2::text[] is not null and $3::text[] is not null and $4::text[] is not null`,
} as const;

const parametersOf = (criteria: Criteria): unknown[] => [
  ...[criteria.channel, criteria.classes, criteria.grades, criteria.kinds],
  ...[criteria.stages, criteria.campaignIds, criteria.ways, criteria.scoreFrom],
];

function criteriaOf(input: AudienceInput): Criteria {
  const campaignIds = input.campaignIds ?? [];
  if (!campaignIds.every(isUuid)) throw kitRefuse('BAD_INPUT', { field: 'campaignIds', expected: 'UUIDs' });
  const criteria = {
    people: input.people,
    channel: input.channel,
    classes: input.classes ?? [],
    grades: input.grades ?? [],
    kinds: input.kinds ?? [],
    stages: input.stages ?? [],
    campaignIds,
    ways: input.ways ?? [],
    scoreFrom: input.scoreFrom ?? null,
  };
  checkCriteria(criteria);
  return criteria;
}

/** How many people these criteria find now; null when they are too few to be told. */
export async function countAudience(db: Db, input: AudienceInput): Promise<number | null> {
  const criteria = criteriaOf(input);
  const [counted]: { count: number }[] = await db.source.query(
    `select count(*)::int as count from (${MEMBERS[criteria.people]}) members`,
    parametersOf(criteria),
  );
  return told(criteria.people, counted?.count ?? 0);
}

/** Freezes the people whom the criteria find now. Refuses AUDIENCE_TOO_SMALL. */
export const buildAudience = (db: Db, input: BuildAudienceInput): Promise<AudienceRow> =>
  transact(db, (tx) =>
    tx.once('buildAudience', input, AudienceRow, async (id) => {
      const criteria = criteriaOf(input.criteria);
      const audience = await tx.insert(AudienceRow, {
        id,
        name: nameOf(input.name),
        people: criteria.people,
        channel: criteria.channel,
        criteria,
        builtAt: tx.now,
        builtBy: tx.actor.id,
      });
      const members = await tx.query(
        `insert into audience_member (audience_id, member_id) select $9, id from (${MEMBERS[criteria.people]}) members returning 1`,
        [...parametersOf(criteria), id],
      );
      if (members.length < SMALLEST) throw refuse('AUDIENCE_TOO_SMALL', { smallest: SMALLEST });
      return audience;
    }),
  );

/** How many of the people of each audience were found when it was built, and how many of them may still be contacted; one statement for all. */
export async function countsOf(
  db: Db,
  audiences: readonly AudienceRow[],
): Promise<{ built: number | null; contactable: number | null }[]> {
  const counts: { id: string; built: number; contactable: number }[] = await db.source.query(
    `select a.id, count(m.member_id)::int as built, (count(*) filter (where case a.people
        when 'CLIENTS' then exists (select from client_copy c join client_consent k on k.client_id = c.client_id and k.channel = a.channel and k.granted
          where c.client_id = m.member_id and c.status = 'ACTIVE' and not exists (select from client_hold h where h.client_id = c.client_id))
        else exists (select from lead l where l.id = m.member_id and ${isContactable('a.channel')}) end))::int as contactable
     from audience a join audience_member m on m.audience_id = a.id where a.id = any($1) group by a.id`,
    [audiences.map(({ id }) => id)],
  );
  return audiences.map(({ id, people }) => {
    const found = counts.find((count) => count.id === id);
    return {
      built: told(people, found?.built ?? 0),
      contactable: told(people, found?.contactable ?? 0),
    };
  });
}

/** The leads of an audience that may still be contacted, newest first. Clients are told to nobody here. */
export async function audienceLeads(
  ctx: Context,
  { id, channel, people }: AudienceRow,
  args: PageArgs,
): Promise<Connection<LeadRow>> {
  const { first, afterId } = pageOf(args);
  if (people === 'CLIENTS') return connectionOf<LeadRow>([], first);
  const ids: { id: string }[] = await ctx.db.source.query(
    `select l.id from audience_member m join lead l on l.id = m.member_id
     where m.audience_id = $1 and ${isContactable('$2::text')} and ($3::uuid is null or l.id < $3)
     order by l.id desc limit $4`,
    [id, channel, afterId, first + 1],
  );
  const leads = await Promise.all(ids.map((each) => ctx.load(LeadRow, each.id)));
  return connectionOf(
    leads.filter((lead) => lead !== null),
    first,
  );
}

/** Keeps what a client has allowed of marketing; the last one told is the truth. */
export async function noteConsent(
  tx: Tx,
  { clientId, purpose, channel, action }: DataOf<typeof ClientConsentChanged>,
  at: Date,
): Promise<void> {
  if (purpose !== 'MARKETING' || channel === null) return;
  await tx.query(
    `insert into client_consent (client_id, channel, granted, changed_at) values ($1, $2, $3, $4)
     on conflict (client_id, channel) do update set granted = excluded.granted, changed_at = excluded.changed_at`,
    [clientId, channel, action === 'GRANT', at],
  );
}

/** Nobody is courted while a complaint is open or an order may be thought over. */
export const hold = (
  tx: Tx,
  id: string,
  clientId: string | null,
  kind: 'COMPLAINT' | 'COOLING_OFF',
): Promise<unknown> =>
  clientId === null
    ? Promise.resolve()
    : tx.query(
        'insert into client_hold (id, client_id, kind) values ($1, $2, $3) on conflict (id) do nothing',
        [id, clientId, kind],
      );
export const release = (tx: Tx, id: string): Promise<unknown> =>
  tx.query('delete from client_hold where id = $1', [id]);
