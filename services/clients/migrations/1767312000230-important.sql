-- Compliance may mark a client as important whatever the grade, for a reason.
alter table client add column is_marked_important boolean not null default false, add column important_reason text;
alter table client add constraint client_important_has_reason check (is_marked_important = (important_reason is not null));
