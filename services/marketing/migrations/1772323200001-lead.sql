create table lead (
  id                   uuid primary key,
  origin               text not null check (origin in ('LIVE', 'IMPORTED')),
  person_name          text,
  mobile               text,
  email                text,
  -- Keyed hashes: duplicates are found by them, so that the number itself can be encrypted one day.
  mobile_hash          text,
  email_hash           text,
  channel              text not null check (channel in ('ONLINE', 'OFFLINE', 'PARTNER', 'REFERRAL')),
  medium               text not null,
  campaign_id          uuid references campaign,
  referrer_client_id   uuid,
  owner_id             uuid,
  consent_channels     text[] not null,
  consent_text_version text,
  consent_evidence     text,
  consent_at           timestamptz,
  stage                text not null check (stage in ('NEW', 'CONTACTED', 'FOLLOWING_UP', 'CONVERTED', 'LOST', 'DISQUALIFIED')),
  -- How far the lead has ever come while it was worked; the funnel counts by it.
  reached              text not null check (reached in ('NEW', 'CONTACTED', 'FOLLOWING_UP')),
  cycle                int not null,
  reason               text,
  attempts             int not null,
  captured_at          timestamptz,
  first_contact_due_on date,
  first_contact_at     timestamptz,
  -- The instant of the last move or touch; none may lie before it.
  last_at              timestamptz,
  client_id            uuid,
  source_file          text,
  source_line          int,
  external_key         text,
  contacted_on         date,
  contacted_month      smallint,
  converted_on         date,
  created_at           timestamptz not null,
  version              int not null,
  check (origin = 'IMPORTED' or (person_name is not null and captured_at is not null and last_at is not null)),
  check (origin = 'LIVE' or (source_file is not null and source_line is not null and external_key is not null)),
  check (origin = 'IMPORTED' or mobile_hash is not null or email_hash is not null),
  check (origin = 'IMPORTED' or stage not in ('LOST', 'DISQUALIFIED') or reason is not null)
);
create unique index lead_mobile on lead (mobile_hash) where stage <> 'DISQUALIFIED';
create unique index lead_email on lead (email_hash) where stage <> 'DISQUALIFIED';
create unique index lead_source on lead (source_file, source_line) where origin = 'IMPORTED';
create unique index lead_key on lead (campaign_id, external_key) where origin = 'IMPORTED';
create index lead_owner on lead (owner_id, id) where owner_id is not null;
create index lead_campaign on lead (campaign_id, id);

create table stage_move (
  id      uuid primary key,
  lead_id uuid not null references lead,
  cycle   int not null,
  "from"  text,
  "to"    text not null,
  at      timestamptz not null,
  reason  text,
  by      uuid
);
create index stage_move_lead on stage_move (lead_id, id);

create table touch (
  id             uuid primary key,
  lead_id        uuid not null references lead,
  cycle          int not null,
  kind           text not null check (kind in ('CAPTURE', 'CONTACT', 'FOLLOW_UP', 'OPENING')),
  at             timestamptz not null,
  channel        text,
  outcome        text,
  source_channel text not null,
  campaign_id    uuid references campaign,
  by             uuid
);
create index touch_lead on touch (lead_id, id);
