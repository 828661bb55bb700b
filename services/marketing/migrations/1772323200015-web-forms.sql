-- Forms on the web by which people register; the key stands in the page and is no secret.
create table web_form (
  id           uuid primary key,
  key          text not null unique,
  name         text not null,
  campaign_id  uuid not null references campaign,
  text_version text not null,
  channels     text[] not null check (cardinality(channels) > 0),
  created_at   timestamptz not null,
  closed_at    timestamptz,
  version      int not null
);

-- What came in, so that the same thing sent twice does one thing and has one answer. It holds nothing of the person but a keyed hash.
create table web_submission (
  id            uuid primary key,
  form_id       uuid not null references web_form,
  submission_id text not null,
  content_hash  text not null,
  lead_id       uuid references lead,
  outcome       text not null check (outcome in ('CAPTURED', 'RESPONDED', 'REPEATED')),
  received_at   timestamptz not null,
  unique (form_id, submission_id)
);
create index web_submission_lead on web_submission (lead_id, received_at);
