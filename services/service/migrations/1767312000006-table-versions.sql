-- The tables that the firm changes without a release: each row in versions, proposed by one person and approved by another.
create table table_version (
  id             uuid primary key,
  version        int not null,
  "table"        text not null,
  code           text not null,
  revision       int not null,
  effective_from date not null,
  source         text not null,
  terms          jsonb not null,
  status         text not null check (status in ('PROPOSED', 'APPROVED', 'REJECTED')),
  proposed_by    uuid,
  proposed_at    timestamptz not null,
  decided_by     uuid,
  decided_at     timestamptz,
  unique ("table", code, revision),
  check (decided_by <> proposed_by)
);
