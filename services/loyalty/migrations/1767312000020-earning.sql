-- Whether a lead has agreed to be contacted: a referral is rewarded only when it has (earn rule E3).
create table lead_consent (
  lead_id    uuid primary key,
  consent_ok boolean not null
);

-- Orders that were undone. The row may come before the order itself is told.
create table reversed_order (
  order_id  uuid primary key,
  client_id uuid not null
);

-- Redemptions of products, which cancel the points of purchases inside the pending days (earn rule E1).
create table early_redemption (
  order_id     uuid primary key,
  client_id    uuid not null,
  product_id   uuid not null,
  currency     text not null,
  settled_on   date not null,
  -- What of it no purchase has been cut by yet.
  open_minor   bigint not null check (open_minor >= 0)
);
create index early_redemption_open on early_redemption (client_id, product_id) where open_minor > 0;

-- By how much of a redemption the purchase behind an earning was cut.
create table purchase_cut (
  id           uuid primary key,
  entry_id     uuid not null references ledger_entry,
  order_id     uuid not null,
  amount_minor bigint not null check (amount_minor > 0),
  unique (entry_id, order_id)
);
create index ledger_entry_product on ledger_entry (client_id, (basis ->> 'productId')) where type = 'EARN';
create index ledger_entry_year on ledger_entry (client_id, rule, business_date) include (pending) where type = 'EARN';

-- Fee credits that products has let go before they were asked for here: the request then comes too late.
create table released_credit (
  credit_id uuid primary key
);
