import { z } from 'zod';
import { AmountMinor, Code, Currency, Day, MembershipTier } from './codes.js';
import { defineEvent } from './define.js';

const entry = {
  clientId: z.uuid(),
  entryId: z.uuid(),
  /** How many points the entry is about, never negative. */
  amount: z.int().nonnegative(),
  lotIds: z.array(z.uuid()),
  rule: Code,
  /** Points that can be spent after this entry. */
  balance: z.int(),
};

export const PointsEarned = defineEvent({
  topic: 'loyalty.v1',
  type: 'points.earned',
  version: 1,
  meaning: 'Points were booked by an earn rule; they can be spent from availableOn.',
  key: 'clientId',
  data: z.object({ ...entry, availableOn: Day, expiresOn: Day }),
});

export const PointsActivated = defineEvent({
  topic: 'loyalty.v1',
  type: 'points.activated',
  version: 1,
  meaning: 'Pending points can be spent from now on.',
  key: 'clientId',
  data: z.object(entry),
});

export const PointsExpired = defineEvent({
  topic: 'loyalty.v1',
  type: 'points.expired',
  version: 1,
  meaning: 'Points that were not spent in time have lapsed.',
  key: 'clientId',
  data: z.object(entry),
});

export const MembershipTierChanged = defineEvent({
  topic: 'loyalty.v1',
  type: 'membership.tier.changed',
  version: 1,
  meaning:
    'The client has moved to another membership tier, which holds until validTo; null means without end.',
  key: 'clientId',
  data: z.object({ clientId: z.uuid(), from: MembershipTier, to: MembershipTier, validTo: Day.nullable() }),
});

const entryOfRedemption = { ...entry, redemptionId: z.uuid() };

export const PointsRedeemed = defineEvent({
  topic: 'loyalty.v1',
  type: 'points.redeemed',
  version: 1,
  meaning: 'Points were taken for a reward, whose code is the rule, soonest expiry first.',
  key: 'clientId',
  data: z.object(entryOfRedemption),
});

export const PointsReversed = defineEvent({
  topic: 'loyalty.v1',
  type: 'points.reversed',
  version: 1,
  meaning:
    'An earning was undone (kind EARN: amount was taken back, debt is what next earnings still pay) or a redemption was (kind REDEEM: amount was given back).',
  key: 'clientId',
  data: z.object({
    ...entry,
    kind: z.enum(['EARN', 'REDEEM']),
    redemptionId: z.uuid().nullable(),
    /** Points owed after this entry. */
    debt: z.int().nonnegative(),
  }),
});

export const PointsRestored = defineEvent({
  topic: 'loyalty.v1',
  type: 'points.restored',
  version: 1,
  meaning: 'Points that an early redemption had cost are back, because that redemption was undone.',
  key: 'clientId',
  data: z.object({
    ...entry,
    /** Points owed after this entry. */
    debt: z.int().nonnegative(),
  }),
});

const adjustment = { adjustmentId: z.uuid(), direction: z.enum(['CREDIT', 'DEBIT']) };

export const PointsAdjusted = defineEvent({
  topic: 'loyalty.v1',
  type: 'points.adjusted',
  version: 1,
  meaning: 'Points were booked by hand, given or taken, by two people.',
  key: 'clientId',
  data: z.object({ ...entry, ...adjustment }),
});

export const AdjustmentProposed = defineEvent({
  topic: 'loyalty.v1',
  type: 'adjustment.proposed',
  version: 1,
  meaning: 'Somebody asks to book points by hand; another person is to decide.',
  key: 'clientId',
  data: z.object({ clientId: z.uuid(), ...adjustment, amount: z.int().positive() }),
});

export const AdjustmentDecided = defineEvent({
  topic: 'loyalty.v1',
  type: 'adjustment.decided',
  version: 1,
  meaning: 'The booking by hand was approved, rejected, withdrawn or not decided in time.',
  key: 'clientId',
  data: z.object({
    clientId: z.uuid(),
    ...adjustment,
    amount: z.int().positive(),
    outcome: z.enum(['APPROVED', 'REJECTED', 'WITHDRAWN', 'EXPIRED']),
  }),
});

