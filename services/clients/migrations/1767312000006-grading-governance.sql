-- Tables of grading are proposed by one person and approved by another; the whole book is graded anew when a set takes effect.
alter table grading_rule_set
  add column status text not null default 'APPROVED' check (status in ('PROPOSED', 'APPROVED', 'REJECTED', 'WITHDRAWN')),
  add column reason text not null default '',
  -- Null for the sets that came with the product.
  add column maker_id uuid,
  add column checker_id uuid,
  add column proposed_at timestamptz,
  add column decided_at timestamptz,
  add column decision_reason text,
  -- How far the book has been graded by this set, and when it was done.
  add column regraded_to uuid,
  add column regraded_at timestamptz,
  add constraint maker_is_not_checker check (maker_id <> checker_id);
alter table grading_rule_set drop constraint grading_rule_set_effective_from_key;
create unique index grading_rule_set_in_force on grading_rule_set (effective_from) where status = 'APPROVED';
create unique index grading_rule_set_one_open on grading_rule_set (status) where status = 'PROPOSED';

-- A grade against the rules, for at most twelve months.
create table grade_override (
  id              uuid primary key,
  client_id       uuid not null references client,
  grade           text not null,
  reason          text not null,
  until           date not null,
  status          text not null check (status in ('PROPOSED', 'APPROVED', 'REJECTED', 'ENDED')),
  maker_id        uuid not null,
  checker_id      uuid,
  proposed_at     timestamptz not null,
  decided_at      timestamptz,
  decision_reason text,
  version         int not null,
  constraint override_maker_is_not_checker check (maker_id <> checker_id)
);
create index grade_override_client on grade_override (client_id, id);
create index grade_override_status on grade_override (status, id);
create unique index grade_override_one_open on grade_override (client_id) where status = 'PROPOSED';
-- The override in force or the last that was.
alter table client add column grade_override_id uuid;
