-- Rows of the ledger that were booked together, as the two sides of a switch, name their booking; older rows are those of their order.
alter table settlement add column booking_id uuid;
