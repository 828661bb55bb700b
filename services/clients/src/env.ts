import { serviceEnv } from '@client-graph/kit';
import { z } from 'zod';
import { DEVELOPMENT_HASH_KEY } from './identity.js';

/** The environment of the clients service. */
export const clientsEnv = serviceEnv
  .extend({
    /**
     * Key of the hashes by which identities, contacts and names are found again. Changing it means hashing all anew, and it is not the
     * vault's: the hash keeps two clients of one identity apart, so releases that run side by side must agree on it.
     */
    CLIENTS_HASH_KEY: z.string().min(32).default(DEVELOPMENT_HASH_KEY),
  })
  .refine((env) => env.NODE_ENV !== 'production' || env.CLIENTS_HASH_KEY !== DEVELOPMENT_HASH_KEY, {
    path: ['CLIENTS_HASH_KEY'],
    message: 'Set a secret of your own: the key for development is known to everyone.',
  });
