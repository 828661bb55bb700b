-- Fees of a product from a day on, proposed by one person and approved by another; before the first of them it is sold by those it was
-- listed with.
create table product_fees (
  id                 uuid primary key,
  product_id         uuid not null references product,
  was_purchase_pct   numeric not null,
  was_redemption_pct numeric not null,
  purchase_fee_pct   numeric not null check (purchase_fee_pct >= 0),
  redemption_fee_pct numeric not null check (redemption_fee_pct >= 0),
  valid_from         date not null,
  state              text not null,
  proposed_by        uuid not null,
  proposed_at        timestamptz not null,
  decided_by         uuid,
  decided_at         timestamptz,
  version            int not null,
  check (decided_by is null or state <> 'APPROVED' or decided_by <> proposed_by)
);
create index product_fees_history on product_fees (product_id, id desc);
create index product_fees_in_force on product_fees (product_id, valid_from desc, decided_at desc, id desc) where state = 'APPROVED';

-- The fees of the day an order was placed on, by which it is settled whatever comes; null where the release before has placed it.
alter table product_order add column purchase_fee_pct numeric, add column redemption_fee_pct numeric;
update product_order o set
  purchase_fee_pct = (select purchase_fee_pct from product where id = o.product_id),
  redemption_fee_pct = (select redemption_fee_pct from product where id = coalesce(o.from_product_id, o.product_id));
