import { ClientActivated, ClientOnboarded, ClientUpdated } from '@client-graph/events';
import {
  type Actor,
  asService,
  type Connection,
  type Db,
  dayOf,
  findForUpdate,
  isUuid,
  type PageArgs,
  page,
  ROLES,
  reaches,
  reachesAll,
  refuse,
  type Tx,
  transact,
} from '@client-graph/kit';
import type { FindOptionsWhere } from 'typeorm';
import { AssetSnapshotRow } from './assets.entities.js';
import { declare } from './assets.rules.js';
import { ClientRow, StatusChangeRow } from './clients.entities.js';
import { activate, ageBandOn, type Status, standingOf, transition, verify } from './clients.rules.js';
import { forEachDue } from './due.js';
import type { ActivateClientInput, OpenClientInput, VerifyIdentityInput } from './generated/resolvers.js';
import { assignFirst, rulesOn } from './grading.js';
import { decide, factsOf } from './grading.rules.js';
import { numberHash } from './identity.js';
import { IdentityVerificationRow, IndividualProfileRow } from './profiles.entities.js';
import { code, idNumberOf, line, type Profile, profileOf, refuseProfile } from './profiles.rules.js';

/** Opens a client from an application, with a first class and grade; the caller becomes the adviser. */
export const openClient = (db: Db, input: OpenClientInput, hashKey: string): Promise<ClientRow> =>
  transact(db, (tx) =>
    tx.once('openClient', input, ClientRow, async (id) => {
      const profile = profileOf(input.individual, dayOf(tx.now));
      const number = idNumberOf(input.individual);
      const client = await insertClient(tx, id, input, profile);
      await tx.insert(IndividualProfileRow, { id, ...profile });
      await keepIdDocument(tx, id, {
        type: input.individual.idType,
        number,
        hash: numberHash(hashKey, input.individual.idType, number),
      });
      await keepStatus(tx, client, 'PROSPECT', 'APPLICATION');
      await tx.record(
        ClientOnboarded({ clientId: id, ...standingOf(client), originLeadId: client.originLeadId }),
      );
      return client;
    }),
  );

async function insertClient(
  tx: Tx,
  id: string,
  input: OpenClientInput,
  profile: Profile,
): Promise<ClientRow> {
  const today = dayOf(tx.now);
  const rules = await rulesOn(tx, today);
  const declared = input.declaredAssets ? declare(input.declaredAssets, rules.tables.currency, today) : null;
  const facts = factsOf({ snapshot: null, tolerance: null, investmentYears: profile.investmentYears }, today);
  const { grounds, ...standing } = decide(null, rules, facts, today);
  const client = await tx.insert(ClientRow, {
    id,
    kind: 'INDIVIDUAL',
    status: transition('PROSPECT', 'ONBOARD'),
    ...standing,
    adviserId: staffOf(tx),
    originLeadId: leadId(input.originLeadId),
    preferredLanguage: input.preferredLanguage,
    privacyNoticeVersion: code(input.privacyNoticeVersion, 'privacyNoticeVersion'),
    identityVerificationId: null,
    assetSnapshotId: declared === null ? null : tx.newId(),
    gradeAssignmentId: tx.newId(),
    ...ageBandOn(profile.dateOfBirth, today),
    fullCivilCapacity: true,
    onboardedAt: tx.now,
    version: 1,
  });
  await assignFirst(tx, client, rules, { grounds, ...standing });
  if (declared !== null && client.assetSnapshotId !== null) {
    const recorded = { recordedBy: client.adviserId, recordedAt: tx.now };
    await tx.insert(AssetSnapshotRow, { id: client.assetSnapshotId, clientId: id, ...declared, ...recorded });
  }
  return client;
}

function leadId(id: string | null | undefined): string | null {
  if (id === null || id === undefined) return null;
  if (!isUuid(id)) throw refuse('BAD_INPUT', { field: 'originLeadId', expected: 'UUID' });
  return id;
}

