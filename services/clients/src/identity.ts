import { createHmac } from 'node:crypto';
import type { IdType } from './profiles.rules.js';

/** The key of a machine where only invented people live; `env.ts` refuses it in production. */
export const DEVELOPMENT_HASH_KEY = 'for development only, invented people';

/** What a telephone number is found by; one number has one spelling. */
export const contactHash = (key: string, number: string): string =>
  createHmac('sha256', key).update(`contact:${number}`).digest('base64url');

/**
 * What an identity document is found by. Keyed, because there are few enough identity numbers to try them all against a
 * plain hash; who steals the database without the key learns nothing.
 */
export const numberHash = (key: string, type: IdType, number: string): string =>
  createHmac('sha256', key).update(`${type}:${number}`).digest('base64url');
