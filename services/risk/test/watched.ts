/** What happens to clients that alerts are raised about, for tests: the events of other services with defaults. */
import { randomUUID } from 'node:crypto';
import {
  type EventDraft,
  HoldingChanged,
  PortfolioDrawdownReached,
  PortfolioMeasured,
  SuitabilityChecked,
} from '@client-graph/events';
import { compliance, people, type Someone } from '../src/people.fixture.js';

export type Product = { productId: string; rating: 'R1' | 'R2' | 'R3' | 'R4' | 'R5' };
export const product = (rating: Product['rating']): Product => ({ productId: randomUUID(), rating });

export const measured = (who: Someone, own: Partial<Parameters<typeof PortfolioMeasured>[0]> = {}) =>
  PortfolioMeasured({
    clientId: who.clientId,
    currency: 'CNY',
    asOf: '2026-03-01',
    positions: [],
    lossYearBp: 0,
    redeemedBp: 0,
    ...own,
  });

export const drawdown = (who: Someone, band: 'GE_10_PCT' | 'GE_20_PCT' = 'GE_10_PCT') =>
  PortfolioDrawdownReached({
    clientId: who.clientId,
    currency: 'CNY',
    band,
    peakOn: '2026-01-05',
    asOf: '2026-03-01',
  });

export const overridden = (who: Someone, override = true) =>
  SuitabilityChecked({
    clientId: who.clientId,
    decisionId: randomUUID(),
    productId: randomUUID(),
    result: 'WARN',
    reasonCodes: [],
    override,
  });

export const FIELDS = 'id version type subject severity count state addressee reason dueAt isDueProvisional';

type Served = ReturnType<Parameters<typeof people>[0]> & { deliver: (draft: EventDraft) => Promise<void> };

export function watched(worldOf: () => Served) {
  const { ofClient } = people(worldOf);
  const alertsOf = async (who: Someone, actor = compliance, open = true) =>
    (await ofClient(actor, who, `riskAlerts(open: ${open}) { ${FIELDS} }`)).riskAlerts;
  const typesOf = async (who: Someone): Promise<string[]> =>
    (await alertsOf(who)).map(({ type }: { type: string }) => type).sort();
  const holds = (who: Someone, { productId, rating }: Product, units = '100') =>
    worldOf().deliver(
      HoldingChanged({ clientId: who.clientId, productId, rating, units, valueBand: 'LT_100K' }),
    );
  return { alertsOf, typesOf, holds };
}
