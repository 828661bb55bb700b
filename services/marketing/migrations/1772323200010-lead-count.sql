-- The funnel is counted as leads come and move, so that asking for it never reads the leads. A change is noted as a difference,
-- which nobody waits for; a job adds the differences up.
create table lead_difference (
  campaign_id uuid,
  channel     text not null,
  medium      text not null,
  owner_id    uuid,
  month       text not null,
  origin      text not null,
  attempts    int not null,
  stage       text not null,
  reached     text not null,
  leads       bigint not null
);

create table lead_count (
  split       text not null check (split in ('CHANNEL', 'MEDIUM', 'ATTEMPTS', 'CAMPAIGN', 'OWNER', 'MONTH')),
  key         text not null,
  campaign_id uuid,
  origin      text not null,
  stage       text not null,
  reached     text not null,
  leads       bigint not null,
  unique nulls not distinct (split, key, campaign_id, origin, stage, reached)
);

-- The month of a lead: of its capture in Shanghai; of its contact for an imported one, `--05` where the file gives no year.
create function lead_month(captured_at timestamptz, contacted_on date, contacted_month smallint) returns text
language sql stable as $$
  select case
    when captured_at is not null then to_char(captured_at at time zone 'Asia/Shanghai', 'YYYY-MM')
    when contacted_on is not null then to_char(contacted_on, 'YYYY-MM')
    when contacted_month is not null then '--' || lpad(contacted_month::text, 2, '0')
    else 'NONE' end
$$;

create function count_new_leads() returns trigger language plpgsql as $$
begin
  insert into lead_difference
  select campaign_id, channel, medium, owner_id, lead_month(captured_at, contacted_on, contacted_month), origin, least(attempts, 100),
    stage, reached, count(*)
  from came_in group by 1, 2, 3, 4, 5, 6, 7, 8, 9;
  return null;
end $$;
create trigger lead_counted after insert on lead
  referencing new table as came_in for each statement execute function count_new_leads();

create function count_changed_leads() returns trigger language plpgsql as $$
begin
  insert into lead_difference
  select campaign_id, channel, medium, owner_id, month, origin, attempts, stage, reached, sum(sign)
  from (
    select campaign_id, channel, medium, owner_id, lead_month(captured_at, contacted_on, contacted_month) as month, origin,
      least(attempts, 100) as attempts, stage, reached, 1 as sign from came_out
    union all
    select campaign_id, channel, medium, owner_id, lead_month(captured_at, contacted_on, contacted_month), origin,
      least(attempts, 100), stage, reached, -1 from gone_in
  ) changed
  group by 1, 2, 3, 4, 5, 6, 7, 8, 9 having sum(sign) <> 0;
  return null;
end $$;
create trigger lead_recounted after update on lead
  referencing old table as gone_in new table as came_out for each statement execute function count_changed_leads();

insert into lead_difference
select campaign_id, channel, medium, owner_id, lead_month(captured_at, contacted_on, contacted_month), origin, least(attempts, 100),
  stage, reached, count(*)
from lead group by 1, 2, 3, 4, 5, 6, 7, 8, 9;

create index lead_stage on lead (stage, id);
create index lead_captured on lead (captured_at) where captured_at is not null;