export const PointsTransferred = defineEvent({
  topic: 'loyalty.v1',
  type: 'points.transferred',
  version: 1,
  meaning:
    'Points have gone from one record of a client to another, because the two are one or have parted again.',
  key: 'clientId',
  data: z.object({
    ...entry,
    pending: z.int().nonnegative(),
    way: z.enum(['IN', 'OUT']),
    otherClientId: z.uuid(),
  }),
});

export const PointsExpiring = defineEvent({
  topic: 'loyalty.v1',
  type: 'points.expiring',
  version: 1,
  meaning:
    'So many points lapse after expiresOn when they are not spent; told once for each day of expiry and month.',
  key: 'clientId',
  data: z.object({ clientId: z.uuid(), amount: z.int().positive(), expiresOn: Day }),
});

const redemptionMoved = (type: string, meaning: string) =>
  defineEvent({
    topic: 'loyalty.v1',
    type,
    version: 1,
    meaning,
    key: 'clientId',
    data: z.object({
      clientId: z.uuid(),
      redemptionId: z.uuid(),
      kind: z.enum(['GIFT', 'FEE_CREDIT', 'EVENT_SEAT']),
      /** The code of the reward. */
      rule: Code,
      amount: z.int().positive(),
      reason: Code.nullable(),
    }),
  });

export const RedemptionReserved = redemptionMoved(
  'redemption.reserved',
  'Points and stock were set aside for a reward.',
);
export const RedemptionFulfilled = redemptionMoved('redemption.fulfilled', 'The client has the reward.');
export const RedemptionCancelled = redemptionMoved(
  'redemption.cancelled',
  'The reward was called off before it was handed over; points and stock have gone back.',
);
export const RedemptionFailed = redemptionMoved(
  'redemption.failed',
  'The reward could not be given; reason says why, and what was taken has gone back.',
);
export const RedemptionReversed = redemptionMoved(
  'redemption.reversed',
  'A reward that had been given was taken back; the points have been returned.',
);

const feeCredit = { clientId: z.uuid(), orderId: z.uuid(), creditId: z.uuid() };

export const FeeCreditGranted = defineEvent({
  topic: 'loyalty.v1',
  type: 'fee.credit.granted',
  version: 1,
  meaning:
    'Points were taken for a credit against a fee that products has requested; products books it or releases it.',
  key: 'clientId',
  data: z.object({
    ...feeCredit,
    redemptionId: z.uuid(),
    points: z.int().positive(),
    amountMinor: AmountMinor,
    currency: Currency,
  }),
});

export const FeeCreditDeclined = defineEvent({
  topic: 'loyalty.v1',
  type: 'fee.credit.declined',
  version: 1,
  meaning: 'No points were taken for the credit that products has requested; reason says why.',
  key: 'clientId',
  data: z.object({ ...feeCredit, reason: Code }),
});

export const MembershipTierRenewed = defineEvent({
  topic: 'loyalty.v1',
  type: 'membership.tier.renewed',
  version: 1,
  meaning: 'The review has found that the client keeps the tier, until validTo.',
  key: 'clientId',
  data: z.object({ clientId: z.uuid(), tier: MembershipTier, validTo: Day }),
});

const ruleChangeMoved = (type: string, meaning: string) =>
  defineEvent({
    topic: 'loyalty.v1',
    type,
    version: 1,
    meaning,
    key: 'changeId',
    data: z.object({
      changeId: z.uuid(),
      kind: z.enum(['EARN_RULE', 'TIERS', 'REWARD', 'PROGRAMME']),
      /** The earn rule or the reward; TIERS for the table of tiers, PROGRAMME for what holds of all points. */
      ruleCode: Code,
      effectiveFrom: Day,
    }),
  });

export const RuleChangeProposed = ruleChangeMoved(
  'rule.change.proposed',
  'A change of earn rules, tiers or rewards waits for another person to approve it.',
);
export const RuleChangeApproved = ruleChangeMoved(
  'rule.change.approved',
  'A change of earn rules, tiers or rewards was approved: it holds from effectiveFrom.',
);
export const RuleChangeRejected = ruleChangeMoved(
  'rule.change.rejected',
  'A change of earn rules, tiers or rewards was not approved.',
);
