/**
 * The risk-tolerance scale of Grable and Lytton (1999), a public questionnaire that shares nothing with the firm's own: thirteen
 * items, points 1 to 4, 13 to 47 in all, five bands of unequal width, no gates. Items in our words.
 */

type Item = {
  id: string;
  dimension: string;
  zh: string;
  en: string;
  options: [code: string, score: number, zh: string, en: string][];
};

const ITEMS: Item[] = [
  {
    id: 'T1',
    dimension: 'RISK',
    zh: '好朋友会怎样形容您承担风险的态度？',
    en: 'How would your best friend describe you as a taker of risks?',
    options: [
      ['a', 4, '真正的冒险者', 'A real gambler'],
      ['b', 3, '研究之后愿意冒险', 'Willing after doing the homework'],
      ['c', 2, '谨慎', 'Cautious'],
      ['d', 1, '回避风险', 'Somebody who avoids risk'],
    ],
  },
  {
    id: 'T2',
    dimension: 'GUESS',
    zh: '参加电视竞赛，您选择哪一种？',
    en: 'On a game show, which would you take?',
    options: [
      ['a', 1, '现金1000元', '1,000 in cash'],
      ['b', 2, '五成机会得5000元', 'A 50% chance of 5,000'],
      ['c', 3, '两成半机会得10000元', 'A 25% chance of 10,000'],
      ['d', 4, '百分之五机会得100000元', 'A 5% chance of 100,000'],
    ],
  },
  {
    id: 'T3',
    dimension: 'RISK',
    zh: '刚存够一次难得旅行的钱，出发前三周失业，您会？',
    en: 'Three weeks before the trip of a lifetime you lose your job. You would',
    options: [
      ['a', 1, '取消旅行', 'Cancel it'],
      ['b', 2, '改成简单得多的旅行', 'Take a much simpler one'],
      ['c', 3, '照原计划去，正好准备找工作', 'Go as planned: time to prepare for the search'],
      ['d', 4, '延长旅行，机不可失', 'Stay longer: it may be the last chance'],
    ],
  },
  {
    id: 'T4',
    dimension: 'RISK',
    zh: '意外得到20000元用于投资，您会？',
    en: 'With 20,000 to invest unexpectedly, you would',
    options: [
      ['a', 1, '存入银行', 'Deposit it'],
      ['b', 2, '买安全的高等级债券', 'Buy safe, high-grade bonds'],
      ['c', 3, '买股票或股票基金', 'Buy shares or equity funds'],
    ],
  },
  {
    id: 'T5',
    dimension: 'EXPERIENCE',
    zh: '您对投资股票或股票基金有多放心？',
    en: 'How comfortable are you with investing in shares?',
    options: [
      ['a', 1, '完全不放心', 'Not at all'],
      ['b', 2, '有些放心', 'Somewhat'],
      ['c', 3, '很放心', 'Very'],
    ],
  },
  {
    id: 'T6',
    dimension: 'EXPERIENCE',
    zh: '想到“风险”，您首先想到哪个词？',
    en: 'Which word comes to mind first for "risk"?',
    options: [
      ['a', 1, '损失', 'Loss'],
      ['b', 2, '不确定', 'Uncertainty'],
      ['c', 3, '机会', 'Opportunity'],
      ['d', 4, '刺激', 'Thrill'],
    ],
  },
  {
    id: 'T7',
    dimension: 'EXPERIENCE',
    zh: '专家预计实物资产涨价、债券跌价，而您多持有国债，您会？',
    en: 'Experts expect hard assets to rise and bonds to fall; most of what you own is government bonds. You would',
    options: [
      ['a', 1, '继续持有债券', 'Hold the bonds'],
      ['b', 2, '卖出，一半存款一半实物资产', 'Sell; half into deposits, half into hard assets'],
      ['c', 3, '卖出，全部买实物资产', 'Sell; everything into hard assets'],
      ['d', 4, '卖出，另借钱买更多', 'Sell, and borrow to buy more'],
    ],
  },
  {
    id: 'T8',
    dimension: 'RISK',
    zh: '下列最好与最坏情形，您偏好哪一种？',
    en: 'Which best and worst case do you prefer?',
    options: [
      ['a', 1, '最好赚200，最坏不亏', '200 gained at best, nothing lost at worst'],
      ['b', 2, '最好赚800，最坏亏200', '800 at best, 200 lost at worst'],
      ['c', 3, '最好赚2600，最坏亏800', '2,600 at best, 800 lost at worst'],
      ['d', 4, '最好赚4800，最坏亏2400', '4,800 at best, 2,400 lost at worst'],
    ],
  },
  {
    id: 'T9',
    dimension: 'GUESS',
    zh: '除已有财产外给您1000元，再选一项：',
    en: 'You are given 1,000. Now choose',
    options: [
      ['a', 1, '确定再得500元', 'A sure gain of 500'],
      ['b', 3, '五成机会得1000元，五成不得', 'A 50% chance of 1,000, else nothing'],
    ],
  },
  {
    id: 'T10',
    dimension: 'GUESS',
    zh: '除已有财产外给您2000元，再选一项：',
    en: 'You are given 2,000. Now choose',
    options: [
      ['a', 1, '确定亏500元', 'A sure loss of 500'],
      ['b', 3, '五成机会亏1000元，五成不亏', 'A 50% chance of losing 1,000, else nothing'],
    ],
  },
  {
    id: 'T11',
    dimension: 'RISK',
    zh: '继承100000元须全部投于一处，您选？',
    en: 'An inheritance of 100,000 must go into one thing. You choose',
    options: [
      ['a', 1, '存款或货币基金', 'A savings account or money market fund'],
      ['b', 2, '股债混合基金', 'A fund of shares and bonds'],
      ['c', 3, '十五只股票', 'Fifteen shares'],
      ['d', 4, '黄金、石油等商品', 'Commodities such as gold or oil'],
    ],
  },
  {
    id: 'T12',
    dimension: 'RISK',
    zh: '投资20000元，哪种组合最吸引您？',
    en: 'For 20,000, which mix appeals most?',
    options: [
      ['a', 1, '低风险六成、中三成、高一成', '60% low, 30% medium, 10% high risk'],
      ['b', 2, '低三成、中四成、高三成', '30% low, 40% medium, 30% high risk'],
      ['c', 3, '低一成、中四成、高五成', '10% low, 40% medium, 50% high risk'],
    ],
  },
  {
    id: 'T13',
    dimension: 'GUESS',
    zh: '可信的朋友集资探金矿，成则50至100倍，成功率两成，您投多少？',
    en: 'A trusted friend raises money for a gold mine: 50 to 100 times back, with a 20% chance. You would put in',
    options: [
      ['a', 1, '不投', 'Nothing'],
      ['b', 2, '一个月工资', 'One month of pay'],
      ['c', 3, '三个月工资', 'Three months of pay'],
      ['d', 4, '六个月工资', 'Six months of pay'],
    ],
  },
];

