-- What a client has allowed and taken back: append-only, the latest row of a purpose, channel and partner counts.
create table consent_record (
  id           uuid primary key,
  client_id    uuid not null references client,
  purpose      text not null,
  channel      text,
  partner      text,
  basis        text not null,
  action       text not null check (action in ('GRANT', 'WITHDRAW')),
  text_version text not null,
  evidence     text not null,
  source       text not null,
  by           uuid not null,
  at           timestamptz not null,
  constraint marketing_names_its_channel check ((purpose = 'MARKETING') = (channel is not null)),
  constraint sharing_names_its_partner check ((purpose = 'PARTNER_SHARING') = (partner is not null))
);
create index consent_record_client on consent_record (client_id, id);
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'Rows of % are never changed.', tg_table_name;
end $$;
create trigger consent_record_is_append_only before update or delete on consent_record for each row execute function refuse_change();
