import type { Refusal } from '@client-graph/kit/refusals';
import { defineRefusals } from '@client-graph/kit/refusals';

export type SpecialWarning = {
  id: string;
  clientId: string;
  productId: string;
  textVersion: string;
  /** When it was shown to the client. */
  shownAt: Date;
  confirmedAt: Date | null;
};

export const refuse = defineRefusals({
  NOT_OVERRIDABLE:
    'The table does not allow this client to go above their level here, on nobody’s initiative: the reasons are in `details`.',
  NOT_ON_OWN_INITIATIVE: 'Only the client themself may ask to go above their level; nobody asks for them.',
  WAS_RECOMMENDED:
    'The firm has recommended this product to the client, so the wish is not the client’s own.',
  WARNING_NOT_SHOWN:
    'Show the client the special warning for this product first (showSpecialWarning), today.',
  OTHER_TEXT_VERSION: 'The client has confirmed another version of the warning than the one that was shown.',
});

type Ask = {
  clientId: string;
  productId: string;
  textVersion: string;
  actorClientId: string | null;
  /** Whether the firm ever recommended the product to the client. */
  wasRecommended: boolean;
};

/** Why the client may not go above their level with this warning; null when they may, if the decision allows it (domain 3.3.2). */
export function overrideProblem(
  ask: Ask,
  warning: SpecialWarning | null,
  { dayOf, now }: { dayOf: (instant: Date) => string; now: Date },
): Refusal | null {
  if (ask.actorClientId !== ask.clientId) return refuse('NOT_ON_OWN_INITIATIVE');
  if (ask.wasRecommended) return refuse('WAS_RECOMMENDED');
  const isForThis =
    warning !== null &&
    warning.clientId === ask.clientId &&
    warning.productId === ask.productId &&
    warning.confirmedAt === null &&
    dayOf(warning.shownAt) === dayOf(now);
  if (!isForThis) return refuse('WARNING_NOT_SHOWN');
  if (warning.textVersion !== ask.textVersion)
    return refuse('OTHER_TEXT_VERSION', { shown: warning.textVersion, confirmed: ask.textVersion });
  return null;
}
