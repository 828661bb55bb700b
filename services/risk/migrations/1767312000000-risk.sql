-- Published questionnaires with their scoring keys, bands and gates. A published version never changes: sheets are scored again from it.
create table questionnaire (
  id             uuid primary key,
  code           text not null,
  version        text not null,
  audience       text not null check (audience in ('INDIVIDUAL', 'INSTITUTION')),
  status         text not null check (status in ('DRAFT', 'ACTIVE', 'RETIRED')),
  effective_from date not null,
  content_hash   text not null,
  definition     jsonb not null,
  unique (code, version)
);
create index questionnaire_effective on questionnaire (audience, effective_from desc) where status = 'ACTIVE';

-- Attempt limits, validity, interview triggers and what each level is offered, by effective date.
create table assessment_rule (
  id             uuid primary key,
  version        text not null unique,
  effective_from date not null,
  content_hash   text not null,
  definition     jsonb not null
);

create table assessment (
  id                    uuid primary key,
  client_id             uuid not null,
  questionnaire_id      uuid not null references questionnaire,
  rule_version          text,
  channel               text not null,
  state                 text not null,
  started_at            timestamptz not null,
  submitted_at          timestamptz,
  attempt_no            int,
  score                 int,
  sub_scores            jsonb,
  band_level            text,
  gates_fired           jsonb not null default '[]',
  scored_level          text,
  final_level           text,
  marks_lowest_category boolean,
  lowest_category       boolean,
  flags                 jsonb not null default '[]',
  interview_reasons     jsonb not null default '[]',
  valid_from            date,
  valid_to              date,
  supersedes_id         uuid references assessment,
  version               int not null
);
create index assessment_client on assessment (client_id, id desc);
create index assessment_awaiting_interview on assessment (id) where state in ('INTERVIEW_REQUIRED', 'INTERVIEW_SCHEDULED');
create index assessment_draft on assessment (started_at) where state = 'DRAFT';
create unique index assessment_one_effective on assessment (client_id) where state = 'EFFECTIVE';

-- The sheet as it was handed in, with the facts of the client it was scored by.
create table answer_sheet (
  id            uuid primary key,
  assessment_id uuid not null unique references assessment,
  client_id     uuid not null,
  submitted_at  timestamptz not null,
  answers       jsonb not null,
  facts         jsonb not null
);
create index answer_sheet_client on answer_sheet (client_id, submitted_at);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% rows do not change', tg_table_name;
end $$;
create trigger answer_sheet_is_immutable before update on answer_sheet for each row execute function refuse_change();

create table interview (
  id            uuid primary key,
  assessment_id uuid not null unique references assessment,
  assessor_id   uuid not null,
  held_at       timestamptz not null,
  mode          text not null,
  checklist     jsonb not null,
  summary       text not null,
  recording_ref text,
  outcome       text not null,
  new_level     text
);

create sequence risk_report_number;

create table risk_report (
  id            uuid primary key,
  number        text not null unique,
  assessment_id uuid not null unique references assessment,
  client_id     uuid not null,
  level         text not null,
  issued_at     timestamptz not null,
  content       text not null,
  content_hash  text not null
);
create trigger risk_report_is_immutable before update on risk_report for each row execute function refuse_change();

-- The client's electronic confirmation of a report, by its hash.
create table report_confirmation (
  id            uuid primary key,
  assessment_id uuid not null unique references assessment,
  report_id     uuid not null unique references risk_report,
  client_id     uuid not null,
  report_hash   text not null,
  confirmed_at  timestamptz not null
);

-- The level that counts now, one row a client.
create table risk_profile (
  client_id       uuid primary key,
  level           text not null,
  lowest_category boolean not null,
  valid_from      date not null,
  valid_to        date not null,
  assessment_id   uuid not null references assessment,
  version         int not null
);
