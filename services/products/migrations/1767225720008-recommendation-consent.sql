-- Whether a client allows that recommendations are ranked by what is known of them; where nothing was told they do not.
create table recommendation_consent (
  client_id  uuid primary key,
  is_granted boolean not null,
  changed_at timestamptz not null
);
