-- The clients from number bench.from to number bench.to. All there is to know of a client follows from its number, so that six
-- databases agree without asking each other. Temporary: gone with the transaction. Filled is what the page, the list and the
-- commands of the bench read; no events are made, so nothing else follows from it.

-- A UUIDv7 made of the kind of thing and its number: thing n exists 20 seconds after thing n - 1, so ids sort by number.
create or replace function pg_temp.id_of(kind int, n bigint) returns uuid language sql stable as $$
  select (lpad(to_hex(current_setting('bench.base_ms')::bigint + n * 20000), 12, '0')
    || '7' || lpad(to_hex(kind), 3, '0') || '8000' || lpad(to_hex(n), 12, '0'))::uuid
$$;

create temp table person on commit drop as
select
  n,
  pg_temp.id_of(1, n) as id,
  pg_temp.id_of(2, n) as lead_id,
  pg_temp.id_of(3, n) as assessment_id,
  -- The first two advisers are people who can have a token; the others only have clients.
  ('01940000-0000-7000-8000-' || lpad(to_hex(case when adviser < 2 then adviser + 1 else 4096 + adviser end), 12, '0'))::uuid as adviser_id,
  opened_at,
  opened_at::date as opened_on,
  date '1955-01-01' + (n * 37 % 16000)::int as born_on,
  (5 + n % 20)::int as investment_years,
  case when share < 60 then 200000 when share < 90 then 2000000 when share < 98 then 12000000 else 45000000 end as assets,
  case when share < 60 then 'BRONZE' when share < 90 then 'SILVER' when share < 98 then 'GOLD' else 'DIAMOND' end as grade,
  case when share < 90 then 'ORDINARY' when share < 98 then 'HIGH_NET_WORTH' else 'ULTRA_HIGH_NET_WORTH' end as class,
  (array['MEDIUM_LOW', 'MEDIUM_LOW', 'MEDIUM', 'MEDIUM', 'MEDIUM_HIGH'])[1 + n % 5] as level,
  opened_on + 1 as valid_from,
  (opened_on + 1 + interval '1 year' - interval '1 day')::date as valid_to
from (
  select
    n,
    n % current_setting('bench.advisers')::int as adviser,
    n * 17 % 100 as share,
    to_timestamp((current_setting('bench.base_ms')::bigint + n * 20000) / 1000.0) as opened_at
  from generate_series(current_setting('bench.from')::bigint, current_setting('bench.to')::bigint) as n
) numbered
cross join lateral (select opened_at::date as opened_on) day;

alter table person add column age_band text;
update person set age_band = case
  when age < 18 then 'UNDER_18' when age < 31 then 'FROM_18' when age < 46 then 'FROM_31'
  when age < 56 then 'FROM_46' when age < 65 then 'FROM_56' else 'FROM_65' end
from (select n as number, extract(year from age(current_date, born_on)) as age from person) aged
where n = number;
