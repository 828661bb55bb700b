insert into product (id, code, name_en, name_zh_hans, name_zh_hant, issuer_type, category, currency, min_amount, min_horizon_months, status,
  rating, version)
select pg_temp.id_of(10, p), 'BENCH-' || p, 'Sample product ' || p, '样本产品' || p, '樣本產品' || p,
  (array['BANK_WMP', 'PUBLIC_FUND', 'TRUST', 'BROKER_AM', 'INSURANCE'])[1 + p % 5],
  (array['FIXED_INCOME', 'STEADY_MIX', 'BALANCED_MIX', 'EQUITY'])[1 + p % 4], 'CNY', 1000, 12, 'LISTED', 'R' || 1 + p % 4, 1
from generate_series(0, 39) as p
on conflict do nothing;

insert into product_rating (id, product_id, issuer_rating, seller_rating, effective_rating, valid_from, published_at)
select pg_temp.id_of(13, p), pg_temp.id_of(10, p), 'R' || 1 + p % 4, 'R' || 1 + p % 4, 'R' || 1 + p % 4, date '2026-01-01', timestamptz '2026-01-01'
from generate_series(0, 39) as p
on conflict do nothing;

insert into risk_copy (client_id, level, lowest_category, valid_to, assessment_id, updated_at)
select id, level, false, valid_to, assessment_id, opened_at + interval '1 day' from person;

insert into suitability_decision (id, client_id, product_id, amount, currency, result, reasons, inputs, rule_version, decided_at, decided_by, valid_until)
select pg_temp.id_of(14, number), id, product_id, amount, 'CNY', 'SUITABLE', '[]',
  jsonb_build_object(
    'today', placed_at::date,
    'client', jsonb_build_object('id', id, 'kind', 'INDIVIDUAL', 'status', 'ACTIVE', 'ageBand', age_band),
    'profile', jsonb_build_object('level', level, 'lowestCategory', false, 'validTo', valid_to, 'assessmentId', assessment_id),
    'product', jsonb_build_object('id', product_id, 'version', 1, 'status', 'LISTED', 'rating', 'R' || 1 + product % 4,
      'category', (array['FIXED_INCOME', 'STEADY_MIX', 'BALANCED_MIX', 'EQUITY'])[1 + product % 4], 'issuerType', issuer_type,
      'currency', 'CNY', 'minAmount', '1000'),
    'order', jsonb_build_object('amount', amount::text, 'currency', 'CNY'),
    'exposure', jsonb_build_object('inProduct', '0', 'inAll', '0')),
  (select max(version) from suitability_rule), placed_at, adviser_id, placed_at + interval '1 day'
from purchase;

insert into holding (id, client_id, origin_client_id, product_id, currency, units, last_nav, as_of, version)
select holding_id, id, id, product_id, 'CNY', sum(units), min(nav), max(settled_on), count(*) from purchase group by holding_id, id, product_id;

-- Orders and settlements name each other, which one statement may do.
with ordered as (
  insert into product_order (id, client_id, origin_client_id, product_id, decision_id, side, amount, settled_amount, currency, state,
    acknowledged_warnings, placed_by, submitted_at, accepted_at, settlement_id, version)
  select order_id, id, id, product_id, pg_temp.id_of(14, number), 'BUY', amount, amount, 'CNY', 'SETTLED', '{}', adviser_id,
    placed_at, placed_at + interval '1 hour', pg_temp.id_of(15, number), 3
  from purchase
)
insert into settlement (id, order_id, holding_id, units, nav, residual, amount, currency, settled_on, booked_at)
select pg_temp.id_of(15, number), order_id, holding_id, units, nav, amount - units * nav, amount, 'CNY', settled_on, placed_at + interval '2 days'
from purchase;
