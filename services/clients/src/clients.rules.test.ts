import { ClientStatus } from '@client-graph/events';
import { describe, expect, test } from '@jest/globals';
import {
  type Action,
  AGE_BANDS,
  activate,
  ageBandOn,
  type Client,
  type Status,
  standingOf,
  TRANSITIONS,
  transition,
  verify,
} from './clients.rules.js';

const ADVISER = '0190a000-0000-7000-8000-000000000001';
const OFFICER = '0190a000-0000-7000-8000-000000000002';

const aClient = (changes: Partial<Client> = {}): Client => ({
  id: '0190a000-0000-7000-8000-000000000003',
  kind: 'INDIVIDUAL',
  status: 'ONBOARDING',
  class: 'ORDINARY',
  grade: 'BRONZE',
  adviserId: ADVISER,
  privacyNoticeVersion: '2026.1',
  identityVerificationId: '0190a000-0000-7000-8000-000000000004',
  ageBand: 'FROM_18',
  fullCivilCapacity: true,
  ...changes,
});
const FILE = {
  name: 'Li Na',
  dateOfBirth: '2000-05-01',
  occupation: 'Nurse',
  address: '1 Road',
  mobile: '+8613800138000',
};
const INSTITUTION_FILE = {
  legalName: 'Example',
  uscc: '91310000MA1000001X',
  legalRepresentative: 'Li Na',
  businessScope: 'Trade',
  phone: '+862161234567',
  address: '1 Road',
};

