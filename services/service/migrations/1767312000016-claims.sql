-- Whose claim a message is in: a sender that has lost its lock hands nothing over that another has claimed since.
alter table communication add column claim_id uuid;
