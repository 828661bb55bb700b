import { defineRefusals } from '@client-graph/kit/refusals';
import type { Reason, Result } from '../suitability/suitability.rules.js';

export const refuse = defineRefusals({
  NOT_TO_RECOMMEND:
    'Only what suits the client without any warning is recommended: the reasons are in `details`, their words in the stored decision.',
});

/** Why a product with this decision may not be recommended; null when it may (domain 2.1, C2: never above the level). */
export const whyNot = (decision: { id: string; result: Result; reasons: readonly Reason[] }) =>
  decision.result === 'SUITABLE'
    ? null
    : refuse('NOT_TO_RECOMMEND', {
        decisionId: decision.id,
        reasons: decision.reasons.map((reason) => reason.code),
      });
