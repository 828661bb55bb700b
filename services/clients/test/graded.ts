/** The firm's own grading tables, and facts to grade by, for tests of the rules. */
import { readFileSync } from 'node:fs';
import { Decimal } from '@client-graph/kit/decimal';
import type { IndividualFacts } from '../src/grading.rules.js';
import type { GradingRules, GradingTables } from '../src/grading-tables.rules.js';

export const TABLES: GradingTables & { version: string } = JSON.parse(
  readFileSync(new URL('../data/grading-rules.json', import.meta.url), 'utf8'),
);
export const RULES: GradingRules = { version: TABLES.version, tables: TABLES };
export const TODAY = '2026-03-02';

export const someFacts = (changes: Partial<IndividualFacts> = {}): IndividualFacts => ({
  assets: new Decimal(0),
  assetsAsOf: TODAY,
  tolerance: null,
  toleranceValidTo: null,
  investmentYears: 0,
  ...changes,
});
export const yuan = (amount: string | number) => new Decimal(amount);
