-- What the migrations make; written by the end-to-end test, never by hand.

create table client_copy (
  client_id uuid not null,
  adviser_id uuid not null,
  kind text not null,
  status text not null,
  class text not null,
  grade text not null,
  age_band text,
  full_civil_capacity boolean not null,
  institution_type text,
  updated_at timestamp with time zone not null,
  constraint client_copy_pkey PRIMARY KEY (client_id)
);

create table event_sequence (
  key text not null,
  last bigint not null,
  constraint event_sequence_pkey PRIMARY KEY (key)
);

create table inbox (
  consumer text not null,
  event_id uuid not null,
  received_at timestamp with time zone not null,
  constraint inbox_pkey PRIMARY KEY (consumer, event_id)
);

create table interaction (
  id uuid not null,
  client_id uuid not null,
  channel text not null,
  direction text not null,
  at timestamp with time zone not null,
  subject_code text not null,
  summary text not null,
  confidentiality text not null,
  answered_after_seconds integer,
  logged_by uuid not null,
  logged_at timestamp with time zone not null,
  constraint interaction_pkey PRIMARY KEY (id),
  constraint interaction_subject_code_fkey FOREIGN KEY (subject_code) REFERENCES interaction_subject(code),
  constraint interaction_channel_check CHECK ((channel = ANY (ARRAY['PHONE'::text, 'FACE'::text, 'ONLINE'::text, 'WECHAT'::text]))),
  constraint interaction_check CHECK (((answered_after_seconds IS NULL) OR ((channel = 'PHONE'::text) AND (direction = 'INBOUND'::text) AND (answered_after_seconds >= 0)))),
  constraint interaction_check1 CHECK ((at <= logged_at)),
  constraint interaction_confidentiality_check CHECK ((confidentiality = ANY (ARRAY['NORMAL'::text, 'CONFIDENTIAL'::text]))),
  constraint interaction_direction_check CHECK ((direction = ANY (ARRAY['INBOUND'::text, 'OUTBOUND'::text]))),
  constraint interaction_summary_check CHECK (((char_length(summary) >= 1) AND (char_length(summary) <= 4000)))
);

create table interaction_subject (
  code text not null,
  labels jsonb not null,
  "position" integer not null,
  effective_from date not null,
  effective_to date,
  source text not null,
  constraint interaction_subject_pkey PRIMARY KEY (code)
);

create table outbox (
  "position" bigint generated always as identity not null,
  id uuid not null,
  topic text not null,
  key text not null,
  type text not null,
  version integer not null,
  sequence bigint not null,
  payload jsonb not null,
  occurred_at timestamp with time zone not null,
  traceparent text,
  actor_role text,
  published_at timestamp with time zone,
  constraint outbox_id_key UNIQUE (id),
  constraint outbox_pkey PRIMARY KEY ("position")
);

create table request (
  command text not null,
  request_id text not null,
  content_hash text not null,
  answer_id uuid not null,
  at timestamp with time zone not null,
  constraint request_pkey PRIMARY KEY (command, request_id)
);

CREATE INDEX client_copy_adviser ON client_copy USING btree (adviser_id);
CREATE INDEX interaction_of_client ON interaction USING btree (client_id, id DESC);
CREATE INDEX interaction_of_client_and_channel ON interaction USING btree (client_id, channel, id DESC);
CREATE INDEX outbox_published ON outbox USING btree (published_at) WHERE (published_at IS NOT NULL);
CREATE INDEX outbox_waiting ON outbox USING btree ("position") WHERE (published_at IS NULL);

CREATE OR REPLACE FUNCTION refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is append-only: write a new entry instead', tg_table_name;
end $function$;

CREATE TRIGGER interaction_append_only BEFORE UPDATE ON interaction FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
