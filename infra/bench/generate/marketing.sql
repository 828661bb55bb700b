insert into campaign (id, name, channel, medium, budget_amount, budget_currency, starts_on, started_at, created_at, version)
select pg_temp.id_of(60, c), 'Sample campaign ' || c, 'OFFLINE', 'SEMINAR', 50000, 'CNY', date '2026-01-01', timestamptz '2026-01-01',
  timestamptz '2026-01-01', 1
from generate_series(0, 19) as c
on conflict do nothing;

-- Each client was a lead: captured, spoken with, followed up, converted a month later.
create temp table origin on commit drop as
select person.*, pg_temp.id_of(60, n % 20) as campaign_id, opened_at - interval '30 days' as captured_at from person;

-- Plain as it stands here; the service seals it when it starts.
insert into lead (id, origin, person_name_plain, mobile_plain, email_plain, mobile_hash, email_hash, channel, medium, campaign_id, owner_id, consent_channels,
  consent_text_version, consent_evidence_plain, consent_at, stage, reached, cycle, attempts, captured_at, first_contact_due_on, first_contact_at,
  last_at, client_id, created_at, version)
select lead_id, 'LIVE', '樣本' || n, '1' || (30000000000 + n)::text, 'client' || n || '@example.com', 'mobile-' || n, 'email-' || n,
  'OFFLINE', 'SEMINAR', campaign_id, adviser_id, array['PHONE', 'WECHAT'], 'MKT-2026.1', 'SIGNED-FORM', captured_at, 'CONVERTED',
  'FOLLOWING_UP', 1, 2, captured_at, captured_at::date + 3, captured_at + interval '1 day', opened_at + interval '1 hour', id, captured_at, 5
from origin;

insert into stage_move (id, lead_id, cycle, "from", "to", at, by)
select pg_temp.id_of(61, n * 4 + m), lead_id, 1, (array[null, 'NEW', 'CONTACTED', 'FOLLOWING_UP'])[1 + m],
  (array['NEW', 'CONTACTED', 'FOLLOWING_UP', 'CONVERTED'])[1 + m], captured_at + m * interval '10 days', adviser_id
from origin cross join generate_series(0, 3) as m;

insert into touch (id, lead_id, cycle, kind, at, channel, outcome, source_channel, campaign_id, by)
select pg_temp.id_of(62, n * 3 + t), lead_id, 1, (array['CAPTURE', 'CONTACT', 'FOLLOW_UP'])[1 + t], captured_at + t * interval '10 days',
  (array[null, 'PHONE', 'FACE'])[1 + t], (array[null, 'INTERESTED', 'INTERESTED'])[1 + t], 'OFFLINE', campaign_id, adviser_id
from origin cross join generate_series(0, 2) as t;

insert into client_opening (id, lead_id, standing, opened_at)
select id, lead_id, 'ORIGIN', opened_at from origin;

insert into conversion (id, lead_id, client_id, at, first_touch_at, first_touch_channel, first_touch_campaign_id, last_touch_at,
  last_touch_channel, last_touch_campaign_id, days_to_convert, campaign_id)
select pg_temp.id_of(63, n), lead_id, id, opened_at + interval '1 hour', captured_at, 'OFFLINE', campaign_id,
  captured_at + interval '20 days', 'OFFLINE', campaign_id, 30, campaign_id
from origin;
