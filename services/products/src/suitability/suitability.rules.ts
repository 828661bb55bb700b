import { SuitabilityChecked } from '@client-graph/events';
import { Decimal } from '@client-graph/kit/decimal';
import type { VolatilityTable } from '../navs/navs.rules.js';
import type { AllocationTable } from '../plans/allocation.rules.js';
import {
  type Category,
  type IssuerType,
  isAtLeast,
  type ProductStatus,
  RATINGS,
  type Rating,
} from '../products/products.rules.js';
import type { FitTable } from '../recommendations/fit.rules.js';
import type { Level } from './levels.rules.js';

type MatchingRow = Level | 'LOWEST' | 'PROFESSIONAL' | 'NONE';

export type ReasonCode =
  | 'CLIENT_STATUS'
  | 'PRODUCT_STATUS'
  | 'NO_PROFILE'
  | 'PROFILE_EXPIRED'
  | 'RATING_ABOVE_LEVEL'
  | 'CATEGORY'
  | 'AGE'
  | 'QUALIFIED_INVESTOR'
  | 'CURRENCY'
  | 'MIN_AMOUNT'
  | 'CONCENTRATION'
  | 'HORIZON'
  | 'ABILITY_TO_PAY'
  | 'REVIEW_OVERDUE'
  | 'CONFLICT';

type Words = Readonly<Record<'EN' | 'ZH_HANS' | 'ZH_HANT', string>>;

/** The firm's tables (policy 4.5: data), one version of them; `data/` holds the default, the database those in force. */
export type SuitabilityTables = {
  /** What each level may buy, and how many steps above it a client may go on their own initiative, by the rule set of the issuer. */
  matching: {
    /** From version 2026.2 on; without it nothing is overridden. */
    ruleSets?: Readonly<Record<'CSRC' | 'NFRA', readonly IssuerType[]>>;
    levels: Readonly<Record<MatchingRow, readonly Rating[]>>;
    overrideSteps: Readonly<Record<'CSRC' | 'NFRA', number>>;
    neverOverride: readonly MatchingRow[];
  };
  categories: Readonly<Record<Level, readonly Category[]>>;
  age: { never: readonly string[]; secondPerson: { bands: readonly string[]; fromRating: Rating } };
  qualifiedInvestor: { issuerTypes: readonly IssuerType[]; categories: readonly Category[] };
  concentration: { fromRating: Rating; warnAbovePct: number; blockAbovePct: number };
  /** From version 2026.2 on. */
  volatility?: VolatilityTable;
  effects?: Readonly<Record<'HORIZON' | 'ABILITY_TO_PAY' | 'REVIEW_OVERDUE' | 'CONFLICT', Reason['effect']>>;
  allocation?: AllocationTable;
  /** From version 2026.3 on. */
  reviewOverdueDays?: number;
  draftDays?: number;
  fit?: FitTable;
  coolingOff?: { issuerTypes: readonly IssuerType[]; hours: number };
  specialWarning?: { version: string; text: Words };
  reasons: Readonly<Record<ReasonCode, Words>>;
};

/** A risk profile; `validTo` is its last day. */
export type Profile = { level: Level; lowestCategory: boolean; validTo: string };
export type Investor = {
  kind: string;
  status: string;
  ageBand: string | null;
  /** Since 2026.2; unknown counts as not qualified. */
  isQualified?: boolean;
  /** A professional investor by law, to whom the matching table opens everything; unknown counts as ordinary. */
  isProfessional?: boolean;
  /** Of a professional: who became one on application needs an assessment all the same (domain 3.2.3). */
  needsProfile?: boolean;
  isReviewOverdue?: boolean;
  /** Null where the client has shown none: then what depends on it is not asked. */
  horizonMonths?: number | null;
  liquidAssets?: { amount: string; currency: string } | null;
};

