-- What other services tell of a client that the suitability rules ask for: the kind of investor by law, and reviews that are late.
create table investor_status_copy (
  client_id    uuid primary key,
  investor     text not null,
  is_qualified boolean not null,
  valid_to     date not null,
  updated_at   timestamptz not null
);
create table review_copy (
  client_id   uuid not null,
  kind        text not null,
  due_on      date not null,
  is_blocking boolean not null,
  primary key (client_id, kind)
);

-- Interests of staff in products: where one runs, every decision for the clients of that person says so.
create table staff_interest (
  id          uuid primary key,
  staff_id    uuid not null,
  product_id  uuid not null references product,
  kind        text not null,
  declared_at timestamptz not null,
  ended_at    timestamptz,
  version     int not null
);
create unique index staff_interest_open on staff_interest (product_id, staff_id, kind) where ended_at is null;
create index staff_interest_staff on staff_interest (staff_id, id desc);

-- Units are given up from the moment an order cools off: the index covers all those states.
drop index product_order_giving_up;
create index product_order_giving_up on product_order (client_id, (coalesce(from_product_id, product_id)))
  where units is not null and state in ('COOLING_OFF', 'CALLBACK_OK', 'SUBMITTED', 'ACCEPTED');
