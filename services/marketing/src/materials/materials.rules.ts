import { type BannedPhrases, bannedPhrase } from '@client-graph/kit/banned-phrases';
import { defineRefusals } from '@client-graph/kit/refusals';

export type Material = {
  id: string;
  campaignId: string;
  title: string;
  body: string;
  /** Private-fund materials go to identified qualified leads only (domain 2, C13). */
  isPrivateFund: boolean;
  validTo: string | null;
  status: 'PENDING' | 'APPROVED' | 'REJECTED' | 'WITHDRAWN' | 'EXPIRED';
};

export const refuse = defineRefusals({
  BAD_MATERIAL:
    'A title has 1 to 200 characters in one line, a text 1 to 20,000, and a last day is one to come.',
  BANNED_PHRASE: 'The words promise safety or a return, which is prohibited: `details.phrase` says which.',
  MATERIAL_UNKNOWN: 'There is no such material.',
  NOT_APPROVED: 'The material is not approved, or its last day is over.',
  NOT_QUALIFIED: 'Private-fund material is for people whose qualification was looked at: note it first.',
});

/** The words of a material, checked. */
export function checkedMaterial(
  given: { title: string; body: string; validTo: string | null },
  banned: BannedPhrases,
  today: string,
): { title: string; body: string; validTo: string | null } {
  const title = given.title.trim();
  const body = given.body.trim();
  const isSound =
    title.length >= 1 &&
    title.length <= 200 &&
    !/\p{Cc}/u.test(title) &&
    body.length >= 1 &&
    body.length <= 20_000 &&
    (given.validTo === null || given.validTo >= today);
  if (!isSound) throw refuse('BAD_MATERIAL');
  const phrase = bannedPhrase(`${title} ${body}`, banned);
  if (phrase !== null) throw refuse('BANNED_PHRASE', { phrase });
  return { title, body, validTo: given.validTo };
}

/** Whether a material may be shown to this person on this day. Refuses NOT_APPROVED and NOT_QUALIFIED. */
export function checkUse(material: Material, lead: { qualifiedAt: Date | null }, day: string): void {
  const isValid = material.validTo === null || material.validTo >= day;
  if (material.status !== 'APPROVED' || !isValid) throw refuse('NOT_APPROVED', { status: material.status });
  if (material.isPrivateFund && lead.qualifiedAt === null) throw refuse('NOT_QUALIFIED');
}
