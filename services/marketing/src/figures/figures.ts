import { type Db, Decimal, dayOf } from '@client-graph/kit';
import type {
  AttributedBy,
  AttributionModel,
  CampaignChannel,
  LossReason,
  QueryLeadCohortsArgs,
  SpanInput,
  TimesBy,
} from '../generated/resolvers.js';
import { idOf } from '../leads/own.js';
import { checkSpan, checkWindow, inUnits, isCensored, rate } from './figures.rules.js';

/** The instants at which a span of days in Shanghai begins and ends. */
const BEGINS = `($1::date)::timestamp at time zone 'Asia/Shanghai'`;
const ENDS = `($2::date + 1)::timestamp at time zone 'Asia/Shanghai'`;

const KEYS = {
  CHANNEL: 'l.channel',
  MEDIUM: 'l.medium',
  CAMPAIGN: `coalesce(l.campaign_id::text, 'NONE')`,
  OWNER: `coalesce(l.owner_id::text, 'NONE')`,
  ALL: `'ALL'`,
} as const;

type Times = { count: number; median: Decimal | null; p90: Decimal | null };
export type TimesRow = { key: string; leads: number; firstContact: Times; conversion: Times };

/** How long the first contact and the conversion took, for live leads captured within a span. One statement. */
export async function leadTimes(db: Db, { span, by }: { span: SpanInput; by: TimesBy }): Promise<TimesRow[]> {
  checkSpan(span);
  type Raw = Record<'leads' | 'contacted' | 'converted', number> &
    Record<'contactMedian' | 'contactP90' | 'convertMedian' | 'convertP90', number | null> & { key: string };
  const rows: Raw[] = await db.source.query(
    `select key, count(*)::int as leads, count(to_contact)::int as contacted, count(to_convert)::int as converted,
       percentile_disc(0.5) within group (order by to_contact) as "contactMedian",
       percentile_disc(0.9) within group (order by to_contact) as "contactP90",
       percentile_disc(0.5) within group (order by to_convert) as "convertMedian",
       percentile_disc(0.9) within group (order by to_convert) as "convertP90"
     from (
       select ${KEYS[by]} as key,
         extract(epoch from (select min(m.at) from stage_move m where m.lead_id = l.id and m."to" = 'CONTACTED') - l.captured_at)::float8
           as to_contact,
         extract(epoch from (select c.at from conversion c where c.lead_id = l.id) - l.captured_at)::float8 as to_convert
       from lead l where l.origin = 'LIVE' and l.captured_at >= ${BEGINS} and l.captured_at < ${ENDS}
     ) times
     group by key order by leads desc, key limit 100`,
    [span.from, span.to],
  );
  return rows.map((row) => ({
    key: row.key,
    leads: row.leads,
    firstContact: {
      count: row.contacted,
      median: inUnits(row.contactMedian, 'HOURS'),
      p90: inUnits(row.contactP90, 'HOURS'),
    },
    conversion: {
      count: row.converted,
      median: inUnits(row.convertMedian, 'DAYS'),
      p90: inUnits(row.convertP90, 'DAYS'),
    },
  }));
}

export type CohortRow = {
  month: string;
  leads: number;
  contacted: number;
  followedUp: number;
  converted: number;
  contactRate: Decimal | null;
  followUpRate: Decimal | null;
  conversionRate: Decimal | null;
  isCensored: boolean;
};

/** What became of the live leads of each month within a window from their capture. One statement. */
export async function leadCohorts(
  db: Db,
  {
    span,
    windowDays,
    channel,
    campaignId: given,
  }: Omit<QueryLeadCohortsArgs, 'windowDays'> & { windowDays: number },
): Promise<CohortRow[]> {
  checkSpan(span);
  checkWindow(windowDays);
  const campaignId = idOf(given, 'campaignId');
  type Raw = Pick<CohortRow, 'month' | 'leads' | 'contacted' | 'followedUp' | 'converted'>;
  const rows: Raw[] = await db.source.query(
    `select month, count(*)::int as leads, (count(*) filter (where contacted))::int as contacted,
       (count(*) filter (where "followedUp"))::int as "followedUp", (count(*) filter (where converted))::int as converted
     from (
       select to_char(l.captured_at at time zone 'Asia/Shanghai', 'YYYY-MM') as month,
         reached.contacted, reached."followedUp", reached.converted
       from lead l cross join lateral (
         select coalesce(bool_or(m."to" = 'CONTACTED'), false) as contacted,
           coalesce(bool_or(m."to" = 'FOLLOWING_UP'), false) as "followedUp",
           coalesce(bool_or(m."to" = 'CONVERTED'), false) as converted
         from stage_move m
         where m.lead_id = l.id and m.at < ((l.captured_at at time zone 'Asia/Shanghai')::date + $3::int + 1)::timestamp at time zone 'Asia/Shanghai'
       ) reached
       where l.origin = 'LIVE' and l.captured_at >= ${BEGINS} and l.captured_at < ${ENDS}
         and ($4::text is null or l.channel = $4) and ($5::uuid is null or l.campaign_id = $5)
     ) cohort
     group by month order by month`,
    [span.from, span.to, windowDays, channel ?? null, campaignId],
  );
  const today = dayOf(db.now());
  return rows.map((row) => ({
    ...row,
    contactRate: rate(row.contacted, row.leads),
    followUpRate: rate(row.followedUp, row.leads),
    conversionRate: rate(row.converted, row.leads),
    isCensored: isCensored(row.month, windowDays, today),
  }));
}

