import { serviceEnv } from '@client-graph/kit';
import { z } from 'zod';
import { DEVELOPMENT_HASH_KEY } from './leads/leads.rules.js';

/** What this service needs of its environment beside what all need. */
export const marketingEnv = serviceEnv
  .extend({
    /** Keys the hashes by which duplicates are found. Changing it later means that known people are not recognised. */
    MARKETING_HASH_KEY: z.string().min(32).default(DEVELOPMENT_HASH_KEY),
  })
  .refine((env) => env.NODE_ENV !== 'production' || env.MARKETING_HASH_KEY !== DEVELOPMENT_HASH_KEY, {
    path: ['MARKETING_HASH_KEY'],
    message: 'set a secret of your own, at least 32 characters: the key of development is public',
  });
