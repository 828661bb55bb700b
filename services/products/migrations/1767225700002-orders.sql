create table product_order (
  id                    uuid primary key,
  client_id             uuid not null,
  product_id            uuid not null references product,
  decision_id           uuid not null references suitability_decision,
  side                  text not null,
  amount                numeric not null check (amount > 0),
  currency              text not null,
  state                 text not null,
  acknowledged_warnings text[] not null,
  placed_by             uuid,
  submitted_at          timestamptz not null,
  accepted_at           timestamptz,
  reject_reason         text,
  settlement_id         uuid,
  version               int not null
);
create index product_order_client on product_order (client_id, id desc);
create index product_order_state on product_order (state, id);

create table holding (
  id         uuid primary key,
  client_id  uuid not null,
  product_id uuid not null references product,
  currency   text not null,
  units      numeric not null check (units >= 0),
  last_nav   numeric not null check (last_nav > 0),
  as_of      date not null,
  version    int not null,
  unique (client_id, product_id)
);

-- The ledger of units: the sum of a holding's rows is what it holds. One row for each settled order, never changed.
create table settlement (
  id         uuid primary key,
  order_id   uuid not null unique references product_order,
  holding_id uuid not null references holding,
  units      numeric not null check (units > 0),
  nav        numeric not null check (nav > 0),
  residual   numeric not null check (residual >= 0),
  amount     numeric not null check (amount = units * nav + residual),
  currency   text not null,
  settled_on date not null,
  booked_at  timestamptz not null
);
create index settlement_holding on settlement (holding_id);

alter table product_order add foreign key (settlement_id) references settlement;
