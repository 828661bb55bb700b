/** The five levels of policy 4.4, lowest first: C1 to C5. */
export const LEVELS = ['LOW', 'MEDIUM_LOW', 'MEDIUM', 'MEDIUM_HIGH', 'HIGH'] as const;
export type RiskLevel = (typeof LEVELS)[number];

/** 0 for the lowest level. */
export const rankOf = (level: RiskLevel): number => LEVELS.indexOf(level);

export const isLevel = (text: string): text is RiskLevel => LEVELS.some((level) => level === text);

/** The trade's codes of the levels, in which many questionnaires are published. */
export const LEVEL_CODES = ['C1', 'C2', 'C3', 'C4', 'C5'] as const;

/** The level of a name or of the trade's code; undefined for anything else. */
export const levelOf = (text: string): RiskLevel | undefined =>
  LEVELS.find((level, rank) => text === level || text === LEVEL_CODES[rank]);

/** The lowest of a level and any number of ceilings. */
export const capped = (level: RiskLevel, ceilings: readonly RiskLevel[]): RiskLevel =>
  ceilings.reduce((lowest, ceiling) => (rankOf(ceiling) < rankOf(lowest) ? ceiling : lowest), level);
