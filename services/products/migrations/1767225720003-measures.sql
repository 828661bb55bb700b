-- What was last told of a client's portfolio in one currency, so that only what has changed is told again.
create table portfolio_measure (
  id        uuid primary key,
  client_id uuid not null,
  currency  text not null,
  as_of     date not null,
  told      jsonb not null,
  unique (client_id, currency)
);
