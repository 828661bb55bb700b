insert into client (id, kind, status, class, grade, adviser_id, origin_lead_id, preferred_language, privacy_notice_version,
  identity_verification_id, asset_snapshot_id, grade_assignment_id, grading_due_on, age_band, age_band_due_on, full_civil_capacity,
  onboarded_at, version)
select id, 'INDIVIDUAL', 'ACTIVE', class, grade, adviser_id, lead_id, 'ZH_HANT', 'PN-2026.1',
  pg_temp.id_of(30, n), pg_temp.id_of(31, n * 2 + 1), pg_temp.id_of(33, n * 2 + 1), valid_to + 1, age_band,
  (select min(birthday) from (select (born_on + make_interval(years => years))::date as birthday from unnest(array[18, 31, 46, 56, 65]) as years) b
    where birthday > current_date),
  true, opened_at, 4
from person;

insert into status_change (id, client_id, from_status, to_status, reason, by, at)
select pg_temp.id_of(34, n * 2 + step), id, (array['PROSPECT', 'ONBOARDING'])[1 + step], (array['ONBOARDING', 'ACTIVE'])[1 + step],
  (array['APPLICATION', 'VERIFIED'])[1 + step], adviser_id, opened_at + step * interval '1 hour'
from person cross join generate_series(0, 1) as step;

-- What is personal is written plain; the service seals it when it starts again.
insert into individual_profile (client_id, name_plain, gender_plain, date_of_birth_plain, occupation_plain, address_plain,
  address_country_plain, annual_income_plain, annual_income_currency, investment_years, experience_kinds_plain, mobile_plain, email_plain,
  tax_residency_plain, civil_capacity_plain)
select id, '樣本' || n, (array['FEMALE', 'MALE'])[1 + n % 2], born_on, 'MANAGER', 'Sample Road ' || n || ', Shanghai', 'CN', 360000, 'CNY',
  investment_years, array['WEALTH_PRODUCTS'], '+861' || (3000000000 + n)::text, 'client' || n || '@example.com', 'CN', 'FULL'
from person;

insert into id_document (client_id, type, number_plain, number_hash, last_four_plain)
select id, 'CN_ID', lpad(n::text, 18, '0'), 'generated-' || n, right(lpad(n::text, 18, '0'), 4) from person;

insert into identity_verification (id, client_id, method, evidence_reference_plain, verified_by, verified_at)
select pg_temp.id_of(30, n), id, 'IN_PERSON', 'BENCH-' || n, '01940000-0000-7000-8000-000000000005', opened_at + interval '30 minutes'
from person;

insert into asset_snapshot (id, client_id, as_of, aum_with_firm, external_declared, external_verified, currency, source, recorded_by, recorded_at)
select pg_temp.id_of(31, n * 2 + s), id, opened_on + s, assets * s / 10, 0, assets - assets * s / 10, 'CNY',
  (array['DECLARATION', 'STATEMENT'])[1 + s], adviser_id, opened_at + s * interval '1 day'
from person cross join generate_series(0, 1) as s;

insert into risk_tolerance (client_id, level, valid_to, assessment_id, told_at)
select id, level, valid_to, assessment_id, opened_at + interval '1 day' from person;

create temp table graded on commit drop as
select person.*, a, jsonb_build_object(
  'assets', assets::text, 'currency', 'CNY', 'assetsAsOf', opened_on + 1,
  'assetRank', rank, 'assetRankMin', (array[0, 500000, 3000000, 30000000])[rank], 'assetRankBelow', (array[500000, 3000000, 30000000])[rank],
  'tolerance', case when a = 1 then level end, 'toleranceValidTo', case when a = 1 then valid_to end, 'toleranceRank', 1 + a,
  'investmentYears', investment_years, 'experienceRank', 3, 'isTopRank', rank = 4, 'isSteppedDown', false,
  'ruledClass', class, 'ruledGrade', grade, 'belowSince', null) as grounds
from person
cross join generate_series(0, 1) as a
cross join lateral (select array_position(array['BRONZE', 'SILVER', 'GOLD', 'DIAMOND'], grade) as rank) r;

insert into class_assignment (id, client_id, class, rule_version, grounds, reason, effective_from)
select pg_temp.id_of(32, n), id, class, '2026.1', grounds, 'RULE', opened_at from graded where a = 0;

insert into grade_assignment (id, client_id, grade, rule_version, grounds, reason, effective_from, effective_to)
select pg_temp.id_of(33, n * 2 + a), id, grade, '2026.1', grounds, 'RULE', opened_at + a * interval '1 day',
  case when a = 0 then opened_at + interval '1 day' end
from graded;
