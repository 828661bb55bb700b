-- Clients' files are asked about anew at intervals by grade, before a document expires and after events (domain.md 3.1.5).
create table review_calendar (
  version        text primary key,
  effective_from date not null unique,
  source         text not null,
  rules          jsonb not null
);

create table information_review (
  id           uuid primary key,
  client_id    uuid not null references client,
  kind         text not null check (kind in ('PERIODIC', 'ID_EXPIRY', 'EVENT')),
  due_on       date not null,
  stage        text not null check (stage in ('SCHEDULED', 'DUE', 'OVERDUE', 'BLOCKING', 'DONE')),
  -- The day on which the next stage is reached and told; null after the last.
  look_on      date,
  confirmed    text[] not null,
  changed      text[] not null,
  completed_by uuid,
  completed_at timestamptz,
  version      int not null
);
create index information_review_client on information_review (client_id, id);
create index information_review_open on information_review (due_on, id) where stage <> 'DONE';
create index information_review_look on information_review (look_on, id) where look_on is not null;
create unique index information_review_one_open on information_review (client_id, kind) where stage <> 'DONE';

insert into information_review (id, client_id, kind, due_on, stage, look_on, confirmed, changed, version)
select id, id, 'PERIODIC', due_on, 'SCHEDULED', due_on, '{}', '{}', 1
from (
  select id, ((onboarded_at at time zone 'Asia/Shanghai')::date + case
    when grade in ('DIAMOND', 'LARGE') then interval '6 months'
    when grade in ('GOLD', 'MEDIUM') then interval '12 months'
    else interval '24 months' end)::date as due_on
  from client where status in ('ACTIVE', 'DORMANT')
) c;
