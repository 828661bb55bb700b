import { defineRefusals } from '@client-graph/kit/refusals';

type Words = Readonly<Record<'EN' | 'ZH_HANS' | 'ZH_HANT', string>>;

/** What kind of interest of their own a member of staff may have in a product (domain 3.3.2: CONFLICT). */
export const INTEREST_WORDS = {
  OWN_HOLDING: { EN: 'Holds it themself', ZH_HANS: '本人持有', ZH_HANT: '本人持有' },
  FAMILY_HOLDING: { EN: 'Family holds it', ZH_HANS: '亲属持有', ZH_HANT: '親屬持有' },
  FEE_SHARE: { EN: 'Is paid for its sale', ZH_HANS: '销售与其报酬挂钩', ZH_HANT: '銷售與其報酬掛鉤' },
  ISSUER_ROLE: { EN: 'Has a role with the issuer', ZH_HANS: '在发行机构任职', ZH_HANT: '在發行機構任職' },
} as const satisfies Record<string, Words>;
export type InterestKind = keyof typeof INTEREST_WORDS;

export const refuse = defineRefusals({
  INTEREST_DECLARED: 'This interest is declared and has not ended.',
  INTEREST_ENDED: 'This interest has ended before.',
});
