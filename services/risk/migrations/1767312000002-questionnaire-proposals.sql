-- New versions of questionnaires by command: one person proposes, another approves.
create table questionnaire_proposal (
  id              uuid primary key,
  code            text not null,
  questionnaire_version text not null,
  audience        text not null check (audience in ('INDIVIDUAL', 'INSTITUTION')),
  effective_from  date not null,
  content_hash    text not null,
  definition      jsonb not null,
  proposed_by_id  uuid not null,
  proposed_at     timestamptz not null,
  state           text not null,
  decided_by_id   uuid,
  decided_at      timestamptz,
  reason          text,
  version         int not null,
  check (decided_by_id is null or state = 'REJECTED' or decided_by_id <> proposed_by_id)
);
create unique index questionnaire_proposal_one_open on questionnaire_proposal (code) where state = 'OPEN';
create index questionnaire_proposal_open on questionnaire_proposal (id) where state = 'OPEN';