/** The unique hash decides: of two at once the second waits here for the first and is refused. It says nothing of whose it is. */
async function keepIdDocument(
  tx: Tx,
  clientId: string,
  doc: { type: string; number: string; hash: string },
): Promise<void> {
  const kept = await tx.query(
    `insert into id_document (client_id, type, sealed_number, number_hash, last_four) values ($1, $2, $3, $4, $5)
     on conflict (type, number_hash) do nothing returning 1`,
    [clientId, doc.type, `plain:${doc.number}`, doc.hash, doc.number.slice(-4)],
  );
  if (kept.length === 0) throw refuseProfile('IDENTITY_TAKEN');
}

/** States that somebody other than the adviser has verified the client's identity. */
export const verifyIdentity = (db: Db, input: VerifyIdentityInput): Promise<ClientRow> =>
  transact(db, async (tx) => {
    const client = await clientForUpdate(tx, input.clientId, input.expectedVersion);
    const verifiedBy = staffOf(tx);
    verify(client, verifiedBy);
    const verification = await tx.insert(IdentityVerificationRow, {
      id: tx.newId(),
      clientId: client.id,
      method: input.method,
      evidenceReference: line(input.evidenceReference, 'evidenceReference', 100),
      verifiedBy,
      verifiedAt: tx.now,
    });
    return tx.update(ClientRow, client, { identityVerificationId: verification.id });
  });

/** Lets a client be served once the guards of ACTIVE hold. */
export const activateClient = (db: Db, input: ActivateClientInput): Promise<ClientRow> =>
  transact(db, async (tx) => {
    const before = await clientForUpdate(tx, input.clientId, input.expectedVersion);
    const status = activate(before, await tx.findOne(IndividualProfileRow, { id: before.id }), staffOf(tx));
    const client = await tx.update(ClientRow, before, { status });
    await keepStatus(tx, client, before.status, 'VERIFIED');
    await tx.record(
      ClientActivated({ clientId: client.id, from: before.status, to: status, reason: 'VERIFIED' }),
    );
    return client;
  });

async function keepStatus(tx: Tx, client: ClientRow, from: Status, reason: string): Promise<void> {
  const change = { clientId: client.id, from, to: client.status, reason, by: staffOf(tx), at: tx.now };
  await tx.insert(StatusChangeRow, { id: tx.newId(), ...change });
}

/** Locks a client that the caller reaches. Refuses NOT_FOUND and, only then, STALE_VERSION. */
export async function clientForUpdate(tx: Tx, id: string, expectedVersion?: number): Promise<ClientRow> {
  const client = await findForUpdate(tx, ClientRow, id);
  if (!reaches(tx.actor, client)) throw refuse('NOT_FOUND');
  if (expectedVersion !== undefined && client.version !== expectedVersion) {
    throw refuse('STALE_VERSION', { expected: expectedVersion, current: client.version });
  }
  return client;
}

/** The member of staff in whose name the transaction runs. */
export function staffOf(tx: Tx): string {
  if (tx.actor.id === null) throw refuse('UNAUTHENTICATED', { reason: 'NO_TOKEN' });
  return tx.actor.id;
}

/** The clients that the caller reaches, newest first. */
export const listClients = (
  db: Db,
  args: PageArgs,
  only: Pick<FindOptionsWhere<ClientRow>, 'grade' | 'status'>,
): Promise<Connection<ClientRow>> => page(db, ClientRow, args, { ...only, ...reachOf(db.actor) });

/** What `reaches` says of one client, as a condition on all; the two are tested against each other. */
function reachOf(actor: Actor): FindOptionsWhere<ClientRow> {
  if (reachesAll(actor)) return {};
  const isAdviser = actor.roles.some((role) => ROLES[role].reach === 'ASSIGNED');
  return isAdviser && actor.id !== null ? { adviserId: actor.id } : { id: actor.clientId ?? NOBODY };
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Tells the others of every client whose last birthday has moved the age band; a policy may now treat them differently. */
export const moveAgeBands = (db: Db): Promise<void> =>
  forEachDue(asService(db), 'ageBandDueOn', async (tx, before) => {
    const profile = await tx.manager.findOneByOrFail(IndividualProfileRow, { id: before.id });
    const client = await tx.update(ClientRow, before, ageBandOn(profile.dateOfBirth, dayOf(tx.now)));
    if (client.ageBand === before.ageBand) return;
    const changed = { changedFieldCodes: ['ageBand'], version: client.version };
    await tx.record(ClientUpdated({ clientId: client.id, ...standingOf(client), ...changed }));
  });
