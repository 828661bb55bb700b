import { z } from 'zod';
import type { AssessmentRules, InterviewOutcome } from '../assessments/assessments.rules.js';
import type { RiskLevel } from '../levels.rules.js';
import { type Answers, chosen } from '../questionnaires/conditions.rules.js';
import { type Definition, pointsRange } from '../questionnaires/questionnaires.rules.js';
import { bandOf, type FiredGate } from '../questionnaires/scoring.rules.js';
import { dimensionLabel, LEVEL_LABELS, LEVEL_NATURES, type Text, text, verbatim } from '../words.rules.js';

/** What a level is explained from: all of it is stored, so that the explanation stays the same. */
export type Decided = {
  definition: Definition;
  score: number;
  bandLevel: RiskLevel;
  gatesFired: readonly FiredGate[];
  scoredLevel: RiskLevel;
  finalLevel: RiskLevel;
  lowestCategory: boolean;
};

/** Why a gate exists, as its questionnaire says. */
export const reasonOf = (definition: Definition, gateId: string): Text =>
  definition.gates.find(({ id }) => id === gateId)?.reason ?? verbatim(gateId);

/** Why the level is what it is: the band, each ceiling and gate that fired, and what an interview has changed. */
export function explain(decided: Decided): Text[] {
  const { definition, gatesFired, scoredLevel, finalLevel, lowestCategory } = decided;
  const level = LEVEL_LABELS[finalLevel];
  return [
    bandReason(decided),
    ...gatesFired.map((gate) => gateReason(gate, reasonOf(definition, gate.id))),
    ...(finalLevel === scoredLevel
      ? []
      : [
          text((tell, locale) =>
            locale === 'EN'
              ? `The interview lowered the level to ${tell(level)}.`
              : locale === 'ZH_HANS'
                ? `面谈后等级下调为${tell(level)}。`
                : `面談後等級下調為${tell(level)}。`,
          ),
        ]),
    ...(lowestCategory ? [LOWEST_CATEGORY] : []),
  ];
}

function bandReason({ definition, score, bandLevel }: Decided): Text {
  const { min, max } = bandOf(definition, score);
  const range = `${min}–${max}`;
  const of = `${score}/${definition.maxScore}`;
  const label = LEVEL_LABELS[bandLevel];
  return {
    en: `The answers score ${of}, in the band ${label.en} (${range}).`,
    zh: `问卷得分${of}，属于${label.zh}档（${range}分）。`,
    zhHant: `問卷得分${of}，屬於${label.zhHant}檔（${range}分）。`,
  };
}

function gateReason({ id, ceiling, interview }: FiredGate, reason: Text): Text {
  return text((tell, locale) => {
    const because = `${id} (${tell(reason)})`;
    const cap = ceiling === null ? '' : tell(LEVEL_LABELS[ceiling]);
    switch (locale) {
      case 'EN':
        return `${because}${cap === '' ? '' : `: the level is at most ${cap}`}${interview ? '; an interview is required' : ''}.`;
      case 'ZH_HANS':
        return `${because}${cap === '' ? '' : `：等级最高为${cap}`}${interview ? '；须进行面谈' : ''}。`;
      case 'ZH_HANT':
        return `${because}${cap === '' ? '' : `：等級最高為${cap}`}${interview ? '；須進行面談' : ''}。`;
      default:
        return locale satisfies never;
    }
  });
}

const LOWEST_CATEGORY: Text = {
  en: 'The client belongs to the lowest category, which is offered products of the lowest risk only.',
  zh: '属于风险承受能力最低类别，只可购买最低风险产品。',
  zhHant: '屬於風險承受能力最低類別，只可購買最低風險產品。',
};

export type ReportFacts = Decided & {
  number: string;
  clientId: string;
  /** The day of issue. */
  day: string;
  questionnaire: { code: string; version: string };
  answers: Answers;
  subScores: Readonly<Record<string, number>>;
  interview: { day: string; outcome: InterviewOutcome; summary: string } | null;
  rules: AssessmentRules;
};

export type ReportSection = { heading: Text; lines: Text[] };

const section = (en: string, zh: string, zhHant: string, lines: Text[]): ReportSection => ({
  heading: { en, zh, zhHant },
  lines,
});
const line = (en: string, zh: string, zhHant: string): Text => ({ en, zh, zhHant });

