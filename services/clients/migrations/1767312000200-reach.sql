-- Who reaches a client beside the adviser: the adviser of the head of the household. Who does not: those behind a wall. Both follow
-- from the tables below and of households, and are kept here so that a list decides by its own row.
alter table client add column household_adviser_id uuid, add column walled_ids uuid[] not null default '{}';
create index client_household_adviser on client (household_adviser_id, id) where household_adviser_id is not null;

-- A wall between two members of staff: neither sees the clients of the other. Raised and lifted by two people.
create table ethical_wall (
  id              uuid primary key,
  one_id          uuid not null,
  other_id        uuid not null,
  case_reference  text not null,
  reason          bytea not null,
  status          text not null check (status in ('PROPOSED', 'IN_FORCE', 'REJECTED', 'WITHDRAWN', 'EXPIRED', 'LIFTED')),
  raised_by       uuid not null,
  raised_at       timestamptz not null,
  lift_id         uuid,
  lift_reason     bytea,
  lifted_at       timestamptz,
  decision_reason bytea,
  version         int not null,
  constraint ethical_wall_in_order check (one_id < other_id)
);
create unique index ethical_wall_one on ethical_wall (one_id, other_id) where status in ('PROPOSED', 'IN_FORCE');
create index ethical_wall_other on ethical_wall (other_id) where status = 'IN_FORCE';
