import { type Db, type Tx, transact } from '@client-graph/kit';
import type { ProductRow } from '../entities.js';
import type { Goal } from '../plans/allocation.rules.js';
import { judge, lockClient } from '../suitability/suitability.js';
import { checkFirst, ranked, type Situation, situationOf, suiting } from './candidates.js';
import { allowsPersonal } from './consent.js';
import { type FitPoints, NOT_PERSONALISED } from './fit.rules.js';

export type Suggestion = {
  product: ProductRow;
  points: number;
  reasons: FitPoints[];
  isPersonalised: boolean;
};
type Ask = { clientId: string; first: number; goal: Goal; currency: string };

/** So many of the best are held against every rule at most, so that the cost of one question is known. */
const LOOKED_AT_MAX = 60;

/**
 * What fits the client best, at its minimum amount, of what suits without any warning: never above the level. Without the client's
 * consent to personalised recommendation it is what suits, in the order of the catalogue. It stores nothing; what is recommended is
 * recorded by `recommendProduct`, or by a plan.
 */
export const suggestionsOf = (db: Db, { clientId, first, goal, currency }: Ask): Promise<Suggestion[]> => {
  checkFirst(first);
  return transact(db, async (tx) => {
    const client = await lockClient(tx, clientId);
    const situation = await situationOf(tx, client, { goal, currency });
    const found: Suggestion[] = [];
    for (const suggestion of (await ordered(tx, client.id, situation)).slice(0, LOOKED_AT_MAX)) {
      if (found.length === first) break;
      const { product } = suggestion;
      const { result } = await judge(tx, client, product, { amount: product.minAmount, currency });
      if (result === 'SUITABLE') found.push(suggestion);
    }
    return found;
  });
};

async function ordered(tx: Tx, clientId: string, situation: Situation): Promise<Suggestion[]> {
  if (await allowsPersonal(tx, clientId))
    return (await ranked(tx, situation)).map(({ product, points, reasons }) => ({
      ...{ product, points, reasons },
      isPersonalised: true,
    }));
  return (await suiting(tx, situation)).map((product) => ({
    product,
    ...NOT_PERSONALISED,
    isPersonalised: false,
  }));
}
