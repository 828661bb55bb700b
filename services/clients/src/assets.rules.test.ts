import { ClientStatus } from '@client-graph/events';
import { Decimal } from '@client-graph/kit/decimal';
import { describe, expect, test } from '@jest/globals';
import { type AssetSource, counts, RECORDABLE, record, type Snapshot } from './assets.rules.js';
import type { Client, Status } from './clients.rules.js';

const yuan = (amount: string, currency = 'CNY') => ({ amount: new Decimal(amount), currency });
const aClient = (status: Status): Client => ({
  id: 'c',
  kind: 'INDIVIDUAL',
  status,
  class: 'ORDINARY',
  grade: 'BRONZE',
  adviserId: 'adviser',
  privacyNoticeVersion: '2026.1',
  identityVerificationId: null,
  ageBand: 'FROM_31',
  fullCivilCapacity: true,
});
const ASK = {
  asOf: '2026-03-02',
  aumWithFirm: yuan('10'),
  externalVerified: yuan('0'),
  source: 'STATEMENT' as AssetSource,
};
const FACTS = { declared: new Decimal(5), currency: 'CNY', staffId: 'officer', today: '2026-03-02' };

const outcome = (work: () => unknown): string => {
  try {
    work();
    return 'RECORDED';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('recording assets', () => {
  test('keeps the figures and what was declared before', () => {
    expect(record(aClient('ACTIVE'), ASK, FACTS)).toEqual({
      asOf: '2026-03-02',
      aumWithFirm: new Decimal(10),
      externalDeclared: new Decimal(5),
      externalVerified: new Decimal(0),
      currency: 'CNY',
      source: 'STATEMENT',
    });
  });

  test.each(
    ClientStatus.options.map((status): [Status, string] => [
      status,
      RECORDABLE.includes(status) ? 'RECORDED' : 'WRONG_STATUS',
    ]),
  )('of a client who is %s: %s', (status, expected) =>
    expect(outcome(() => record(aClient(status), ASK, FACTS))).toBe(expected),
  );

  test('not of clients who are no longer or not yet there', () => {
    expect(ClientStatus.options.filter((status) => !RECORDABLE.includes(status))).toEqual([
      'PROSPECT',
      'CLOSED',
      'ERASED',
      'MERGED',
    ]);
  });

  test.each([
    ['the adviser of the client', ASK, { ...FACTS, staffId: 'adviser' }, 'OWN_CLIENT'],
    ['a declaration', { ...ASK, source: 'DECLARATION' as const }, FACTS, 'NOT_EVIDENCE'],
    ['tomorrow', { ...ASK, asOf: '2026-03-03' }, FACTS, 'AS_OF_IN_FUTURE'],
    ['dollars', { ...ASK, aumWithFirm: yuan('1', 'USD') }, FACTS, 'WRONG_CURRENCY'],
    ['less than nothing', { ...ASK, externalVerified: yuan('-0.01') }, FACTS, 'BAD_INPUT'],
  ])('not by or of %s', (_, ask, facts, expected) =>
    expect(outcome(() => record(aClient('ACTIVE'), ask, facts))).toBe(expected),
  );
});

describe('the snapshot that counts', () => {
  const of = (asOf: string, source: AssetSource): Snapshot => ({
    asOf,
    aumWithFirm: new Decimal(0),
    externalDeclared: new Decimal(0),
    externalVerified: new Decimal(0),
    currency: 'CNY',
    source,
  });
  test.each([
    ['the first', of('2020-01-01', 'STATEMENT'), null, true],
    [
      'evidence of an earlier day than a declaration',
      of('2026-01-31', 'STATEMENT'),
      of('2026-02-15', 'DECLARATION'),
      true,
    ],
    ['a later day', of('2026-02-02', 'STATEMENT'), of('2026-02-01', 'CERTIFICATE'), true],
    ['the same day, said again', of('2026-02-01', 'STATEMENT'), of('2026-02-01', 'CERTIFICATE'), true],
    ['an earlier day, told late', of('2026-01-31', 'STATEMENT'), of('2026-02-01', 'CERTIFICATE'), false],
  ])('%s', (_, candidate, current, expected) => expect(counts(candidate, current)).toBe(expected));
});
