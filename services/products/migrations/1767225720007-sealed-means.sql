-- What a client can pay is encrypted; what stood here is sealed when the service starts, then the plain column is empty.
alter table investor_facts drop constraint investor_facts_check;
alter table investor_facts drop constraint investor_facts_liquid_assets_check;
alter table investor_facts rename column liquid_assets to liquid_assets_plain;
alter table investor_facts add column liquid_assets bytea;

-- Of the inputs of a decision, the means of the client are kept apart and encrypted.
alter table suitability_decision add column means bytea;
