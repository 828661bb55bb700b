import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import { type Firm, startFirm } from '../test/firm.js';

let firm: Firm;
beforeAll(async () => {
  firm = await startFirm({ env: { RATE_PER_SECOND: '0' } });
});
afterAll(() => firm.stop());

const audits = serverAudits({
  url: () => `${firm.url}/graphql`,
  // A browser's guard against forged requests, which the suite does not send by itself.
  fetchFn: (url: string, init: RequestInit = {}) =>
    fetch(url, { ...init, headers: { 'apollo-require-preflight': 'true', ...Object(init.headers) } }),
});

/**
 * Advice that is not followed: who accepts nothing but application/json is to be told of an invalid request with status 200. Here 400 is
 * said to everybody, as Apollo Server does, so that proxies, monitors and people see a failure where there is one.
 */
const EXPLAINED: ReadonlyMap<string, string> = new Map(
  ['572B', 'FDE2', '7B9B'].map((id) => [id, 'Response status code is not 200']),
);

test.each(audits.map(({ id, name, fn }) => [id, name, fn] as const))('%s %s', async (id, _, fn) => {
  const result = await fn();
  const explained = EXPLAINED.get(id);
  expect([result.status, 'reason' in result ? result.reason : '']).toEqual(
    explained === undefined ? ['ok', ''] : ['warn', explained],
  );
});
