-- What one person has proposed and another decides. What it is about stays with its noun; its hash says that it is still the same.
create table approval (
  id           uuid primary key,
  action       text not null,
  -- What would change: a table of rules, a client, a file. One proposal of an action is open per subject.
  subject      text not null,
  -- The record of the noun that holds what is proposed.
  target_id    uuid not null,
  -- The client it is about, whose adviser does not decide; null where it is about none.
  client_id    uuid,
  payload_hash text not null,
  status       text not null check (status in ('PENDING', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'EXPIRED')),
  maker_id     uuid not null,
  checker_id   uuid,
  proposed_at  timestamptz not null,
  expires_at   timestamptz not null check (expires_at > proposed_at),
  decided_at   timestamptz,
  version      int not null,
  constraint approval_maker_is_not_checker check (maker_id <> checker_id),
  constraint approval_decided_by_checker check ((status in ('APPROVED', 'REJECTED')) = (checker_id is not null)),
  unique (action, target_id)
);
create unique index approval_one_open on approval (subject, action) where status = 'PENDING';
create index approval_open on approval (id) where status = 'PENDING';
create index approval_client on approval (client_id, id) where client_id is not null;
