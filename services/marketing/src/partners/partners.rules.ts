import { defineRefusals } from '@client-graph/kit/refusals';

export type PartnerKind = 'FINANCIAL_INSTITUTION' | 'COMPANY' | 'MEDIA';
export type Partner = {
  id: string;
  name: string;
  kind: PartnerKind;
  agreementReference: string;
  agreementFrom: string;
  agreementTo: string | null;
  /** The text by which a person agrees that this partner hands their data on (domain 3.1.6). */
  sharingTextVersion: string;
};

export const refuse = defineRefusals({
  PARTNER_EXISTS: 'Another partner has this name.',
  BAD_AGREEMENT:
    'An agreement has a reference of 1 to 200 characters, ends on the day it begins or later, and names the sharing text as a code.',
  AGREEMENT_ENDED: 'The agreement has ended: record a new one as another partner.',
});

type Agreement = Pick<Partner, 'agreementReference' | 'agreementFrom' | 'agreementTo' | 'sharingTextVersion'>;

/** Refuses BAD_AGREEMENT. */
export function checkAgreement({
  agreementReference,
  agreementFrom,
  agreementTo,
  sharingTextVersion,
}: Agreement): void {
  const isSound =
    agreementReference.trim().length > 0 &&
    agreementReference.length <= 200 &&
    !/\p{Cc}/u.test(agreementReference) &&
    (agreementTo === null || agreementTo >= agreementFrom) &&
    /^[A-Za-z0-9_.-]{1,64}$/.test(sharingTextVersion);
  if (!isSound) throw refuse('BAD_AGREEMENT');
}

/** Whether the agreement is in force on a day, its last day included. */
export const isInForce = (
  { agreementFrom, agreementTo }: Pick<Partner, 'agreementFrom' | 'agreementTo'>,
  day: string,
): boolean => agreementFrom <= day && (agreementTo === null || agreementTo >= day);

/** The agreement ends on a day that is not over; an end that has passed stays. */
export function end(
  partner: Pick<Partner, 'agreementFrom' | 'agreementTo'>,
  on: string,
  today: string,
): { agreementTo: string } {
  if (partner.agreementTo !== null && partner.agreementTo < today) throw refuse('AGREEMENT_ENDED');
  if (on < today || on < partner.agreementFrom) throw refuse('BAD_AGREEMENT');
  return { agreementTo: on };
}
