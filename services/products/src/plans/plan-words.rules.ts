type Words = Readonly<Record<'EN' | 'ZH_HANS' | 'ZH_HANT', string>>;
export type Figures = Readonly<Record<string, string>>;

/** Why a line of a plan is there; `{x}` is a figure of the line. */
const LINE_WORDS = {
  ABOVE_LEVEL: {
    EN: 'The product is rated {rating}, above what the level {level} is offered: it is taken out.',
    ZH_HANS: '该产品风险等级为{rating}，高于客户等级{level}的适配范围，建议退出。',
    ZH_HANT: '該產品風險等級為{rating}，高於客戶等級{level}的適配範圍，建議退出。',
  },
  CATEGORY_NOT_OFFERED: {
    EN: 'Products of this category are not offered at the level {level}: it is taken out.',
    ZH_HANS: '该类别产品不在等级{level}的配置范围内，建议退出。',
    ZH_HANT: '該類別產品不在等級{level}的配置範圍內，建議退出。',
  },
  OVER_SINGLE_LIMIT: {
    EN: '{pct} % of what is held lies in this one product; at most {max} % should.',
    ZH_HANS: '单一产品占比{pct}%，超过{max}%的上限，建议降低集中度。',
    ZH_HANT: '單一產品佔比{pct}%，超過{max}%的上限，建議降低集中度。',
  },
  EQUITY_ABOVE_BAND: {
    EN: 'Equity makes {pct} % of what is held, above the band of {min} to {max} %: it is brought back to {aim} %.',
    ZH_HANS: '权益类占比{pct}%，高于{min}%至{max}%的目标区间，建议调回至{aim}%。',
    ZH_HANT: '權益類佔比{pct}%，高於{min}%至{max}%的目標區間，建議調回至{aim}%。',
  },
  EQUITY_BELOW_BAND: {
    EN: 'Equity makes {pct} % of what is held, below the band of {min} to {max} %: it is brought up to {aim} %.',
    ZH_HANS: '权益类占比{pct}%，低于{min}%至{max}%的目标区间，建议提升至{aim}%。',
    ZH_HANT: '權益類佔比{pct}%，低於{min}%至{max}%的目標區間，建議提升至{aim}%。',
  },
  BRINGS_EQUITY: {
    EN: 'It brings equity towards the aim of {aim} %, and suits the level {level}.',
    ZH_HANS: '有助于权益占比达到{aim}%的目标，且适配等级{level}。',
    ZH_HANT: '有助於權益佔比達到{aim}%的目標，且適配等級{level}。',
  },
  STEADIES: {
    EN: 'It steadies the rest, beside equity at {aim} %, and suits the level {level}.',
    ZH_HANS: '在权益占比{aim}%之外稳定其余资产，且适配等级{level}。',
    ZH_HANT: '在權益佔比{aim}%之外穩定其餘資產，且適配等級{level}。',
  },
  NEW_MONEY: {
    EN: 'New money is invested.',
    ZH_HANS: '配置新增资金。',
    ZH_HANT: '配置新增資金。',
  },
  NOTHING_FITS: {
    EN: 'No product that suits can take this money at its minimum: it is paid out.',
    ZH_HANS: '暂无可承接且满足起购金额的适配产品，建议赎回。',
    ZH_HANT: '暫無可承接且滿足起購金額的適配產品，建議贖回。',
  },
} as const satisfies Record<string, Words>;
export type LineReasonCode = keyof typeof LINE_WORDS;
export type LineReason = { code: LineReasonCode; text: Words };

const filled = (words: string, figures: Figures): string =>
  words.replace(/\{(\w+)\}/g, (_, name: string) => figures[name] ?? '–');

/** A reason in words, kept with the line as it was shown. */
export const because = (code: LineReasonCode, figures: Figures = {}): LineReason => {
  const { EN, ZH_HANS, ZH_HANT } = LINE_WORDS[code];
  return {
    code,
    text: { EN: filled(EN, figures), ZH_HANS: filled(ZH_HANS, figures), ZH_HANT: filled(ZH_HANT, figures) },
  };
};
