import { type Db, transact } from '@client-graph/kit';
import type { ProductRow } from '../entities.js';
import type { Goal } from '../plans/allocation.rules.js';
import { judge, lockClient } from '../suitability/suitability.js';
import { checkFirst, ranked, situationOf } from './candidates.js';
import type { FitPoints } from './fit.rules.js';

export type Suggestion = { product: ProductRow; points: number; reasons: FitPoints[] };
type Ask = { clientId: string; first: number; goal: Goal; currency: string };

/** So many of the best are held against every rule at most, so that the cost of one question is known. */
const LOOKED_AT_MAX = 60;

/**
 * What fits the client best, at its minimum amount, of what suits without any warning: never above the level. It stores nothing;
 * what is recommended is recorded by `recommendProduct`, or by a plan.
 */
export const suggestionsOf = (db: Db, { clientId, first, goal, currency }: Ask): Promise<Suggestion[]> => {
  checkFirst(first);
  return transact(db, async (tx) => {
    const client = await lockClient(tx, clientId);
    const situation = await situationOf(tx, client, { goal, currency });
    const found: Suggestion[] = [];
    for (const { product, points, reasons } of (await ranked(tx, situation)).slice(0, LOOKED_AT_MAX)) {
      if (found.length === first) break;
      const { result } = await judge(tx, client, product, { amount: product.minAmount, currency }, []);
      if (result === 'SUITABLE') found.push({ product, points, reasons });
    }
    return found;
  });
};
