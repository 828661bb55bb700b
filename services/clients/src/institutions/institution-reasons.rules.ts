import type { InstitutionGrounds } from '../grading.rules.js';
import { CLASS_LABELS, GRADE_LABELS, grouped, type Label } from '../labels.rules.js';

/** Why an institution has its grade by rule: net assets, what has lifted it, or that nothing has. */
export const institutionReasons = (grounds: InstitutionGrounds): Label[] => [
  netAssets(grounds),
  ...lift(grounds),
];

function netAssets({
  netAssets: amount,
  yearEnd,
  currency,
  tableGrade,
  tableMin,
  tableBelow,
}: InstitutionGrounds): Label {
  const words = GRADE_LABELS[tableGrade];
  if (amount === null) {
    return {
      EN: `No financial statement is on file: ${words.EN} by net assets.`,
      ZH_HANS: `档案中没有财务报表：按净资产为${words.ZH_HANS}。`,
      ZH_HANT: `檔案中沒有財務報表：按凈資產為${words.ZH_HANT}。`,
    };
  }
  const money = `${currency} ${grouped(amount)}`;
  const min = grouped(tableMin);
  const below = tableBelow === null ? null : grouped(tableBelow);
  const range =
    tableMin === 0 && below !== null
      ? `under ${below}`
      : below === null
        ? `${min} or more`
        : `from ${min} to under ${below}`;
  return {
    EN: `Net assets of ${money} at ${yearEnd} are ${range}: ${words.EN} by net assets.`,
    ZH_HANS: `${yearEnd}净资产为${money}，${below === null ? `在${min}及以上` : `在${min}（含）至${below}（不含）之间`}：按净资产为${words.ZH_HANS}。`,
    ZH_HANT: `${yearEnd}凈資產為${money}，${below === null ? `在${min}及以上` : `在${min}（含）至${below}（不含）之間`}：按凈資產為${words.ZH_HANT}。`,
  };
}

function lift({
  lift: kind,
  liftFrom,
  productClasses,
  institutionType,
  ruledGrade,
}: InstitutionGrounds): Label[] {
  const grade = GRADE_LABELS[ruledGrade];
  switch (kind) {
    case null:
      return [];
    case 'PRODUCT_CLASSES':
      return [
        {
          EN: `${productClasses} classes of product are used, and ${liftFrom} or more lift the grade to ${grade.EN}.`,
          ZH_HANS: `使用了${productClasses}类产品，达到${liftFrom}类即为${grade.ZH_HANS}。`,
          ZH_HANT: `使用了${productClasses}類產品，達到${liftFrom}類即為${grade.ZH_HANT}。`,
        },
      ];
    case 'FINANCIAL_INSTITUTION': {
      const type = CLASS_LABELS[institutionType];
      const line = grouped(liftFrom ?? 0);
      return [
        {
          EN: `For a ${type.EN.toLowerCase()} net assets of ${line} or more are ${grade.EN}.`,
          ZH_HANS: `${type.ZH_HANS}净资产在${line}及以上即为${grade.ZH_HANS}。`,
          ZH_HANT: `${type.ZH_HANT}凈資產在${line}及以上即為${grade.ZH_HANT}。`,
        },
      ];
    }
    default:
      return kind satisfies never;
  }
}
