import {
  type Context,
  type Db,
  dayOf,
  findForUpdate,
  isUuid,
  refuse,
  type Tx,
  transact,
} from '@client-graph/kit';
import { IsNull } from 'typeorm';
import type { ClientRow } from '../clients.entities.js';
import { clientForUpdate, staffOf } from '../clients.js';
import { mustBeEditable } from '../clients.rules.js';
import type { EndRelationshipInput, RelateClientsInput } from '../generated/resolvers.js';
import { scheduleAfterEvent } from '../reviews/schedule.js';
import { RelationshipRow } from './relationships.entities.js';
import { end, refuseRelationship, relate } from './relationships.rules.js';

/** A relationship as one of the two sees it. */
export type Seen = { relationship: RelationshipRow; clientId: string };

/** Writes down how two clients stand to each other. Marriage asks for a review of both files. */
export const relateClients = (db: Db, input: RelateClientsInput): Promise<Seen> =>
  transact(db, async (tx) => {
    const relationship = await tx.once('relateClients', input, RelationshipRow, async (id) => {
      const { one, other } = await lockBoth(tx, input.fromId, input.toId);
      const today = dayOf(tx.now);
      const validFrom = input.validFrom ?? today;
      const pair = relate(one, other, input.role, validFrom, today);
      await mustBeNew(tx, pair, input.role);
      if (input.role === 'SPOUSE')
        for (const { id: spouse } of [one, other]) await scheduleAfterEvent(tx, spouse);
      return tx.insert(RelationshipRow, {
        id,
        ...pair,
        role: input.role,
        validFrom,
        validTo: null,
        recordedBy: staffOf(tx),
        version: 1,
      });
    });
    return { relationship, clientId: input.fromId };
  });

/** Locks both in one order, so that two who relate the same pair cannot wait for each other. */
async function lockBoth(tx: Tx, fromId: string, toId: string): Promise<{ one: ClientRow; other: ClientRow }> {
  const locked: ClientRow[] = [];
  for (const id of [...new Set([fromId, toId])].sort()) {
    const client = await clientForUpdate(tx, id);
    mustBeEditable(client);
    locked.push(client);
  }
  const one = locked.find(({ id }) => id === fromId);
  const other = locked.find(({ id }) => id === toId);
  if (one === undefined || other === undefined) throw refuse('NOT_FOUND');
  return { one, other };
}

async function mustBeNew(
  tx: Tx,
  pair: { fromId: string; toId: string },
  role: RelationshipRow['role'],
): Promise<void> {
  const open = { role, validTo: IsNull() };
  const { fromId, toId } = pair;
  const where =
    role === 'SPOUSE'
      ? [fromId, toId].flatMap((id) => [
          { ...open, fromId: id },
          { ...open, toId: id },
        ])
      : [{ ...open, ...pair }];
  if ((await tx.find(RelationshipRow, { where })).length > 0) throw refuseRelationship('ALREADY_RELATED');
}

/** Ends a relationship on a day; it is kept. */
export const endRelationship = (db: Db, input: EndRelationshipInput): Promise<Seen> =>
  transact(db, async (tx) => {
    const found = isUuid(input.relationshipId)
      ? await tx.findOne(RelationshipRow, { id: input.relationshipId })
      : null;
    if (found === null) throw refuse('NOT_FOUND');
    await lockBoth(tx, found.fromId, found.toId);
    const relationship = await findForUpdate(tx, RelationshipRow, found.id, input.expectedVersion);
    const today = dayOf(tx.now);
    const validTo = input.validTo ?? today;
    end(relationship, validTo, today);
    return {
      relationship: await tx.update(RelationshipRow, relationship, { validTo }),
      clientId: relationship.fromId,
    };
  });

/** How a client stands to others, from both sides, the oldest first. */
export async function relationshipsOf(ctx: Context, clientId: string): Promise<Seen[]> {
  const sides = await Promise.all([
    ctx.loadList(RelationshipRow, 'fromId', clientId),
    ctx.loadList(RelationshipRow, 'toId', clientId),
  ]);
  return sides
    .flat()
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((relationship) => ({ relationship, clientId }));
}
