import type { TableChanges } from './rule-changes.rules.js';

const LEVELS = ['LOW', 'MEDIUM_LOW', 'MEDIUM', 'MEDIUM_HIGH', 'HIGH'] as const;
const ROWS = ['LOWEST', ...LEVELS, 'PROFESSIONAL'] as const;
const GOALS = ['PRESERVE', 'INCOME', 'BALANCED', 'GROWTH'] as const;

/** The tables that people propose, row by row, as they are shown; null where a set has none of a kind. */
export function tablesShown({ matching, categories, allocation }: TableChanges) {
  return {
    matching:
      matching === undefined
        ? null
        : {
            rows: ROWS.map((row) => ({ row, ratings: [...matching.levels[row]] })),
            csrcSteps: matching.overrideSteps.CSRC,
            nfraSteps: matching.overrideSteps.NFRA,
          },
    categories:
      categories === undefined
        ? null
        : LEVELS.map((level) => ({ level, categories: [...categories[level]] })),
    allocation: allocation === undefined ? null : allocationShown(allocation),
  };
}

function allocationShown(table: NonNullable<TableChanges['allocation']>) {
  const { goals } = table;
  return {
    bands: LEVELS.map((level) => ({
      level,
      minPct: table.equityTargetPct[level][0],
      maxPct: table.equityTargetPct[level][1],
      maxSinglePct: table.maxSingleProductPct[level],
    })),
    goals:
      goals === undefined
        ? []
        : GOALS.map((goal) => ({ goal, fromPct: goals[goal][0], toPct: goals[goal][1] })),
    reviewMonths: table.reviewMonths,
    minTradePct: table.minTradePct ?? 0,
    planValidDays: table.planValidDays ?? 0,
  };
}
