-- What inspections are made of, and what daily checks look for: dated tables (policy 9; data).
create table inspection_template (
  id             uuid primary key,
  code           text not null,
  version        text not null,
  effective_from date not null,
  source         text not null,
  content        jsonb not null,
  unique (code, version)
);
create table supervision_rule_set (
  id             uuid primary key,
  version        text not null unique,
  effective_from date not null unique,
  source         text not null,
  checks         jsonb not null
);

create table inspection (
  id             uuid primary key,
  template_id    uuid not null references inspection_template,
  template       text not null,
  period_from    date not null,
  period_to      date not null check (period_to >= period_from),
  due_on         date not null,
  status         text not null check (status in ('OPENED', 'FIELDWORK', 'FINDINGS_ISSUED', 'RECTIFYING', 'VERIFIED', 'CLOSED')),
  -- Null for those that a job has opened.
  opened_by      uuid,
  opened_at      timestamptz not null,
  verified_by    uuid,
  verified_at    timestamptz,
  closed_by      uuid,
  closed_at      timestamptz,
  -- Why a verification was not accepted, the last time.
  declined_reason text,
  version        int not null,
  constraint inspection_closed_by_another check (closed_by <> verified_by)
);
create index inspection_status on inspection (status, id);
-- A template that comes back has one inspection a period, and daily supervision one that is not closed.
create unique index inspection_one_a_period on inspection (template, period_from, period_to) where opened_by is null;
create unique index inspection_daily_open on inspection (template) where template = 'DAILY' and status <> 'CLOSED';

-- What a sample was drawn by, and what it was: drawn again it is the same.
create table inspection_sample (
  id            uuid primary key,
  inspection_id uuid not null references inspection,
  seed          text not null,
  query         jsonb not null,
  size          int not null check (size between 1 and 500),
  as_of         timestamptz not null,
  population    int not null,
  drawn         uuid[] not null,
  drawn_by      uuid not null
);
create index inspection_sample_inspection on inspection_sample (inspection_id, id);

create table inspection_answer (
  id            uuid primary key,
  inspection_id uuid not null references inspection,
  step          text not null,
  answer        text not null check (answer in ('COMPLIANT', 'NOT_COMPLIANT', 'NOT_APPLICABLE')),
  note          bytea,
  answered_by   uuid not null,
  answered_at   timestamptz not null,
  unique (inspection_id, step)
);

create table finding (
  id            uuid primary key,
  inspection_id uuid not null references inspection,
  template      text not null,
  -- The step of the inspection, or the daily check.
  step          text not null,
  severity      text not null check (severity in ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')),
  rule          text not null,
  client_id     uuid,
  summary       bytea not null,
  -- Records that prove it, by id.
  evidence      uuid[] not null,
  owner_id      uuid,
  due_on        date not null,
  status        text not null check (status in ('OPEN', 'PLANNED', 'DONE', 'VERIFIED', 'REJECTED')),
  raised_by     uuid,
  raised_at     timestamptz not null,
  verified_at   timestamptz,
  version       int not null
);
create index finding_inspection on finding (inspection_id, id);
create index finding_owner on finding (owner_id, id);
create index finding_status on finding (status, id);
create index finding_due on finding (due_on, id) where status <> 'VERIFIED';

-- One row a cause: what a daily check has found before it does not find again.
create table finding_cause (
  cause      text primary key,
  finding_id uuid not null references finding
);

-- Each attempt to put a finding right, and what was said of it.
create table rectification (
  id           uuid primary key,
  finding_id   uuid not null references finding,
  client_id    uuid,
  plan         bytea not null,
  due_on       date not null,
  planned_by   uuid not null,
  planned_at   timestamptz not null,
  done         bytea,
  evidence     text[] not null,
  done_at      timestamptz,
  verdict      text check (verdict in ('VERIFIED', 'REJECTED')),
  reason       bytea,
  verified_by  uuid,
  verified_at  timestamptz,
  constraint rectification_verified_by_another check (verified_by <> planned_by)
);
create index rectification_finding on rectification (finding_id, id);
create unique index rectification_one_open on rectification (finding_id) where verdict is null;

-- Complaints as the service that handles them tells of them; those of strangers too.
create table supervised_complaint (
  complaint_id uuid primary key,
  client_id    uuid,
  severity     text not null,
  due_on       date not null,
  on_time      boolean,
  is_open      boolean not null
);
create index supervised_complaint_due on supervised_complaint (due_on);

-- Which client a member of staff is, so that who reads about themself or their family is seen.
create table staff_client (
  id          uuid primary key,
  staff_id    uuid not null,
  client_id   uuid not null references client,
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  unique (staff_id, client_id)
);

create index archive_item_what on archive_item (what, occurred_at);
