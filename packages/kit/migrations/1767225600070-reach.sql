-- Who reaches a client beside the assigned adviser, and who is kept from them by a wall between advisers.
alter table client_copy add column household_adviser_id uuid;
alter table client_copy add column walled_ids uuid[] not null default '{}';
create index client_copy_household_adviser on client_copy (household_adviser_id) where household_adviser_id is not null;
