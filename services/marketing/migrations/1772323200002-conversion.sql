-- Clients that were opened from a lead, by what the clients service has told. No reference to lead: a client may name one
-- that is not known here, and that is noted too.
create table client_opening (
  id        uuid primary key,
  lead_id   uuid not null,
  standing  text not null check (standing in ('ORIGIN', 'LATER', 'UNKNOWN_LEAD', 'IMPORTED_LEAD', 'DISQUALIFIED_LEAD')),
  opened_at timestamptz not null
);
create index client_opening_lead on client_opening (lead_id);

create table conversion (
  id                      uuid primary key,
  lead_id                 uuid not null unique references lead,
  client_id               uuid not null unique,
  at                      timestamptz not null,
  first_touch_at          timestamptz not null,
  first_touch_channel     text not null,
  first_touch_campaign_id uuid references campaign,
  last_touch_at           timestamptz not null,
  last_touch_channel      text not null,
  last_touch_campaign_id  uuid references campaign,
  days_to_convert         int not null check (days_to_convert >= 0),
  campaign_id             uuid references campaign,
  referrer_client_id      uuid
);
