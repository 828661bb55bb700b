import { AdjustmentDecided, AdjustmentProposed, PointsAdjusted } from '@client-graph/events';
import { defineRefusals } from '@client-graph/kit/refusals';
import { endOfMonth } from '@client-graph/kit/time';
import {
  type Account,
  type Booking,
  balanceOf,
  draw,
  entryOf,
  factOf,
  inSpendingOrder,
  type Labels,
  type Lot,
  type NewId,
} from '../points/lots.rules.js';

export const refuseAdjustment = defineRefusals({
  ADJUSTMENT_CLOSED: 'This adjustment was decided, withdrawn or left to expire before.',
});

/** Points booked by hand: asked for by one person, approved by another. */
export const ADJUSTMENT_STATES = ['PROPOSED', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'EXPIRED'] as const;
export type AdjustmentState = (typeof ADJUSTMENT_STATES)[number];
export type AdjustmentReason = 'GOODWILL' | 'CORRECTION' | 'COMPENSATION' | 'MISUSE';

export type Adjustment = {
  id: string;
  clientId: string;
  points: number;
  reason: AdjustmentReason;
  state: AdjustmentState;
};

export const ADJUSTMENT_STATE_LABELS: Readonly<Record<AdjustmentState, Labels>> = {
  PROPOSED: { EN: 'Proposed', ZH_HANS: '待批准', ZH_HANT: '待批准' },
  APPROVED: { EN: 'Booked', ZH_HANS: '已入账', ZH_HANT: '已入帳' },
  REJECTED: { EN: 'Rejected', ZH_HANS: '已否决', ZH_HANT: '已否決' },
  WITHDRAWN: { EN: 'Withdrawn', ZH_HANS: '已撤回', ZH_HANT: '已撤回' },
  EXPIRED: { EN: 'Not decided in time', ZH_HANS: '逾期未批', ZH_HANT: '逾期未批' },
};

export const ADJUSTMENT_REASON_LABELS: Readonly<Record<AdjustmentReason, Labels>> = {
  GOODWILL: { EN: 'Goodwill', ZH_HANS: '客户关怀', ZH_HANT: '客戶關懷' },
  CORRECTION: { EN: 'Correction of an error', ZH_HANS: '差错更正', ZH_HANT: '差錯更正' },
  COMPENSATION: { EN: 'Compensation', ZH_HANS: '补偿', ZH_HANT: '補償' },
  MISUSE: { EN: 'Points had by misuse', ZH_HANS: '违规所得', ZH_HANT: '違規所得' },
};

/** The rule of entries and lots that were booked by hand; they count towards no tier (`domain.md` 3.5.3). */
const ADJUST = 'ADJUST';

/** Why an adjustment cannot be booked; null when it can. A debit never takes more than there is. */
export const shortOf = (account: Account, points: number): number =>
  Math.max(0, -points - balanceOf(account.lots));

/** Books an adjustment: new points in a lot of their own, or points taken soonest expiry first. `shortOf` has been asked. */
export function adjust(
  account: Account,
  { id: adjustmentId, points }: Pick<Adjustment, 'id' | 'points'>,
  { day, expiryMonths }: { day: string; expiryMonths: number },
  newId: NewId,
): Booking {
  const moved =
    points > 0 ? [newLot(account, points, { day, expiryMonths }, newId)] : takenFrom(account, -points);
  const entry = {
    ...entryOf({ clientId: account.clientId, rule: ADJUST }, newId(), 'ADJUST', day),
    available: points,
    referenceId: adjustmentId,
  };
  const lots = moved.map(({ lot }) => lot);
  const lotIds = lots.map(({ id }) => id);
  const fact = factOf(entry, lotIds, Math.abs(points), balanceOf(account.lots) + points);
  return {
    lots,
    entries: [entry],
    allocations: moved.map(({ lot, points: part }) => ({ entryId: entry.id, lotId: lot.id, points: part })),
    debt: account.debt,
    events: [PointsAdjusted({ ...fact, adjustmentId, direction: points > 0 ? 'CREDIT' : 'DEBIT' })],
  };
}

const takenFrom = (account: Account, points: number) =>
  draw(inSpendingOrder(account.lots), points, 'EXHAUSTED').taken;

function newLot(
  { clientId }: Account,
  points: number,
  { day, expiryMonths }: { day: string; expiryMonths: number },
  newId: NewId,
): { lot: Lot; points: number } {
  const lot: Lot = {
    id: newId(),
    clientId,
    rule: ADJUST,
    amount: points,
    remaining: points,
    earnedOn: day,
    availableOn: day,
    expiresOn: endOfMonth(day, expiryMonths),
    state: 'ACTIVE',
    originLotId: null,
  };
  return { lot, points };
}

const told = ({ id: adjustmentId, clientId, points }: Adjustment) => ({
  adjustmentId,
  clientId,
  amount: Math.abs(points),
  direction: points > 0 ? ('CREDIT' as const) : ('DEBIT' as const),
});

export const adjustmentProposed = (adjustment: Adjustment) => AdjustmentProposed(told(adjustment));
export const adjustmentDecided = (adjustment: Adjustment, outcome: Exclude<AdjustmentState, 'PROPOSED'>) =>
  AdjustmentDecided({ ...told(adjustment), outcome });
