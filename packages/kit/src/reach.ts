import { type FindOperator, Raw } from 'typeorm';
import type { Actor } from './auth.js';
import { ROLES } from './roles.js';

/** What decides who reaches the record of a client: facts of its row, or of the copy that a service keeps of it. */
export type Reachable = {
  id: string;
  adviserId: string | null;
  status?: string;
  /** The adviser of the head of the client's household, where the head stands for the client. */
  householdAdviserId?: string | null;
  /** The members of staff between whom and the client's adviser a wall stands. */
  walledIds?: readonly string[];
};

/** A restricted record is shown to those who watch over the firm and to nobody else (`domain.md` 3.1.3.7). */
export const seesRestricted = (actor: Actor): boolean => actor.watches;

/** Whether some role of the caller reaches every client that is not hidden from them. */
export const reachesAll = (actor: Actor): boolean => actor.roles.some((role) => ROLES[role].reach === 'ALL');

/** Whether a wall stands between the caller and the client. It stops everybody but those who only watch over the firm. */
export const isWalled = (actor: Actor, { walledIds = [] }: Pick<Reachable, 'walledIds'>): boolean =>
  !actor.watches && actor.id !== null && walledIds.includes(actor.id);

/** Whether the client is out of the caller's sight whatever their post reaches. */
export const isHidden = (actor: Actor, client: Pick<Reachable, 'status' | 'walledIds'>): boolean =>
  isWalled(actor, client) || (client.status === 'RESTRICTED' && !seesRestricted(actor));

/** Whether the caller may see this client's records at all (`domain.md` 3.0); what of them, the schema's directives say. */
export function reaches(actor: Actor, client: Reachable): boolean {
  if (isHidden(actor, client)) return false;
  return actor.roles.some((role) => {
    const { reach } = ROLES[role];
    switch (reach) {
      case 'ALL':
        return true;
      case 'ASSIGNED':
        return actor.id !== null && [client.adviserId, client.householdAdviserId].includes(actor.id);
      case 'OWN':
        return client.id === actor.clientId;
      case 'NONE':
        return false;
      default:
        return reach satisfies never;
    }
  });
}

/** Whether the caller may act for the client: a household lets its head's adviser look, and acting is the assigned adviser's. */
export const serves = (actor: Actor, client: Reachable): boolean =>
  reaches(actor, { ...client, householdAdviserId: null });

/** `isHidden` as SQL on a row of clients, for a caller who does not watch over the firm; `me` is where their id stands. */
export const hiddenSql = (client: string, me: string): string =>
  `(${client}.status = 'RESTRICTED' or ${walledSql(client, me)})`;

/** `isWalled` as SQL, likewise. */
export const walledSql = (client: string, me: string): string => `${me}::uuid = any(${client}.walled_ids)`;

/** `reaches` as SQL for a member of staff; `me` is asked for where their id stands, if it is needed. Tested against `reaches`. */
export function reachedSql(actor: Actor, client: string, me: () => string): string {
  const isAll = reachesAll(actor);
  if (!isAll && !actor.roles.some((role) => ROLES[role].reach === 'ASSIGNED')) return 'false';
  const shown = seesRestricted(actor) ? 'true' : `not ${hiddenSql(client, me())}`;
  if (isAll) return shown;
  const caller = me();
  return `(${client}.adviser_id = ${caller} or ${client}.household_adviser_id = ${caller}) and ${shown}`;
}

/** For a list about all clients, by TypeORM: those hidden from the caller are left out, by the service's copy. */
export const ofSeenClients = (actor: Actor): { clientId?: FindOperator<string> } =>
  seesRestricted(actor)
    ? {}
    : {
        clientId: Raw(
          (column) =>
            `not exists (select from client_copy c where c.client_id = ${column} and ${hiddenSql('c', ':me')})`,
          { me: actor.id },
        ),
      };
