import type { ConsentChannel, ConsentPurpose } from '@client-graph/events';
import { defineRefusals, refuse } from '@client-graph/kit/refusals';
import type { Status } from '../clients.rules.js';
import { code } from '../profiles.rules.js';

export type Purpose = (typeof ConsentPurpose)['options'][number];
export type Channel = (typeof ConsentChannel)['options'][number];
export type ConsentAction = 'GRANT' | 'WITHDRAW';
export type ConsentBasis = 'CONTRACT' | 'LEGAL_DUTY' | 'CONSENT' | 'SEPARATE_CONSENT';
export type ConsentSource = 'APPLICATION' | 'BRANCH' | 'PHONE' | 'APP' | 'WEB' | 'LETTER' | 'IMPORT';

export type Consent = {
  purpose: Purpose;
  channel: Channel | null;
  partner: string | null;
  action: ConsentAction;
  at: Date;
};

/** What each use of data rests on (`domain.md` 3.1.6): a contract and a duty of law are no consent that could be taken back. */
export const PURPOSES: Readonly<Record<Purpose, ConsentBasis>> = {
  SERVICE_CONTRACT: 'CONTRACT',
  STATUTORY_KYC: 'LEGAL_DUTY',
  SUITABILITY_AUTOMATION: 'CONSENT',
  CARE_GREETING: 'CONSENT',
  MARKETING: 'CONSENT',
  PERSONALISED_RECOMMENDATION: 'CONSENT',
  PARTNER_SHARING: 'SEPARATE_CONSENT',
  SENSITIVE_FINANCIAL: 'SEPARATE_CONSENT',
  TRACKING: 'CONSENT',
};

export const refuseConsent = defineRefusals({
  CHANNEL_NEEDED: 'Consent to marketing names its channel, consent to anything else names none.',
  PARTNER_NEEDED: 'Consent to sharing names the partner, consent to anything else names none.',
  NOT_WITHDRAWABLE: 'This use rests on the contract or on a duty of law and ends with the relationship.',
});

/** States in which there is no relationship whose contract a withdrawal would break. */
const ENDED: readonly Status[] = ['CLOSED', 'ERASED', 'MERGED'];

type Ask = { purpose: Purpose; channel?: Channel | null | undefined; partner?: string | null | undefined };

/** One act of a client, checked. Refuses what names too little, or takes back what was never a consent. */
export function consentOf(
  ask: Ask,
  action: ConsentAction,
  status: Status,
): Pick<Consent, 'purpose' | 'channel' | 'partner' | 'action'> & { basis: ConsentBasis } {
  const { purpose } = ask;
  const channel = ask.channel ?? null;
  const partner = ask.partner ?? null;
  if ((purpose === 'MARKETING') !== (channel !== null)) throw refuseConsent('CHANNEL_NEEDED');
  if ((purpose === 'PARTNER_SHARING') !== (partner !== null)) throw refuseConsent('PARTNER_NEEDED');
  const basis = PURPOSES[purpose];
  const isConsent = basis === 'CONSENT' || basis === 'SEPARATE_CONSENT';
  if (action === 'WITHDRAW' && !isConsent && !ENDED.includes(status))
    throw refuseConsent('NOT_WITHDRAWABLE', { basis });
  if (status === 'ERASED' || status === 'MERGED') throw refuse('NOT_FOUND');
  return { purpose, channel, partner: partner === null ? null : code(partner, 'partner'), action, basis };
}

/** What counts now: of each purpose, channel and partner the latest act. */
export function currentOf<Kept extends Consent>(history: readonly Kept[]): Kept[] {
  const latest = new Map<string, Kept>();
  for (const act of history.toSorted((a, b) => a.at.getTime() - b.at.getTime()))
    latest.set(JSON.stringify([act.purpose, act.channel, act.partner]), act);
  return [...latest.values()];
}

/** When an act counts from: now, or just after the one before should a clock have gone back. */
export const afterLast = (history: readonly Pick<Consent, 'at'>[], now: Date): Date =>
  history.reduce((at, act) => (act.at >= at ? new Date(act.at.getTime() + 1) : at), now);
