import { type AgeBand, type ClientKind, type ClientStatus, InstitutionType } from '@client-graph/events';
import { defineRefusals } from '@client-graph/kit/refusals';
import { plusDays, plusMonths, yearsBetween } from '@client-graph/kit/time';
import type { Class, Grade } from './grading-tables.rules.js';

export type Status = (typeof ClientStatus)['options'][number];
export type Kind = (typeof ClientKind)['options'][number];
export type Band = (typeof AgeBand)['options'][number];

/** What the rules need to know of a client. */
export type Client = {
  id: string;
  kind: Kind;
  status: Status;
  class: Class;
  grade: Grade;
  adviserId: string;
  householdAdviserId?: string | null;
  walledIds?: readonly string[];
  isMarkedImportant?: boolean;
  privacyNoticeVersion: string;
  identityVerificationId: string | null;
  ageBand: Band | null;
  fullCivilCapacity: boolean;
};

/** The life of a client: action → the states it leaves and the state it leads to (`domain.md` 3.1.2). */
export const TRANSITIONS = {
  ONBOARD: { from: ['PROSPECT'], to: 'ONBOARDING' },
  ACTIVATE: { from: ['ONBOARDING'], to: 'ACTIVE' },
  FALL_DORMANT: { from: ['ACTIVE'], to: 'DORMANT' },
  REACTIVATE: { from: ['DORMANT'], to: 'ACTIVE' },
  RESTRICT: { from: ['ACTIVE', 'DORMANT'], to: 'RESTRICTED' },
  UNRESTRICT: { from: ['RESTRICTED'], to: 'ACTIVE' },
  DIE: { from: ['ACTIVE'], to: 'DECEASED' },
  BEGIN_CLOSING: { from: ['ACTIVE', 'DORMANT', 'RESTRICTED', 'DECEASED'], to: 'CLOSING' },
  CLOSE: { from: ['CLOSING'], to: 'CLOSED' },
  /** A former client asks for deletion while retention runs: the record is only stored (PIPL Art. 47). */
  RETAIN: { from: ['CLOSED'], to: 'RESTRICTED' },
  RELEASE: { from: ['RESTRICTED'], to: 'CLOSED' },
  ERASE: { from: ['CLOSED'], to: 'ERASED' },
  MERGE: {
    from: ['PROSPECT', 'ONBOARDING', 'ACTIVE', 'DORMANT', 'RESTRICTED', 'CLOSING', 'CLOSED', 'DECEASED'],
    to: 'MERGED',
  },
} as const satisfies Record<string, { from: readonly Status[]; to: Status }>;

export type Action = keyof typeof TRANSITIONS;

export const refuseClient = defineRefusals({
  WRONG_STATUS: 'The client is not in a state that allows this.',
  OWN_CLIENT: 'Nobody checks their own client: ask a colleague.',
  ALREADY_VERIFIED: 'The identity of this client was verified before.',
  IDENTITY_NOT_VERIFIED: 'Verify the identity of the client first.',
  FILE_INCOMPLETE: 'Complete the client file first; the details name what is missing.',
  PRIVACY_NOTICE_MISSING: 'The client has not accepted a privacy notice yet.',
  GUARDIAN_NEEDED:
    'Somebody under 18 or without full civil capacity is served with a guardian only: relate one to the client first.',
});

/** The state that an action leads to; refuses WRONG_STATUS where the table has no way. */
export function transition(status: Status, action: Action): Status {
  const { from, to }: { from: readonly Status[]; to: Status } = TRANSITIONS[action];
  if (!from.includes(status)) throw refuseClient('WRONG_STATUS', { status, allowed: from });
  return to;
}

/** Whoever checks a client must not be its adviser (`domain.md` 3.1.3.5). */
export function mustNotAdvise(client: Pick<Client, 'adviserId'>, staffId: string): void {
  if (client.adviserId === staffId) throw refuseClient('OWN_CLIENT');
}

/** States in which a client's file is kept current. */
const EDITABLE: readonly Status[] = ['ONBOARDING', 'ACTIVE', 'DORMANT', 'CLOSING', 'DECEASED'];

/** States in which a client's class and grade stand still: data that is only stored, a relationship that has ended, a duplicate. */
export const UNGRADED: readonly Status[] = ['RESTRICTED', 'CLOSED', 'MERGED', 'ERASED'];

/** Refuses WRONG_STATUS for a client whose file is only stored. */
export function mustBeEditable({ status }: Pick<Client, 'status'>): void {
  if (!EDITABLE.includes(status)) throw refuseClient('WRONG_STATUS', { status, allowed: EDITABLE });
}

