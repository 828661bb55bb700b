-- What an adviser proposes to change in what a client holds of one currency, by the bands of level and goal, line by line with its reasons.
create table portfolio_plan (
  id             uuid primary key,
  client_id      uuid not null,
  currency       text not null,
  goal           text not null,
  level          text not null,
  rule_version   text not null references suitability_rule (version),
  state          text not null,
  cash           numeric not null check (cash >= 0),
  total          numeric not null,
  equity_pct     numeric not null,
  min_pct        numeric not null,
  max_pct        numeric not null,
  aim_pct        numeric not null,
  max_single_pct numeric not null,
  drift_pct      numeric not null,
  review_on      date not null,
  review_told_at timestamptz,
  proposed_at    timestamptz not null,
  proposed_by    uuid,
  valid_until    timestamptz not null,
  decided_at     timestamptz,
  decided_by     uuid,
  version        int not null
);
create index portfolio_plan_client on portfolio_plan (client_id, id desc);
-- A client has one plan that waits and one that holds, of each currency.
create unique index portfolio_plan_open on portfolio_plan (client_id, currency, state) where state in ('PROPOSED', 'ACCEPTED');
create index portfolio_plan_lapsing on portfolio_plan (valid_until) where state = 'PROPOSED';
create index portfolio_plan_review on portfolio_plan (review_on) where state = 'ACCEPTED' and review_told_at is null;

create table portfolio_plan_line (
  id              uuid primary key,
  plan_id         uuid not null references portfolio_plan,
  n               int not null,
  side            text not null,
  product_id      uuid not null references product,
  from_product_id uuid references product,
  units           numeric check (units > 0),
  amount          numeric not null check (amount > 0),
  reasons         jsonb not null,
  decision_id     uuid references suitability_decision,
  order_id        uuid references product_order,
  unique (plan_id, n)
);

create table plan_acceptance (
  id          uuid primary key,
  plan_id     uuid not null unique references portfolio_plan,
  accepted_at timestamptz not null,
  accepted_by uuid
);
