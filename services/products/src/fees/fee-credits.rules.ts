import {
  type DataOf,
  FeeCreditBooked,
  type FeeCreditGranted,
  FeeCreditReleased,
  FeeCreditRequested,
} from '@client-graph/events';
import { Decimal } from '@client-graph/kit/decimal';
import { currencyDecimals, type Money, minorUnits } from '@client-graph/kit/money';
import { defineRefusals, refuse as refuseInput } from '@client-graph/kit/refusals';
import type { OrderState } from '../orders/orders.rules.js';

/** Every move of a fee credit: state → action → state. Declined and released credits never count again. */
export const CREDIT_MOVES = {
  REQUESTED: { book: 'BOOKED', decline: 'DECLINED', release: 'RELEASED' },
  BOOKED: { release: 'RELEASED' },
  DECLINED: {},
  RELEASED: {},
} as const satisfies Record<string, Partial<Record<CreditAction, string>>>;
export type CreditAction = 'book' | 'decline' | 'release';
export type CreditState = keyof typeof CREDIT_MOVES;

type Words = Readonly<Record<'EN' | 'ZH_HANS' | 'ZH_HANT', string>>;
export const CREDIT_WORDS = {
  REQUESTED: { EN: 'Points are being taken', ZH_HANS: '积分扣减中', ZH_HANT: '積分扣減中' },
  BOOKED: { EN: 'Booked on the fee', ZH_HANS: '已抵扣费用', ZH_HANT: '已抵扣費用' },
  DECLINED: { EN: 'Declined', ZH_HANS: '未获抵扣', ZH_HANT: '未獲抵扣' },
  RELEASED: { EN: 'Given back', ZH_HANS: '已退回', ZH_HANT: '已退回' },
} as const satisfies Record<CreditState, Words>;

export type FeeCredit = {
  id: string;
  orderId: string;
  clientId: string;
  amount: Decimal;
  currency: string;
  state: CreditState;
  reason: string | null;
  redemptionId: string | null;
};

export const refuse = defineRefusals({
  NOT_SETTLED: 'Only the fee of a settled order can be paid with points.',
  OVER_CEILING: 'Points pay at most half of a fee, other credits included: see `details`.',
});

/** At most this part of a fee is paid with points (domain 3.5.2). */
const CEILING_PCT = 50;

type FeeOrder = { id: string; clientId: string; state: OrderState; currency: string };

const counts = (credit: FeeCredit): boolean => credit.state === 'REQUESTED' || credit.state === 'BOOKED';

/** Asks for a credit. Refuses NOT_SETTLED, and OVER_CEILING where half the fee is reached or there is none. */
export function request(
  order: FeeOrder,
  fee: Decimal,
  credits: readonly FeeCredit[],
  ask: { id: string; amount: Money },
) {
  const { amount, currency } = ask.amount;
  if (order.state !== 'SETTLED') throw refuse('NOT_SETTLED', { state: order.state });
  if (currency !== order.currency) throw refuseInput('BAD_INPUT', { field: 'amount', reason: 'CURRENCY' });
  const used = credits.filter(counts).reduce((sum, credit) => sum.plus(credit.amount), new Decimal(0));
  const left = fee
    .times(CEILING_PCT)
    .div(100)
    .toDecimalPlaces(currencyDecimals(currency), Decimal.ROUND_DOWN)
    .minus(used);
  if (amount.greaterThan(left)) throw refuse('OVER_CEILING', { left: left.toFixed(), currency });
  const credit: FeeCredit = {
    id: ask.id,
    orderId: order.id,
    clientId: order.clientId,
    amount,
    currency,
    state: 'REQUESTED',
    reason: null,
    redemptionId: null,
  };
  const told = { ...subject(credit), ...moneyOf(credit), feeMinor: minorUnits(fee, currency) };
  return { credit, events: [FeeCreditRequested(told)] };
}

const subject = ({ clientId, id: creditId, orderId }: FeeCredit) => ({ clientId, creditId, orderId });
const moneyOf = ({ amount, currency }: FeeCredit) => ({
  amountMinor: minorUnits(amount, currency),
  currency,
});

/** The state an action leads to; null where the credit is past it, as when the same answer comes again. */
export function moveCredit(state: CreditState, action: CreditAction): CreditState | null {
  const moves: Partial<Record<CreditAction, CreditState>> = CREDIT_MOVES[state];
  return moves[action] ?? null;
}

/** Points were taken: the credit is booked, or given back where its order is no longer settled or the sums differ. Null: nothing to do. */
export function grant(credit: FeeCredit, order: FeeOrder, granted: DataOf<typeof FeeCreditGranted>) {
  const state = moveCredit(credit.state, 'book');
  if (state === null) return null;
  if (order.state !== 'SETTLED') return release(credit, 'ORDER_REVERSED');
  const { amountMinor, currency } = moneyOf(credit);
  if (granted.amountMinor !== amountMinor || granted.currency !== currency)
    return release(credit, 'OTHER_AMOUNT');
  return {
    changes: { state, redemptionId: granted.redemptionId },
    events: [FeeCreditBooked({ ...subject(credit), ...moneyOf(credit) })],
  };
}

/** No points were taken. Null: nothing to do. */
export function decline(credit: FeeCredit, reason: string) {
  const state = moveCredit(credit.state, 'decline');
  return state === null ? null : { changes: { state, reason }, events: [] };
}

/** The credit is not, or no longer, wanted: loyalty gives back what it took. Null: nothing to do. */
export function release(credit: FeeCredit, reason: 'ORDER_REVERSED' | 'OTHER_AMOUNT' | 'TIMED_OUT') {
  const state = moveCredit(credit.state, 'release');
  if (state === null) return null;
  return { changes: { state, reason }, events: [FeeCreditReleased({ ...subject(credit), reason })] };
}