/** The report a client reads and confirms (domain.md 3.2.7), section by section in every language. Points of single options are not part of it. */
export function reportSections(facts: ReportFacts): ReportSection[] {
  const { definition, answers, rules, questionnaire, interview } = facts;
  const months = rules.limits.validityMonths;
  return [
    section('Client and date', '客户与日期', '客戶與日期', [
      line(`Report ${facts.number}`, `报告编号 ${facts.number}`, `報告編號 ${facts.number}`),
      line(`Client ${facts.clientId}`, `客户 ${facts.clientId}`, `客戶 ${facts.clientId}`),
      line(`Issued on ${facts.day}`, `出具日期 ${facts.day}`, `出具日期 ${facts.day}`),
    ]),
    section('Questionnaire', '问卷', '問卷', [verbatim(`${questionnaire.code} ${questionnaire.version}`)]),
    section(
      'Answers',
      '答案',
      '答案',
      definition.questions.map((question) => answerLine(question, answers)),
    ),
    section('Score by dimension', '各维度得分', '各維度得分', scoreLines(facts)),
    section('How the level was found', '等级如何得出', '等級如何得出', explain(facts)),
    section('Risk level', '风险等级', '風險等級', levelLines(facts)),
    section('Products offered', '可购买的产品', '可購買的產品', [productLine(facts)]),
    section('Validity', '有效期', '有效期', [
      line(
        `Valid for ${months} months from the day the client confirms this report.`,
        `自客户确认本报告之日起${months}个月内有效。`,
        `自客戶確認本報告之日起${months}個月內有效。`,
      ),
    ]),
    section('Interview', '面谈', '面談', interviewLines(interview)),
    ...CLOSING,
  ];
}

function answerLine(question: Definition['questions'][number], answers: Answers): Text {
  const codes = chosen(answers, question.id);
  const said = question.options.filter(({ code }) => codes.includes(code));
  return text(
    (tell, locale) =>
      `${question.id} ${tell(question.text)} — ${said.map((option) => tell(option.text)).join(locale === 'EN' ? '; ' : '；')}`,
  );
}

function scoreLines({ definition, subScores, score }: ReportFacts): Text[] {
  const most = new Map<string, number>();
  for (const question of definition.questions) {
    const { dimension } = question;
    most.set(dimension, (most.get(dimension) ?? 0) + pointsRange(question).max);
  }
  return [
    ...[...most].map(([dimension, max]) =>
      text((tell) => `${tell(dimensionLabel(dimension))}: ${subScores[dimension] ?? 0}/${max}`),
    ),
    line(
      `Total: ${score}/${definition.maxScore}`,
      `总分: ${score}/${definition.maxScore}`,
      `總分: ${score}/${definition.maxScore}`,
    ),
  ];
}

function levelLines({ finalLevel, rules }: ReportFacts): Text[] {
  return [
    text((tell) => `${tell(LEVEL_LABELS[finalLevel])} (${tell(LEVEL_NATURES[finalLevel])})`),
    rules.offers.levels[finalLevel].text,
  ];
}

function productLine({ finalLevel, lowestCategory, rules }: ReportFacts): Text {
  const { productRisks } = lowestCategory ? rules.offers.lowestCategory : rules.offers.levels[finalLevel];
  const list = productRisks.join(', ');
  return line(`Products rated ${list}.`, `风险评级为${list}的产品。`, `風險評級為${list}的產品。`);
}

const OUTCOMES: Readonly<Record<InterviewOutcome, Text>> = {
  CONFIRM: line('the level was confirmed', '维持原等级', '維持原等級'),
  LOWER: line('the level was lowered', '下调等级', '下調等級'),
  REDO: line('a new questionnaire was asked for', '要求重新测评', '要求重新測評'),
};

function interviewLines(interview: ReportFacts['interview']): Text[] {
  if (interview === null) return [line('No interview was required.', '无须面谈。', '無須面談。')];
  return [
    text((tell) => `${interview.day}: ${tell(OUTCOMES[interview.outcome])}`),
    verbatim(interview.summary),
  ];
}

const CLOSING: ReportSection[] = [
  section('Ask for a person', '申请人工复核', '申請人工覆核', [
    line(
      'You may ask that a professional reviews this result by hand; tell your adviser or the service line. The review is free.',
      '您可以要求由专业人员人工复核本结果，请告知您的顾问或客服热线，复核不收费。',
      '您可以要求由專業人員人工覆核本結果，請告知您的顧問或客服熱線，覆核不收費。',
    ),
  ]),
  section('Complain', '投诉', '投訴', [
    line(
      'A complaint can be made to the service line, to your adviser or in writing; you are given its number and the date of our answer.',
      '您可以通过客服热线、顾问或书面方式投诉，我们会告知受理编号和答复日期。',
      '您可以透過客服熱線、顧問或書面方式投訴，我們會告知受理編號和答覆日期。',
    ),
  ]),
  section('Confirmation', '确认', '確認', [
    line(
      'You confirm this report electronically by its hash; from then on the level counts.',
      '您以本报告的哈希值电子确认，自确认之时起等级生效。',
      '您以本報告的雜湊值電子確認，自確認之時起等級生效。',
    ),
  ]),
];

const Words = z.object({ en: z.string(), zh: z.string(), zhHant: z.string().optional() });
const Content = z.object({ sections: z.array(z.object({ heading: Words, lines: z.array(Words) })) });

/** The sections of a report as they were written, whatever the wording is now. */
export const sectionsOf = (content: string): ReportSection[] => Content.parse(JSON.parse(content)).sections;