export type AttributedRow = {
  key: string;
  campaignId: string | null;
  channel: CampaignChannel | null;
  conversions: Decimal;
  costs: { currency: string; spent: Decimal; perConversion: Decimal }[];
};

/** The shares of the conversions of a span by source, and what each has cost. One statement. */
export async function attributedConversions(
  db: Db,
  { span, model, by }: { span: SpanInput; model: AttributionModel; by: AttributedBy },
): Promise<AttributedRow[]> {
  checkSpan(span);
  const isByCampaign = by === 'CAMPAIGN';
  type Raw = {
    key: string;
    conversions: string;
    costs: { currency: string; spent: string }[];
  };
  const rows: Raw[] = await db.source.query(
    `with shared as (
       select ${isByCampaign ? `coalesce(s.campaign_id::text, 'NONE')` : 's.channel'} as key, sum(s.share) as conversions
       from conversion c join attribution_share s on s.conversion_id = c.id and s.model = $3
       where c.at >= ${BEGINS} and c.at < ${ENDS} group by 1
     )
     select key, conversions::text, coalesce((
       select jsonb_agg(jsonb_build_object('currency', currency, 'spent', spent::text) order by currency) from (
         select cost.currency, sum(cost.amount) as spent
         from campaign_cost cost join campaign on campaign.id = cost.campaign_id
         where cost.cancelled_at is null and cost.spent_on between $1::date and $2::date
           and ${isByCampaign ? 'cost.campaign_id::text' : 'campaign.channel'} = shared.key group by cost.currency
       ) spent
     ), '[]') as costs
     from shared order by shared.conversions desc, key limit 100`,
    [span.from, span.to, model],
  );
  const CHANNELS = ['ONLINE', 'OFFLINE', 'PARTNER', 'REFERRAL'] as const;
  return rows.map(({ key, conversions: text, costs }) => {
    const conversions = new Decimal(text);
    return {
      key,
      campaignId: isByCampaign && key !== 'NONE' ? key : null,
      channel: CHANNELS.find((channel) => channel === key) ?? null,
      conversions,
      costs: costs.map(({ currency, spent: amount }) => {
        const spent = new Decimal(amount);
        const perConversion = spent.dividedBy(conversions).toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
        return { currency, spent, perConversion };
      }),
    };
  });
}

export type LossRow = { reason: LossReason; leads: number };

/** How often leads were lost within a span, by reason. */
export function lossReasons(db: Db, span: SpanInput): Promise<LossRow[]> {
  checkSpan(span);
  return db.source.query(
    `select reason, count(*)::int as leads from stage_move
     where "to" = 'LOST' and at >= ${BEGINS} and at < ${ENDS} group by reason order by leads desc, reason`,
    [span.from, span.to],
  );
}

export type ReachRow = {
  leads: number;
  contactable: number;
  contactableRate: Decimal | null;
  withdrew: number;
  withdrawalRate: Decimal | null;
  referred: number;
  referralRate: Decimal | null;
  referrers: number;
  referralsPerReferrer: Decimal | null;
  referredConverted: number;
  kFactor: Decimal | null;
};

/** Consent and recommendation among the live leads captured within a span. One statement. */
export async function leadReach(db: Db, span: SpanInput): Promise<ReachRow> {
  checkSpan(span);
  type Raw = Record<
    'leads' | 'contactable' | 'withdrew' | 'referred' | 'referrers' | 'referredConverted' | 'clients',
    number
  >;
  const [found]: Raw[] = await db.source.query(
    `select count(*)::int as leads,
       (count(*) filter (where cardinality(consent_channels) > 0 and (consent_channels && array['WECHAT', 'POST', 'FACE']
         or (mobile_hash is not null and consent_channels && array['PHONE', 'SMS'])
         or (email_hash is not null and consent_channels && array['EMAIL']))))::int as contactable,
       (count(*) filter (where exists (select from consent_entry e where e.lead_id = l.id and e.action = 'WITHDRAW')))::int as withdrew,
       count(referrer_client_id)::int as referred, count(distinct referrer_client_id)::int as referrers,
       (count(*) filter (where referrer_client_id is not null and stage = 'CONVERTED'))::int as "referredConverted",
       (select count(*)::int from client_copy where status = 'ACTIVE') as clients
     from lead l
     where origin = 'LIVE' and erased_at is null and captured_at >= ${BEGINS} and captured_at < ${ENDS}`,
    [span.from, span.to],
  );
  if (found === undefined) throw new Error('A count without groups has one row.');
  const { leads, contactable, withdrew, referred, referrers, referredConverted, clients } = found;
  return {
    ...{ leads, contactable, withdrew, referred, referrers, referredConverted },
    contactableRate: rate(contactable, leads),
    withdrawalRate: rate(withdrew, leads),
    referralRate: rate(referred, leads),
    referralsPerReferrer: rate(referred, referrers),
    kFactor: rate(referredConverted, clients),
  };
}
