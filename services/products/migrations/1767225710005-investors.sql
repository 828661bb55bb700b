-- What a client has shown of themself that the rules ask for: how long they mean to stay, what they can pay, whether they are a
-- qualified investor and until when.
create table investor_facts (
  client_id       uuid primary key,
  horizon_months  int check (horizon_months >= 0),
  liquid_assets   numeric check (liquid_assets >= 0),
  currency        text,
  qualified_until date,
  recorded_at     timestamptz not null,
  recorded_by     uuid,
  version         int not null,
  check ((liquid_assets is null) = (currency is null))
);

-- The special written warning of one decision: which text was shown when, and that the client confirmed it.
create table special_warning (
  id           uuid primary key,
  client_id    uuid not null,
  product_id   uuid not null references product,
  decision_id  uuid not null references suitability_decision,
  text_version text not null,
  text         jsonb not null,
  shown_at     timestamptz not null,
  shown_to     uuid,
  confirmed_at timestamptz,
  order_id     uuid unique references product_order
);
create index special_warning_client on special_warning (client_id, id desc);

alter table suitability_decision add column is_overridable boolean not null default false;
alter table product_order add column is_override boolean not null default false;
alter table product_order add column cooling_off_until timestamptz;
alter table product_order add column witness_id uuid;
alter table product_order add column recording_ref text;

-- The call-back of a private fund's order: the four answers, who called, and the recording.
create table call_back (
  id               uuid primary key,
  order_id         uuid not null references product_order,
  is_person        boolean not null,
  has_read         boolean not null,
  knows_loss       boolean not null,
  knows_disputes   boolean not null,
  recording_ref    text not null,
  called_at        timestamptz not null,
  called_by        uuid
);
create index call_back_order on call_back (order_id, id);
create index product_order_before_submission on product_order (client_id)
  where state in ('CHECKED', 'WARNED', 'CONFIRMED_RISK', 'COOLING_OFF', 'CALLBACK_OK');
