-- A new version of a table, proposed by one person and approved by another (the approval is kit's).
create table lead_rule_change (
  id             uuid primary key,
  kind           text not null check (kind in ('SCORING', 'ASSIGNMENT', 'CLOCKS', 'ATTRIBUTION')),
  effective_from date not null,
  reason         text not null,
  terms          jsonb not null,
  status         text not null check (status in ('PENDING', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'EXPIRED')),
  maker_id       uuid not null,
  checker_id     uuid,
  proposed_at    timestamptz not null,
  decided_at     timestamptz,
  rule_version   int,
  check (maker_id <> checker_id)
);

alter table campaign add ended_at timestamptz;
create index campaign_to_end on campaign (ends_on) where started_at is not null and ended_at is null;

-- What was spent on a campaign; a row is never changed but for its being called off.
create table campaign_cost (
  id            uuid primary key,
  campaign_id   uuid not null references campaign,
  kind          text not null,
  amount        numeric not null check (amount > 0),
  currency      text not null,
  spent_on      date not null,
  recorded_at   timestamptz not null,
  by            uuid,
  cancelled_at  timestamptz,
  cancelled_by  uuid
);
create index campaign_cost_campaign on campaign_cost (campaign_id, id);

-- What people are shown; used only once a second person has approved it.
create table material (
  id              uuid primary key,
  campaign_id     uuid not null references campaign,
  title           text not null,
  body            text not null,
  is_private_fund boolean not null,
  valid_to        date,
  status          text not null check (status in ('PENDING', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'EXPIRED')),
  maker_id        uuid not null,
  checker_id      uuid,
  proposed_at     timestamptz not null,
  decided_at      timestamptz,
  version         int not null,
  check (maker_id <> checker_id)
);
create index material_campaign on material (campaign_id, id);

-- Private-fund materials go to people whose qualification was looked at, with its evidence (domain 2, C13).
alter table lead add qualified_at timestamptz, add qualified_evidence text;
alter table lead add constraint lead_erased_has_no_qualification check (erased_at is null or qualified_evidence is null);
alter table touch add material_id uuid references material;

create table goal (
  id          uuid primary key,
  name        text not null,
  metric      text not null check (metric in ('NEW_CLIENTS', 'CONVERSIONS', 'NET_NEW_ASSETS')),
  first_day   date not null,
  last_day    date not null,
  target      numeric not null check (target > 0),
  currency    text,
  campaign_id uuid references campaign,
  channel     text,
  -- What was last told of it.
  told        numeric,
  told_on     date,
  created_at  timestamptz not null,
  closed_at   timestamptz,
  version     int not null,
  check (last_day >= first_day),
  check ((metric = 'NET_NEW_ASSETS') = (currency is not null)),
  check (campaign_id is null or metric <> 'NET_NEW_ASSETS')
);
create index goal_open on goal (id) where closed_at is null;

-- What the events of clients and products have told: when a client became active, and the money that settled orders moved.
create table client_activation (
  id           uuid primary key,
  activated_at timestamptz not null
);
create index client_activation_at on client_activation (activated_at);
create table settled_order (
  id            uuid primary key,
  client_id     uuid not null,
  product_class text not null,
  side          text not null check (side in ('BUY', 'REDEEM', 'SWITCH')),
  amount_minor  bigint not null,
  currency      text not null,
  settled_on    date not null,
  reversed_at   timestamptz
);
create index settled_order_client on settled_order (client_id, settled_on);
create index settled_order_on on settled_order (settled_on);
