-- A duplicate points to the client that goes on; every row of both stays where it is, so that the two can part again.
alter table client add column merged_into uuid references client;
create index client_merged_into on client (merged_into) where merged_into is not null;

create table client_merge (
  id            uuid primary key,
  survivor_id   uuid not null references client,
  merged_id     uuid not null references client,
  reason        text not null,
  -- What the duplicate was, for the case that it was none.
  status_before text not null,
  merged_by     uuid not null,
  merged_at     timestamptz not null,
  undone_by     uuid,
  undone_at     timestamptz,
  version       int not null,
  constraint merge_is_of_two check (survivor_id <> merged_id)
);
create index client_merge_survivor on client_merge (survivor_id, id);
create unique index client_merge_once on client_merge (merged_id) where undone_at is null;
