import { defineRefusals } from '@client-graph/kit/refusals';
import type { Kind } from '../clients.rules.js';

/** The role that one client has for another. */
export type Role =
  | 'SPOUSE'
  | 'PARENT'
  | 'GUARDIAN'
  | 'AGENT'
  | 'LEGAL_REPRESENTATIVE'
  | 'BENEFICIAL_OWNER'
  | 'REFERRER';
/** The same relationship from the other side. */
export type Inverse = 'SPOUSE' | 'CHILD' | 'WARD' | 'PRINCIPAL' | 'REPRESENTED' | 'OWNED' | 'REFERRED';

type Rule = { inverse: Inverse; from: readonly Kind[]; to: readonly Kind[] };
const PERSON = ['INDIVIDUAL'] as const;
const ANY = ['INDIVIDUAL', 'INSTITUTION'] as const;

/** Each role, what it is from the other side, and between which kinds of client it can be. */
export const ROLES_BETWEEN: Readonly<Record<Role, Rule>> = {
  SPOUSE: { inverse: 'SPOUSE', from: PERSON, to: PERSON },
  PARENT: { inverse: 'CHILD', from: PERSON, to: PERSON },
  GUARDIAN: { inverse: 'WARD', from: ANY, to: PERSON },
  AGENT: { inverse: 'PRINCIPAL', from: ANY, to: ANY },
  LEGAL_REPRESENTATIVE: { inverse: 'REPRESENTED', from: PERSON, to: ['INSTITUTION'] },
  BENEFICIAL_OWNER: { inverse: 'OWNED', from: ANY, to: ['INSTITUTION'] },
  REFERRER: { inverse: 'REFERRED', from: ANY, to: ANY },
};

/** Of these one cannot be to the other what the other is to it: nobody is the child of their child. */
const ONE_WAY: readonly Role[] = ['PARENT', 'GUARDIAN', 'REFERRER'];
export const isOneWay = (role: Role): boolean => ONE_WAY.includes(role);

export const refuseRelationship = defineRefusals({
  NOT_BETWEEN: 'This role cannot be between these two clients; the details name the kinds it can be between.',
  ALREADY_RELATED:
    'The two stand in this relationship already, the other way round too, or one has a spouse.',
  RELATIONSHIP_ENDED: 'This relationship has ended before.',
  DAY_IMPOSSIBLE: 'The day is to come, or before the beginning.',
});

type Party = { id: string; kind: Kind };

/** The row that a new relationship is kept as: spouses in one order, everyone else as said. */
export function relate(
  from: Party,
  to: Party,
  role: Role,
  day: string,
  today: string,
): { fromId: string; toId: string } {
  const rule = ROLES_BETWEEN[role];
  if (from.id === to.id || !rule.from.includes(from.kind) || !rule.to.includes(to.kind))
    throw refuseRelationship('NOT_BETWEEN', { from: rule.from, to: rule.to });
  if (day > today) throw refuseRelationship('DAY_IMPOSSIBLE', { today });
  const isTurned = role === 'SPOUSE' && from.id > to.id;
  return isTurned ? { fromId: to.id, toId: from.id } : { fromId: from.id, toId: to.id };
}

/** A relationship ends on a day that has come, not before it began. */
export function end(
  relationship: { validFrom: string; validTo: string | null },
  day: string,
  today: string,
): void {
  if (relationship.validTo !== null) throw refuseRelationship('RELATIONSHIP_ENDED');
  if (day > today || day < relationship.validFrom) throw refuseRelationship('DAY_IMPOSSIBLE', { today });
}

/** What the other is to this client. */
export const roleSeenBy = (
  clientId: string,
  { fromId, role }: { fromId: string; role: Role },
): Role | Inverse => (fromId === clientId ? ROLES_BETWEEN[role].inverse : role);
