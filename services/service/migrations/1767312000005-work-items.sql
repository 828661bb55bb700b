-- What is to be done for a client by a day: told by other services, or planned by staff.
create table work_item (
  id         uuid primary key,
  version    int not null,
  client_id  uuid not null,
  kind       text not null check (kind in ('REVIEW', 'ASSESSMENT', 'FOLLOW_UP')),
  reference  text not null,
  due_on     date not null,
  note       text,
  state      text not null check (state in ('OPEN', 'DONE')),
  planned_by uuid,
  done_at    timestamptz,
  unique (client_id, kind, reference)
);
create index work_item_open on work_item (client_id, due_on) where state = 'OPEN';
