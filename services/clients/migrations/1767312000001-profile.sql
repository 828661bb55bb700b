create table individual_profile (
  client_id              uuid primary key references client,
  name                   text not null,
  gender                 text,
  date_of_birth          date not null,
  occupation             text not null,
  address                text not null,
  annual_income          numeric not null check (annual_income >= 0),
  annual_income_currency text not null,
  investment_years       int not null check (investment_years >= 0),
  experience_kinds       text[] not null,
  mobile                 text not null,
  email                  text
);

-- SENSITIVE, hence a table of its own. `sealed_number` begins with the name of its sealing, now `plain:`; an encrypted
-- number will carry the name of its key there. It is found by `number_hash` and shown by `last_four`, so neither needs it open.
create table id_document (
  client_id     uuid primary key references client,
  type          text not null,
  sealed_number text not null,
  number_hash   text not null,
  last_four     text not null,
  constraint id_document_belongs_to_one_client unique (type, number_hash)
);

create table identity_verification (
  id                 uuid primary key,
  client_id          uuid not null references client,
  method             text not null,
  evidence_reference text not null,
  verified_by        uuid not null,
  verified_at        timestamptz not null
);
create index identity_verification_client on identity_verification (client_id, id);
