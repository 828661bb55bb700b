import { defineRefusals } from '@client-graph/kit/refusals';
import { type Client, mustBeEditable } from '../clients.rules.js';
import { refuseInstitution } from '../institutions/institutions.rules.js';

export type HouseholdRole = 'HEAD' | 'SPOUSE' | 'CHILD' | 'PARENT' | 'SIBLING' | 'OTHER';
export type Member = {
  clientId: string;
  role: HouseholdRole;
  isPrimary: boolean;
  validFrom: string;
  validTo: string | null;
};

export const refuseHousehold = defineRefusals({
  ALREADY_MEMBER: 'The client is a member of this household already.',
  PRIMARY_ELSEWHERE: 'The client has a primary household already: end that, or do not make this one primary.',
  HEAD_TAKEN: 'The household has a head already: the others are members beside the head.',
  HEAD_STAYS: 'The head leaves last: make another member the head first.',
  HOUSEHOLD_FULL: 'A household has at most 30 members.',
  MEMBERSHIP_ENDED: 'This membership has ended before.',
  MEMBERSHIP_DAY: 'The day is to come, or before the beginning.',
});

const MEMBERS_MAX = 30;
export const present = <Kept extends Member>(members: readonly Kept[]): Kept[] =>
  members.filter(({ validTo }) => validTo === null);

/** Only people live in households, and only those whose file is kept current. */
export function mustBeAPerson(client: Client): void {
  if (client.kind !== 'INDIVIDUAL') throw refuseInstitution('WRONG_KIND', { kind: client.kind });
  mustBeEditable(client);
}

/** Whether a client may become a member; one household at most is primary to anybody (`domain.md` 3.1.3.1). */
export function join(
  client: Client,
  ask: { role: HouseholdRole; isPrimary: boolean; validFrom: string },
  { members, own, today }: { members: readonly Member[]; own: readonly Member[]; today: string },
): void {
  mustBeAPerson(client);
  const now = present(members);
  if (ask.validFrom > today) throw refuseHousehold('MEMBERSHIP_DAY', { today });
  if (now.some(({ clientId }) => clientId === client.id)) throw refuseHousehold('ALREADY_MEMBER');
  if (now.length >= MEMBERS_MAX) throw refuseHousehold('HOUSEHOLD_FULL', { max: MEMBERS_MAX });
  if (ask.role === 'HEAD' && now.some(({ role }) => role === 'HEAD')) throw refuseHousehold('HEAD_TAKEN');
  if (ask.isPrimary && present(own).some(({ isPrimary }) => isPrimary))
    throw refuseHousehold('PRIMARY_ELSEWHERE');
}

/** Whether a member may leave on a day; the head is the last to go. */
export function leave(member: Member, members: readonly Member[], day: string, today: string): void {
  mustBePresent(member);
  if (day > today || day < member.validFrom) throw refuseHousehold('MEMBERSHIP_DAY', { today });
  if (member.role === 'HEAD' && present(members).length > 1) throw refuseHousehold('HEAD_STAYS');
}

export function mustBePresent({ validTo }: Member): void {
  if (validTo !== null) throw refuseHousehold('MEMBERSHIP_ENDED');
}
