import { loadSchema } from '@client-graph/kit';
import { refusalProblems } from '@client-graph/testkit';
import { expect, test } from '@jest/globals';
import { refuseAssets } from './assets.rules.js';
import { refuseClient } from './clients.rules.js';
import { refuseProfile } from './profiles.rules.js';

test('every refusal is promised by the schema, and every promise can be kept', () => {
  const schema = loadSchema(new URL('../schema.graphql', import.meta.url));
  expect(refusalProblems(schema, refuseClient.table, refuseProfile.table, refuseAssets.table)).toEqual([]);
});
