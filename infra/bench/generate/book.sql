-- The clients from number bench.from to number bench.to for measuring search, lists and previews at a million of them: who they
-- are is found by hashes as the service makes them, and stands nowhere; what is personal is left out, for opening it costs a page
-- the same however many clients there are. One in fifty is an institution, one in forty dormant, one in a hundred closed.
create or replace function pg_temp.hash_of(what text) returns bytea language sql stable as $$
  select sha256(decode(current_setting('bench.outer_pad'), 'hex') || sha256(decode(current_setting('bench.inner_pad'), 'hex') || convert_to(what, 'UTF8')))
$$;
create or replace function pg_temp.token_of(token text) returns bigint language sql stable as $$
  select ('x' || encode(substring(pg_temp.hash_of('name:' || token) from 1 for 8), 'hex'))::bit(64)::bigint
$$;
create or replace function pg_temp.found_by(what text) returns text language sql stable as $$
  select rtrim(translate(encode(pg_temp.hash_of(what), 'base64'), '+/' || chr(10), '-_'), '=')
$$;

create temp table entry on commit drop as
select person.*,
  case when n % 50 = 0 then 'INSTITUTION' else 'INDIVIDUAL' end as kind,
  case when n % 100 = 1 then 'CLOSED' when n % 40 = 7 then 'DORMANT' else 'ACTIVE' end as status,
  (current_date + (n * 7919 % 730)::int - 30) as review_due_on,
  -- Thirty surnames and 51 characters for each of the two that follow.
  substr('王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹', 1 + (n % 61 % 30)::int, 1) as surname,
  substr('安宝昌德恩福光海家建杰君凯兰美明宁平青仁睿善思天伟文锡晓新雅彦一怡亦逸永雨玉远云泽哲珍正志智中卓子梓宗', 1 + (n / 61 % 51)::int, 1) as first,
  substr('安宝昌德恩福光海家建杰君凯兰美明宁平青仁睿善思天伟文锡晓新雅彦一怡亦逸永雨玉远云泽哲珍正志智中卓子梓宗', 1 + (n / 3111 % 51)::int, 1) as second
from person;

insert into client (id, kind, status, class, grade, adviser_id, preferred_language, privacy_notice_version, identity_verification_id,
  asset_snapshot_id, institution_financials_id, grade_assignment_id, grading_due_on, age_band, full_civil_capacity, onboarded_at, version,
  review_due_on)
select id, kind, status, case when kind = 'INSTITUTION' then 'ENTERPRISE' else class end,
  case when kind = 'INSTITUTION' then 'SMALL' else grade end, adviser_id, 'ZH_HANS', 'PN-2026.1', pg_temp.id_of(30, n),
  case when kind = 'INDIVIDUAL' then pg_temp.id_of(31, n) end, case when kind = 'INSTITUTION' then pg_temp.id_of(35, n) end,
  pg_temp.id_of(33, n), valid_to + 1, case when kind = 'INDIVIDUAL' then age_band end, true, opened_at, 4,
  case when status <> 'CLOSED' then review_due_on end
from entry;

insert into individual_profile (client_id, annual_income_currency, investment_years)
select id, 'CNY', investment_years from entry where kind = 'INDIVIDUAL';
insert into institution_profile (client_id, institution_type, uscc_hash) select id, 'ENTERPRISE', 'generated-' || n from entry where kind = 'INSTITUTION';
insert into institution_financials (id, client_id, year_end, net_assets, currency, source, recorded_by, recorded_at)
select pg_temp.id_of(35, n), id, '2025-12-31', assets, 'CNY', 'AUDITED', adviser_id, opened_at from entry where kind = 'INSTITUTION';
insert into asset_snapshot (id, client_id, as_of, aum_with_firm, external_declared, external_verified, currency, source, recorded_by, recorded_at)
select pg_temp.id_of(31, n), id, current_date - 30, assets * 0.1, 0, assets * 0.9, 'CNY', 'STATEMENT', adviser_id, opened_at
from entry where kind = 'INDIVIDUAL';
insert into risk_tolerance (client_id, level, valid_to, assessment_id, told_at)
select id, level, valid_to, assessment_id, opened_at from entry where kind = 'INDIVIDUAL';
insert into id_document (client_id, type, number_hash)
select id, 'PASSPORT', pg_temp.found_by('PASSPORT:E' || lpad(n::text, 8, '0')) from entry where kind = 'INDIVIDUAL';
insert into contact_detail (id, client_id, type, value_hash, is_valid, is_preferred, recorded_by, recorded_at, version)
select pg_temp.id_of(36, n), id, 'MOBILE', pg_temp.found_by('contact:+861' || (3000000000 + n)::text), true, true, adviser_id, opened_at, 1
from entry where kind = 'INDIVIDUAL';
insert into information_review (id, client_id, kind, due_on, stage, look_on, confirmed, changed, version)
select pg_temp.id_of(37, n), id, 'PERIODIC', review_due_on, 'SCHEDULED', review_due_on, '{}', '{}', 1 from entry where status <> 'CLOSED';

create temp table named on commit drop as
select id, token from entry
cross join lateral (select distinct unnest(array[surname, first, second, surname || first, first || second, surname || first || second])) as one(token);
insert into client_name_token (token, client_id)
select hash, id from named join (select token, pg_temp.token_of(token) as hash from (select distinct token from named) once) hashed using (token);
