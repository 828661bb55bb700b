import { readFileSync } from 'node:fs';
import { refuseApproval } from '@client-graph/kit';
import { refusalProblems } from '@client-graph/testkit';
import { expect, test } from '@jest/globals';
import { refuseAdjustment } from './adjustments/adjustments.rules.js';
import { refuse as ofChanges } from './changes/changes.rules.js';
import { refuse as ofRedemptions } from './redemptions/redemptions.rules.js';

test('every refusal is promised in the schema, and every promise has its refusal', () => {
  const schema = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');
  expect(
    refusalProblems(
      schema,
      ofRedemptions.table,
      ofChanges.table,
      refuseAdjustment.table,
      refuseApproval.table,
    ),
  ).toEqual([]);
});
