import { expect, test } from '@jest/globals';
import { marketingEnv } from './env.js';
import { DEVELOPMENT_HASH_KEY } from './leads/leads.rules.js';

const ENV = {
  PORT: '4006',
  DATABASE_URL: 'postgres://marketing@127.0.0.1/marketing',
  KAFKA_BROKERS: '127.0.0.1:9092',
  OIDC_ISSUER: 'http://127.0.0.1:4010',
};
const OWN_KEY = 'a-secret-of-the-firm-that-nobody-else-knows';

test.each([
  ['development, no key', {}, true],
  ['production, no key', { NODE_ENV: 'production' }, false],
  [
    'production, the key of development',
    { NODE_ENV: 'production', MARKETING_HASH_KEY: DEVELOPMENT_HASH_KEY },
    false,
  ],
  ['production, a key of its own', { NODE_ENV: 'production', MARKETING_HASH_KEY: OWN_KEY }, true],
  ['a short key', { MARKETING_HASH_KEY: 'short' }, false],
])('the service starts with %s: %#', (_, env, expected) => {
  expect(marketingEnv.safeParse({ ...ENV, ...env }).success).toBe(expected);
});
