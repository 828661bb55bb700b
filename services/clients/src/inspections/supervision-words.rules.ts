import type { Words } from '../archive/words.rules.js';
import type { CheckCode } from './templates.rules.js';

const CHECK_WORDS: Readonly<Record<CheckCode, Words>> = {
  OVERDUE_REVIEW: { EN: 'Information review overdue', ZH_HANS: '信息更新逾期', ZH_HANT: '信息更新逾期' },
  EXPIRED_ASSESSMENT_ORDER: {
    EN: 'Order without a valid assessment',
    ZH_HANS: '风险评估失效后下单',
    ZH_HANT: '風險評估失效後下單',
  },
  OVERRIDES: {
    EN: 'Many decisions above the level',
    ZH_HANS: '超风险等级决定过多',
    ZH_HANT: '超風險等級決定過多',
  },
  COMPLAINT_LATE: { EN: 'Complaint decided late', ZH_HANS: '投诉逾期', ZH_HANT: '投訴逾期' },
  FILES_READ: { EN: 'Many files opened in a day', ZH_HANS: '单日查阅档案过多', ZH_HANT: '單日查閱檔案過多' },
  OWN_FILE: {
    EN: 'Own file or a relative’s opened',
    ZH_HANS: '查阅本人或亲属档案',
    ZH_HANT: '查閱本人或親屬檔案',
  },
  AFTER_HOURS: {
    EN: 'Files opened after hours',
    ZH_HANS: '非工作时间查阅档案',
    ZH_HANT: '非工作時間查閱檔案',
  },
  AUDIT_LOG: {
    EN: 'Audit log not as it was written',
    ZH_HANS: '审计日志与原记录不符',
    ZH_HANT: '審計日誌與原記錄不符',
  },
};

/** The words of a check; null for what is a step of a template. */
export const checkWords = (step: string): Words | null =>
  new Map<string, Words>(Object.entries(CHECK_WORDS)).get(step) ?? null;
