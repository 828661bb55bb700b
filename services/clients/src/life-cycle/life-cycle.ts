import {
  ClientClosed,
  ClientClosing,
  ClientDeceased,
  ClientDormant,
  ClientReactivated,
  ClientRestricted,
  ClientUnrestricted,
  ClientUpdated,
} from '@client-graph/events';
import { asService, type Db, dayOf, isUuid, plusDays, refuse, type Tx, transact } from '@client-graph/kit';
import { IsNull, Not } from 'typeorm';
import { AssetSnapshotRow } from '../assets.entities.js';
import { ClientRow, StatusChangeRow } from '../clients.entities.js';
import { clientForUpdate, keepAdviser, keepStatus } from '../clients.js';
import { ageBandOn, type Status, standingOf, transition } from '../clients.rules.js';
import { forEachDue } from '../due.js';
import type {
  BeginClosingInput,
  CloseClientInput,
  ReactivateClientInput,
  ReassignClientInput,
  ReportDeathInput,
  RestrictClientInput,
  UnrestrictClientInput,
} from '../generated/resolvers.js';
import { regrade } from '../grading.js';
import { refuseInstitution } from '../institutions/institutions.rules.js';
import { IndividualProfileRow } from '../profiles.entities.js';
import { code, line } from '../profiles.rules.js';
import { lockReach, reachOf, refreshReach, stoodForBy } from '../walls/reach.js';
import { mustNotCrossWall } from '../walls/walls.js';
import { AdviserAssignmentRow } from './life-cycle.entities.js';
import { close, dormantOn, lookAt, refuseLifeCycle, restrict, unrestrict } from './life-cycle.rules.js';
import { tiesOf } from './ties.js';

/** Serves a dormant client again. */
export const reactivateClient = (db: Db, input: ReactivateClientInput): Promise<ClientRow> =>
  transact(db, async (tx) => {
    const client = await clientForUpdate(tx, input.clientId, input.expectedVersion);
    return reactivate(tx, client, 'REQUEST');
  });

/** Takes a dormant client back into service, whoever or whatever asks for it. */
export async function reactivate(tx: Tx, client: ClientRow, reason: string): Promise<ClientRow> {
  const status = transition(client.status, 'REACTIVATE');
  const today = dayOf(tx.now);
  const changed = await move(tx, client, status, reason, {
    lastActiveOn: today,
    dormantDueOn: dormantOn(today),
  });
  await tx.record(ClientReactivated({ clientId: client.id, from: client.status, to: status, reason }));
  return changed;
}

/** Freezes a record: it is stored and shown to compliance and audit only, and nothing is done with it. */
export const restrictClient = (db: Db, input: RestrictClientInput): Promise<ClientRow> =>
  transact(db, async (tx) => {
    const client = await clientForUpdate(tx, input.clientId, input.expectedVersion);
    return freeze(tx, client, input.reason, input.until ?? null);
  });

/** Restricts a client that is locked, for a reason with or without an end. */
export async function freeze(
  tx: Tx,
  client: ClientRow,
  reason: string,
  until: string | null,
): Promise<ClientRow> {
  const status = restrict(client, until, dayOf(tx.now));
  const still = {
    gradingDueOn: null,
    ageBandDueOn: null,
    dormantDueOn: null,
    restrictedUntil: until,
    restrictionEndsOn: until === null ? null : plusDays(until, 1),
  };
  const changed = await move(tx, client, status, reason, still);
  await tx.record(ClientRestricted({ clientId: client.id, from: client.status, to: status, reason, until }));
  return changed;
}

/** Ends a restriction; what time has changed meanwhile is caught up with. */
export const unrestrictClient = (db: Db, input: UnrestrictClientInput): Promise<ClientRow> =>
  transact(db, async (tx) => {
    const client = await clientForUpdate(tx, input.clientId, input.expectedVersion);
    return release(tx, client, input.reason);
  });

/** What a restricted client was before. */
export async function statusBefore(tx: Tx, client: ClientRow): Promise<Status> {
  const before = await tx.manager.findOne(StatusChangeRow, {
    where: { clientId: client.id, to: 'RESTRICTED', from: Not<Status>('MERGED') },
    order: { at: 'DESC', id: 'DESC' },
  });
  return before?.from ?? 'ACTIVE';
}

async function release(tx: Tx, client: ClientRow, reason: string): Promise<ClientRow> {
  const status = unrestrict(client, await statusBefore(tx, client));
  const profile = await tx.findOne(IndividualProfileRow, { id: client.id });
  const today = dayOf(tx.now);
  const changed = await move(tx, client, status, reason, {
    ...(profile === null ? {} : ageBandOn(profile.dateOfBirth, today)),
    restrictedUntil: null,
    restrictionEndsOn: null,
    dormantDueOn: status === 'ACTIVE' ? dormantOn(client.lastActiveOn ?? today) : null,
  });
  const { id: clientId, status: from } = client;
  await tx.record(ClientUnrestricted({ clientId, from, to: status, reason }));
  const graded = await regrade(tx, changed);
  const changedFieldCodes = graded.ageBand === client.ageBand ? [] : ['ageBand'];
  await tx.record(
    ClientUpdated({ clientId, ...standingOf(graded), changedFieldCodes, version: graded.version }),
  );
  return graded;
}

