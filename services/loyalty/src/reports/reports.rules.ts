import { Decimal } from '@client-graph/kit/decimal';
import type { EntryType } from '../points/lots.rules.js';

/** What the nightly check holds against each other. */
export type FindingKind = 'BALANCE' | 'PENDING' | 'DEBT' | 'LOT' | 'REDEMPTION' | 'STOCK';

/** The points that all members have, at the end of a day. */
export type Liability = {
  day: string;
  members: number;
  activePoints: number;
  pendingPoints: number;
  debtPoints: number;
  /** Of the twelve months up to the day. */
  earned12m: number;
  redeemed12m: number;
  expired12m: number;
  pointsPerCurrency: number;
  currency: string;
  /** What lapses by month, soonest first. */
  expiring: { month: string; points: number }[];
};

/** What the points would cost if all were spent, in whole cents. */
export const liabilityOf = ({ activePoints, pendingPoints, pointsPerCurrency, currency }: Liability) => ({
  amount: new Decimal(activePoints + pendingPoints).div(pointsPerCurrency).toDecimalPlaces(2),
  currency,
});

/** Of the points that came to an end in twelve months the share that lapsed unspent; null when none did. */
export function breakageRate({ expired12m, redeemed12m }: Liability): Decimal | null {
  const ended = expired12m + redeemed12m;
  return ended === 0 ? null : new Decimal(expired12m).div(ended).toDecimalPlaces(4);
}

/** How many of today's points will lapse if members go on as they did. */
export function expectedBreakage(liability: Liability): number | null {
  const rate = breakageRate(liability);
  return rate === null
    ? null
    : rate
        .times(liability.activePoints + liability.pendingPoints)
        .floor()
        .toNumber();
}

export const ENTRY_LABELS = {
  EARN: { EN: 'Earned', ZH_HANS: '获得', ZH_HANT: '獲得' },
  ACTIVATE: { EN: 'Became available', ZH_HANS: '生效', ZH_HANT: '生效' },
  REDEEM: { EN: 'Redeemed', ZH_HANS: '兑换', ZH_HANT: '兌換' },
  EXPIRE: { EN: 'Expired', ZH_HANS: '过期', ZH_HANT: '過期' },
  REVERSE_EARN: { EN: 'Taken back', ZH_HANS: '扣回', ZH_HANT: '扣回' },
  REVERSE_REDEEM: { EN: 'Given back', ZH_HANS: '退回', ZH_HANT: '退回' },
} as const satisfies Record<EntryType, object>;
