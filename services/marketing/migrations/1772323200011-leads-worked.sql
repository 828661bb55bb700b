-- Tables that the firm may change (domain 3.6): how leads are scored and assigned, clocks, weights of attribution. A version is
-- never changed once it is there; the latest whose day has come is in force.
create table lead_rule (
  id             uuid primary key,
  kind           text not null check (kind in ('SCORING', 'ASSIGNMENT', 'CLOCKS', 'ATTRIBUTION')),
  version        int not null check (version > 0),
  effective_from date not null,
  source         text not null,
  terms          jsonb not null,
  unique (kind, version),
  unique (kind, effective_from)
);

create table partner (
  id                   uuid primary key,
  name                 text not null,
  kind                 text not null check (kind in ('FINANCIAL_INSTITUTION', 'COMPANY', 'MEDIA')),
  agreement_reference  text not null,
  agreement_from       date not null,
  agreement_to         date,
  sharing_text_version text not null,
  created_at           timestamptz not null,
  version              int not null,
  check (agreement_to >= agreement_from)
);
create unique index partner_name on partner (lower(name));

alter table lead
  add person_kind          text not null default 'PERSON' check (person_kind in ('PERSON', 'COMPANY')),
  add uscc                 text,
  add uscc_hash            text,
  add partner_id           uuid references partner,
  add sharing_text_version text,
  add sharing_evidence     text,
  add sharing_at           timestamptz,
  add score                int,
  add score_rule_version   int,
  add score_reasons        jsonb not null default '[]',
  add assignment_code      text,
  add last_outcome         text,
  add attended_at          timestamptz,
  add erased_at            timestamptz;
create unique index lead_uscc on lead (uscc_hash) where stage <> 'DISQUALIFIED';

-- A lead that is not converted is erased in time: who it was goes, what the figures count stays.
alter table lead drop constraint lead_check, drop constraint lead_check1, drop constraint lead_check2;
alter table lead
  add constraint lead_live_is_whole check (origin = 'IMPORTED' or erased_at is not null
    or (person_name is not null and captured_at is not null and last_at is not null)),
  add constraint lead_imported_is_whole check (origin = 'LIVE' or (source_file is not null and source_line is not null and external_key is not null)),
  add constraint lead_is_reachable check (origin = 'IMPORTED' or erased_at is not null
    or mobile_hash is not null or email_hash is not null),
  add constraint lead_erased_is_nobody check (erased_at is null or (person_name is null and mobile is null and email is null
    and uscc is null and mobile_hash is null and email_hash is null and uscc_hash is null and consent_evidence is null
    and sharing_evidence is null));

-- Every yes and every no of a person, with time, text and evidence; only added to.
create table consent_entry (
  id           uuid primary key,
  lead_id      uuid not null references lead,
  channel      text not null,
  action       text not null check (action in ('GRANT', 'WITHDRAW')),
  text_version text,
  evidence     text not null,
  at           timestamptz not null,
  recorded_at  timestamptz not null,
  by           uuid
);
create index consent_entry_lead on consent_entry (lead_id, id);
insert into consent_entry
select gen_random_uuid(), id, agreed, 'GRANT', consent_text_version, consent_evidence, consent_at, created_at, null
from lead cross join unnest(consent_channels) as agreed where consent_at is not null;

alter table touch
  add note text,
  drop constraint touch_kind_check,
  add constraint touch_kind_check check (kind in ('CAPTURE', 'RESPONSE', 'CONTACT', 'FOLLOW_UP', 'OPENING'));

-- What waits for whoever works a lead; closed by what is done about it.
create table lead_task (
  id        uuid primary key,
  lead_id   uuid not null references lead,
  kind      text not null check (kind in ('FIRST_CONTACT_LATE', 'SILENT', 'CONVERSION_OVERDUE')),
  cycle     int not null,
  due_on    date not null,
  opened_at timestamptz not null,
  closed_at timestamptz
);
create unique index lead_task_one_open on lead_task (lead_id, kind) where closed_at is null;
create index lead_task_lead on lead_task (lead_id, id);
create index lead_task_open on lead_task (id) where closed_at is null;
-- The jobs look for these only.
create index lead_first_contact on lead (first_contact_due_on) where stage = 'NEW' and origin = 'LIVE';
create index lead_following_up on lead (last_at) where stage = 'FOLLOWING_UP' and origin = 'LIVE';
create index lead_to_erase on lead (last_at) where origin = 'LIVE' and stage <> 'CONVERTED' and erased_at is null;
