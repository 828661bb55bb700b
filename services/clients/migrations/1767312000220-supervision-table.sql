-- Proposals of inspection templates and of what daily checks look for: made by one person, decided by another. What is approved is copied
-- to the table that counts.
create table supervision_table (
  id              uuid primary key,
  kind            text not null check (kind in ('INSPECTION_TEMPLATE', 'DAILY_CHECKS')),
  code            text not null,
  version         text not null,
  effective_from  date not null,
  source          text not null,
  content         jsonb not null,
  status          text not null check (status in ('PROPOSED', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'EXPIRED')),
  reason          text not null,
  maker_id        uuid not null,
  checker_id      uuid,
  proposed_at     timestamptz not null,
  decided_at      timestamptz,
  decision_reason text,
  constraint supervision_table_by_two check (maker_id <> checker_id)
);
create index supervision_table_code on supervision_table (kind, code, effective_from);
