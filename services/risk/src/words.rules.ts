import type { RiskLevel } from './levels.rules.js';

/** The languages of labels and explanations; the schema's enum. */
export type Locale = 'EN' | 'ZH_HANS' | 'ZH_HANT';

/** One text in the firm's languages. Published questionnaires come without traditional script; then the simplified text is shown. */
export type Text = { en: string; zh: string; zhHant?: string | undefined };

export function say(text: Text, locale: Locale): string {
  switch (locale) {
    case 'EN':
      return text.en;
    case 'ZH_HANS':
      return text.zh;
    case 'ZH_HANT':
      return text.zhHant ?? text.zh;
    default:
      return locale satisfies never;
  }
}

/** Builds one text out of others; `build` is asked once per language and `tell` speaks that language. */
export const text = (build: (tell: (part: Text) => string, locale: Locale) => string): Text => ({
  en: build((part) => say(part, 'EN'), 'EN'),
  zh: build((part) => say(part, 'ZH_HANS'), 'ZH_HANS'),
  zhHant: build((part) => say(part, 'ZH_HANT'), 'ZH_HANT'),
});

/** The same words in every language: numbers, codes, what a person has written. */
export const verbatim = (words: string): Text => ({ en: words, zh: words });

/** Policy 4.4. */
export const LEVEL_LABELS: Readonly<Record<RiskLevel, Text>> = {
  LOW: { en: 'Low risk', zh: '低风险', zhHant: '低風險' },
  MEDIUM_LOW: { en: 'Medium-low risk', zh: '中低风险', zhHant: '中低風險' },
  MEDIUM: { en: 'Medium risk', zh: '中风险', zhHant: '中風險' },
  MEDIUM_HIGH: { en: 'Medium-high risk', zh: '中高风险', zhHant: '中高風險' },
  HIGH: { en: 'High risk', zh: '高风险', zhHant: '高風險' },
};

export const levelLabel = (level: RiskLevel | null, locale: Locale): string | null =>
  level === null ? null : say(LEVEL_LABELS[level], locale);

/** The kind of investor each level stands for, with the code the trade uses (policy 4.4). */
export const LEVEL_NATURES: Readonly<Record<RiskLevel, Text>> = {
  LOW: { en: 'C1, conservative', zh: 'C1 保守型', zhHant: 'C1 保守型' },
  MEDIUM_LOW: { en: 'C2, steady', zh: 'C2 稳健型', zhHant: 'C2 穩健型' },
  MEDIUM: { en: 'C3, balanced', zh: 'C3 平衡型', zhHant: 'C3 平衡型' },
  MEDIUM_HIGH: { en: 'C4, active', zh: 'C4 积极型', zhHant: 'C4 積極型' },
  HIGH: {
    en: 'C5, aggressive, seeks high return',
    zh: 'C5 进取型，追求高收益',
    zhHant: 'C5 進取型，追求高收益',
  },
};

/** Names of dimensions; a questionnaire may use others, which are then shown by their code. */
const DIMENSIONS: Readonly<Record<string, Text>> = {
  CAPACITY: { en: 'Capacity', zh: '承受能力', zhHant: '承受能力' },
  KNOWLEDGE: { en: 'Knowledge', zh: '知识经验', zhHant: '知識經驗' },
  OBJECTIVE: { en: 'Objective', zh: '投资目标', zhHant: '投資目標' },
  TOLERANCE: { en: 'Tolerance', zh: '风险偏好', zhHant: '風險偏好' },
  GOVERNANCE: { en: 'Governance', zh: '决策机制', zhHant: '決策機制' },
  LIQUIDITY: { en: 'Liquidity', zh: '流动性', zhHant: '流動性' },
};

/** Names of the flags that the firm's gates set; a questionnaire may bring names of its own. */
const FLAGS: Readonly<Record<string, Text>> = {
  INCONSISTENT: {
    en: 'The wish for growth and the loss accepted contradict each other',
    zh: '增值目标与可承受亏损相互矛盾',
    zhHant: '增值目標與可承受虧損相互矛盾',
  },
  KNOWLEDGE_CHECK: {
    en: 'The question of knowledge was missed',
    zh: '投资知识题未答对',
    zhHant: '投資知識題未答對',
  },
};

export const flagLabel = (code: string, own: Readonly<Record<string, Text>> = {}): Text =>
  own[code] ?? FLAGS[code] ?? verbatim(code);

export const dimensionLabel = (code: string): Text => DIMENSIONS[code] ?? verbatim(code);
