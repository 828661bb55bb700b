-- Whether the day of acknowledgement was counted through a year whose days off were not published yet.
alter table complaint add column acknowledge_due_is_provisional boolean not null default false;
