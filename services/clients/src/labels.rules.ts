import { Decimal } from '@client-graph/kit/decimal';
import type { Status } from './clients.rules.js';
import type { Class, Grade, Level } from './grading-tables.rules.js';

export type Locale = 'EN' | 'ZH_HANS' | 'ZH_HANT';
export type Label = Readonly<Record<Locale, string>>;

/** Words in the three languages. */
export const label = (EN: string, ZH_HANS: string, ZH_HANT: string): Label => ({ EN, ZH_HANS, ZH_HANT });

/** The firm's words for its segments (policy 2.1) and types of institution (2.2). */
export const CLASS_LABELS: Readonly<Record<Class, Label>> = {
  ORDINARY: label('Ordinary', '普通个人客户', '普通個人客戶'),
  HIGH_NET_WORTH: label('High net worth', '高净值个人客户', '高凈值個人客戶'),
  ULTRA_HIGH_NET_WORTH: label('Ultra high net worth', '超高净值个人客户', '超高凈值個人客戶'),
  ENTERPRISE: label('Enterprise', '企业客户', '企業客戶'),
  FINANCIAL_INSTITUTION: label('Financial institution', '金融机构客户', '金融機構客戶'),
  GOVERNMENT_PUBLIC: label('Government and public body', '政府及事业单位客户', '政府及事業單位客戶'),
};

/** The firm's words for its grades (policy 2.3, 2.4). */
export const GRADE_LABELS: Readonly<Record<Grade, Label>> = {
  BRONZE: label('Bronze', '青铜级', '青銅級'),
  SILVER: label('Silver', '白银级', '白銀級'),
  GOLD: label('Gold', '黄金级', '黃金級'),
  DIAMOND: label('Diamond', '钻石级', '鑽石級'),
  SMALL: label('Small', '小型', '小型'),
  MEDIUM: label('Medium', '中型', '中型'),
  LARGE: label('Large', '大型', '大型'),
};

/** The words for the states of a client. */
export const STATUS_LABELS: Readonly<Record<Status, Label>> = {
  PROSPECT: label('Prospect', '潜在客户', '潛在客戶'),
  ONBOARDING: label('Being opened', '开户中', '開戶中'),
  ACTIVE: label('Active', '正常', '正常'),
  DORMANT: label('Dormant', '休眠', '休眠'),
  RESTRICTED: label('Restricted', '受限', '受限'),
  CLOSING: label('Being closed', '销户中', '銷戶中'),
  CLOSED: label('Closed', '已销户', '已銷戶'),
  ERASED: label('Erased', '已删除', '已刪除'),
  MERGED: label('Merged', '已合并', '已合併'),
  DECEASED: label('Deceased', '已故', '已故'),
};

/** The firm's words for risk levels (policy 4.4). */
export const LEVEL_LABELS: Readonly<Record<Level, Label>> = {
  LOW: label('low', '低风险', '低風險'),
  MEDIUM_LOW: label('medium-low', '中低风险', '中低風險'),
  MEDIUM: label('medium', '中风险', '中風險'),
  MEDIUM_HIGH: label('medium-high', '中高风险', '中高風險'),
  HIGH: label('high', '高风险', '高風險'),
};

/** 1234567.5 as 1,234,567.50 and 500000 as 500,000. */
export function grouped(value: string | number): string {
  const amount = new Decimal(value);
  return amount.toFixed(amount.isInteger() ? 0 : 2).replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ',');
}
