-- The balance of points that the loyalty service last told.
create table points_copy (
  client_id  uuid primary key,
  balance    numeric not null,
  changed_at timestamptz not null
);

-- Fees that orders have cost, as the products service told.
create table fee_copy (
  order_id     uuid primary key,
  client_id    uuid not null,
  amount_minor bigint not null,
  currency     text not null,
  charged_on   date not null
);
create index fee_copy_of_client on fee_copy (client_id, charged_on);

-- A statement of a period is made once.
create table statement (
  id               uuid primary key,
  client_id        uuid not null,
  kind             text not null check (kind in ('MONTHLY', 'QUARTERLY', 'YEARLY')),
  period_from      date not null,
  period_to        date not null,
  holdings         jsonb not null,
  points           numeric not null,
  fees             jsonb not null,
  communication_id uuid not null references communication,
  made_at          timestamptz not null,
  unique (client_id, kind, period_to)
);
create index statement_of_client on statement (client_id, id desc);
