-- How much was redeemed in all, in money and in units: a purchase is cut by the part of its units that left, whatever they were worth by then.
-- Both are null where an older message said nothing of units.
alter table early_redemption add column amount_minor bigint, add column units numeric check (units > 0);
