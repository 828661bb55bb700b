import { type Label, label } from './labels.rules.js';

/** The words for how facts of a file were come by and what became of requests; a code added to the schema is missed here by the compiler. */
export const EXPERIENCE_LABELS = {
  DEPOSITS: label('Deposits and treasury bonds', '存款、国债', '存款、國債'),
  WEALTH_PRODUCTS: label('Wealth-management products', '理财产品', '理財產品'),
  BONDS: label('Bonds and bond funds', '债券及债券基金', '債券及債券基金'),
  EQUITIES: label('Shares and equity funds', '股票及股票基金', '股票及股票基金'),
  PRIVATE_FUNDS: label('Trusts and private funds', '信托及私募基金', '信託及私募基金'),
  DERIVATIVES: label('Derivatives', '期货、期权等衍生品', '期貨、期權等衍生品'),
  INSURANCE: label('Investment insurance', '投资型保险', '投資型保險'),
} as const satisfies Record<string, Label>;

export const VERIFICATION_LABELS = {
  IN_PERSON: label('In person', '当面核验', '當面核驗'),
  VIDEO: label('By video', '视频核验', '視訊核驗'),
  REGISTER: label('Against the register', '联网核查', '聯網核查'),
} as const satisfies Record<string, Label>;

export const ASSET_SOURCE_LABELS = {
  DECLARATION: label('Own declaration', '客户声明', '客戶聲明'),
  FIRM_RECORDS: label('Books of the firm', '本机构记录', '本機構記錄'),
  STATEMENT: label('Statement', '对账单', '對帳單'),
  CERTIFICATE: label('Certificate', '资产证明', '資產證明'),
} as const satisfies Record<string, Label>;

export const FINANCIALS_SOURCE_LABELS = {
  AUDITED: label('Audited report', '审计报告', '審計報告'),
  MANAGEMENT: label('Accounts of the management', '管理层报表', '管理層報表'),
  TAX_FILING: label('Tax filing', '纳税申报', '納稅申報'),
} as const satisfies Record<string, Label>;

export const CONSENT_SOURCE_LABELS = {
  APPLICATION: label('Account-opening application', '开户申请', '開戶申請'),
  BRANCH: label('Branch', '网点', '網點'),
  PHONE: label('Telephone', '电话', '電話'),
  APP: label('App', '手机应用', '手機應用程式'),
  WEB: label('Web site', '网站', '網站'),
  LETTER: label('Letter or e-mail', '信函或邮件', '信函或郵件'),
  IMPORT: label('Import', '数据导入', '資料匯入'),
} as const satisfies Record<string, Label>;

export const CONTACT_CHECK_LABELS = {
  CODE: label('Code told back', '验证码', '驗證碼'),
  CALL_BACK: label('Call-back', '回访电话', '回訪電話'),
  DOCUMENT: label('Document', '凭证', '憑證'),
  IN_PERSON: label('Shown in person', '当面出示', '當面出示'),
} as const satisfies Record<string, Label>;

export const CONTACT_END_LABELS = {
  REPLACED: label('Replaced', '已更换', '已更換'),
  BOUNCED: label('Came back', '退回', '退回'),
  WRONG_PERSON: label('Somebody else answers', '非本人', '非本人'),
  OUT_OF_USE: label('No longer used', '已停用', '已停用'),
} as const satisfies Record<string, Label>;

export const OWNER_CONTROL_LABELS = {
  SHARES: label('By shares', '股权', '股權'),
  VOTES: label('By votes', '表决权', '表決權'),
  OTHER_CONTROL: label('By other means', '其他方式控制', '其他方式控制'),
} as const satisfies Record<string, Label>;

export const LAWFUL_BASIS_LABELS = {
  CONTRACT: label('Contract', '合同', '合約'),
  LEGAL_DUTY: label('Duty of law', '法定义务', '法定義務'),
  PUBLIC_INFORMATION: label('Public information', '已公开信息', '已公開資訊'),
  CONSENT: label('Consent', '同意', '同意'),
  SEPARATE_CONSENT: label('Separate consent', '单独同意', '單獨同意'),
} as const satisfies Record<string, Label>;

export const ENRICHED_LABELS = {
  EMPLOYER: label('Employer', '工作单位', '工作單位'),
  INDUSTRY: label('Line of business', '所属行业', '所屬行業'),
  PUBLIC_OFFICE: label('Public office', '公职', '公職'),
  INTERESTS: label('Interests', '兴趣', '興趣'),
  CREDIT_STANDING: label('Credit standing', '信用状况', '信用狀況'),
  REGISTERED_CAPITAL: label('Registered capital', '注册资本', '註冊資本'),
  OPERATING_STATUS: label('Whether it operates', '经营状态', '經營狀態'),
  LISTING: label('Where it is listed', '上市情况', '上市情況'),
  OUTLOOK: label('Outlook of the industry', '行业前景', '行業前景'),
} as const satisfies Record<string, Label>;

export const EXTENSION_LABELS = {
  COMPLEX: label('The request is complex', '请求复杂', '請求複雜'),
  MANY_REQUESTS: label('There are many requests', '请求较多', '請求較多'),
} as const satisfies Record<string, Label>;

export const DATA_REQUEST_OUTCOME_LABELS = {
  COPY_GIVEN: label('The copy can be read', '已提供副本', '已提供副本'),
  CORRECTED: label('Corrected', '已更正', '已更正'),
  ERASED: label('Erased', '已删除', '已刪除'),
  RESTRICTED_FOR_RETENTION: label(
    'Only stored until retention has run out',
    '保存期内仅作存储',
    '保存期內僅作儲存',
  ),
  RESTRICTED: label('Restricted', '已限制处理', '已限制處理'),
  EXPLAINED: label('Explained', '已说明', '已說明'),
  CONTRACT_RUNS: label('Refused: the contract runs', '拒绝：合同仍在履行', '拒絕：合約仍在履行'),
  LEGAL_DUTY: label('Refused: a duty of law stands against it', '拒绝：法定义务', '拒絕：法定義務'),
  NOT_THE_PERSON: label('Refused: not the person', '拒绝：非本人', '拒絕：非本人'),
  UNFOUNDED: label('Refused: without ground', '拒绝：无正当理由', '拒絕：無正當理由'),
} as const satisfies Record<string, Label>;
