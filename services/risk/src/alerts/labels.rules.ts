import type { Text } from '../words.rules.js';
import type { AlertCloseReason, AlertDeed, AlertState, AlertType, Severity } from './alerts.rules.js';

const words = (en: string, zh: string, zhHant: string): Text => ({ en, zh, zhHant });

/** Alerts in words (policy 4.5: monitoring and early warning). */
export const TYPE_LABELS: Readonly<Record<AlertType, Text>> = {
  DRAWDOWN: words('Fall from the peak', '回撤', '回撤'),
  SINGLE_PRODUCT_CONCENTRATION: words('Too much in one product', '单一产品集中', '單一產品集中'),
  HIGH_RISK_SHARE: words('Holdings too risky for the level', '高风险持仓', '高風險持倉'),
  ASSESSMENT_EXPIRING: words('Assessment ends soon', '测评即将到期', '測評即將到期'),
  ASSESSMENT_EXPIRED: words('Assessment has ended', '测评已到期', '測評已到期'),
  LEVEL_LOWERED_WITH_HOLDINGS: words(
    'Level lowered below a holding',
    '等级下调后持仓不匹配',
    '等級下調後持倉不匹配',
  ),
  PRODUCT_RERATED_UP: words('Holding re-rated above the level', '产品评级上调', '產品評級上調'),
  SENIOR_THRESHOLD: words(
    'Turned 65 with risky holdings',
    '年满65周岁且持有高风险产品',
    '年滿65歲且持有高風險產品',
  ),
  ASSESSMENT_SHOPPING: words('Many or rising assessments', '频繁或升级测评', '頻繁或升級測評'),
  LARGE_REDEMPTION: words('Large redemption', '大额赎回', '大額贖回'),
  MISMATCH_OVERRIDE: words('Order above the level', '超越匹配下单', '超越匹配下單'),
  LOSS_BEYOND_TOLERANCE: words('Loss beyond what is borne', '亏损超出承受范围', '虧損超出承受範圍'),
  COMPLAINT_ON_SUITABILITY: words('Complaint about suitability', '适当性投诉', '適當性投訴'),
};

export const SEVERITY_LABELS: Readonly<Record<Severity, Text>> = {
  INFO: words('For information', '提示', '提示'),
  WARN: words('Warning', '预警', '預警'),
  SEVERE: words('Severe', '严重', '嚴重'),
};

export const ALERT_STATE_LABELS: Readonly<Record<AlertState, Text>> = {
  OPEN: words('Open', '待处理', '待處理'),
  ESCALATED: words('Escalated', '已升级', '已升級'),
  ACKNOWLEDGED: words('Taken up', '已受理', '已受理'),
  ACTIONED: words('Acted on', '已处置', '已處置'),
  CLOSED: words('Closed', '已关闭', '已關閉'),
};

export const DEED_LABELS: Readonly<Record<AlertDeed, Text>> = {
  CLIENT_CONTACTED: words('Client contacted', '已联系客户', '已聯絡客戶'),
  HOLDING_REDUCED: words('Holding reduced', '已减持', '已減持'),
  REASSESSMENT_STARTED: words('New assessment begun', '已启动重新测评', '已啟動重新測評'),
  REFERRED: words('Referred', '已转交', '已轉交'),
  NO_ACTION_NEEDED: words('Nothing to be done', '无须处置', '無須處置'),
};

export const CLOSE_LABELS: Readonly<Record<AlertCloseReason, Text>> = {
  RESOLVED: words('In order again', '已解决', '已解決'),
  CLIENT_INSISTS: words('The client stays with it', '客户坚持', '客戶堅持'),
  FALSE_ALARM: words('There was nothing', '误报', '誤報'),
  REASSESSED: words('Assessed anew', '已重新测评', '已重新測評'),
  CAUSE_GONE: words('No longer so', '原因已消除', '原因已消除'),
  CLIENT_LEFT: words('The relationship has ended', '客户关系已终止', '客戶關係已終止'),
  DUPLICATE: words('The same alert of the client that lives on', '与存续档案预警重复', '與存續檔案預警重複'),
};
