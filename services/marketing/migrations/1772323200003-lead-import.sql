create table lead_import (
  id              uuid primary key,
  file_sha256     text not null,
  campaign_id     uuid not null references campaign,
  added           int not null,
  already_present int not null,
  rejected        jsonb not null,
  by              uuid,
  at              timestamptz not null
);
create index lead_import_file on lead_import (file_sha256);