export const GRABLE = {
  code: 'GL-RTS',
  version: '13',
  audience: 'INDIVIDUAL',
  effectiveFrom: '2026-03-10',
  maxScore: 47,
  language: ['zh-Hans', 'en'],
  questions: ITEMS.map(({ id, dimension, zh, en, options }) => ({
    id,
    dimension,
    text: { zh, en },
    options: options.map(([code, score, chinese, english]) => ({
      code,
      score,
      text: { zh: chinese, en: english },
    })),
  })),
  bands: [
    { level: 'LOW', code: 'B1', min: 0, max: 18 },
    { level: 'MEDIUM_LOW', code: 'B2', min: 19, max: 22 },
    { level: 'MEDIUM', code: 'B3', min: 23, max: 28 },
    { level: 'MEDIUM_HIGH', code: 'B4', min: 29, max: 32 },
    { level: 'HIGH', code: 'B5', min: 33, max: 47 },
  ],
  gates: [],
};

/** Answers that score so many points, from 13 to 47: every item as high as the rest allows. */
export function answersWorth(points: number): { questionId: string; optionCode: string }[] {
  let left = points - ITEMS.length;
  return ITEMS.map(({ id, options }) => {
    const [best] = options.filter(([, score]) => score - 1 <= left).sort((a, b) => b[1] - a[1]);
    left -= (best?.[1] ?? 1) - 1;
    return { questionId: id, optionCode: best?.[0] ?? 'a' };
  });
}
