-- An order may be settled in parts; what is settled of it so far stands with the order.
alter table product_order add column settled_amount numeric not null default 0 check (settled_amount >= 0);
alter table product_order add column settled_units numeric not null default 0 check (settled_units >= 0);
alter table product_order add constraint product_order_settled_units_check1 check (units is null or settled_units <= units);
alter table product_order add constraint product_order_settled_amount_max check (side <> 'BUY' or settled_amount <= amount);
drop index settlement_order_id_key;

-- A client that was a duplicate: what it had belongs to the survivor, and goes back to its origin when the two part again.
create table merged_client (
  merged_id   uuid primary key,
  survivor_id uuid not null,
  merged_at   timestamptz not null
);
create index merged_client_survivor on merged_client (survivor_id);

alter table product_order add column origin_client_id uuid;
update product_order set origin_client_id = client_id;
alter table product_order alter column origin_client_id set not null;
update product_order set settled_amount = amount, settled_units = coalesce(units, 0) where state in ('SETTLED', 'REVERSED');
create index product_order_origin on product_order (origin_client_id) where origin_client_id <> client_id;

alter table holding add column origin_client_id uuid;
update holding set origin_client_id = client_id;
alter table holding alter column origin_client_id set not null;
alter table holding drop constraint holding_client_id_product_id_key;
alter table holding add constraint holding_origin_key unique (origin_client_id, product_id);
create index holding_client on holding (client_id, product_id);

alter table recommendation add column origin_client_id uuid;
update recommendation set origin_client_id = client_id;
alter table recommendation alter column origin_client_id set not null;

-- After a change of a product its open orders and holders are looked at in batches; what is left to do stands here.
create table product_sweep (
  id         uuid primary key,
  product_id uuid not null references product,
  task       text not null,
  after_id   uuid,
  created_at timestamptz not null,
  done_at    timestamptz
);
create index product_sweep_open on product_sweep (id) where done_at is null;

create index product_order_before_submission_age on product_order (submitted_at)
  where state in ('DRAFT', 'CHECKED', 'WARNED', 'CONFIRMED_RISK', 'COOLING_OFF', 'CALLBACK_OK');
