-- A review after the fact leads to a second interview and a second report: the latest counts, the earlier ones stay.
alter table interview drop constraint interview_assessment_id_key;
alter table interview add column ordinal int not null default 1;
alter table interview add constraint interview_ordinal unique (assessment_id, ordinal);
alter table risk_report drop constraint risk_report_assessment_id_key;
alter table risk_report add column ordinal int not null default 1;
alter table risk_report add constraint risk_report_ordinal unique (assessment_id, ordinal);
alter table report_confirmation drop constraint report_confirmation_assessment_id_key;

-- When and by whom an interview is to be held; a new appointment takes the place of the one before.
create table interview_appointment (
  id            uuid primary key,
  assessment_id uuid not null references assessment,
  assessor_id   uuid not null,
  at            timestamptz not null,
  mode          text not null,
  made_at       timestamptz not null,
  ordinal       int not null,
  unique (assessment_id, ordinal)
);

-- A professional's second look at a result, asked for by the client or by compliance.
create table review (
  id            uuid primary key,
  assessment_id uuid not null references assessment,
  client_id     uuid not null,
  asked_by      text not null,
  asked_by_id   uuid not null,
  asked_at      timestamptz not null,
  comment       text,
  state         text not null,
  outcome       text,
  decided_at    timestamptz,
  interview_id  uuid references interview,
  version       int not null
);
create unique index review_one_open on review (assessment_id) where state = 'OPEN';
create index review_open on review (id) where state = 'OPEN';
create index review_assessment on review (assessment_id);

-- Who opened the session beside a client in a branch; the client answers and confirms alone.
alter table assessment add column staff_id uuid;
-- Why an assessment no longer counts, or never came to count; and that its end was told in advance.
alter table assessment add column ended_reason text;
alter table assessment add column ended_at timestamptz;
alter table assessment add column expiry_told_at timestamptz;
create index assessment_valid_to on assessment (valid_to) where state = 'EFFECTIVE';

-- Why the level no longer counts; null while nothing but the calendar ends it.
alter table risk_profile add column ended_reason text;
