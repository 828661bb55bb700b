insert into assessment (id, client_id, questionnaire_id, rule_version, channel, state, started_at, submitted_at, attempt_no, score,
  sub_scores, band_level, gates_fired, scored_level, final_level, marks_lowest_category, lowest_category, flags, valid_from, valid_to, version)
select assessment_id, person.id, questionnaire.id, (select max(version) from assessment_rule), 'ONLINE', 'EFFECTIVE',
  opened_at + interval '2 hours', opened_at + interval '3 hours', 1, case level when 'MEDIUM_HIGH' then 68 else 50 end,
  '{"CAPACITY": 24, "KNOWLEDGE": 14, "OBJECTIVE": 6, "TOLERANCE": 6}', case level when 'MEDIUM_HIGH' then level else 'MEDIUM' end,
  case level when 'MEDIUM_LOW'
    then '[{"id": "G1", "ceiling": "MEDIUM_LOW", "interview": false, "flag": null, "marksLowestCategory": false}]'::jsonb else '[]' end,
  level, level, false, false, '[]', valid_from, valid_to, 4
from person cross join (select id from questionnaire where audience = 'INDIVIDUAL' and status = 'ACTIVE' order by effective_from desc limit 1) questionnaire;

-- What a client has answered is written plain; the service seals it when it starts again.
insert into answer_sheet (id, assessment_id, client_id, submitted_at, answers_plain, facts_plain)
select pg_temp.id_of(40, n), assessment_id, id, opened_at + interval '3 hours',
  '{"I1": "D", "I2": "B", "I3": "C", "I4": "C", "I5": "B", "I6": "C", "I7": "C", "I8": "C", "I9": "B", "I10": "C", "I11": "C", "I12": "B"}',
  jsonb_build_object('kind', 'INDIVIDUAL', 'class', class, 'grade', grade, 'ageBand', age_band, 'fullCivilCapacity', true,
    'institutionType', null, 'lastLevel', null)
from person;

insert into risk_report (id, number, assessment_id, client_id, level, issued_at, content_plain, content_hash)
select pg_temp.id_of(41, n), 'RR-BENCH-' || n, assessment_id, id, level, opened_at + interval '3 hours', '{"sections":[]}', md5(n::text)
from person;

insert into report_confirmation (id, assessment_id, report_id, client_id, report_hash, confirmed_at)
select pg_temp.id_of(42, n), assessment_id, pg_temp.id_of(41, n), id, md5(n::text), opened_at + interval '1 day' from person;

insert into risk_profile (client_id, level, lowest_category, valid_from, valid_to, assessment_id, version)
select id, level, false, valid_from, valid_to, assessment_id, 1 from person;
