-- What this service knows of clients, fed by the events of the clients service.
create table client_copy (
  client_id           uuid primary key,
  adviser_id          uuid not null,
  kind                text not null,
  status              text not null,
  class               text not null,
  grade               text not null,
  age_band            text,
  full_civil_capacity boolean not null,
  institution_type    text,
  updated_at          timestamptz not null
);
create index client_copy_adviser on client_copy (adviser_id);
