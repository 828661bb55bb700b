import { ClientMerged, ClientUnmerged } from '@client-graph/events';
import {
  type Connection,
  type Context,
  type Db,
  dayOf,
  findForUpdate,
  isUuid,
  type PageArgs,
  page,
  plusDays,
  refuse,
  type Tx,
  transact,
} from '@client-graph/kit';
import { In } from 'typeorm';
import { staffOf } from '../actors.js';
import { ClientRow } from '../clients.entities.js';
import { clientForUpdate, keepStatus } from '../clients.js';
import { ageBandOn } from '../clients.rules.js';
import { ConsentRecordRow } from '../consents/consents.entities.js';
import type { MergeClientsInput, UnmergeClientsInput } from '../generated/resolvers.js';
import { regrade } from '../grading.js';
import { InstitutionProfileRow } from '../institutions/institutions.entities.js';
import { claimUscc } from '../institutions/institutions.js';
import { dormantOn } from '../life-cycle/life-cycle.rules.js';
import { IndividualProfileRow } from '../profiles.entities.js';
import { code } from '../profiles.rules.js';
import { ClientMergeRow } from './merges.entities.js';
import { merge, unmerge } from './merges.rules.js';

/** Lets a duplicate end in the client that goes on; every history stays and is read through `mergedClients`. */
export const mergeClients = (db: Db, input: MergeClientsInput): Promise<ClientMergeRow> =>
  transact(db, (tx) =>
    tx.once('mergeClients', input, ClientMergeRow, async (id) => {
      const { survivorId, mergedId } = input;
      const clients = new Map<string, ClientRow>();
      const versions = new Map([
        [survivorId, input.survivorVersion],
        [mergedId, input.mergedVersion],
      ]);
      // In one order, so that two who merge the same pair cannot wait for each other.
      for (const key of [...versions.keys()].sort())
        clients.set(key, await clientForUpdate(tx, key, versions.get(key)));
      const survivor = clients.get(survivorId);
      const merged = clients.get(mergedId);
      if (survivor === undefined || merged === undefined) throw refuse('NOT_FOUND');
      const mergedBy = staffOf(tx);
      const status = merge(survivor, merged, mergedBy);
      const still = { gradingDueOn: null, ageBandDueOn: null, dormantDueOn: null };
      const changed = await tx.update(ClientRow, merged, { status, mergedInto: survivorId, ...still });
      await tx.manager.update(InstitutionProfileRow, mergedId, { holdsUscc: false });
      await keepStatus(tx, changed, merged.status, 'DUPLICATE');
      await tx.record(ClientMerged({ survivorId, mergedId }));
      const kept = {
        survivorId,
        mergedId,
        reason: code(input.reason, 'reason'),
        statusBefore: merged.status,
      };
      const opened = { mergedBy, mergedAt: tx.now, undoneBy: null, undoneAt: null, version: 1 };
      return tx.insert(ClientMergeRow, { id, ...kept, ...opened });
    }),
  );

/** Parts two clients again that were merged by mistake; the duplicate is what it was before. */
export const unmergeClients = (db: Db, input: UnmergeClientsInput): Promise<ClientMergeRow> =>
  transact(db, async (tx) => {
    const found = isUuid(input.mergeId) ? await tx.findOne(ClientMergeRow, { id: input.mergeId }) : null;
    if (found === null) throw refuse('NOT_FOUND');
    const { survivorId, mergedId, statusBefore } = found;
    const client = await clientForUpdate(tx, mergedId);
    const kept = await findForUpdate(tx, ClientMergeRow, found.id, input.expectedVersion);
    unmerge(kept, tx.now);
    const undone = await tx.update(ClientMergeRow, kept, { undoneBy: staffOf(tx), undoneAt: tx.now });
    await takeUsccBack(tx, mergedId);
    const parted = await partAgain(tx, client, statusBefore);
    await keepStatus(tx, parted, client.status, 'NO_DUPLICATE');
    await tx.record(ClientUnmerged({ survivorId, mergedId, to: statusBefore }));
    await regrade(tx, parted);
    return undone;
  });

/** The code of a duplicate may have become its survivor's, or another's: then somebody has to correct that first. */
async function takeUsccBack(tx: Tx, clientId: string): Promise<void> {
  const profile = await tx.findOne(InstitutionProfileRow, { id: clientId });
  if (profile === null) return;
  await claimUscc(tx, profile.uscc);
  await tx.manager.update(InstitutionProfileRow, clientId, { holdsUscc: true });
}

async function partAgain(tx: Tx, client: ClientRow, status: ClientRow['status']): Promise<ClientRow> {
  const today = dayOf(tx.now);
  const profile = await tx.findOne(IndividualProfileRow, { id: client.id });
  return tx.update(ClientRow, client, {
    status,
    mergedInto: null,
    ...(profile === null ? {} : ageBandOn(profile.dateOfBirth, today)),
    dormantDueOn: status === 'ACTIVE' ? dormantOn(client.lastActiveOn ?? today) : null,
    restrictionEndsOn:
      status === 'RESTRICTED' && client.restrictedUntil !== null ? plusDays(client.restrictedUntil, 1) : null,
  });
}

/** The ids of a client and of its duplicates, and of those that had been merged into them before. */
export async function fileIdsOf(ctx: Pick<Context, 'loadList'>, clientId: string): Promise<string[]> {
  const merged = await ctx.loadList(ClientRow, 'mergedInto', clientId);
  const files = await Promise.all(merged.map(({ id }) => fileIdsOf(ctx, id)));
  return [clientId, ...files.flat()];
}

/** Everything that a client and its duplicates have ever allowed and taken back, newest first. */
export async function consentHistoryOf(
  ctx: Context,
  clientId: string,
  args: PageArgs,
): Promise<Connection<ConsentRecordRow>> {
  const ids = await fileIdsOf(ctx, clientId);
  // One statement for all clients of a list; a survivor, who is rare, has one of its own.
  return ids.length === 1
    ? ctx.loadPage(ConsentRecordRow, 'clientId', clientId, args)
    : page(ctx.db, ConsentRecordRow, args, { clientId: In(ids) });
}

/** A client's own consent records and those of its duplicates: what was said to one was said to the firm. */
export async function consentsOf(ctx: Context, clientId: string): Promise<ConsentRecordRow[]> {
  const ids = await fileIdsOf(ctx, clientId);
  const lists = await Promise.all(ids.map((id) => ctx.loadList(ConsentRecordRow, 'clientId', id)));
  return lists.flat();
}