/** Identity is verified once, while the client is being opened. */
export function verify(client: Client, staffId: string): void {
  mustNotAdvise(client, staffId);
  if (client.status !== 'ONBOARDING')
    throw refuseClient('WRONG_STATUS', { status: client.status, allowed: ['ONBOARDING'] });
  if (client.identityVerificationId !== null) throw refuseClient('ALREADY_VERIFIED');
}

/** What a file must hold before its client is served (policy 3.1, 3.2). */
const MANDATORY = {
  INDIVIDUAL: ['name', 'dateOfBirth', 'occupation', 'address', 'mobile'],
  INSTITUTION: ['legalName', 'uscc', 'legalRepresentative', 'businessScope', 'phone', 'address'],
} as const satisfies Record<Kind, readonly string[]>;
type File = object;

type Guardian = Pick<Client, 'kind' | 'status' | 'ageBand' | 'fullCivilCapacity'>;
/** States in which a guardian can stand for somebody. */
const STANDING: readonly Status[] = ['PROSPECT', 'ONBOARDING', 'ACTIVE', 'DORMANT', 'RESTRICTED'];

const isCapable = ({ kind, ageBand, fullCivilCapacity }: Guardian): boolean =>
  kind === 'INSTITUTION' || (fullCivilCapacity && ageBand !== 'UNDER_18');

/** Who cannot act alone has a guardian who can (`domain.md` 3.1.1). */
function mustBeGuarded(client: Client, guardians: readonly Guardian[]): void {
  const isGuarded = guardians.some((one) => isCapable(one) && STANDING.includes(one.status));
  if (!isCapable(client) && !isGuarded) throw refuseClient('GUARDIAN_NEEDED');
}

/** The guards of ACTIVE: identity verified, mandatory fields, privacy notice accepted, a guardian where one is needed (`domain.md` 3.1.2). */
export function activate(
  client: Client,
  file: File | null,
  guardians: readonly Guardian[],
  staffId: string,
): Status {
  mustNotAdvise(client, staffId);
  const to = transition(client.status, 'ACTIVATE');
  if (client.identityVerificationId === null) throw refuseClient('IDENTITY_NOT_VERIFIED');
  const held = new Map<string, unknown>(Object.entries(file ?? {}));
  const missing = MANDATORY[client.kind].filter((field) => String(held.get(field) ?? '').trim() === '');
  if (missing.length > 0) throw refuseClient('FILE_INCOMPLETE', { missing });
  if (client.privacyNoticeVersion.trim() === '') throw refuseClient('PRIVACY_NOTICE_MISSING');
  mustBeGuarded(client, guardians);
  return to;
}

/** The first age of each band, youngest first; the bands are all the ages that any rule of the firm tells apart. */
export const AGE_BANDS: readonly { band: Band; from: number }[] = [
  { band: 'UNDER_18', from: 0 },
  { band: 'FROM_18', from: 18 },
  { band: 'FROM_31', from: 31 },
  { band: 'FROM_46', from: 46 },
  { band: 'FROM_56', from: 56 },
  { band: 'FROM_65', from: 65 },
];

/** The band of a person on a day, and the day on which the next one begins; null when none does. */
export function ageBandOn(
  dateOfBirth: string,
  today: string,
): { ageBand: Band; ageBandDueOn: string | null } {
  const age = yearsBetween(dateOfBirth, today);
  const next = AGE_BANDS.find(({ from }) => from > age);
  const ageBand = AGE_BANDS.findLast(({ from }) => from <= age)?.band ?? 'UNDER_18';
  return { ageBand, ageBandDueOn: next === undefined ? null : birthday(dateOfBirth, next.from) };
}

/** The first day on which somebody is this old; 1 March for those born on 29 February when the year has no such day. */
function birthday(dateOfBirth: string, age: number): string {
  const day = plusMonths(dateOfBirth, 12 * age);
  return yearsBetween(dateOfBirth, day) < age ? plusDays(day, 1) : day;
}

/** What other services decide by, as events tell it: codes and bands only. */
export const standingOf = (client: Client) => ({
  kind: client.kind,
  class: client.class,
  grade: client.grade,
  adviserId: client.adviserId,
  ageBand: client.ageBand,
  fullCivilCapacity: client.fullCivilCapacity,
  // The class of an institution is its type (policy 2.2).
  institutionType: InstitutionType.safeParse(client.class).data ?? null,
  householdAdviserId: client.householdAdviserId ?? null,
  walledIds: [...(client.walledIds ?? [])],
  isMarkedImportant: client.isMarkedImportant ?? false,
});
