import { type Label, label } from './labels.rules.js';

/** The words for the codes of a client's file, as screens show them; a code added to the schema is missed here by the compiler. */
export const KIND_LABELS = {
  INDIVIDUAL: label('Individual', '个人客户', '個人客戶'),
  INSTITUTION: label('Institution', '机构客户', '機構客戶'),
} as const satisfies Record<string, Label>;

export const GENDER_LABELS = {
  FEMALE: label('Female', '女', '女'),
  MALE: label('Male', '男', '男'),
} as const satisfies Record<string, Label>;

export const EMPLOYMENT_LABELS = {
  EMPLOYED: label('Employed', '在职', '在職'),
  SELF_EMPLOYED: label('Self-employed', '自营', '自營'),
  RETIRED: label('Retired', '退休', '退休'),
  STUDENT: label('Student', '学生', '學生'),
  HOMEMAKER: label('Homemaker', '料理家务', '料理家務'),
  UNEMPLOYED: label('Without work', '无业', '無業'),
} as const satisfies Record<string, Label>;

export const CAPACITY_LABELS = {
  FULL: label('Full civil capacity', '完全民事行为能力', '完全民事行為能力'),
  LIMITED: label('Limited civil capacity', '限制民事行为能力', '限制民事行為能力'),
  NONE: label('No civil capacity', '无民事行为能力', '無民事行為能力'),
} as const satisfies Record<string, Label>;

export const ID_TYPE_LABELS = {
  CN_ID: label('Resident identity card', '居民身份证', '居民身份證'),
  PASSPORT: label('Passport', '护照', '護照'),
  HK_MACAO_PERMIT: label(
    'Permit of Hong Kong and Macao residents',
    '港澳居民来往内地通行证',
    '港澳居民來往內地通行證',
  ),
  TAIWAN_PERMIT: label('Permit of Taiwan residents', '台湾居民来往大陆通行证', '台灣居民來往大陸通行證'),
} as const satisfies Record<string, Label>;

export const PURPOSE_LABELS = {
  SERVICE_CONTRACT: label('Carrying out the contract', '履行服务合同', '履行服務合約'),
  STATUTORY_KYC: label('Duty to know the client', '法定客户身份识别', '法定客戶身分識別'),
  SUITABILITY_AUTOMATION: label('Automated suitability', '适当性自动化决策', '適當性自動化決策'),
  CARE_GREETING: label('Greetings and care', '问候关怀', '問候關懷'),
  MARKETING: label('Marketing', '营销', '行銷'),
  PERSONALISED_RECOMMENDATION: label('Personalised recommendation', '个性化推荐', '個人化推薦'),
  PARTNER_SHARING: label('Sharing with a partner', '向合作方提供', '向合作方提供'),
  SENSITIVE_FINANCIAL: label('Sensitive financial data', '敏感金融信息', '敏感金融資料'),
  TRACKING: label('Tracking of use', '使用行为分析', '使用行為分析'),
} as const satisfies Record<string, Label>;

export const CHANNEL_LABELS = {
  SMS: label('Text message', '短信', '簡訊'),
  PHONE: label('Telephone', '电话', '電話'),
  EMAIL: label('E-mail', '电子邮件', '電子郵件'),
  APP: label('App', '手机应用', '手機應用程式'),
  WECHAT: label('WeChat', '微信', '微信'),
  POST: label('Post', '邮寄', '郵寄'),
  MOBILE: label('Mobile', '手机', '手機'),
} as const satisfies Record<string, Label>;

export const BASIS_LABELS = {
  CONTRACT: label('Contract', '合同', '合約'),
  LEGAL_DUTY: label('Duty of law', '法定义务', '法定義務'),
  CONSENT: label('Consent', '同意', '同意'),
  SEPARATE_CONSENT: label('Separate consent', '单独同意', '單獨同意'),
} as const satisfies Record<string, Label>;

export const CONSENT_ACTION_LABELS = {
  GRANT: label('Allowed', '同意', '同意'),
  WITHDRAW: label('Taken back', '撤回', '撤回'),
} as const satisfies Record<string, Label>;

