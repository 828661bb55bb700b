-- What the provider's clock said when the report that counts was made: of delivered and bounced the later one counts.
alter table communication add column reported_at timestamptz;

-- Reports on messages that are being handed over at the moment; put as soon as it is written down what came of it.
create table early_receipt (
  id               uuid primary key,
  communication_id uuid not null references communication,
  outcome          text not null check (outcome in ('DELIVERED', 'READ', 'BOUNCED')),
  reason           text,
  at               timestamptz not null,
  received_at      timestamptz not null,
  unique (communication_id, outcome, at)
);
