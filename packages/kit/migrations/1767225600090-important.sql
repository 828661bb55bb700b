-- Whether compliance treats a client as important whatever the grade.
alter table client_copy add column is_marked_important boolean not null default false;
