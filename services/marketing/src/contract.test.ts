import { readFileSync } from 'node:fs';
import { refusalProblems } from '@client-graph/testkit';
import { expect, test } from '@jest/globals';
import { refuse as ofCampaigns } from './campaigns/campaigns.rules.js';
import { refuse as ofImports } from './imports/imports.rules.js';
import { refuse as ofLeads } from './leads/refusals.rules.js';
import { refuse as ofPartners } from './partners/partners.rules.js';
import { service } from './service.js';

test('every refusal is promised in the schema, and every promise can be kept', () => {
  const schema = readFileSync(new URL('schema.graphql', service.folder), 'utf8');
  expect(
    refusalProblems(schema, ofCampaigns.table, ofLeads.table, ofImports.table, ofPartners.table),
  ).toEqual([]);
});