export const HOUSEHOLD_ROLE_LABELS = {
  HEAD: label('Head of the household', '户主', '戶主'),
  SPOUSE: label('Spouse', '配偶', '配偶'),
  CHILD: label('Child', '子女', '子女'),
  PARENT: label('Parent', '父母', '父母'),
  SIBLING: label('Sibling', '兄弟姐妹', '兄弟姊妹'),
  OTHER: label('Other', '其他', '其他'),
} as const satisfies Record<string, Label>;

export const RELATED_LABELS = {
  SPOUSE: label('Spouse', '配偶', '配偶'),
  PARENT: label('Parent', '父母', '父母'),
  CHILD: label('Child', '子女', '子女'),
  GUARDIAN: label('Guardian', '监护人', '監護人'),
  WARD: label('Ward', '被监护人', '被監護人'),
  AGENT: label('Agent', '代理人', '代理人'),
  PRINCIPAL: label('Principal', '被代理人', '被代理人'),
  LEGAL_REPRESENTATIVE: label('Legal representative', '法定代表人', '法定代表人'),
  REPRESENTED: label('Institution represented', '所代表的机构', '所代表的機構'),
  BENEFICIAL_OWNER: label('Beneficial owner', '受益所有人', '受益所有人'),
  OWNED: label('Institution owned', '所拥有的机构', '所擁有的機構'),
  REFERRER: label('Referrer', '推荐人', '推薦人'),
  REFERRED: label('Referred', '被推荐人', '被推薦人'),
} as const satisfies Record<string, Label>;

export const INVESTOR_LABELS = {
  ORDINARY: label('Ordinary investor', '普通投资者', '普通投資者'),
  PROFESSIONAL_A: label('Professional investor A', 'A类专业投资者', 'A類專業投資者'),
  PROFESSIONAL_B: label('Professional investor B', 'B类专业投资者', 'B類專業投資者'),
  PROFESSIONAL_C: label('Professional investor C', 'C类专业投资者', 'C類專業投資者'),
} as const satisfies Record<string, Label>;

export const REVIEW_KIND_LABELS = {
  PERIODIC: label('Regular', '定期', '定期'),
  ID_EXPIRY: label('Identity document ends', '证件到期', '證件到期'),
  EVENT: label('After a change', '信息变更', '資料變更'),
} as const satisfies Record<string, Label>;

export const REVIEW_STAGE_LABELS = {
  SCHEDULED: label('To come', '未到期', '未到期'),
  DUE: label('Due', '待更新', '待更新'),
  OVERDUE: label('Overdue', '已逾期', '已逾期'),
  BLOCKING: label('Needed before the next purchase', '逾期限制申购', '逾期限制申購'),
  DONE: label('Done', '已完成', '已完成'),
} as const satisfies Record<string, Label>;

export const DATA_REQUEST_LABELS = {
  ACCESS_COPY: label('Access and copy', '查阅、复制', '查閱、複製'),
  CORRECTION: label('Correction', '更正', '更正'),
  DELETION: label('Deletion', '删除', '刪除'),
  RESTRICTION: label('Restriction', '限制处理', '限制處理'),
  EXPLANATION: label('Explanation', '解释说明', '解釋說明'),
} as const satisfies Record<string, Label>;

export const DATA_REQUEST_STATUS_LABELS = {
  RECEIVED: label('Received', '已受理', '已受理'),
  FULFILLED: label('Fulfilled', '已办结', '已辦結'),
  REFUSED: label('Refused', '已拒绝', '已拒絕'),
} as const satisfies Record<string, Label>;

export const PROPOSAL_LABELS = {
  PROPOSED: label('Waits for a second person', '待复核', '待覆核'),
  APPROVED: label('Approved', '已批准', '已批准'),
  REJECTED: label('Rejected', '已否决', '已否決'),
  WITHDRAWN: label('Taken back', '已撤回', '已撤回'),
  EXPIRED: label('Not decided in time', '已过期', '已過期'),
  ENDED: label('Ended', '已终止', '已終止'),
} as const satisfies Record<string, Label>;
