import { expect, test } from '@jest/globals';
import { clientsEnv } from './env.js';
import { DEVELOPMENT_HASH_KEY, numberHash } from './identity.js';

const ENV = {
  PORT: '4001',
  DATABASE_URL: 'postgres://clients@127.0.0.1/clients',
  KAFKA_BROKERS: '127.0.0.1:9092',
  OIDC_ISSUER: 'http://127.0.0.1:4010',
};
const SECRET = 'a secret of the firm, long enough to be one';

test.each([
  ['no key, development', {}, true],
  ['no key, production', { NODE_ENV: 'production' }, false],
  [
    'the key of development, production',
    { NODE_ENV: 'production', CLIENTS_HASH_KEY: DEVELOPMENT_HASH_KEY },
    false,
  ],
  ['a key too short, development', { CLIENTS_HASH_KEY: 'short' }, false],
  ['a key of its own, production', { NODE_ENV: 'production', CLIENTS_HASH_KEY: SECRET }, true],
])('the service starts only with a key fit for its place: %s', (_, changes, expected) => {
  expect(clientsEnv.safeParse({ ...ENV, ...changes }).success).toBe(expected);
});

test('a number hashes by its key and kind of document', () => {
  const hash = numberHash(SECRET, 'PASSPORT', 'E12345678');
  expect(hash).toBe(numberHash(SECRET, 'PASSPORT', 'E12345678'));
  expect(hash).not.toBe(numberHash(DEVELOPMENT_HASH_KEY, 'PASSPORT', 'E12345678'));
  expect(hash).not.toBe(numberHash(SECRET, 'HK_MACAO_PERMIT', 'E12345678'));
});
