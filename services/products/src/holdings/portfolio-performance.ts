import { type Context, Decimal, dayOf, daysBetween, isUuid, plusMonths, refuse } from '@client-graph/kit';
import { currencyDecimals } from '@client-graph/kit/money';
import { In } from 'typeorm';
import { HoldingRow } from '../entities.js';
import { type Flow, portfolioReturn } from './performance.rules.js';
import { type Ledger, positionsOf } from './positions.js';

export type PortfolioResult = {
  currency: string;
  from: string;
  to: string;
  opening: Decimal;
  value: Decimal;
  paidIn: Decimal;
  paidOut: Decimal;
  profit: Decimal;
  returnPct: Decimal;
};

const DAYS_MAX = 1_100;
const ZERO = new Decimal(0);
const sum = (values: readonly Decimal[]): Decimal => values.reduce((total, value) => total.plus(value), ZERO);

/** What all that a client holds of each currency has brought since a day; many clients cost as many statements as one. */
export async function portfolioPerformance(
  ctx: Context,
  client: { id: string },
  { from: asked }: { from?: string | null | undefined },
): Promise<PortfolioResult[]> {
  const to = dayOf(ctx.db.now());
  const from = asked ?? plusMonths(to, -12);
  if (from > to || daysBetween(from, to) > DAYS_MAX)
    throw refuse('BAD_INPUT', { field: 'from', expected: `at most ${DAYS_MAX} days ago` });
  if (!isUuid(client.id)) return [];
  return ctx.loadBy(`portfolio performance ${from}`, client.id, async (clientIds) => {
    const holdings = await ctx.db.source
      .getRepository(HoldingRow)
      .find({ where: { clientId: In([...clientIds]) }, order: { id: 'ASC' } });
    const ledgers = await positionsOf(ctx.db.source, holdings, from);
    return clientIds.map((id) => {
      const own = holdings.filter((holding) => holding.clientId === id);
      return [...new Set(own.map(({ currency }) => currency))].sort().map((currency) => {
        const positions = own
          .filter((holding) => holding.currency === currency)
          .flatMap((holding) => ledgers.get(holding.id) ?? []);
        return resultOf(positions, { currency, from, to });
      });
    });
  });
}

function resultOf(
  positions: readonly Ledger[],
  span: { currency: string; from: string; to: string },
): PortfolioResult {
  const opening = worthOn(positions, span.from, span.currency, 'BEFORE');
  const value = worthOn(positions, span.to, span.currency, 'AT_END');
  const flows = positions
    .flatMap((position) => position.flows)
    .filter(({ settledOn }) => settledOn >= span.from);
  const money = (isIn: boolean) =>
    sum(flows.map(({ amount }) => amount).filter((amount) => amount.greaterThan(0) === isIn));
  const [paidIn, paidOut] = [money(true), money(false).negated()];
  return {
    ...span,
    opening,
    value,
    paidIn,
    paidOut,
    profit: value.plus(paidOut).minus(opening).minus(paidIn),
    returnPct: portfolioReturn(positions, span.from),
  };
}

/** What positions were worth at the end of a day, or before it began. */
function worthOn(
  positions: readonly Ledger[],
  day: string,
  currency: string,
  when: 'BEFORE' | 'AT_END',
): Decimal {
  const counts = (on: string) => (when === 'BEFORE' ? on < day : on <= day);
  return sum(
    positions.map(({ flows, navs }) => {
      const units = sum(flows.filter((flow: Flow) => counts(flow.settledOn)).map((flow) => flow.units));
      const nav = navs.findLast((point) => counts(point.day))?.nav ?? navs[0]?.nav ?? ZERO;
      return units.times(nav).toDecimalPlaces(currencyDecimals(currency), Decimal.ROUND_HALF_UP);
    }),
  );
}
