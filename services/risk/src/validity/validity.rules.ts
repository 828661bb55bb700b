import {
  AssessmentExpired,
  AssessmentExpiring,
  AssessmentInvalidated,
  RiskProfileChanged,
} from '@client-graph/events';
import { plusDays } from '@client-graph/kit/time';
import {
  type AssessmentRules,
  type AssessmentState,
  type MaterialChange,
  move,
  TRANSITIONS,
} from '../assessments/assessments.rules.js';
import type { RiskLevel } from '../levels.rules.js';
import { type Facts, isFact } from '../questionnaires/conditions.rules.js';
import { type Text, text, verbatim } from '../words.rules.js';

/** States in which a sheet still counts or may come to count, so that a material change ends it. */
export const INVALIDATED_FROM = TRANSITIONS.invalidate.from;

type Held = { id: string; clientId: string; state: AssessmentState; validTo: string | null };
type Profile = { level: RiskLevel; lowestCategory: boolean; assessmentId: string };

/** Whether the change was made, and concerns a sheet that was scored by other facts. */
export function concerns(
  change: MaterialChange,
  changed: { codes: readonly string[]; facts: Facts },
  sheetFacts: Facts | null,
): boolean {
  if (change.fact === undefined || !isFact(change.fact))
    return change.field !== undefined && changed.codes.includes(change.field);
  const hasBecome = String(changed.facts[change.fact]) === change.becomes;
  return hasBecome && String(sheetFacts?.[change.fact]) !== change.becomes;
}

/** Of the changes that concern a sheet the gravest: one that ends it before one that asks for a new sheet. */
export const gravest = (changes: readonly MaterialChange[]): MaterialChange | undefined =>
  changes.find(({ effect }) => effect === 'INVALIDATE') ?? changes[0];

/**
 * Ends an assessment whose sheet no longer describes the client. Where it counted, the level ends with the day before, and
 * everybody who keeps a copy of it is told by the validity.
 */
export function invalidate(assessment: Held, profile: Profile | null, reason: string, today: string) {
  const { id: assessmentId, clientId, state, validTo } = assessment;
  const counted =
    state === 'EFFECTIVE' && profile !== null && profile.assessmentId === assessmentId ? profile : null;
  const lastDay = plusDays(today, -1);
  return {
    changes: { state: move(state, 'invalidate'), endedReason: reason },
    profile: counted === null ? null : { validTo: lastDay, endedReason: reason },
    events: [
      AssessmentInvalidated({ clientId, assessmentId, validTo, reason }),
      ...(counted === null
        ? []
        : [
            RiskProfileChanged({
              clientId,
              assessmentId,
              from: counted.level,
              to: counted.level,
              lowestCategory: counted.lowestCategory,
              validTo: lastDay,
            }),
          ]),
    ],
  };
}

export const EXPIRED_REASON = 'VALIDITY_ENDED';
const EXPIRING_REASON = 'VALIDITY_ENDS';

/** The validity has run out: the level no longer counts. */
export const expire = ({ id: assessmentId, clientId, state }: Held, validTo: string) => ({
  changes: { state: move(state, 'expire'), endedReason: EXPIRED_REASON },
  profile: { endedReason: EXPIRED_REASON },
  events: [AssessmentExpired({ clientId, assessmentId, validTo, reason: EXPIRED_REASON })],
});

/** A new assessment is due: the validity comes to its end, or a change of the file asks for one. */
export const expiring = ({ id: assessmentId, clientId }: Held, validTo: string, reason = EXPIRING_REASON) =>
  AssessmentExpiring({ clientId, assessmentId, validTo, reason });

/** The last day whose assessments are told today that they will expire. */
export const warnUntil = (today: string, { warnDays }: AssessmentRules['limits']): string =>
  plusDays(today, warnDays);

const ENDINGS: Readonly<Record<string, Text>> = {
  [EXPIRED_REASON]: { en: 'its validity has run out', zh: '有效期已届满', zhHant: '有效期已屆滿' },
  CLIENT_CLOSED: { en: 'the relationship has ended', zh: '客户关系已终止', zhHant: '客戶關係已終止' },
  CLIENT_DECEASED: { en: 'the client has died', zh: '客户已去世', zhHant: '客戶已去世' },
  DUPLICATE: {
    en: 'the client turned out to be a duplicate, and another level counts',
    zh: '该客户为重复档案，以另一等级为准',
    zhHant: '該客戶為重複檔案，以另一等級為準',
  },
  REVIEW_REDO: {
    en: 'a review has asked for a new questionnaire',
    zh: '人工复核要求重新测评',
    zhHant: '人工覆核要求重新測評',
  },
};

/** Why a level has ended, in words: those of the rules for a material change. */
export const endingOf = (reason: string, { changes }: AssessmentRules['materialChanges']): Text =>
  ENDINGS[reason] ?? changes.find(({ code }) => code === reason)?.text ?? verbatim(reason);

/** The sentence that a level which no longer counts adds to its reasons. */
export const endedSentence = (why: Text, lastDay: string): Text =>
  text((tell, locale) => {
    switch (locale) {
      case 'EN':
        return `The level counted until ${lastDay}: ${tell(why)}. A new assessment is needed.`;
      case 'ZH_HANS':
        return `等级有效至${lastDay}：${tell(why)}。须重新测评。`;
      case 'ZH_HANT':
        return `等級有效至${lastDay}：${tell(why)}。須重新測評。`;
      default:
        return locale satisfies never;
    }
  });
