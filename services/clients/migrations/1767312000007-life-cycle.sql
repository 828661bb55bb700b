-- What the life of a client turns on: when it was last active, what still binds it to the firm, why it is restricted.
alter table client
  add column last_active_on date,
  -- The day on which somebody looks whether the client has fallen dormant; only for ACTIVE ones.
  add column dormant_due_on date,
  add column restricted_until date;
update client set last_active_on = (onboarded_at at time zone 'Asia/Shanghai')::date;
update client set dormant_due_on = (last_active_on + interval '12 months')::date + 1 where status = 'ACTIVE';
create index client_dormant_due on client (dormant_due_on, id) where dormant_due_on is not null;

-- Open orders, holdings and open complaints, as the events of the others tell; a client with one is not closed.
create table client_tie (
  client_id uuid not null,
  kind      text not null check (kind in ('ORDER', 'HOLDING', 'COMPLAINT')),
  ref_id    uuid not null,
  since     timestamptz not null,
  primary key (client_id, kind, ref_id)
);

create table adviser_assignment (
  id             uuid primary key,
  client_id      uuid not null references client,
  adviser_id     uuid not null,
  reason         text not null,
  by             uuid not null,
  effective_from timestamptz not null,
  effective_to   timestamptz check (effective_to >= effective_from)
);
create index adviser_assignment_client on adviser_assignment (client_id, id);
create unique index adviser_assignment_open on adviser_assignment (client_id) where effective_to is null;
insert into adviser_assignment (id, client_id, adviser_id, reason, by, effective_from)
select id, id, adviser_id, 'OPENED', adviser_id, onboarded_at from client;