/** All that a decision is made of, as it is stored: the same tables and inputs give the same answer years later. */
export type Inputs = {
  /** The day of the decision in Shanghai. */
  today: string;
  client: Investor & { id: string };
  profile: (Profile & { assessmentId: string }) | null;
  product: {
    id: string;
    version: number;
    status: ProductStatus;
    rating: Rating;
    category: Category;
    issuerType: IssuerType;
    currency: string;
    minAmount: string;
    minHorizonMonths?: number;
  };
  /** Witnessed: a second member of staff is present and it is recorded. A conflict: the adviser, or who places it, has an interest. */
  order: {
    amount: string;
    currency: string;
    isWitnessed?: boolean;
    hasConflict?: boolean;
    isSwitch?: boolean;
  };
  /**
   * Money in the product's currency: what is held and under way of this product, and of all products together; and what other
   * purchases under way still have to be paid with.
   */
  exposure: { inProduct: string; inAll: string; committed?: string };
};

/** What a client can pay, as it was taken in. */
export type Means = NonNullable<Investor['liquidAssets']>;

/** The inputs as they are stored: what the client can pay is taken out, to be kept encrypted. */
export function withoutMeans(inputs: Inputs): { inputs: Inputs; means: Means | null } {
  const { liquidAssets = null, ...client } = inputs.client;
  return { inputs: { ...inputs, client }, means: liquidAssets };
}

/** The inputs as they were decided by. */
const withMeans = ({ inputs, means }: { inputs: Inputs; means: Means | null }): Inputs =>
  means === null ? inputs : { ...inputs, client: { ...inputs.client, liquidAssets: means } };

export type Reason = { code: ReasonCode; effect: 'WARNS' | 'BLOCKS' };
export type StoredReason = Reason & { text: Words };
export type Result = 'SUITABLE' | 'WARN' | 'BLOCKED';

const blocks = (isSo: boolean, code: ReasonCode): Reason[] => bringing(isSo, 'BLOCKS', code);
/** A reason with the effect that the tables give it; none where they know no such check. */
const bringing = (isSo: boolean, effect: Reason['effect'] | undefined, code: ReasonCode): Reason[] =>
  isSo && effect !== undefined ? [{ code, effect }] : [];

/** Holds a purchase against every rule, so that the client hears all reasons at once. */
export function decide(tables: SuitabilityTables, inputs: Inputs): { result: Result; reasons: Reason[] } {
  const { client, product, profile, today } = inputs;
  const reasons = [
    ...reasonsOfClient(tables, client, profile, today),
    ...blocks(product.status !== 'LISTED', 'PRODUCT_STATUS'),
    ...reasonsOfRating(
      tables,
      product.rating,
      { ...client, isWitnessed: inputs.order.isWitnessed ?? false },
      profile,
      today,
    ),
    ...reasonsOfCategory(tables, product.category, { ...client, profile }, today),
    ...blocks(needsQualifiedInvestor(tables, product) && client.isQualified !== true, 'QUALIFIED_INVESTOR'),
    ...reasonsOfAmount(tables, inputs),
    ...reasonsOfMeans(tables, inputs),
    ...bringing(inputs.order.hasConflict === true, tables.effects?.CONFLICT, 'CONFLICT'),
  ];
  return { result: resultOf(reasons), reasons };
}

function resultOf(reasons: readonly Reason[]): Result {
  if (reasons.some((reason) => reason.effect === 'BLOCKS')) return 'BLOCKED';
  return reasons.length > 0 ? 'WARN' : 'SUITABLE';
}

/** The reasons as they are stored: with the words that were shown, for those may change later. */
export const withWords = (tables: SuitabilityTables, reasons: readonly Reason[]): StoredReason[] =>
  reasons.map((reason) => ({ ...reason, text: tables.reasons[reason.code] }));

/** Decides a stored question again, by the tables and inputs of its day, and says whether the answer is the one that was given. */
export function replay(
  tables: SuitabilityTables,
  stored: { inputs: Inputs; means?: Means | null; result: Result; reasons: readonly Reason[] },
) {
  const { inputs, means = null } = stored;
  const { result, reasons } = decide(tables, withMeans({ inputs, means }));
  const textOf = (list: readonly Reason[]) => list.map(({ code, effect }) => `${code} ${effect}`).join();
  return {
    result,
    reasonCodes: reasons.map((reason) => reason.code),
    isSame: result === stored.result && textOf(reasons) === textOf(stored.reasons),
  };
}

/** What of the catalogue suits: the same rules as `decide`, before any amount is named. */
export type Allowed = { ratings: Rating[]; categories: Category[]; issuerTypes: IssuerType[] };

