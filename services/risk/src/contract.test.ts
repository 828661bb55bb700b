import { readFileSync } from 'node:fs';
import { refuseApproval } from '@client-graph/kit';
import { refusalProblems } from '@client-graph/testkit';
import { expect, test } from '@jest/globals';
import { refuseAlert } from './alerts/alerts.rules.js';
import { refuseAssessment } from './assessments/assessments.rules.js';
import { refuseReview } from './interviews/reviews.rules.js';
import { refuseProposal } from './questionnaires/proposals.rules.js';
import { refuseSheet } from './questionnaires/scoring.rules.js';
import { refuseTable } from './table-changes/table-changes.rules.js';

test('every refusal is promised in the schema, and nothing else is', () => {
  const schema = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');
  expect(
    refusalProblems(
      schema,
      refuseAssessment.table,
      refuseSheet.table,
      refuseReview.table,
      refuseProposal.table,
      refuseAlert.table,
      refuseTable.table,
      refuseApproval.table,
    ),
  ).toEqual([]);
});
