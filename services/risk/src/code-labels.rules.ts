import type { InterviewOutcome } from './assessments/assessments.rules.js';
import type { ReviewAsker, ReviewState } from './interviews/reviews.rules.js';
import type { ProposalState } from './questionnaires/proposals.rules.js';
import type { Audience } from './questionnaires/questionnaires.rules.js';
import type { ChangeKind } from './table-changes/table-changes.rules.js';
import type { Text } from './words.rules.js';

/** Codes of the schema in words, where they have no file of their own. */

type Labels<Code extends string> = Readonly<Record<Code, Text>>;
const words = (en: string, zh: string, zhHant: string): Text => ({ en, zh, zhHant });

export const AUDIENCE_LABELS: Labels<Audience> = {
  INDIVIDUAL: words('Individuals', '个人客户', '個人客戶'),
  INSTITUTION: words('Institutions', '机构客户', '機構客戶'),
};

export const PROPOSAL_LABELS: Labels<ProposalState> = {
  OPEN: words('Waits for a second person', '待复核', '待覆核'),
  APPROVED: words('Approved', '已批准', '已批准'),
  REJECTED: words('Turned down', '已否决', '已否決'),
};

export const CHANNEL_LABELS: Labels<'ONLINE' | 'WECHAT' | 'BRANCH'> = {
  ONLINE: words('Online', '线上', '線上'),
  WECHAT: words('WeChat', '微信', '微信'),
  BRANCH: words('Branch', '网点', '網點'),
};

export const MODE_LABELS: Labels<'FACE' | 'VIDEO' | 'PHONE'> = {
  FACE: words('Face to face', '当面', '當面'),
  VIDEO: words('By video', '视频', '視訊'),
  PHONE: words('By telephone', '电话', '電話'),
};

/** What an interview has covered, as its record keeps it. */
export const TOPIC_LABELS: Readonly<Record<string, Text>> = {
  TOLERANCE: words('Risk tolerance', '风险承受能力', '風險承受能力'),
  GOALS: words('Investment goals', '投资目标', '投資目標'),
  FINANCES: words('Finances', '财务状况', '財務狀況'),
  EXPERIENCE: words('Experience', '投资经验', '投資經驗'),
  CONSISTENCY: words('Answers that do not fit together', '答案一致性', '答案一致性'),
};

export const OUTCOME_LABELS: Labels<InterviewOutcome> = {
  CONFIRM: words('Level confirmed', '维持原等级', '維持原等級'),
  LOWER: words('Level lowered', '下调等级', '下調等級'),
  REDO: words('New questionnaire needed', '要求重新测评', '要求重新測評'),
};

export const ASKER_LABELS: Labels<ReviewAsker> = {
  CLIENT: words('The client', '客户', '客戶'),
  COMPLIANCE: words('Compliance', '合规部门', '合規部門'),
};

export const REVIEW_LABELS: Labels<ReviewState> = {
  OPEN: words('Waits for a professional', '待复核', '待覆核'),
  DECIDED: words('Decided', '已复核', '已覆核'),
  LAPSED: words('No longer needed', '已终止', '已終止'),
};

export const ADDRESSEE_LABELS: Labels<'ADVISER' | 'COMPLIANCE'> = {
  ADVISER: words('Adviser', '客户经理', '客戶經理'),
  COMPLIANCE: words('Compliance', '合规部门', '合規部門'),
};

export const CHANGE_LABELS: Labels<ChangeKind> = {
  ASSESSMENT_RULES: words('Rules of assessments', '测评规则', '測評規則'),
  ALERT_RULES: words('Rules of alerts', '预警规则', '預警規則'),
  QUESTIONNAIRE_RETIREMENT: words('Retirement of a questionnaire', '问卷停用', '問卷停用'),
};
