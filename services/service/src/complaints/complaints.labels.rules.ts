/** The words for the codes of complaints. */

export const STATUS_LABELS = {
  RECEIVED: { EN: 'Received', ZH_HANS: '已受理', ZH_HANT: '已受理' },
  ACKNOWLEDGED: { EN: 'Acknowledged', ZH_HANS: '已告知受理', ZH_HANT: '已告知受理' },
  INVESTIGATING: { EN: 'Being investigated', ZH_HANS: '调查中', ZH_HANT: '調查中' },
  RESOLVED: { EN: 'Decided', ZH_HANS: '已处理', ZH_HANT: '已處理' },
  FOLLOWED_UP: { EN: 'Followed up', ZH_HANS: '已回访', ZH_HANT: '已回訪' },
  CLOSED: { EN: 'Closed', ZH_HANS: '已结案', ZH_HANT: '已結案' },
  WITHDRAWN: { EN: 'Withdrawn', ZH_HANS: '已撤回', ZH_HANT: '已撤回' },
  NOT_OURS: { EN: 'Not for us', ZH_HANS: '不予受理', ZH_HANT: '不予受理' },
  MERGED: { EN: 'Merged', ZH_HANS: '已合并', ZH_HANT: '已合併' },
  REOPENED: { EN: 'Reopened', ZH_HANS: '已重启', ZH_HANT: '已重啟' },
  UNDER_REVIEW: { EN: 'Under review', ZH_HANS: '核查中', ZH_HANT: '核查中' },
} as const;

export const CATEGORY_LABELS = {
  SUITABILITY: { EN: 'Suitability', ZH_HANS: '适当性', ZH_HANT: '適當性' },
  FEE: { EN: 'Fees', ZH_HANS: '费用', ZH_HANT: '費用' },
  SERVICE: { EN: 'Service', ZH_HANS: '服务', ZH_HANT: '服務' },
  PRODUCT_LOSS: { EN: 'Loss of a product', ZH_HANS: '产品亏损', ZH_HANT: '產品虧損' },
  INFORMATION_PRIVACY: { EN: 'Personal information', ZH_HANS: '个人信息', ZH_HANT: '個人信息' },
  DELAY: { EN: 'Delay', ZH_HANS: '延误', ZH_HANT: '延誤' },
  STAFF_CONDUCT: { EN: 'Conduct of staff', ZH_HANS: '员工行为', ZH_HANT: '員工行為' },
  OTHER: { EN: 'Other', ZH_HANS: '其他', ZH_HANT: '其他' },
} as const;

export const ROOT_CAUSE_LABELS = {
  PROCESS: { EN: 'Process', ZH_HANS: '流程', ZH_HANT: '流程' },
  SYSTEM: { EN: 'System', ZH_HANS: '系统', ZH_HANT: '系統' },
  STAFF_ERROR: { EN: 'Error of staff', ZH_HANS: '员工失误', ZH_HANT: '員工失誤' },
  STAFF_MISCONDUCT: { EN: 'Misconduct of staff', ZH_HANS: '员工违规', ZH_HANT: '員工違規' },
  SALES_PRACTICE: { EN: 'Way of selling', ZH_HANS: '销售行为', ZH_HANT: '銷售行為' },
  DISCLOSURE: { EN: 'Disclosure', ZH_HANS: '信息披露', ZH_HANT: '信息披露' },
  PRODUCT_DESIGN: { EN: 'Design of a product', ZH_HANS: '产品设计', ZH_HANT: '產品設計' },
  THIRD_PARTY: { EN: 'Third party', ZH_HANS: '第三方', ZH_HANT: '第三方' },
  MARKET: { EN: 'Market', ZH_HANS: '市场波动', ZH_HANT: '市場波動' },
  MISUNDERSTANDING: { EN: 'Misunderstanding', ZH_HANS: '误解', ZH_HANT: '誤解' },
} as const;

export const SEVERITY_LABELS = {
  LOW: { EN: 'Low', ZH_HANS: '低', ZH_HANT: '低' },
  MEDIUM: { EN: 'Medium', ZH_HANS: '中', ZH_HANT: '中' },
  HIGH: { EN: 'High', ZH_HANS: '高', ZH_HANT: '高' },
  CRITICAL: { EN: 'Critical', ZH_HANS: '重大', ZH_HANT: '重大' },
} as const;