/** Ends every restriction whose last day has passed. A former client's file stays as it is until it is erased. */
export const endRestrictions = (db: Db): Promise<void> =>
  forEachDue(asService(db), 'restrictionEndsOn', async (tx, client) => {
    const isFormer = client.status !== 'RESTRICTED' || (await statusBefore(tx, client)) === 'CLOSED';
    if (isFormer) await tx.query('update client set restriction_ends_on = null where id = $1', [client.id]);
    else await release(tx, client, 'ENDED');
  });

/** Begins to end the relationship. */
export const beginClosing = (db: Db, input: BeginClosingInput): Promise<ClientRow> =>
  transact(db, async (tx) => {
    const client = await clientForUpdate(tx, input.clientId, input.expectedVersion);
    const status = transition(client.status, 'BEGIN_CLOSING');
    const { id: clientId, status: from } = client;
    const changed = await move(tx, client, status, input.reason, {
      dormantDueOn: null,
      restrictedUntil: null,
      restrictionEndsOn: null,
    });
    await tx.record(ClientClosing({ clientId, from, to: status, reason: input.reason }));
    return changed;
  });

/** Ends the relationship once nothing binds the client any more. */
export const closeClient = (db: Db, input: CloseClientInput): Promise<ClientRow> =>
  transact(db, async (tx) => {
    const client = await clientForUpdate(tx, input.clientId, input.expectedVersion);
    const status = close(client, await tiesOf(tx, client.id));
    const changed = await move(tx, client, status, 'SETTLED', { gradingDueOn: null, ageBandDueOn: null });
    await tx.record(
      ClientClosed({ clientId: client.id, from: client.status, to: status, reason: 'SETTLED' }),
    );
    return changed;
  });

/** Notes that a client has died, with the evidence. */
export const reportDeath = (db: Db, input: ReportDeathInput): Promise<ClientRow> =>
  transact(db, async (tx) => {
    const client = await clientForUpdate(tx, input.clientId, input.expectedVersion);
    if (client.kind === 'INSTITUTION') throw refuseInstitution('WRONG_KIND', { kind: client.kind });
    const evidence = line(input.evidenceReference, 'evidenceReference', 100);
    const status = transition(client.status, 'DIE');
    const still = { dormantDueOn: null, ageBandDueOn: null };
    const changed = await move(tx, client, status, 'DEATH', still, evidence);
    await tx.record(
      ClientDeceased({ clientId: client.id, from: client.status, to: status, reason: 'DEATH' }),
    );
    return changed;
  });

/** Gives a client another adviser; the others are told at once, for their record level depends on it. */
export const reassignClient = (db: Db, input: ReassignClientInput): Promise<ClientRow> =>
  transact(db, async (tx) => {
    await lockReach(tx);
    const client = await clientForUpdate(tx, input.clientId, input.expectedVersion);
    const adviserId = input.adviserId.toLowerCase();
    if (!isUuid(adviserId)) throw refuse('BAD_INPUT', { field: 'adviserId', expected: 'UUID' });
    if (client.adviserId === adviserId) throw refuseLifeCycle('SAME_ADVISER');
    await mustNotCrossWall(tx, client.adviserId, adviserId);
    const open = await tx.manager.findOneByOrFail(AdviserAssignmentRow, {
      clientId: client.id,
      effectiveTo: IsNull(),
    });
    const turn = new Date(Math.max(open.effectiveFrom.getTime(), tx.now.getTime()));
    await tx.update(AdviserAssignmentRow, open, { effectiveTo: turn });
    await keepAdviser(tx, client.id, adviserId, code(input.reason, 'reason'), turn);
    const reach = await reachOf(tx, client.id, adviserId);
    const changed = await tx.update(ClientRow, client, { adviserId, ...reach });
    const told = { changedFieldCodes: ['adviserId'], version: changed.version };
    await tx.record(ClientUpdated({ clientId: client.id, ...standingOf(changed), ...told }));
    await refreshReach(tx, await stoodForBy(tx, client.id));
    return changed;
  });

type Moved = Partial<Omit<ClientRow, 'id' | 'version'>>;

export async function move(
  tx: Tx,
  client: ClientRow,
  status: Status,
  reason: string,
  changes: Moved,
  evidence: string | null = null,
): Promise<ClientRow> {
  const changed = await tx.update(ClientRow, client, { ...changes, status });
  await keepStatus(tx, changed, client.status, reason, evidence);
  return changed;
}

/** Finds the clients who have been silent for twelve months and have nothing with the firm. */
export const fallDormant = (db: Db): Promise<void> =>
  forEachDue(asService(db), 'dormantDueOn', async (tx, client) => {
    const today = dayOf(tx.now);
    const snapshot =
      client.assetSnapshotId === null
        ? null
        : await tx.findOne(AssetSnapshotRow, { id: client.assetSnapshotId });
    const ties = await tiesOf(tx, client.id);
    const hasAssets = ties.HOLDING + ties.ORDER > 0 || (snapshot?.aumWithFirm.greaterThan(0) ?? false);
    const lastActiveOn = client.lastActiveOn ?? dayOf(client.onboardedAt);
    const { isDormant, dormantDueOn } = lookAt({ lastActiveOn, hasAssets }, today);
    if (!isDormant) {
      await tx.query('update client set dormant_due_on = $2 where id = $1', [client.id, dormantDueOn]);
      return;
    }
    const status = transition(client.status, 'FALL_DORMANT');
    await move(tx, client, status, 'SILENCE', { dormantDueOn });
    await tx.record(
      ClientDormant({ clientId: client.id, from: client.status, to: status, reason: 'SILENCE' }),
    );
  });
