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
import { NOBODY, staffOf } from '../actors.js';
import { ClientRow } from '../clients.entities.js';
import { clientForUpdate } from '../clients.js';
import { mustBeEditable } from '../clients.rules.js';
import type { EndRelationshipInput, RelateClientsInput } from '../generated/resolvers.js';
import { fileIdsOf } from '../merges/merges.js';
import { scheduleAfterEvent } from '../reviews/schedule.js';
import { RelationshipRow } from './relationships.entities.js';
import { end, isOneWay, refuseRelationship, relate } from './relationships.rules.js';

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

/** A client who came on somebody's word is that one's referral; told twice, or of somebody unknown, it changes nothing. */
export async function noteReferrer(
  tx: Tx,
  { clientId, referrerClientId }: { clientId: string; referrerClientId: string | null },
): Promise<void> {
  if (referrerClientId === null || referrerClientId === clientId) return;
  const referrer = await tx.findOne(ClientRow, { id: referrerClientId });
  await findForUpdate(tx, ClientRow, clientId);
  const pair = { fromId: referrerClientId, toId: clientId, role: 'REFERRER' as const };
  if (referrer === null || (await tx.findOne(RelationshipRow, pair)) !== null) return;
  const noted = { validFrom: dayOf(tx.now), validTo: null, recordedBy: NOBODY, version: 1 };
  await tx.insert(RelationshipRow, { id: tx.newId(), ...pair, ...noted });
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
      : [{ ...open, ...pair }, ...(isOneWay(role) ? [{ ...open, fromId: toId, toId: fromId }] : [])];
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

/** How a client and its duplicates stand to others, from both sides, the oldest first. */
export async function relationshipsOf(ctx: Context, clientId: string): Promise<Seen[]> {
  const seen = (await fileIdsOf(ctx, clientId)).map(async (id) => {
    const sides = await Promise.all([
      ctx.loadList(RelationshipRow, 'fromId', id),
      ctx.loadList(RelationshipRow, 'toId', id),
    ]);
    return sides.flat().map((relationship) => ({ relationship, clientId: id }));
  });
  return (await Promise.all(seen)).flat().sort((a, b) => (a.relationship.id < b.relationship.id ? -1 : 1));
}
