import type { ItemClass } from './retention.rules.js';

export type Words = { EN: string; ZH_HANS: string; ZH_HANT: string };
export type Language = keyof Words;

export const CLASS_WORDS: Readonly<Record<ItemClass, Words>> = {
  IDENTITY: { EN: 'Basic information', ZH_HANS: '基本信息', ZH_HANT: '基本信息' },
  TRADE: { EN: 'Trade record', ZH_HANS: '交易记录', ZH_HANT: '交易記錄' },
  SUITABILITY: {
    EN: 'Risk assessment and suitability',
    ZH_HANS: '风险评估与适当性',
    ZH_HANT: '風險評估與適當性',
  },
  SERVICE_RECORD: { EN: 'Service record', ZH_HANS: '服务记录', ZH_HANT: '服務記錄' },
  COMPLAINT: { EN: 'Complaint', ZH_HANS: '投诉', ZH_HANT: '投訴' },
  CONSENT: { EN: 'Consent', ZH_HANS: '同意', ZH_HANT: '同意' },
  IMPACT_ASSESSMENT: { EN: 'Impact assessment', ZH_HANS: '影响评估', ZH_HANT: '影響評估' },
  LEAD_LOST: { EN: 'Lost lead', ZH_HANS: '流失线索', ZH_HANT: '流失線索' },
  AUDIT: { EN: 'Access and audit log', ZH_HANS: '访问与审计日志', ZH_HANT: '訪問與審計日誌' },
};

export const EXPORT_WORDS = {
  title: { EN: 'Client file', ZH_HANS: '客户档案', ZH_HANT: '客戶檔案' },
  client: { EN: 'Client', ZH_HANS: '客户', ZH_HANT: '客戶' },
  access: { EN: 'Access', ZH_HANS: '查阅编号', ZH_HANT: '查閱編號' },
  purpose: { EN: 'Purpose', ZH_HANS: '用途', ZH_HANT: '用途' },
  reader: { EN: 'Read by', ZH_HANS: '查阅人', ZH_HANT: '查閱人' },
  at: { EN: 'At', ZH_HANS: '时间', ZH_HANT: '時間' },
  approver: { EN: 'Allowed by', ZH_HANS: '批准人', ZH_HANT: '批准人' },
  basics: { EN: 'Basic information', ZH_HANS: '基本信息', ZH_HANT: '基本信息' },
  index: { EN: 'Index', ZH_HANS: '目录', ZH_HANT: '目錄' },
  until: { EN: 'kept until', ZH_HANS: '保存至', ZH_HANT: '保存至' },
  openEnded: {
    EN: 'kept while the relationship lasts',
    ZH_HANS: '关系存续期间保存',
    ZH_HANT: '關係存續期間保存',
  },
  changed: { EN: 'CHANGED SINCE FILING', ZH_HANS: '归档后被更改', ZH_HANT: '歸檔後被更改' },
  indexHash: {
    EN: 'Hash of the index (SHA-256)',
    ZH_HANS: '目录哈希值（SHA-256）',
    ZH_HANT: '目錄雜湊值（SHA-256）',
  },
} as const satisfies Record<string, Words>;
