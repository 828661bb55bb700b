import {
  type Db,
  dayOf,
  isUuid,
  type Refusal,
  refuse as refuseInput,
  type Tx,
  transact,
} from '@client-graph/kit';
import { DecisionRow, RecommendationRow, SpecialWarningRow } from '../entities.js';
import { ruleInForce } from '../suitability/rule-in-force.js';
import { lockClient } from '../suitability/suitability.js';
import { overrideProblem, refuse } from './overrides.rules.js';

/** Shows the client the special warning about a decision that the table lets them override, and keeps that it was shown. */
export const showSpecialWarning = (
  db: Db,
  input: { requestId: string; decisionId: string },
): Promise<SpecialWarningRow> =>
  transact(db, (tx) =>
    tx.once('showSpecialWarning', input, SpecialWarningRow, async (id) => {
      const decision = isUuid(input.decisionId)
        ? await tx.findOne(DecisionRow, { id: input.decisionId })
        : null;
      if (decision === null) throw refuseInput('NOT_FOUND');
      const client = await lockClient(tx, decision.clientId);
      if (tx.actor.clientId !== client.id) throw refuse('NOT_ON_OWN_INITIATIVE');
      const { tables } = await ruleInForce(tx, dayOf(tx.now));
      if (!decision.isOverridable || tx.now > decision.validUntil || tables.specialWarning === undefined)
        throw refuse('NOT_OVERRIDABLE', { reasons: decision.reasons.map((reason) => reason.code) });
      return tx.insert(SpecialWarningRow, {
        id,
        clientId: client.id,
        productId: decision.productId,
        decisionId: decision.id,
        textVersion: tables.specialWarning.version,
        text: tables.specialWarning.text,
        shownAt: tx.now,
        shownTo: tx.actor.id,
        confirmedAt: null,
        orderId: null,
      });
    }),
  );

export type OverrideAsk = { warningId: string; textVersion: string };

/** The warning that the client has confirmed, or why it does not count. */
export async function confirmedWarning(
  tx: Tx,
  ask: OverrideAsk,
  about: { clientId: string; productId: string },
): Promise<{ warning: SpecialWarningRow | null; problem: Refusal | null }> {
  const warning = isUuid(ask.warningId) ? await tx.findOne(SpecialWarningRow, { id: ask.warningId }) : null;
  const { textVersion } = ask;
  const isRecommended = await wasRecommended(tx, about);
  const problem = overrideProblem(
    { ...about, textVersion, actorClientId: tx.actor.clientId, wasRecommended: isRecommended },
    warning,
    {
      dayOf,
      now: tx.now,
    },
  );
  return { warning, problem };
}

/** Whether the firm ever recommended the product to the client, by itself or in a plan. */
export const wasRecommended = async (
  tx: Tx,
  { clientId, productId }: { clientId: string; productId: string },
): Promise<boolean> => (await tx.findOne(RecommendationRow, { clientId, productId })) !== null;