export function allowed(
  tables: SuitabilityTables,
  client: Investor | null,
  profile: Profile | null,
  today: string,
): Allowed {
  if (client === null || resultOf(reasonsOfClient(tables, client, profile, today)) === 'BLOCKED')
    return { ratings: [], categories: [], issuerTypes: [] };
  return {
    ratings: RATINGS.filter((rating) => reasonsOfRating(tables, rating, client, profile, today).length === 0),
    categories: CATEGORIES.filter(
      (category) =>
        reasonsOfCategory(tables, category, { ...client, profile }, today).length === 0 &&
        (client.isQualified === true || !tables.qualifiedInvestor.categories.includes(category)),
    ),
    issuerTypes: ISSUER_TYPES.filter(
      (issuerType) =>
        client.isQualified === true || !tables.qualifiedInvestor.issuerTypes.includes(issuerType),
    ),
  };
}

const CATEGORIES: readonly Category[] = [
  'CASH',
  'FIXED_INCOME',
  'STEADY_MIX',
  'BALANCED_MIX',
  'EQUITY',
  'PRIVATE_EQUITY',
  'STRUCTURED',
];
const ISSUER_TYPES: readonly IssuerType[] = [
  'BANK_WMP',
  'PUBLIC_FUND',
  'PRIVATE_FUND',
  'TRUST',
  'INSURANCE',
  'BROKER_AM',
];

const isValid = (profile: Profile | null, today: string): profile is Profile =>
  profile !== null && today <= profile.validTo;

function reasonsOfClient(
  { effects }: SuitabilityTables,
  client: Investor,
  profile: Profile | null,
  today: string,
): Reason[] {
  const asksProfile = client.isProfessional !== true || client.needsProfile === true;
  return [
    ...blocks(client.status !== 'ACTIVE', 'CLIENT_STATUS'),
    ...bringing(client.isReviewOverdue === true, effects?.REVIEW_OVERDUE, 'REVIEW_OVERDUE'),
    ...blocks(asksProfile && profile === null, 'NO_PROFILE'),
    ...blocks(asksProfile && profile !== null && !isValid(profile, today), 'PROFILE_EXPIRED'),
  ];
}

/** The row of the matching table. The lowest category comes before everything: it protects who cannot bear any loss. */
function rowOf(
  { isProfessional = false, needsProfile = false, profile }: Professional & { profile: Profile | null },
  today: string,
): MatchingRow {
  if (isValid(profile, today) && profile.lowestCategory) return 'LOWEST';
  if (isProfessional && (!needsProfile || isValid(profile, today))) return 'PROFESSIONAL';
  return isValid(profile, today) ? profile.level : 'NONE';
}

type Professional = Pick<Investor, 'isProfessional' | 'needsProfile'>;

function reasonsOfRating(
  tables: SuitabilityTables,
  rating: Rating,
  client: Investor & { isWitnessed?: boolean },
  profile: Profile | null,
  today: string,
): Reason[] {
  const { age, matching } = tables;
  const row = rowOf({ ...client, profile }, today);
  const isAboveLevel = row !== 'NONE' && !matching.levels[row].includes(rating);
  return [...blocks(isAboveLevel, 'RATING_ABOVE_LEVEL'), ...blocks(isOfWrongAge(age, client, rating), 'AGE')];
}

/** An individual whose age is unknown is treated as too young: the rule fails closed. */
function isOfWrongAge(
  age: SuitabilityTables['age'],
  client: Investor & { isWitnessed?: boolean },
  rating: Rating,
): boolean {
  if (client.kind !== 'INDIVIDUAL') return false;
  if (client.ageBand === null || age.never.includes(client.ageBand)) return true;
  return (
    client.isWitnessed !== true &&
    age.secondPerson.bands.includes(client.ageBand) &&
    isAtLeast(rating, age.secondPerson.fromRating)
  );
}

function reasonsOfCategory(
  tables: SuitabilityTables,
  category: Category,
  client: Professional & { profile: Profile | null },
  today: string,
): Reason[] {
  const { profile } = client;
  const isOpen = rowOf(client, today) === 'PROFESSIONAL' || !isValid(profile, today);
  return blocks(!isOpen && !tables.categories[profile.level].includes(category), 'CATEGORY');
}

