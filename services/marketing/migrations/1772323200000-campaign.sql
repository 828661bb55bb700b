create table campaign (
  id              uuid primary key,
  name            text not null,
  channel         text not null check (channel in ('ONLINE', 'OFFLINE', 'PARTNER', 'REFERRAL')),
  medium          text not null,
  budget_amount   numeric check (budget_amount > 0),
  budget_currency text,
  starts_on       date not null,
  ends_on         date,
  started_at      timestamptz,
  created_at      timestamptz not null,
  version         int not null,
  check ((budget_amount is null) = (budget_currency is null)),
  check (ends_on >= starts_on)
);
create unique index campaign_name on campaign (lower(name));
create index campaign_to_start on campaign (starts_on) where started_at is null;
