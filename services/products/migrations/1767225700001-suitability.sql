-- The rule tables, by version; a version is never changed, a new one takes its place from its day on.
create table suitability_rule (
  id             uuid primary key,
  version        text not null unique,
  effective_from date not null,
  source         text not null,
  tables         jsonb not null
);

-- What this service knows of a client's risk profile, fed by the events of the risk service.
create table risk_copy (
  client_id       uuid primary key,
  level           text not null,
  lowest_category boolean not null,
  valid_to        date not null,
  assessment_id   uuid not null,
  updated_at      timestamptz not null
);

-- Every answer the rules gave, with all they knew. Rows are never changed: the firm carries the burden of proof.
create table suitability_decision (
  id           uuid primary key,
  client_id    uuid not null,
  product_id   uuid not null references product,
  amount       numeric not null,
  currency     text not null,
  result       text not null,
  reasons      jsonb not null,
  inputs       jsonb not null,
  rule_version text not null references suitability_rule (version),
  decided_at   timestamptz not null,
  decided_by   uuid,
  valid_until  timestamptz not null
);
create index suitability_decision_client on suitability_decision (client_id, id desc);

create function suitability_decision_is_final() returns trigger language plpgsql as $$
begin
  raise exception 'A suitability decision is never changed.';
end $$;
create trigger suitability_decision_is_final before update or delete on suitability_decision
  for each row execute function suitability_decision_is_final();
