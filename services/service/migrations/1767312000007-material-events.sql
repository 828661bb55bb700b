-- What clients hold, as the products service last told; only what is held has units above zero.
create table holding_copy (
  client_id  uuid not null,
  product_id uuid not null,
  rating     text not null,
  units      numeric not null,
  changed_at timestamptz not null,
  primary key (client_id, product_id)
);
create index holding_copy_of_product on holding_copy (product_id, client_id) where units > 0;

create table material_event (
  id                      uuid primary key,
  version                 int not null,
  source                  text not null check (source in ('RATING_CHANGED', 'SUSPENDED', 'DEFAULT', 'PRODUCT_EVENT', 'FIRM_EVENT')),
  severity                text not null check (severity in ('SEVERE', 'NORMAL')),
  product_ids             uuid[] not null check (cardinality(product_ids) <= 20),
  event                   text not null,
  effective_on            date not null,
  -- What another service told once is opened once.
  cause                   text unique,
  template_id             uuid not null references message_template,
  detected_at             timestamptz not null,
  deadline                timestamptz not null,
  deadline_is_provisional boolean not null,
  call_by                 date not null,
  audience                int not null,
  opened_by               uuid,
  calls_planned_at        timestamptz,
  check ((source = 'FIRM_EVENT') = (cardinality(product_ids) = 0))
);
create index material_event_calls on material_event (deadline) where calls_planned_at is null;

-- The frozen audience of a material event: one notice for each client.
create table notice (
  id                uuid primary key,
  material_event_id uuid not null references material_event,
  client_id         uuid not null,
  communication_id  uuid not null references communication,
  informed_at       timestamptz,
  informed_via      text check (informed_via in ('READ', 'CONFIRMED', 'CALLED')),
  unique (material_event_id, client_id),
  check ((informed_at is null) = (informed_via is null))
);
create index notice_of_client on notice (client_id, id desc);
create index notice_of_material_event on notice (material_event_id, id desc);
create index notice_of_communication on notice (communication_id);
