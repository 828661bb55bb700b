-- What a client has allowed, as the clients service last told; channel is empty where the purpose knows none.
create table consent_copy (
  id           uuid primary key,
  client_id    uuid not null,
  purpose      text not null,
  channel      text not null,
  is_granted   boolean not null,
  text_version text not null,
  changed_at   timestamptz not null,
  unique (client_id, purpose, channel)
);

-- Orders whose client has time to think until then: nobody who sells may contact the client.
create table cooling_off (
  order_id  uuid primary key,
  client_id uuid not null,
  until     timestamptz not null
);
create index cooling_off_of_client on cooling_off (client_id, until);

-- Where a client is reached: personal, given to this service itself since events carry none of it.
create table contact_point (
  id            uuid primary key,
  version       int not null,
  client_id     uuid not null,
  channel       text not null check (channel in ('EMAIL', 'SMS', 'WECHAT')),
  address       text not null,
  registered_by uuid not null,
  registered_at timestamptz not null,
  unique (client_id, channel)
);

-- A time in which a client is not greeted and not sold to, for somebody has died.
create table bereavement (
  client_id   uuid primary key,
  until       date not null,
  recorded_by uuid not null,
  recorded_at timestamptz not null
);

-- The words of messages. A revision is never changed; the latest approved one is used.
create table message_template (
  id          uuid primary key,
  version     int not null,
  code        text not null,
  revision    int not null,
  kind        text not null check (kind in ('CARE', 'MARKETING', 'PERIODIC', 'MATERIAL_EVENT', 'SERVICE')),
  status      text not null check (status in ('PROPOSED', 'APPROVED', 'REJECTED')),
  subject     text not null,
  body        text not null,
  variables   text[] not null,
  proposed_by uuid not null,
  proposed_at timestamptz not null,
  decided_by  uuid,
  decided_at  timestamptz,
  unique (code, revision),
  check (decided_by <> proposed_by)
);

-- One occasion of writing to many; its audience is frozen in its communications.
create table mailing (
  id          uuid primary key,
  kind        text not null,
  template_id uuid not null references message_template,
  channel     text not null check (channel in ('EMAIL', 'SMS', 'WECHAT')),
  variables   jsonb not null,
  audience    jsonb not null,
  recipients  int not null,
  created_by  uuid,
  created_at  timestamptz not null
);

create table communication (
  id           uuid primary key,
  client_id    uuid not null,
  mailing_id   uuid references mailing,
  kind         text not null,
  channel      text not null,
  template_id  uuid not null references message_template,
  variables    jsonb not null,
  state        text not null check (state in ('QUEUED', 'SENDING', 'SENT', 'DELIVERED', 'READ', 'BOUNCED', 'SUPPRESSED', 'UNCERTAIN')),
  reason       text,
  attempts     int not null,
  not_before   timestamptz not null,
  queued_at    timestamptz not null,
  sent_at      timestamptz,
  ended_at     timestamptz,
  check (state not in ('SUPPRESSED', 'BOUNCED', 'UNCERTAIN') or reason is not null)
);
create index communication_of_client on communication (client_id, id desc);
create index communication_of_mailing on communication (mailing_id, id desc);
create index communication_queued on communication (not_before, id) where state = 'QUEUED';
create index communication_sending on communication (id) where state = 'SENDING';
create index communication_sent on communication (client_id, kind, sent_at) where sent_at is not null;
