import { readFileSync } from 'node:fs';
import { refuseApproval } from '@client-graph/kit';
import { refusalProblems } from '@client-graph/testkit';
import { expect, test } from '@jest/globals';
import { refuse as ofDocuments } from './documents/documents.rules.js';
import { refuse as ofFeeCredits } from './fees/fee-credits.rules.js';
import { refuse as ofProductFees } from './fees/product-fees.rules.js';
import { refuse as ofInterests } from './interests/interests.rules.js';
import { refuse as ofNavCorrections } from './navs/corrections.rules.js';
import { refuse as ofNavs } from './navs/navs.rules.js';
import { refuse as ofCoolingOff } from './orders/cooling-off.rules.js';
import { refuse as ofOrders } from './orders/orders.rules.js';
import { refuse as ofOverrides } from './orders/overrides.rules.js';
import { refuse as ofRedemptions } from './orders/redemptions.rules.js';
import { refuse as ofPlans } from './plans/plans.rules.js';
import { refuse as ofProducts } from './products/products.rules.js';
import { refuse as ofRecommendations } from './recommendations/recommendations.rules.js';
import { refuse as ofRuleChanges } from './rule-changes/rule-changes.rules.js';
import { refuse as ofStatements } from './trades/statements.rules.js';

test('every refusal is promised by the schema, and every promise is kept by a rule', () => {
  // Nothing that is proposed here is about one client.
  const { OWN_CLIENT: _, ...ofApprovals } = refuseApproval.table;
  const schema = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');
  expect(
    refusalProblems(
      schema,
      ofDocuments.table,
      ofFeeCredits.table,
      ofProductFees.table,
      ofNavs.table,
      ofNavCorrections.table,
      ofProducts.table,
      ofOrders.table,
      ofRedemptions.table,
      ofCoolingOff.table,
      ofOverrides.table,
      ofRecommendations.table,
      ofInterests.table,
      ofPlans.table,
      ofStatements.table,
      ofRuleChanges.table,
      ofApprovals,
    ),
  ).toEqual([]);
});
