import { NavCorrected } from '@client-graph/events';
import { Decimal } from '@client-graph/kit/decimal';
import { defineRefusals, refuse as refuseInput } from '@client-graph/kit/refusals';

type Words = Readonly<Record<'EN' | 'ZH_HANS' | 'ZH_HANT', string>>;

/** Why a value of a unit was wrong. */
export const CORRECTION_WORDS = {
  ISSUER_CORRECTED: { EN: 'The issuer has corrected it', ZH_HANS: '发行机构更正', ZH_HANT: '發行機構更正' },
  IMPORT_ERROR: { EN: 'It was taken in wrongly', ZH_HANS: '导入有误', ZH_HANT: '匯入有誤' },
} as const satisfies Record<string, Words>;
export type CorrectionReason = keyof typeof CORRECTION_WORDS;

export const refuse = defineRefusals({
  NAV_UNCHANGED: 'The value proposed is the one that is there.',
  NOT_AFFECTED: 'Nothing of this order was settled at the value that was corrected.',
  NOT_APPROVED: 'The correction has not been approved.',
});

const NAV_DECIMALS_MAX = 8;
const NAV_DIGITS_MAX = 12;

/** A value of a unit that may stand in the series. Refuses BAD_INPUT and NAV_UNCHANGED. */
export function checkNav(nav: Decimal, was: Decimal): void {
  const isTooLong =
    nav.decimalPlaces() > NAV_DECIMALS_MAX || nav.greaterThanOrEqualTo(new Decimal(10).pow(NAV_DIGITS_MAX));
  if (nav.lessThanOrEqualTo(0) || isTooLong)
    throw refuseInput('BAD_INPUT', {
      field: 'nav',
      expected: `more than zero, at most ${NAV_DECIMALS_MAX} decimals`,
    });
  if (nav.equals(was)) throw refuse('NAV_UNCHANGED');
}

export const corrected = ({ productId, day }: { productId: string; day: string }, count: number) =>
  NavCorrected({ productId, asOf: day, count });
