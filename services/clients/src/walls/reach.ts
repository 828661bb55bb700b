import { ClientUpdated } from '@client-graph/events';
import type { Tx } from '@client-graph/kit';
import { In } from 'typeorm';
import { ClientRow } from '../clients.entities.js';
import { standingOf } from '../clients.rules.js';
import { ROLES_STOOD_FOR } from './walls.rules.js';

type Reach = Pick<ClientRow, 'householdAdviserId' | 'walledIds'>;

/** What the client's household and the walls say of who reaches a client of this adviser; `roles` is where the roles stood for stand. */
const facts = (client: string, adviser: string, roles: string) => `
  (select head.adviser_id from household_member m
   join household_member h on h.household_id = m.household_id and h.role = 'HEAD' and h.valid_to is null
   join client head on head.id = h.client_id
   where m.client_id = ${client} and m.valid_to is null and m.is_primary and m.role = any(${roles})
     and head.adviser_id <> ${adviser}) as household_adviser_id,
  array(select case when w.one_id = ${adviser} then w.other_id else w.one_id end from ethical_wall w
   where w.status = 'IN_FORCE' and ${adviser} in (w.one_id, w.other_id) order by 1) as walled_ids`;

const LOCK = `hashtextextended('reach of clients', 0)`;

/**
 * Walls, households and assignments change one at a time, so that none of them decides by what another is about to change. Taken before
 * any client is locked.
 */
export const lockReach = (tx: Tx) => tx.query(`select pg_advisory_xact_lock(${LOCK})`);

/** Who reaches a client of this adviser beside them. Openings do not wait for each other, only for a wall that is being decided. */
export async function reachOf(tx: Tx, clientId: string, adviserId: string): Promise<Reach> {
  await tx.query(`select pg_advisory_xact_lock_shared(${LOCK})`);
  const [row] = await tx.query<{ household_adviser_id: string | null; walled_ids: string[] }>(
    `select ${facts('$1::uuid', '$2::uuid', '$3::text[]')}`,
    [clientId, adviserId, ROLES_STOOD_FOR],
  );
  return { householdAdviserId: row?.household_adviser_id ?? null, walledIds: row?.walled_ids ?? [] };
}

const BATCH = 500;

/** Brings up to date who reaches these clients, and tells the other services of those for whom it is somebody else now. */
export async function refreshReach(tx: Tx, clientIds: readonly string[]): Promise<void> {
  for (let at = 0; at < clientIds.length; at += BATCH) {
    const changed = await tx.query<{ id: string }>(
      `with now as (
         select c.id, ${facts('c.id', 'c.adviser_id', '$2::text[]')} from client c where c.id = any($1::uuid[]) order by c.id for update of c
       ), written as (
         update client c set household_adviser_id = now.household_adviser_id, walled_ids = now.walled_ids, version = c.version + 1
         from now where now.id = c.id
           and (c.household_adviser_id, c.walled_ids) is distinct from (now.household_adviser_id, now.walled_ids)
         returning c.id
       ) select id from written`,
      [clientIds.slice(at, at + BATCH), ROLES_STOOD_FOR],
    );
    const clients = await tx.find(ClientRow, { where: { id: In(changed.map(({ id }) => id)) } });
    await tx.record(
      ...clients.map((client) =>
        ClientUpdated({
          clientId: client.id,
          ...standingOf(client),
          changedFieldCodes: ['reach'],
          version: client.version,
        }),
      ),
    );
  }
}

/** Those for whom this client stands as the head of a household. */
export const stoodForBy = async (tx: Tx, headId: string): Promise<string[]> => {
  const rows = await tx.query<{ id: string }>(
    `select m.client_id as id from household_member h join household_member m on m.household_id = h.household_id and m.valid_to is null
     where h.client_id = $1 and h.role = 'HEAD' and h.valid_to is null and m.client_id <> $1`,
    [headId],
  );
  return rows.map(({ id }) => id);
};
