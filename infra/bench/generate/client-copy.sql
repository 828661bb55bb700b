-- What the other services know of a client.
insert into client_copy (client_id, adviser_id, kind, status, class, grade, age_band, full_civil_capacity, institution_type, updated_at)
select id, adviser_id, 'INDIVIDUAL', 'ACTIVE', class, grade, age_band, true, null, opened_at from person;
