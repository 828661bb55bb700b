import { z } from 'zod';

/** The codes that events carry; nothing here names a person. */
export const ClientKind = z.enum(['INDIVIDUAL', 'INSTITUTION']);
export const ClientClass = z.enum([
  'ORDINARY',
  'HIGH_NET_WORTH',
  'ULTRA_HIGH_NET_WORTH',
  'ENTERPRISE',
  'FINANCIAL_INSTITUTION',
  'GOVERNMENT_PUBLIC',
]);
export const ClientGrade = z.enum(['BRONZE', 'SILVER', 'GOLD', 'DIAMOND', 'SMALL', 'MEDIUM', 'LARGE']);
export const ClientStatus = z.enum([
  'PROSPECT',
  'ONBOARDING',
  'ACTIVE',
  'DORMANT',
  'RESTRICTED',
  'CLOSING',
  'CLOSED',
  'ERASED',
  'MERGED',
  'DECEASED',
]);
export const InstitutionType = z.enum(['ENTERPRISE', 'FINANCIAL_INSTITUTION', 'GOVERNMENT_PUBLIC']);

/** The bands of age that any rule of the firm tells apart; the birth date itself never leaves the clients service. */
export const AgeBand = z.enum(['UNDER_18', 'FROM_18', 'FROM_31', 'FROM_46', 'FROM_56', 'FROM_65']);

/** What a client can allow the firm to do with their data (`domain.md` 3.1.6). */
export const ConsentPurpose = z.enum([
  'SERVICE_CONTRACT',
  'STATUTORY_KYC',
  'SUITABILITY_AUTOMATION',
  'CARE_GREETING',
  'MARKETING',
  'PERSONALISED_RECOMMENDATION',
  'PARTNER_SHARING',
  'SENSITIVE_FINANCIAL',
  'TRACKING',
]);
export const ConsentChannel = z.enum(['SMS', 'PHONE', 'EMAIL', 'APP', 'WECHAT', 'POST']);

export const RiskLevel = z.enum(['LOW', 'MEDIUM_LOW', 'MEDIUM', 'MEDIUM_HIGH', 'HIGH']);
export const ProductRisk = z.enum(['R1', 'R2', 'R3', 'R4', 'R5']);
export const IssuerType = z.enum([
  'BANK_WMP',
  'PUBLIC_FUND',
  'PRIVATE_FUND',
  'TRUST',
  'INSURANCE',
  'BROKER_AM',
]);
export const ProductCategory = z.enum([
  'CASH',
  'FIXED_INCOME',
  'STEADY_MIX',
  'BALANCED_MIX',
  'EQUITY',
  'PRIVATE_EQUITY',
  'STRUCTURED',
]);
export const OrderSide = z.enum(['BUY', 'REDEEM', 'SWITCH']);
export const SuitabilityResult = z.enum(['SUITABLE', 'WARN', 'BLOCKED']);
export const InteractionChannel = z.enum(['PHONE', 'FACE', 'ONLINE', 'WECHAT']);
export const MembershipTier = z.enum(['CLASSIC', 'PLUS', 'PREMIER', 'SIGNATURE']);
export const TouchChannel = z.enum(['PHONE', 'SMS', 'EMAIL', 'WECHAT', 'POST', 'FACE']);
export const CampaignChannel = z.enum(['ONLINE', 'OFFLINE', 'PARTNER', 'REFERRAL']);
export const LeadStage = z.enum(['NEW', 'CONTACTED', 'FOLLOWING_UP', 'CONVERTED', 'LOST', 'DISQUALIFIED']);

/** A calendar day in Asia/Shanghai. */
export const Day = z.iso.date();
/** An instant, RFC 3339 in UTC. */
export const Instant = z.iso.datetime();
/** An amount in minor units of the currency beside it: CNY 88,000.00 is 8800000. */
export const AmountMinor = z.int().nonnegative();
export const Currency = z.string().regex(/^[A-Z]{3}$/);
/** An exact decimal as a string. */
export const DecimalText = z.string().regex(/^-?\d+(\.\d+)?$/);
/** A code of the firm's tables: letters, digits, dot, dash and underscore. */
export const Code = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/);
