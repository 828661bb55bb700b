import { readFileSync } from 'node:fs';
import { refuseApproval } from '@client-graph/kit';
import { refusalProblems } from '@client-graph/testkit';
import { expect, test } from '@jest/globals';
import { refuse as ofAudiences } from './audiences/audiences.rules.js';
import { refuse as ofCampaigns } from './campaigns/campaigns.rules.js';
import { refuse as ofFigures } from './figures/figures.rules.js';
import { refuse as ofForms } from './forms/forms.rules.js';
import { refuse as ofGoals } from './goals/goals.rules.js';
import { refuse as ofImports } from './imports/imports.rules.js';
import { refuse as ofLeads } from './leads/refusals.rules.js';
import { refuse as ofMaterials } from './materials/materials.rules.js';
import { refuse as ofPartners } from './partners/partners.rules.js';
import { refuse as ofRules } from './rules/rules.rules.js';
import { service } from './service.js';

// Nothing that marketing approves is about a client, so no adviser stands in the way of deciding.
const { OWN_CLIENT: _, ...ofApprovals } = refuseApproval.table;

test('every refusal is promised in the schema, and every promise can be kept', () => {
  const schema = readFileSync(new URL('schema.graphql', service.folder), 'utf8');
  const tables = [
    ofCampaigns,
    ofLeads,
    ofImports,
    ofPartners,
    ofRules,
    ofMaterials,
    ofGoals,
    ofFigures,
    ofForms,
    ofAudiences,
  ].map(({ table }) => table);
  expect(refusalProblems(schema, ...tables, ofApprovals)).toEqual([]);
});
