-- What each client holds, by the events of products: alerts and nothing else are decided on it.
create table holding_copy (
  client_id  uuid not null,
  product_id uuid not null,
  rating     text not null,
  primary key (client_id, product_id)
);
create index holding_copy_product on holding_copy (product_id);

-- Which alerts there are, when they are raised and how soon they must be taken up, by effective date.
create table alert_rule (
  id             uuid primary key,
  version        text not null unique,
  effective_from date not null,
  content_hash   text not null,
  definition     jsonb not null
);

create table risk_alert (
  id                uuid primary key,
  client_id         uuid not null,
  type              text not null,
  subject           text not null,
  addressee         text not null,
  severity          text not null check (severity in ('INFO', 'WARN', 'SEVERE')),
  count             int not null,
  evidence          jsonb not null,
  rule_version      text not null,
  raised_at         timestamptz not null,
  last_raised_at    timestamptz not null,
  worsened_count    int,
  due_at            timestamptz not null,
  is_due_provisional boolean not null,
  state             text not null,
  escalated_at      timestamptz,
  acknowledged_at   timestamptz,
  acknowledged_by_id uuid,
  action            text,
  action_note       text,
  actioned_at       timestamptz,
  actioned_by_id    uuid,
  close_reason      text,
  close_note        text,
  closed_at         timestamptz,
  closed_by_id      uuid,
  is_open           boolean not null generated always as (state <> 'CLOSED') stored,
  version           int not null
);
-- One open alert a client, type and subject: whatever repeats it counts it up.
create unique index risk_alert_one_open on risk_alert (client_id, type, subject) where state <> 'CLOSED';
create index risk_alert_client on risk_alert (client_id, id desc);
create index risk_alert_client_open on risk_alert (client_id, id desc) where is_open;
create index risk_alert_open on risk_alert (id desc) where state <> 'CLOSED';
create index risk_alert_due on risk_alert (due_at) where state = 'OPEN';

-- Every time an alert was raised, with its evidence; append-only.
create table alert_occurrence (
  id        uuid primary key,
  alert_id  uuid not null references risk_alert,
  client_id uuid not null,
  type      text not null,
  at        timestamptz not null,
  evidence  jsonb not null
);
create index alert_occurrence_recent on alert_occurrence (client_id, type, at);
create index alert_occurrence_alert on alert_occurrence (alert_id);
create trigger alert_occurrence_is_immutable before update on alert_occurrence for each row execute function refuse_change();

create function graver(one text, other text) returns boolean language sql immutable as $$
  select array_position(array['INFO', 'WARN', 'SEVERE'], one) > array_position(array['INFO', 'WARN', 'SEVERE'], other)
$$;
