import { isLevel } from '../levels.rules.js';
import { LEVEL_LABELS, type Text, text, verbatim } from '../words.rules.js';

const REASONS: Readonly<Record<string, Text>> = {
  IMPORTANT_CLIENT: { en: 'The client is important.', zh: '属于重要客户。', zhHant: '屬於重要客戶。' },
  LEVEL_RISE: {
    en: 'The level rises by two steps or more against the one before.',
    zh: '等级较上次上升两级或以上。',
    zhHant: '等級較上次上升兩級或以上。',
  },
  CLIENT_ASKS: { en: 'The client asks for it.', zh: '客户要求人工复核。', zhHant: '客戶要求人工覆核。' },
  COMPLIANCE_ASKS: { en: 'Compliance asks for it.', zh: '合规部门要求面谈。', zhHant: '合規部門要求面談。' },
};

/** Why an interview is needed, in words. */
export function interviewReasonLabel(code: string): Text {
  const level = code.replace(/^LEVEL_/, '');
  if (code.startsWith('LEVEL_') && isLevel(level)) {
    const label = LEVEL_LABELS[level];
    return text((tell, locale) =>
      locale === 'EN'
        ? `The level is ${tell(label)}.`
        : locale === 'ZH_HANS'
          ? `等级为${tell(label)}。`
          : `等級為${tell(label)}。`,
    );
  }
  const gate = code.replace(/^GATE_/, '');
  if (gate !== code)
    return { en: `Gate ${gate} asks for it.`, zh: `规则${gate}要求面谈。`, zhHant: `規則${gate}要求面談。` };
  return REASONS[code] ?? verbatim(code);
}
