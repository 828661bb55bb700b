import { Decimal } from '@client-graph/kit/decimal';
import { type Money, nonNegativeMoney } from '@client-graph/kit/money';
import { defineRefusals } from '@client-graph/kit/refusals';
import { type Client, mustNotAdvise, refuseClient, type Status } from './clients.rules.js';

export type AssetSource = 'DECLARATION' | 'FIRM_RECORDS' | 'STATEMENT' | 'CERTIFICATE';

export type Snapshot = {
  asOf: string;
  aumWithFirm: Decimal;
  externalDeclared: Decimal;
  externalVerified: Decimal;
  currency: string;
  source: AssetSource;
};

export const refuseAssets = defineRefusals({
  WRONG_CURRENCY: 'State assets in the currency of the grading tables; the details name it.',
  AS_OF_IN_FUTURE: 'Assets are recorded as of a day that has come.',
  NOT_EVIDENCE: 'A declaration of the client is no evidence: name the records, statement or certificate.',
});

/** States in which there is a relationship whose assets can be recorded. */
export const RECORDABLE: readonly Status[] = [
  'ONBOARDING',
  'ACTIVE',
  'DORMANT',
  'RESTRICTED',
  'CLOSING',
  'DECEASED',
];

/** An amount of assets, which may be zero. Refuses WRONG_CURRENCY and BAD_INPUT. */
function assetsOf(money: Money, field: string, currency: string): Decimal {
  const { amount } = nonNegativeMoney(money, field);
  if (money.currency !== currency) throw refuseAssets('WRONG_CURRENCY', { field, currency });
  return amount;
}

/** The client's own word at opening. It is on file and counts for nothing. */
export const declare = (money: Money, currency: string, today: string): Snapshot => ({
  asOf: today,
  aumWithFirm: new Decimal(0),
  externalDeclared: assetsOf(money, 'declaredAssets', currency),
  externalVerified: new Decimal(0),
  currency,
  source: 'DECLARATION',
});

type Ask = { asOf: string; aumWithFirm: Money; externalVerified: Money; source: AssetSource };

/** A snapshot with evidence. What the client has declared before is carried along. */
export function record(
  client: Client,
  ask: Ask,
  {
    declared,
    currency,
    staffId,
    today,
  }: { declared: Decimal; currency: string; staffId: string; today: string },
): Snapshot {
  mustNotAdvise(client, staffId);
  if (!RECORDABLE.includes(client.status))
    throw refuseClient('WRONG_STATUS', { status: client.status, allowed: RECORDABLE });
  if (ask.source === 'DECLARATION') throw refuseAssets('NOT_EVIDENCE');
  if (ask.asOf > today) throw refuseAssets('AS_OF_IN_FUTURE', { today });
  return {
    asOf: ask.asOf,
    aumWithFirm: assetsOf(ask.aumWithFirm, 'aumWithFirm', currency),
    externalDeclared: declared,
    externalVerified: assetsOf(ask.externalVerified, 'externalVerified', currency),
    currency,
    source: ask.source,
  };
}

/** Whether a new snapshot takes the place of the one that counts: evidence before declaration, then the later day, then the later word. */
export const counts = (candidate: Snapshot, current: Snapshot | null): boolean =>
  current === null || current.source === 'DECLARATION' || candidate.asOf >= current.asOf;
