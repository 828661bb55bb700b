import { readFileSync } from 'node:fs';
import { refuseApproval } from '@client-graph/kit';
import { refusalProblems } from '@client-graph/testkit';
import { expect, test } from '@jest/globals';
import { refuse as ofCare } from './care/care.rules.js';
import { refuse as ofCommunications } from './communications/communications.rules.js';
import { refuse as ofTemplates } from './communications/templates.rules.js';
import { refuse as ofComplaints } from './complaints/complaints.rules.js';
import { refuse as ofFiling } from './complaints/filing.rules.js';
import { refuse as ofRectifications } from './complaints/rectifications.rules.js';
import { refuse as ofDays } from './days/days.rules.js';
import { refuse as ofEvents } from './events/events.rules.js';
import { refuse as ofFeedback } from './feedback/feedback.rules.js';
import { refuse as ofInteractions } from './interactions.rules.js';
import { refuse as ofMaterialEvents } from './material-events/material-events.rules.js';
import { refuse as ofPlans } from './plans/plans.rules.js';
import { refuse as ofSurveys } from './surveys/surveys.rules.js';
import { refuse as ofTables } from './table-versions/table-versions.rules.js';

test('every refusal is promised in the schema, and every promise has its refusal', () => {
  const schema = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');
  const tables = [
    ofInteractions,
    ofComplaints,
    ofFiling,
    ofRectifications,
    ofCommunications,
    ofTemplates,
    ofCare,
    ofEvents,
    ofDays,
    ofFeedback,
    ofMaterialEvents,
    ofPlans,
    ofSurveys,
    ofTables,
  ].map(({ table }) => table);
  // Of the mechanism of approvals: the rest is refused by codes of the service's own before.
  const { PROPOSAL_EXPIRED, PAYLOAD_CHANGED, OWN_CLIENT } = refuseApproval.table;
  expect(refusalProblems(schema, ...tables, { PROPOSAL_EXPIRED, PAYLOAD_CHANGED, OWN_CLIENT })).toEqual([]);
});
