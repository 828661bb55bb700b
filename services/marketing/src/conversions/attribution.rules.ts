import { Decimal } from '@client-graph/kit/decimal';
import type { CampaignChannel } from '../campaigns/campaigns.rules.js';

export const MODELS = ['FIRST', 'LAST', 'LINEAR', 'POSITION_BASED'] as const;
export type AttributionModel = (typeof MODELS)[number];

/** Where a touch came from. */
export type Source = { channel: CampaignChannel; campaignId: string | null };
export type Share = Source & { model: AttributionModel; share: Decimal };
export type PositionWeights = { positionFirst: string; positionLast: string };

const ONE = new Decimal(1);
const DECIMALS = 6;
const whole = (count: number, at: number): Decimal[] =>
  Array.from({ length: count }, (_, index) => (index === at ? ONE : new Decimal(0)));

/** Equal parts of an amount to six decimals; what does not divide goes to the last. */
function equally(amount: Decimal, count: number): Decimal[] {
  if (count === 0) return [];
  const part = amount.dividedBy(count).toDecimalPlaces(DECIMALS, Decimal.ROUND_DOWN);
  return Array.from({ length: count }, (_, index) =>
    index === count - 1 ? amount.minus(part.times(count - 1)) : part,
  );
}

/**
 * First and last touch have their shares and those between divide the rest. With two touches there is no between: the two divide
 * the whole in the proportion of their shares, equally when both are zero. A single touch has it all.
 */
function byPosition(count: number, { positionFirst, positionLast }: PositionWeights): Decimal[] {
  const [first, last] = [new Decimal(positionFirst), new Decimal(positionLast)];
  if (count === 1) return [ONE];
  if (count === 2) {
    const both = first.plus(last);
    const part = both.isZero()
      ? new Decimal('0.5')
      : first.dividedBy(both).toDecimalPlaces(DECIMALS, Decimal.ROUND_HALF_UP);
    return [part, ONE.minus(part)];
  }
  return [first, ...equally(ONE.minus(first).minus(last), count - 2), last];
}

function weightsOf(model: AttributionModel, count: number, weights: PositionWeights): Decimal[] {
  switch (model) {
    case 'FIRST':
      return whole(count, 0);
    case 'LAST':
      return whole(count, count - 1);
    case 'LINEAR':
      return equally(ONE, count);
    case 'POSITION_BASED':
      return byPosition(count, weights);
    default:
      return model satisfies never;
  }
}

/**
 * Shares a conversion out among the sources of its touches, which come oldest first and are at least one, by every model. The
 * touches of one source are taken together. Shares are exact decimals and those of a model sum to one.
 */
export function shareOut(touches: readonly Source[], weights: PositionWeights): Share[] {
  return MODELS.flatMap((model) => {
    const shares = new Map<string, Share>();
    const parts = weightsOf(model, touches.length, weights);
    touches.forEach(({ channel, campaignId }, index) => {
      const key = `${channel} ${campaignId}`;
      const share = (shares.get(key)?.share ?? new Decimal(0)).plus(parts[index] ?? 0);
      shares.set(key, { model, channel, campaignId, share });
    });
    return [...shares.values()].filter(({ share }) => share.greaterThan(0));
  });
}
