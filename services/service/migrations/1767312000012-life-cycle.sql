-- What belonged to a duplicate belongs to its survivor, and goes back when the two part again.
create table client_move (
  id         bigint generated always as identity primary key,
  "table"    text not null,
  row_id     uuid not null,
  from_id    uuid not null,
  to_id      uuid not null,
  moved_at   timestamptz not null
);
create index client_move_of on client_move (from_id, to_id);

-- What is written once stays as it is, but for the erasure of a client's file.
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  if current_setting('client_graph.erasing', true) = 'on' then
    return null;
  end if;
  raise exception '% is append-only: write a new entry instead', tg_table_name;
end $$;

-- A contact may pass from a duplicate to its survivor; nothing else of it changes.
drop trigger interaction_append_only on interaction;
create function keep_interaction() returns trigger language plpgsql as $$
declare
  moved interaction := old;
begin
  moved.client_id := new.client_id;
  if new is distinct from moved and current_setting('client_graph.erasing', true) is distinct from 'on' then
    raise exception 'interaction is append-only: write a new entry instead';
  end if;
  return new;
end $$;
create trigger interaction_append_only before update on interaction
  for each row execute function keep_interaction();
