-- What earnings still owe because something earned and spent was undone.
alter table membership add column debt bigint not null default 0 check (debt >= 0);

-- A lot that gives points back after the lot they came from is over.
alter table point_lot add column origin_lot_id uuid references point_lot;
-- A pending lot may be cut when part of what earned it is undone.
alter table point_lot drop constraint point_lot_check2;
alter table point_lot add constraint point_lot_remaining check (
  case state
    when 'PENDING' then remaining between 1 and amount
    when 'ACTIVE' then remaining between 1 and amount
    when 'EXHAUSTED' then remaining = 0
    when 'EXPIRED' then remaining = 0
    when 'CANCELLED' then remaining = 0
    else false
  end
);
create index point_lot_origin on point_lot (origin_lot_id) where origin_lot_id is not null;

alter table ledger_entry
  alter column lot_id drop not null,
  drop constraint ledger_entry_type_check,
  add column debt bigint not null default 0,
  add column qualifying_points bigint not null default 0,
  add column qualifying_on date,
  add column occasion text,
  add column reference_id uuid;
alter table ledger_entry
  add constraint ledger_entry_type check (type in ('EARN', 'ACTIVATE', 'REDEEM', 'EXPIRE', 'REVERSE_EARN', 'REVERSE_REDEEM')),
  add constraint ledger_entry_lot check ((type in ('EARN', 'ACTIVATE', 'EXPIRE')) = (lot_id is not null)),
  add constraint ledger_entry_redemption check (type not in ('REDEEM', 'REVERSE_REDEEM') or reference_id is not null);
-- What counts towards the tier is a figure now: undoing an earning counts back on the day from which the earning counts.
alter table ledger_entry disable trigger ledger_entry_append_only;
update ledger_entry set qualifying_points = pending + available, qualifying_on = business_date where qualifying;
alter table ledger_entry enable trigger ledger_entry_append_only;
drop index ledger_entry_qualifying;
alter table ledger_entry drop column qualifying;
create index ledger_entry_qualifying on ledger_entry (client_id, qualifying_on) include (qualifying_points) where qualifying_on is not null;
-- A redemption takes points once and gives them back once.
create unique index ledger_entry_redeemed on ledger_entry (reference_id, type) where type in ('REDEEM', 'REVERSE_REDEEM');
-- A rule rewards one occasion once.
create unique index ledger_entry_occasion on ledger_entry (client_id, rule, occasion) where occasion is not null;
create index ledger_entry_undone on ledger_entry (reference_id) where type = 'REVERSE_EARN';
create index ledger_entry_order on ledger_entry ((basis ->> 'orderId')) where type = 'EARN';

-- Which lots an entry took points from or gave them back to; the sign is the entry's.
create table allocation (
  id       uuid primary key,
  entry_id uuid not null references ledger_entry,
  lot_id   uuid not null references point_lot,
  points   bigint not null check (points > 0),
  unique (entry_id, lot_id)
);
create index allocation_lot on allocation (lot_id);
create trigger allocation_append_only before update or delete or truncate on allocation
  for each statement execute function refuse_change();

-- What the programme as a whole goes by, by day.
create table programme_rule (
  id                     uuid primary key,
  version                int not null unique,
  effective_from         date not null,
  source                 text not null,
  points_per_currency    int not null check (points_per_currency > 0),
  currency               text not null,
  fee_credit_max_percent int not null check (fee_credit_max_percent between 1 and 100),
  grace_days             int not null check (grace_days >= 0),
  lapse_notice_days      int not null check (lapse_notice_days >= 0),
  expiry_notice_days     int not null check (expiry_notice_days >= 0),
  debt_rule              text not null check (debt_rule in ('CARRY', 'FORGIVE'))
);

create table reward (
  id      uuid primary key,
  code    text not null unique,
  kind    text not null check (kind in ('GIFT', 'FEE_CREDIT', 'EVENT_SEAT')),
  -- What can still be reserved: the sum of the stock's entries. Null where nothing runs out.
  stock   bigint check (stock >= 0),
  version int not null
);
create table reward_terms (
  id              uuid primary key,
  code            text not null references reward (code),
  version         int not null,
  effective_from  date not null,
  source          text not null,
  last_day        date,
  points          bigint check (points > 0),
  tier            text not null,
  per_client_year int check (per_client_year > 0),
  labels          jsonb not null,
  unique (code, version)
);

create table redemption (
  id            uuid primary key,
  client_id     uuid not null references membership,
  reward_code   text not null references reward (code),
  -- Null of a fee credit that was declined because none is on offer.
  terms_version int,
  kind          text not null,
  quantity      int not null check (quantity > 0),
  points        bigint not null check (points > 0),
  state         text not null check (state in ('REQUESTED', 'RESERVED', 'FULFILLED', 'CANCELLED', 'FAILED', 'REVERSED')),
  reason        text,
  -- Of a fee credit: the order, the number by which products asks, the fee and the credit in minor units.
  order_id      uuid,
  credit_id     uuid unique,
  fee_minor     bigint,
  credit_minor  bigint,
  currency      text,
  requested_by  uuid,
  requested_on  date not null,
  requested_at  timestamptz not null,
  version       int not null,
  check ((kind = 'FEE_CREDIT') = (credit_id is not null)),
  check ((credit_id is null) = (num_nonnulls(order_id, fee_minor, credit_minor, currency) = 0))
);
create index redemption_client on redemption (client_id, id desc);
create index redemption_state on redemption (state, id desc);

create table stock_entry (
  id            uuid primary key,
  reward_id     uuid not null references reward,
  units         bigint not null check (units <> 0),
  redemption_id uuid references redemption,
  at            timestamptz not null,
  by            uuid
);
create index stock_entry_reward on stock_entry (reward_id);
create trigger stock_entry_append_only before update or delete or truncate on stock_entry
  for each statement execute function refuse_change();
