-- A change of a table of the policy: proposed by one person, approved by another, in force from its day.
create table rule_change (
  id             uuid primary key,
  kind           text not null check (kind in ('EARN_RULE', 'TIERS', 'REWARD')),
  code           text not null,
  effective_from date not null,
  payload        jsonb not null,
  state          text not null check (state in ('PROPOSED', 'APPROVED', 'REJECTED')),
  proposed_by    uuid not null,
  proposed_at    timestamptz not null,
  decided_by     uuid,
  decided_at     timestamptz,
  version        int not null,
  check (decided_by is null or decided_by <> proposed_by),
  check ((state = 'PROPOSED') = (decided_by is null))
);
-- One open proposal for one thing.
create unique index rule_change_open on rule_change (kind, code) where state = 'PROPOSED';
create index rule_change_state on rule_change (state, id desc);
