-- Proposals of questionnaires go through approvals, which expire; what waited before has no hash to be held against and is proposed again.
update questionnaire_proposal
set state = 'REJECTED', reason = 'Proposed before proposals were held against their hash: propose it again.', decided_at = proposed_at, version = version + 1
where state = 'OPEN';
