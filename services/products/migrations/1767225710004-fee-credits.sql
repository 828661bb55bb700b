-- Parts of fees that clients want paid with points: asked of the loyalty service, granted or declined by it, booked here.
create table fee_credit (
  id            uuid primary key,
  order_id      uuid not null references product_order,
  client_id     uuid not null,
  amount        numeric not null check (amount > 0),
  currency      text not null,
  state         text not null,
  reason        text,
  redemption_id uuid,
  requested_at  timestamptz not null,
  version       int not null
);
create index fee_credit_order on fee_credit (order_id, id);
create index fee_credit_waiting on fee_credit (requested_at) where state = 'REQUESTED';
