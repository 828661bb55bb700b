insert into membership (client_id, tier, tier_from, tier_to, status, version)
select id, 'CLASSIC', opened_on, null, 'ACTIVE', 1 from person;

-- Of the classes of product that earn: a point for each 1,000.
create temp table earned on commit drop as
select purchase.*, pg_temp.id_of(20, number) as lot_id, (amount / 1000)::bigint as points, settled_on + 30 as available_on,
  settled_on + 30 <= (now() at time zone 'Asia/Shanghai')::date as is_active
from purchase where issuer_type in ('BANK_WMP', 'BROKER_AM', 'TRUST');

insert into point_lot (id, client_id, rule, amount, remaining, earned_on, available_on, expires_on, state, version)
select lot_id, id, 'E1', points, points, settled_on, available_on,
  (date_trunc('month', available_on) + interval '25 months' - interval '1 day')::date,
  case when is_active then 'ACTIVE' else 'PENDING' end, case when is_active then 2 else 1 end
from earned;

insert into ledger_entry (id, client_id, lot_id, type, pending, available, rule, rule_version, qualifying_points, qualifying_on,
  source_event_id, basis, business_date, at)
select pg_temp.id_of(21, number * 2), id, lot_id, 'EARN', points, 0, 'E1', 1, points, settled_on, pg_temp.id_of(22, number),
  jsonb_build_object('orderId', order_id, 'productId', product_id, 'productClass', issuer_type, 'amountMinor', amount * 100,
    'currency', 'CNY', 'tier', 'CLASSIC', 'multiplier', '1'), settled_on, placed_at + interval '2 days'
from earned
union all
select pg_temp.id_of(21, number * 2 + 1), id, lot_id, 'ACTIVATE', -points, points, 'E1', null, 0, null, null, null, available_on,
  placed_at + interval '32 days'
from earned where is_active;
