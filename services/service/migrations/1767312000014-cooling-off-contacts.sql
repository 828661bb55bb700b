-- An outbound contact while the client had time to think an order over; what was written before this column is not known to be one.
alter table interaction add column in_cooling_off boolean not null default false;
