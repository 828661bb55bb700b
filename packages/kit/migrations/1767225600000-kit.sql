-- Events wait here from the business transaction until the relay has sent them. Column names suit Debezium's outbox event
-- router (table.field.event.id=id, .key=key, .payload=payload, route.by.field=topic), should it take the relay's place.
create table outbox (
  position     bigint generated always as identity primary key,
  id           uuid not null unique,
  topic        text not null,
  key          text not null,
  type         text not null,
  version      int not null,
  sequence     bigint not null,
  payload      jsonb not null,
  occurred_at  timestamptz not null,
  traceparent  text,
  actor_role   text,
  published_at timestamptz
);
create index outbox_waiting on outbox (position) where published_at is null;
create index outbox_published on outbox (published_at) where published_at is not null;

-- The last number given to an event of a key. Its row lock makes the order of commits the order of events.
create table event_sequence (
  key  text primary key,
  last bigint not null
);

-- Which events a consumer has taken effect of; written in the transaction of the effect.
create table inbox (
  consumer    text not null,
  event_id    uuid not null,
  received_at timestamptz not null,
  primary key (consumer, event_id)
);

-- Commands that were carried out, by the requestId of the caller: a repeat is answered with the same record.
create table request (
  command      text not null,
  request_id   text not null,
  content_hash text not null,
  answer_id    uuid not null,
  at           timestamptz not null,
  primary key (command, request_id)
);
