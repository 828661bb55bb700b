import { serviceEnv } from '@client-graph/kit';
import { z } from 'zod';
import { DEVELOPMENT_HASH_KEY } from './leads/leads.rules.js';

/** What this service needs of its environment beside what all need. */
export const marketingEnv = serviceEnv
  .extend({
    /**
     * Keys the hashes by which duplicates are found. Changing it later means that known people are not recognised, and it is not the
     * vault's: the hash keeps two leads of one person apart, so releases that run side by side must agree on it.
     */
    MARKETING_HASH_KEY: z.string().min(32).default(DEVELOPMENT_HASH_KEY),
    /** Addresses of the pages whose forms may be posted, comma-separated: `https://www.example.com`. None: only callers that are no browser. */
    MARKETING_FORM_ORIGINS: z
      .string()
      .default('')
      .transform((list) =>
        list
          .split(',')
          .map((origin) => origin.trim())
          .filter((origin) => origin !== ''),
      )
      .pipe(
        z.array(z.string().regex(/^https?:\/\/[^/\s]+$/, 'an origin is a scheme and a host, without a path')),
      ),
    /** How many proxies stand before the service, whose `x-forwarded-for` tells the address of the caller. */
    MARKETING_PROXIES: z.coerce.number().int().min(0).max(5).default(0),
  })
  .refine((env) => env.NODE_ENV !== 'production' || env.MARKETING_HASH_KEY !== DEVELOPMENT_HASH_KEY, {
    path: ['MARKETING_HASH_KEY'],
    message: 'set a secret of your own, at least 32 characters: the key of development is public',
  });
