import type { Text } from '../words.rules.js';
import type { AssessmentState } from './assessments.rules.js';

const words = (en: string, zh: string, zhHant: string): Text => ({ en, zh, zhHant });

/** Where an assessment stands, in words. */
export const STATE_LABELS: Readonly<Record<AssessmentState, Text>> = {
  DRAFT: words('Being answered', '填写中', '填寫中'),
  SUBMITTED: words('Handed in', '已提交', '已提交'),
  SCORED: words('Scored', '已评分', '已評分'),
  INTERVIEW_REQUIRED: words('Waits for an interview', '待面谈', '待面談'),
  INTERVIEW_SCHEDULED: words('Interview arranged', '已预约面谈', '已預約面談'),
  INTERVIEWED: words('Interview held', '已面谈', '已面談'),
  REPORT_ISSUED: words(
    'Report issued, waits for the client',
    '报告已出具，待客户确认',
    '報告已出具，待客戶確認',
  ),
  CONFIRMED: words('Confirmed', '已确认', '已確認'),
  EFFECTIVE: words('In force', '生效中', '生效中'),
  EXPIRED: words('Run out', '已到期', '已到期'),
  SUPERSEDED: words('Replaced by a newer one', '已被新测评取代', '已被新測評取代'),
  INVALIDATED: words('No longer valid', '已失效', '已失效'),
  ABANDONED: words('Given up', '已放弃', '已放棄'),
};