const code = (work: () => unknown): string => {
  try {
    work();
    return 'ALLOWED';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('the life of a client', () => {
  // Written out from domain.md 3.1.2, arrow by arrow; whatever is not here must be refused.
  const arrows: Record<string, string> = {
    'PROSPECT ONBOARD': 'ONBOARDING',
    'ONBOARDING ACTIVATE': 'ACTIVE',
    'ACTIVE FALL_DORMANT': 'DORMANT',
    'DORMANT REACTIVATE': 'ACTIVE',
    'ACTIVE RESTRICT': 'RESTRICTED',
    'DORMANT RESTRICT': 'RESTRICTED',
    'RESTRICTED UNRESTRICT': 'ACTIVE',
    'ACTIVE DIE': 'DECEASED',
    'ACTIVE BEGIN_CLOSING': 'CLOSING',
    'DORMANT BEGIN_CLOSING': 'CLOSING',
    'RESTRICTED BEGIN_CLOSING': 'CLOSING',
    'DECEASED BEGIN_CLOSING': 'CLOSING',
    'CLOSING CLOSE': 'CLOSED',
    'CLOSED RETAIN': 'RESTRICTED',
    'RESTRICTED RELEASE': 'CLOSED',
    'CLOSED ERASE': 'ERASED',
    'PROSPECT MERGE': 'MERGED',
    'ONBOARDING MERGE': 'MERGED',
    'ACTIVE MERGE': 'MERGED',
    'DORMANT MERGE': 'MERGED',
    'RESTRICTED MERGE': 'MERGED',
    'CLOSING MERGE': 'MERGED',
    'CLOSED MERGE': 'MERGED',
    'DECEASED MERGE': 'MERGED',
  };
  const pairs = ClientStatus.options.flatMap((status) =>
    (Object.keys(TRANSITIONS) as Action[]).map((action): [Status, Action, string] => [
      status,
      action,
      arrows[`${status} ${action}`] ?? 'WRONG_STATUS',
    ]),
  );

  test('names every state and every action of the table', () => expect(pairs).toHaveLength(10 * 13));

  test.each(pairs)('%s, %s: %s', (status, action, expected) => {
    let outcome: string;
    try {
      outcome = transition(status, action);
    } catch (error) {
      outcome = (error as { code: string }).code;
    }
    expect(outcome).toBe(expected);
  });
});

describe('verifying an identity', () => {
  const unverified = { identityVerificationId: null };
  test.each([
    ['a colleague, while the client is being opened', aClient(unverified), OFFICER, 'ALLOWED'],
    ['the adviser of the client', aClient(unverified), ADVISER, 'OWN_CLIENT'],
    ['a second time', aClient(), OFFICER, 'ALREADY_VERIFIED'],
    ['of a client already active', aClient({ ...unverified, status: 'ACTIVE' }), OFFICER, 'WRONG_STATUS'],
  ])('%s', (_, client, staff, expected) => expect(code(() => verify(client, staff))).toBe(expected));
});

describe('the guards of ACTIVE', () => {
  test.each([
    ['all is there', aClient(), FILE, OFFICER, 'ALLOWED'],
    ['by the adviser of the client', aClient(), FILE, ADVISER, 'OWN_CLIENT'],
    ['a second time', aClient({ status: 'ACTIVE' }), FILE, OFFICER, 'WRONG_STATUS'],
    [
      'identity not verified',
      aClient({ identityVerificationId: null }),
      FILE,
      OFFICER,
      'IDENTITY_NOT_VERIFIED',
    ],
    ['no privacy notice', aClient({ privacyNoticeVersion: ' ' }), FILE, OFFICER, 'PRIVACY_NOTICE_MISSING'],
    ['no file', aClient(), null, OFFICER, 'FILE_INCOMPLETE'],
    ...Object.keys(FILE).map((field): [string, Client, typeof FILE, string, string] => [
      `${field} blank`,
      aClient(),
      { ...FILE, [field]: ' ' },
      OFFICER,
      'FILE_INCOMPLETE',
    ]),
  ])('%s', (_, client, file, staff, expected) =>
    expect(code(() => activate(client, file, [], staff))).toBe(expected),
  );

  const minor = aClient({ ageBand: 'UNDER_18' });
  const incapable = aClient({ fullCivilCapacity: false });
  const grown = aClient({ status: 'ACTIVE' });
  const firm = aClient({ kind: 'INSTITUTION', ageBand: null });
  test.each<[string, Client, Client[], string]>([
    ['a grown and capable person', aClient(), [], 'ALLOWED'],
    ['an institution', { ...firm, status: 'ONBOARDING' }, [], 'ALLOWED'],
    ['a minor', minor, [], 'GUARDIAN_NEEDED'],
    ['somebody incapable', incapable, [], 'GUARDIAN_NEEDED'],
    ['a minor with a guardian', minor, [grown], 'ALLOWED'],
    ['somebody incapable whose guardian is an institution', incapable, [firm], 'ALLOWED'],
    ['a minor whose guardian is a minor', minor, [minor], 'GUARDIAN_NEEDED'],
    ['a minor whose guardian is incapable', minor, [incapable], 'GUARDIAN_NEEDED'],
    ['a minor whose guardian has died', minor, [{ ...grown, status: 'DECEASED' }], 'GUARDIAN_NEEDED'],
    ['a minor one of whose guardians can', minor, [incapable, grown], 'ALLOWED'],
  ])('%s', (_, client, guardians, expected) => {
    const file = client.kind === 'INDIVIDUAL' ? FILE : INSTITUTION_FILE;
    expect(code(() => activate(client, file, guardians, OFFICER))).toBe(expected);
  });
});

describe('age bands', () => {
  test.each([
    ['UNDER_18', '2008-03-03', '2026-03-03'],
    ['FROM_18', '2008-03-02', '2039-03-02'],
    ['FROM_18', '1995-03-03', '2026-03-03'],
    ['FROM_31', '1995-03-02', '2041-03-02'],
    ['FROM_46', '1980-03-02', '2036-03-02'],
    ['FROM_56', '1970-03-02', '2035-03-02'],
    ['FROM_65', '1961-03-02', null],
    ['FROM_65', '1900-01-01', null],
  ])('%s: born %s, next on %s', (ageBand, birth, due) => {
    expect(ageBandOn(birth, '2026-03-02')).toEqual({ ageBand, ageBandDueOn: due });
  });

  test('somebody born on 29 February moves on 1 March of a year without that day', () => {
    expect(ageBandOn('1995-02-28', '2026-02-28').ageBand).toBe('FROM_31');
    expect(ageBandOn('1996-02-29', '2026-02-28')).toEqual({ ageBand: 'FROM_18', ageBandDueOn: '2027-03-01' });
    expect(ageBandOn('1980-02-29', '2026-02-28')).toEqual({ ageBand: 'FROM_31', ageBandDueOn: '2026-03-01' });
    expect(ageBandOn('1980-02-29', '2026-03-01').ageBand).toBe('FROM_46');
    expect(ageBandOn('1980-02-29', '2035-01-01')).toEqual({ ageBand: 'FROM_46', ageBandDueOn: '2036-02-29' });
  });

  test('begin at 0 and rise', () => {
    expect(AGE_BANDS.map(({ from }) => from)).toEqual([0, 18, 31, 46, 56, 65]);
  });
});

test('the standing that others are told holds codes and bands only', () => {
  expect(standingOf(aClient())).toEqual({
    kind: 'INDIVIDUAL',
    class: 'ORDINARY',
    grade: 'BRONZE',
    adviserId: ADVISER,
    ageBand: 'FROM_18',
    fullCivilCapacity: true,
    institutionType: null,
    householdAdviserId: null,
    walledIds: [],
    isMarkedImportant: false,
  });
});
