import { type Db, isRefusal, type Money, positiveMoney, type Refusal, transact } from '@client-graph/kit';
import { RecommendationRow } from '../entities.js';
import { decideFor, lockClient, lockProduct } from '../suitability/suitability.js';
import { whyNot } from './recommendations.rules.js';

type Recommend = { requestId: string; clientId: string; productId: string; amount: Money };

/** Keeps that a product was recommended. What does not suit is not; its decision is committed before the refusal is thrown. */
export async function recommendProduct(db: Db, input: Recommend): Promise<RecommendationRow> {
  const amount = positiveMoney(input.amount, 'amount');
  const outcome = await transact(db, async (tx): Promise<RecommendationRow | Refusal> => {
    const client = await lockClient(tx, input.clientId);
    const before = await tx.answered('recommendProduct', input, RecommendationRow);
    if (before !== null) return before;
    const product = await lockProduct(tx, input.productId);
    const decision = await decideFor(tx, client, product, amount);
    return (
      whyNot(decision) ??
      tx.once('recommendProduct', input, RecommendationRow, (id) =>
        tx.insert(RecommendationRow, {
          id,
          clientId: client.id,
          productId: product.id,
          decisionId: decision.id,
          recommendedAt: tx.now,
          recommendedBy: tx.actor.id,
          originClientId: client.id,
        }),
      )
    );
  });
  if (isRefusal(outcome)) throw outcome;
  return outcome;
}
