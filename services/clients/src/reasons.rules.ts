import { downgradeOn, type Grounds, type IndividualGrounds } from './grading.rules.js';
import type { Grade } from './grading-tables.rules.js';
import { institutionReasons } from './institutions/institution-reasons.rules.js';
import { GRADE_LABELS, grouped, type Label, LEVEL_LABELS, type Locale } from './labels.rules.js';

type Assignment = { grade: Grade; ruleVersion: string; grounds: Grounds };

/** Why a client has a grade, in words: the inputs, how they combine, the result, an override, and what is being waited for. */
export function reasonsOf(assignment: Assignment, locale: Locale): string[] {
  const { grounds } = assignment;
  const inputs = 'institutionType' in grounds ? institutionReasons(grounds) : individualReasons(grounds);
  return [...inputs, result(assignment), override(assignment) ?? waiting(assignment)].flatMap(
    (sentence) => sentence?.[locale] ?? [],
  );
}

const individualReasons = (grounds: IndividualGrounds): Label[] =>
  [assets, tolerance, experience, combination].map((sentence) => sentence(grounds));

function assets(grounds: IndividualGrounds): Label {
  const { assetsAsOf, assetRank, currency } = grounds;
  if (assetsAsOf === null) {
    return {
      EN: `No verified financial assets are on file from the last 12 months, so they count as 0: asset rank ${assetRank}.`,
      ZH_HANS: `近12个月内没有经核实的金融资产记录，按0计算：资产等级${assetRank}。`,
      ZH_HANT: `近12個月內沒有經核實的金融資產記錄，按0計算：資產等級${assetRank}。`,
    };
  }
  const amount = `${currency} ${grouped(grounds.assets)}`;
  const min = grouped(grounds.assetRankMin);
  const below = grounds.assetRankBelow === null ? null : grouped(grounds.assetRankBelow);
  return {
    EN: `Verified financial assets of ${amount} as of ${assetsAsOf} are ${below === null ? `${min} or more` : `from ${min} to under ${below}`}: asset rank ${assetRank}.`,
    ZH_HANS: `截至${assetsAsOf}经核实的金融资产为${amount}，${below === null ? `在${min}及以上` : `在${min}（含）至${below}（不含）之间`}：资产等级${assetRank}。`,
    ZH_HANT: `截至${assetsAsOf}經核實的金融資產為${amount}，${below === null ? `在${min}及以上` : `在${min}（含）至${below}（不含）之間`}：資產等級${assetRank}。`,
  };
}

function tolerance({ tolerance: level, toleranceValidTo, toleranceRank }: IndividualGrounds): Label {
  if (level === null) {
    return {
      EN: `There is no valid risk assessment: tolerance rank ${toleranceRank}.`,
      ZH_HANS: `没有有效的风险评估：承受能力等级${toleranceRank}。`,
      ZH_HANT: `沒有有效的風險評估：承受能力等級${toleranceRank}。`,
    };
  }
  const words = LEVEL_LABELS[level];
  return {
    EN: `The risk level is ${words.EN}, valid to ${toleranceValidTo}: tolerance rank ${toleranceRank}.`,
    ZH_HANS: `风险等级为${words.ZH_HANS}，有效期至${toleranceValidTo}：承受能力等级${toleranceRank}。`,
    ZH_HANT: `風險等級為${words.ZH_HANT}，有效期至${toleranceValidTo}：承受能力等級${toleranceRank}。`,
  };
}

function experience({ investmentYears: years, experienceRank: rank }: IndividualGrounds): Label {
  return {
    EN: `Investment experience is ${years} ${years === 1 ? 'year' : 'years'}: experience rank ${rank}.`,
    ZH_HANS: `投资经验为${years}年：经验等级${rank}。`,
    ZH_HANT: `投資經驗為${years}年：經驗等級${rank}。`,
  };
}

function combination({ isTopRank, isSteppedDown, assetRank }: IndividualGrounds): Label {
  if (isTopRank) {
    return {
      EN: 'The highest asset rank decides by itself.',
      ZH_HANS: '资产达到最高等级，直接确定客户等级。',
      ZH_HANT: '資產達到最高等級，直接確定客戶等級。',
    };
  }
  if (isSteppedDown) {
    return {
      EN: `Tolerance and experience are both below asset rank ${assetRank}, so the grade is one step lower.`,
      ZH_HANS: `承受能力和经验均低于资产等级${assetRank}，因此下调一级。`,
      ZH_HANT: `承受能力和經驗均低於資產等級${assetRank}，因此下調一級。`,
    };
  }
  return {
    EN: `Tolerance and experience are not both below asset rank ${assetRank}, so the assets decide.`,
    ZH_HANS: `承受能力和经验并非均低于资产等级${assetRank}，因此由资产等级决定。`,
    ZH_HANT: `承受能力和經驗並非均低於資產等級${assetRank}，因此由資產等級決定。`,
  };
}

function result({ ruleVersion, grounds: { ruledGrade } }: Assignment): Label {
  const words = GRADE_LABELS[ruledGrade];
  return {
    EN: `By rules ${ruleVersion} this is ${words.EN}.`,
    ZH_HANS: `按规则${ruleVersion}为${words.ZH_HANS}。`,
    ZH_HANT: `按規則${ruleVersion}為${words.ZH_HANT}。`,
  };
}

function override({ grade, grounds: { overrideUntil: until } }: Assignment): Label | null {
  if (until === undefined) return null;
  const words = GRADE_LABELS[grade];
  return {
    EN: `A second person has approved ${words.EN} up to and with ${until}; the rules decide again after that.`,
    ZH_HANS: `经第二人批准，${words.ZH_HANS}有效至${until}（含），此后按规则确定。`,
    ZH_HANT: `經第二人批准，${words.ZH_HANT}有效至${until}（含），此後按規則確定。`,
  };
}

function waiting({ grade, grounds: { belowSince } }: Assignment): Label | null {
  if (belowSince === null) return null;
  const words = GRADE_LABELS[grade];
  const until = downgradeOn(belowSince);
  return {
    EN: `${words.EN} is kept until ${until}: the inputs have been below its line since ${belowSince}.`,
    ZH_HANS: `自${belowSince}起未达到${words.ZH_HANS}标准，${words.ZH_HANS}保留至${until}。`,
    ZH_HANT: `自${belowSince}起未達到${words.ZH_HANT}標準，${words.ZH_HANT}保留至${until}。`,
  };
}
