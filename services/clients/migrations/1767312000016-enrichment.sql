-- From where the firm may collect by itself, on what basis, and what (policy 3.3): rows with a version and a day; what is not
-- listed is not collected. Changing the list is proposed by one person and approved by another.
create table enrichment_source (
  id              uuid primary key,
  code            text not null,
  version         text not null,
  name            text not null,
  basis           text not null check (basis in ('CONTRACT', 'LEGAL_DUTY', 'PUBLIC_INFORMATION', 'CONSENT', 'SEPARATE_CONSENT')),
  -- The consent that counts, where the basis is one.
  consent_purpose text,
  fields          text[] not null,
  effective_from  date not null,
  effective_to    date,
  source          text not null,
  status          text not null check (status in ('PROPOSED', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'EXPIRED')),
  reason          text not null,
  maker_id        uuid,
  checker_id      uuid,
  decided_at      timestamptz,
  unique (code, version),
  check (effective_to >= effective_from),
  constraint consent_names_its_purpose check ((basis in ('CONSENT', 'SEPARATE_CONSENT')) = (consent_purpose is not null))
);

-- What was collected, from where, when and on what basis.
create table enrichment (
  id           uuid primary key,
  client_id    uuid not null references client,
  source_id    uuid not null references enrichment_source,
  field        text not null,
  value        text not null,
  reference    text not null,
  basis        text not null,
  collected_on date not null,
  recorded_by  uuid not null,
  recorded_at  timestamptz not null
);
create index enrichment_client on enrichment (client_id, id);
