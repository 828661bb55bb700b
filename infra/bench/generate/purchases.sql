-- Four settled purchases of each client, the fourth of the same product as the first. Products know them as orders, loyalty as points.
create temp table purchase on commit drop as
select
  placed.*,
  trunc(amount / nav, 6) as units,
  (array['BANK_WMP', 'PUBLIC_FUND', 'TRUST', 'BROKER_AM', 'INSURANCE'])[1 + product % 5] as issuer_type,
  pg_temp.id_of(10, product) as product_id,
  pg_temp.id_of(11, number) as order_id,
  pg_temp.id_of(12, n * 3 + slot) as holding_id,
  placed_at::date + 2 as settled_on
from (
  select
    person.*,
    k,
    k % 3 as slot,
    n * 4 + k as number,
    (n * 7 + k % 3 * 13) % 40 as product,
    (10000 * (1 + (n * 3 + k) % 20))::numeric as amount,
    1 + (n * 7 + k % 3 * 13) % 40 * 0.0125 as nav,
    opened_at + make_interval(days => 28 + ((n * 3 + k * 61) % 240)::int) as placed_at
  from person cross join generate_series(0, 3) as k
) placed;
