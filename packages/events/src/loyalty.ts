import { z } from 'zod';
import { Code, Day, MembershipTier } from './codes.js';
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
