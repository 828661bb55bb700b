import { z } from 'zod';
import { Code, Day } from './codes.js';
import { defineEvent } from './define.js';

const entry = {
  clientId: z.uuid(),
  entryId: z.uuid(),
  amount: z.int(),
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
