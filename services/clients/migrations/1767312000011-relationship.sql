-- How clients stand to each other, each pair once, read from both sides; an ended one is kept with its end.
create table relationship (
  id          uuid primary key,
  -- The one who has the role, and for whom.
  from_id     uuid not null references client,
  to_id       uuid not null references client,
  role        text not null check (role in ('SPOUSE', 'PARENT', 'GUARDIAN', 'AGENT', 'LEGAL_REPRESENTATIVE', 'BENEFICIAL_OWNER', 'REFERRER')),
  valid_from  date not null,
  valid_to    date check (valid_to >= valid_from),
  recorded_by uuid not null,
  version     int not null,
  constraint relationship_is_with_another check (from_id <> to_id),
  constraint spouses_are_kept_in_one_order check (role <> 'SPOUSE' or from_id < to_id)
);
create index relationship_from on relationship (from_id, id);
create index relationship_to on relationship (to_id, id);
create unique index relationship_once on relationship (from_id, to_id, role) where valid_to is null;

-- What kind of investor a client is by law, with its evidence; the latest that has not run out counts.
create table investor_status (
  id           uuid primary key,
  client_id    uuid not null references client,
  status       text not null check (status in ('ORDINARY', 'PROFESSIONAL_A', 'PROFESSIONAL_B', 'PROFESSIONAL_C')),
  is_qualified boolean not null,
  evidence     text not null,
  valid_from   date not null,
  valid_to     date not null check (valid_to >= valid_from),
  decided_by   uuid not null,
  decided_at   timestamptz not null
);
create index investor_status_client on investor_status (client_id, id);

-- What a person asks of the firm about their own data (PIPL Art. 45 to 50).
create table data_request (
  id           uuid primary key,
  client_id    uuid not null references client,
  type         text not null check (type in ('ACCESS_COPY', 'CORRECTION', 'DELETION', 'RESTRICTION', 'EXPLANATION')),
  status       text not null check (status in ('RECEIVED', 'FULFILLED', 'REFUSED')),
  received_at  timestamptz not null,
  received_by  uuid not null,
  due_on       date not null,
  decided_at   timestamptz,
  decided_by   uuid,
  outcome      text,
  version      int not null
);
create index data_request_client on data_request (client_id, id);
create index data_request_open on data_request (status, id);
