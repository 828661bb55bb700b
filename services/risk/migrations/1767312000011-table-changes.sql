-- New versions of the tables of rules, and the end of a questionnaire: one person proposes, another decides (approval).
create table table_change (
  id             uuid primary key,
  kind           text not null check (kind in ('ASSESSMENT_RULES', 'ALERT_RULES', 'QUESTIONNAIRE_RETIREMENT')),
  -- The version of the table, or the code of the questionnaire.
  subject        text not null,
  table_version  text not null,
  effective_from date not null,
  content_hash   text not null,
  definition     jsonb not null,
  state          text not null check (state in ('OPEN', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'EXPIRED')),
  proposed_by_id uuid not null,
  proposed_at    timestamptz not null,
  decided_by_id  uuid,
  decided_at     timestamptz,
  version        int not null
);
create index table_change_open on table_change (id) where state = 'OPEN';