/** Whether the law reserves the product for qualified investors. */
const needsQualifiedInvestor = (
  tables: SuitabilityTables,
  product: { issuerType: IssuerType; category: Category },
): boolean =>
  tables.qualifiedInvestor.issuerTypes.includes(product.issuerType) ||
  tables.qualifiedInvestor.categories.includes(product.category);

function reasonsOfAmount(tables: SuitabilityTables, inputs: Inputs): Reason[] {
  const { product, order } = inputs;
  if (order.currency !== product.currency) return blocks(true, 'CURRENCY');
  return [
    ...blocks(new Decimal(order.amount).lessThan(product.minAmount), 'MIN_AMOUNT'),
    ...(inputs.client.isProfessional !== true && isAtLeast(product.rating, tables.concentration.fromRating)
      ? reasonsOfConcentration(tables, inputs)
      : []),
  ];
}

/** How long the client means to stay and what they can pay, where they have shown it: a switch is paid by what it gives up. */
function reasonsOfMeans(
  { effects }: SuitabilityTables,
  { client, product, order, exposure }: Inputs,
): Reason[] {
  if (effects === undefined) return [];
  const { horizonMonths = null, liquidAssets = null } = client;
  const isTooLong = horizonMonths !== null && (product.minHorizonMonths ?? 0) > horizonMonths;
  const isTooMuch =
    order.isSwitch !== true &&
    liquidAssets !== null &&
    liquidAssets.currency === order.currency &&
    new Decimal(order.amount).plus(exposure.committed ?? 0).greaterThan(liquidAssets.amount);
  return [
    ...(isTooLong ? [{ code: 'HORIZON', effect: effects.HORIZON } as const] : []),
    ...(isTooMuch ? [{ code: 'ABILITY_TO_PAY', effect: effects.ABILITY_TO_PAY } as const] : []),
  ];
}

/**
 * Whether the client may go above their level on their own initiative (policy 4.5, domain 3.3.2): only the rating stands in the
 * way, the step is within the table, and the table does not rule the client out.
 */
export function isOverridable(
  tables: SuitabilityTables,
  inputs: Inputs,
  reasons: readonly Reason[],
): boolean {
  const { matching } = tables;
  const blocking = reasons.filter((reason) => reason.effect === 'BLOCKS').map((reason) => reason.code);
  if (blocking.length !== 1 || blocking[0] !== 'RATING_ABOVE_LEVEL') return false;
  const row = rowOf({ ...inputs.client, profile: inputs.profile }, inputs.today);
  if (matching.neverOverride.includes(row) || matching.ruleSets === undefined) return false;
  const isOf = (set: 'CSRC' | 'NFRA') =>
    matching.ruleSets?.[set].includes(inputs.product.issuerType) ?? false;
  const stepsMax = isOf('CSRC')
    ? matching.overrideSteps.CSRC
    : isOf('NFRA')
      ? matching.overrideSteps.NFRA
      : 0;
  const highest = Math.max(...matching.levels[row].map((rating) => RATINGS.indexOf(rating)));
  return RATINGS.indexOf(inputs.product.rating) - highest <= stepsMax;
}

/** The part of one product in all that the client holds with us, this order included. */
function reasonsOfConcentration({ concentration }: SuitabilityTables, { exposure, order }: Inputs): Reason[] {
  const pct = new Decimal(exposure.inProduct)
    .plus(order.amount)
    .times(100)
    .div(new Decimal(exposure.inAll).plus(order.amount));
  if (pct.greaterThan(concentration.blockAbovePct)) return [{ code: 'CONCENTRATION', effect: 'BLOCKS' }];
  return pct.greaterThan(concentration.warnAbovePct) ? [{ code: 'CONCENTRATION', effect: 'WARNS' }] : [];
}

/** The instant at which the Shanghai day of the decision ends, and the decision with it. Shanghai keeps +08:00 all year. */
export const endOfDay = (today: string): Date => new Date(`${today}T23:59:59.999+08:00`);

export const checked = (decision: {
  id: string;
  clientId: string;
  productId: string;
  result: Result;
  reasons: readonly Reason[];
  isOverride: boolean;
}) =>
  SuitabilityChecked({
    clientId: decision.clientId,
    decisionId: decision.id,
    productId: decision.productId,
    result: decision.result,
    reasonCodes: decision.reasons.map((reason) => reason.code),
    override: decision.isOverride,
  });
