-- How deep each client's holdings of one currency last stood below their 90-day peak: a band is told once, when it is reached.
create table drawdown (
  id        uuid primary key,
  client_id uuid not null,
  currency  text not null,
  band      text not null,
  peak_on   date not null,
  as_of     date not null,
  unique (client_id, currency)
);
create index holding_client_held on holding (client_id) where units > 0;
