import { defineRefusals, refuse } from '@client-graph/kit/refusals';
import type { Consent, Purpose } from '../consents/consents.rules.js';
import { currentOf } from '../consents/consents.rules.js';

export type LawfulBasis = 'CONTRACT' | 'LEGAL_DUTY' | 'PUBLIC_INFORMATION' | 'CONSENT' | 'SEPARATE_CONSENT';
export const ENRICHED_FIELDS = [
  'EMPLOYER',
  'INDUSTRY',
  'PUBLIC_OFFICE',
  'INTERESTS',
  'CREDIT_STANDING',
  'REGISTERED_CAPITAL',
  'OPERATING_STATUS',
  'LISTING',
  'OUTLOOK',
] as const;
export type EnrichedField = (typeof ENRICHED_FIELDS)[number];
export type SourceStatus = 'PROPOSED' | 'APPROVED' | 'REJECTED' | 'WITHDRAWN' | 'EXPIRED';

/** From where the firm may collect by itself, on what basis, and what (policy 3.3; `domain.md` 3.1.6). */
export type Source = {
  code: string;
  basis: LawfulBasis;
  consentPurpose: Purpose | null;
  fields: readonly EnrichedField[];
  effectiveFrom: string;
  effectiveTo: string | null;
  status: SourceStatus;
};

export const refuseEnrichment = defineRefusals({
  SOURCE_NOT_PERMITTED:
    'Nothing may be collected from this source on that day; the details list those that are permitted.',
  FIELD_NOT_PERMITTED: 'This source may not be asked for that; the details list what it may be asked for.',
  CONSENT_MISSING: 'The client has not allowed this, or no longer does; the details name the purpose.',
  SOURCE_VERSION_TAKEN:
    'This source has a row of that version already: give the new one a version of its own.',
});

/** The row of a source that counts on a day: of those approved and in force the latest. Refuses SOURCE_NOT_PERMITTED. */
export function permitted<Kept extends Source>(sources: readonly Kept[], code: string, day: string): Kept {
  const inForce = (source: Kept) =>
    source.status === 'APPROVED' &&
    source.effectiveFrom <= day &&
    (source.effectiveTo === null || day <= source.effectiveTo);
  const [latest] = sources
    .filter((source) => source.code === code && inForce(source))
    .sort((a, b) => (a.effectiveFrom < b.effectiveFrom ? 1 : -1));
  if (latest === undefined)
    throw refuseEnrichment('SOURCE_NOT_PERMITTED', {
      permitted: [...new Set(sources.filter(inForce).map((source) => source.code))],
    });
  return latest;
}

/** Whether these things may be collected from a source, given what the client has allowed. */
export function collect(
  source: Source,
  ask: { fields: readonly EnrichedField[]; collectedOn: string },
  consents: readonly Consent[],
  today: string,
): void {
  if (ask.fields.length === 0) throw refuse('BAD_INPUT', { field: 'facts', reason: 'EMPTY' });
  if (new Set(ask.fields).size < ask.fields.length)
    throw refuse('BAD_INPUT', { field: 'facts', reason: 'DOUBLED' });
  if (ask.collectedOn > today) throw refuse('BAD_INPUT', { field: 'collectedOn', reason: 'TO_COME' });
  if (ask.fields.some((field) => !source.fields.includes(field)))
    throw refuseEnrichment('FIELD_NOT_PERMITTED', { permitted: source.fields });
  const purpose = source.consentPurpose;
  const isAllowed =
    purpose === null || currentOf(consents).some((act) => act.purpose === purpose && act.action === 'GRANT');
  if (!isAllowed) throw refuseEnrichment('CONSENT_MISSING', { purpose });
}
