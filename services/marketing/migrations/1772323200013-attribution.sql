-- How a conversion is shared out among the sources of its touches, by each model; frozen with the conversion.
create table attribution_share (
  id            uuid primary key,
  conversion_id uuid not null references conversion,
  model         text not null check (model in ('FIRST', 'LAST', 'LINEAR', 'POSITION_BASED')),
  channel       text not null,
  campaign_id   uuid references campaign,
  share         numeric not null check (share > 0 and share <= 1),
  unique nulls not distinct (conversion_id, model, channel, campaign_id)
);
alter table conversion add attribution_rule_version int;
create index conversion_at on conversion (at);
insert into attribution_share (id, conversion_id, model, channel, campaign_id, share)
select gen_random_uuid(), id, 'FIRST', first_touch_channel, first_touch_campaign_id, 1 from conversion
union all select gen_random_uuid(), id, 'LAST', last_touch_channel, last_touch_campaign_id, 1 from conversion;

-- What became of a client that was opened from a lead before it was ever active: its place passes on.
alter table client_opening
  drop constraint client_opening_standing_check,
  add constraint client_opening_standing_check check (standing in
    ('ORIGIN', 'LATER', 'UNKNOWN_LEAD', 'IMPORTED_LEAD', 'DISQUALIFIED_LEAD', 'MERGED', 'ENDED'));

-- Which client lives on in which, by what the clients service has told.
create table client_merge (
  id          uuid primary key,
  survivor_id uuid not null,
  merged_on   date not null
);
create index client_merge_survivor on client_merge (survivor_id, id);

create index stage_move_to on stage_move ("to", at);
create index lead_client on lead (client_id) where client_id is not null;
