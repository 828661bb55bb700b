-- Redemptions, switches, fees and reversals: rows of the ledger are negative where units and money leave.
alter table product add column purchase_fee_pct numeric not null default 0 check (purchase_fee_pct between 0 and 5);
alter table product add column redemption_fee_pct numeric not null default 0 check (redemption_fee_pct between 0 and 5);

-- `units` and the product they are of: what a redemption or a switch gives up. `amount` is what that was worth when it was placed.
alter table product_order add column units numeric check (units > 0);
alter table product_order add column from_product_id uuid references product;
alter table product_order add column reverse_reason text;
alter table product_order alter column decision_id drop not null;
alter table product_order drop constraint product_order_amount_check;
alter table product_order add constraint product_order_amount_check check (amount > 0 or (side = 'REDEEM' and amount = 0));
alter table product_order add constraint product_order_side_check check (
  (side = 'BUY') = (units is null) and (side = 'SWITCH') = (from_product_id is not null) and (side = 'REDEEM') = (decision_id is null)
);
create index product_order_giving_up on product_order (client_id, coalesce(from_product_id, product_id))
  where units is not null and state in ('SUBMITTED', 'ACCEPTED');

alter table settlement add column fee numeric not null default 0;
alter table settlement add column reverses_id uuid unique references settlement;
alter table settlement drop constraint settlement_check;
alter table settlement drop constraint settlement_units_check;
alter table settlement drop constraint settlement_residual_check;
alter table settlement drop constraint settlement_order_id_key;
alter table settlement add constraint settlement_units_check check (units <> 0);
alter table settlement add constraint settlement_money_check check (amount = units * nav + residual + fee);
alter table settlement add constraint settlement_sign_check check (
  reverses_id is not null or (residual >= 0 and fee >= 0)
);
create unique index settlement_order_id_key on settlement (order_id, holding_id) where reverses_id is null;
create index settlement_order on settlement (order_id);

create function settlement_is_final() returns trigger language plpgsql as $$
begin
  raise exception 'A row of the ledger is never changed: reverse the order.';
end $$;
create trigger settlement_is_final before update or delete on settlement
  for each row execute function settlement_is_final();
