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
  reachedSql,
  refuse,
  seesRestricted,
  serves,
  type Tx,
  transact,
} from '@client-graph/kit';
import { type FindOptionsWhere, In, IsNull, LessThanOrEqual, Not, Raw } from 'typeorm';
import { NOBODY, staffOf } from './actors.js';
import { AssetSnapshotRow } from './assets.entities.js';
import { declare } from './assets.rules.js';
import { ClientRow, StatusChangeRow } from './clients.entities.js';
import { activate, ageBandOn, type Status, standingOf, transition, verify } from './clients.rules.js';
import { keepOnFile, onFileOf } from './contact-details/on-file.js';
import { forEachDue } from './due.js';
import type { ActivateClientInput, OpenClientInput, VerifyIdentityInput } from './generated/resolvers.js';
import { assignFirst, regrade, rulesOn } from './grading.js';
import { decide, type Facts, factsOf } from './grading.rules.js';
import { notBeforeLast } from './history/as-of.rules.js';
import { numberHash } from './identity.js';
import { InstitutionProfileRow } from './institutions/institutions.entities.js';
import { AdviserAssignmentRow } from './life-cycle/life-cycle.entities.js';
import { dormantOn } from './life-cycle/life-cycle.rules.js';
import {
  IdDocumentRow,
  IdentityVerificationRow,
  IndividualProfileRow,
  ProfileVersionRow,
} from './profiles.entities.js';
import { code, expiryOf, type IdType, idNumberOf, line, profileOf, refuseProfile } from './profiles.rules.js';
import { RelationshipRow } from './relationships/relationships.entities.js';
import { ASKED } from './reviews/reviews.rules.js';
import { scheduleAfterEvent, scheduleExpiry, schedulePeriodic } from './reviews/schedule.js';
import { indexName } from './search/search-index.js';
import { reachOf } from './walls/reach.js';

/** Opens a person from an application, with a first class and grade; the caller becomes the adviser. */
export const openClient = (db: Db, input: OpenClientInput, hashKey: string): Promise<ClientRow> =>
  transact(db, (tx) =>
    tx.once('openClient', input, ClientRow, async (id) => {
      const today = dayOf(tx.now);
      const profile = profileOf(input.individual, today);
      const { idType, idExpiresOn } = input.individual;
      const document = {
        type: idType,
        number: idNumberOf(input.individual),
        expiresOn: expiryOf(idExpiresOn, today),
      };
      const client = await insertClient(tx, id, input, {
        kind: 'INDIVIDUAL',
        facts: factsOf({ snapshot: null, tolerance: null, investmentYears: profile.investmentYears }, today),
        ...ageBandOn(profile.dateOfBirth, today),
        fullCivilCapacity: profile.civilCapacity === 'FULL',
      });
      await tx.insert(IndividualProfileRow, { id, ...profile });
      await keepVersion(tx, id, profile, []);
      await keepIdDocument(tx, id, document, hashKey);
      await scheduleExpiry(tx, id, document.expiresOn);
      await indexName(tx, id, profile.name, hashKey);
      await keepOnFile(tx, id, onFileOf(profile), hashKey);
      await beginLife(tx, client);
      return client;
    }),
  );

type Opening = Pick<
  OpenClientInput,
  'originLeadId' | 'preferredLanguage' | 'privacyNoticeVersion' | 'declaredAssets'
>;
type Subject = Pick<ClientRow, 'kind' | 'ageBand' | 'ageBandDueOn' | 'fullCivilCapacity'> & { facts: Facts };

/** Writes a new client of either kind with its first class, grade and declared assets. */
export async function insertClient(
  tx: Tx,
  id: string,
  opening: Opening,
  { facts, ...subject }: Subject,
): Promise<ClientRow> {
  const today = dayOf(tx.now);
  const rules = await rulesOn(tx, today);
  const declared = opening.declaredAssets
    ? declare(opening.declaredAssets, rules.tables.currency, today)
    : null;
  const { grounds, ...standing } = decide(null, rules, facts, today);
  const client = await tx.insert(ClientRow, {
    id,
    ...subject,
    status: transition('PROSPECT', 'ONBOARD'),
    ...standing,
    adviserId: staffOf(tx),
    ...(await reachOf(tx, id, staffOf(tx))),
    isMarkedImportant: false,
    importantReason: null,
    originLeadId: leadId(opening.originLeadId),
    preferredLanguage: opening.preferredLanguage,
    privacyNoticeVersion: code(opening.privacyNoticeVersion, 'privacyNoticeVersion'),
    identityVerificationId: null,
    assetSnapshotId: declared === null ? null : tx.newId(),
    institutionFinancialsId: null,
    gradeAssignmentId: tx.newId(),
    gradeOverrideId: null,
    mergedInto: null,
    lastActiveOn: today,
    dormantDueOn: null,
    restrictedUntil: null,
    restrictionEndsOn: null,
    reviewDueOn: null,
    onboardedAt: tx.now,
    version: 1,
  });
  await keepAdviser(tx, id, client.adviserId, 'OPENED', tx.now);
  await assignFirst(tx, client, rules, { grounds, ...standing });
  if (declared !== null && client.assetSnapshotId !== null) {
    const recorded = { recordedBy: client.adviserId, recordedAt: tx.now };
    await tx.insert(AssetSnapshotRow, { id: client.assetSnapshotId, clientId: id, ...declared, ...recorded });
  }
  return client;
}

/** Keeps the first state of a new client and tells the others of it. */
export async function beginLife(tx: Tx, client: ClientRow): Promise<void> {
  await keepStatus(tx, client, 'PROSPECT', 'APPLICATION');
  await tx.record(
    ClientOnboarded({ clientId: client.id, ...standingOf(client), originLeadId: client.originLeadId }),
  );
}

function leadId(id: string | null | undefined): string | null {
  if (id === null || id === undefined) return null;
  if (!isUuid(id)) throw refuse('BAD_INPUT', { field: 'originLeadId', expected: 'UUID' });
  return id;
}

/** Writes down the state that a profile is in from now on, with the codes of what has changed in it. */
export async function keepVersion(
  tx: Tx,
  clientId: string,
  profile: object,
  changed: string[],
): Promise<void> {
  const last = await lastOf(tx, ProfileVersionRow, clientId);
  await tx.insert(ProfileVersionRow, {
    id: tx.newId(),
    clientId,
    profile,
    changed,
    by: staffOf(tx),
    at: notBeforeLast(last, tx.now),
  });
}

/** When the history of a client was last written. */
const lastOf = (
  tx: Tx,
  row: typeof ProfileVersionRow | typeof StatusChangeRow,
  clientId: string,
): Promise<{ at: Date } | null> =>
  tx.manager.findOne<ProfileVersionRow | StatusChangeRow>(row, {
    select: { id: true, at: true },
    where: { clientId },
    order: { at: 'DESC' },
  });

type Document = { type: IdType; number: string; expiresOn: string | null };

/** Of two at once the second waits here for the first and is refused; the unique index stands behind it. It says nothing of whose it is. */
export async function claimNumber(
  tx: Tx,
  clientId: string,
  { type, hash }: { type: IdType; hash: string },
): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [hash]);
  const holder = await tx.findOne(IdDocumentRow, { type, numberHash: hash });
  if (holder !== null && holder.id !== clientId) throw refuseProfile('IDENTITY_TAKEN');
}

async function keepIdDocument(tx: Tx, clientId: string, doc: Document, hashKey: string): Promise<void> {
  const { type, number, expiresOn } = doc;
  const hash = numberHash(hashKey, type, number);
  await claimNumber(tx, clientId, { type, hash });
  const kept = { type, number, numberHash: hash, lastFour: number.slice(-4), expiresOn };
  await tx.insert(IdDocumentRow, { id: clientId, ...kept });
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
    const Profile = before.kind === 'INSTITUTION' ? InstitutionProfileRow : IndividualProfileRow;
    const file = await tx.manager.findOneBy(Profile, { id: before.id });
    const status = activate(before, file, await guardiansOf(tx, before.id), staffOf(tx));
    const today = dayOf(tx.now);
    const client = await tx.update(ClientRow, before, {
      status,
      lastActiveOn: today,
      dormantDueOn: dormantOn(today),
    });
    await keepStatus(tx, client, before.status, 'VERIFIED');
    await schedulePeriodic(tx, client);
    await tx.record(
      ClientActivated({ clientId: client.id, from: before.status, to: status, reason: 'VERIFIED' }),
    );
    return client;
  });

/** The clients who are guardians of a client today. */
async function guardiansOf(tx: Tx, clientId: string): Promise<ClientRow[]> {
  const as = { toId: clientId, role: 'GUARDIAN' as const, validTo: IsNull() };
  const related = await tx.find(RelationshipRow, { where: as });
  return tx.find(ClientRow, { where: { id: In(related.map(({ fromId }) => fromId)) } });
}

/** Writes down whose client it is from now on. */
export async function keepAdviser(
  tx: Tx,
  clientId: string,
  adviserId: string,
  reason: string,
  from: Date,
): Promise<void> {
  const assigned = { clientId, adviserId, reason, by: staffOf(tx) };
  await tx.insert(AdviserAssignmentRow, {
    id: tx.newId(),
    ...assigned,
    effectiveFrom: from,
    effectiveTo: null,
  });
}

/** Keeps a change of status, after the client has it. */
export async function keepStatus(
  tx: Tx,
  client: ClientRow,
  from: Status,
  reason: string,
  evidence: string | null = null,
): Promise<void> {
  const last = await lastOf(tx, StatusChangeRow, client.id);
  const change = {
    clientId: client.id,
    from,
    to: client.status,
    reason,
    evidence,
    by: tx.actor.id ?? NOBODY,
    at: notBeforeLast(last, tx.now),
  };
  await tx.insert(StatusChangeRow, { id: tx.newId(), ...change });
}

/** Locks a client that the caller may act for. Refuses NOT_FOUND and, only then, STALE_VERSION. */
export async function clientForUpdate(tx: Tx, id: string, expectedVersion?: number): Promise<ClientRow> {
  const client = await findForUpdate(tx, ClientRow, id);
  if (!serves(tx.actor, client)) throw refuse('NOT_FOUND');
  if (expectedVersion !== undefined && client.version !== expectedVersion) {
    throw refuse('STALE_VERSION', { expected: expectedVersion, current: client.version });
  }
  return client;
}

/** Tells the others which fields of a client have changed, never a value; its version rises. */
export async function tellChanged(
  tx: Tx,
  client: ClientRow,
  changedFieldCodes: string[],
): Promise<ClientRow> {
  const changed = await tx.update(ClientRow, client, {});
  const { version } = changed;
  await tx.record(ClientUpdated({ clientId: client.id, ...standingOf(changed), changedFieldCodes, version }));
  return changed;
}

type Filter<Field extends keyof ClientRow> = { readonly [F in Field]?: ClientRow[F] | null | undefined };

/** The clients that the caller reaches and the filter lets through, newest first. */
export function listClients(
  db: Db,
  args: PageArgs,
  filter: Filter<'grade' | 'status' | 'class' | 'adviserId'> & { reviewDueBy?: string | null | undefined },
): Promise<Connection<ClientRow>> {
  const { grade, status, class: clientClass, adviserId, reviewDueBy } = filter;
  if (adviserId && !isUuid(adviserId)) throw refuse('BAD_INPUT', { field: 'adviserId', expected: 'UUID' });
  const isHidden = !seesRestricted(db.actor);
  return page(db, ClientRow, args, {
    ...(grade ? { grade } : {}),
    ...(reviewDueBy ? { reviewDueOn: LessThanOrEqual(reviewDueBy), status: In([...ASKED]) } : {}),
    ...(status || (isHidden && !reviewDueBy) ? { status: statusOf(status ?? null, isHidden) } : {}),
    ...(clientClass ? { class: clientClass } : {}),
    ...reachOfAll(db.actor),
    ...(adviserId ? { adviserId } : {}),
  });
}

/** Restricted clients are listed for those who may see them only. */
const statusOf = (status: Status | null, isHidden: boolean) =>
  isHidden && status === 'RESTRICTED' ? In([]) : (status ?? Not('RESTRICTED' as const));

/** What `reaches` says of one client, as a condition on all; the two are tested against each other. */
function reachOfAll(actor: Actor): FindOptionsWhere<ClientRow> {
  const isOwn = !actor.roles.some((role) => ROLES[role].reach !== 'OWN' && ROLES[role].reach !== 'NONE');
  if (isOwn) return { id: actor.clientId ?? NOBODY };
  return { walledIds: Raw((column) => reachedSql(actor, rowOf(column), () => ':me'), { me: actor.id }) };
}

/** The row that a column of the query is of. */
const rowOf = (column: string): string => column.slice(0, column.lastIndexOf('.'));

/** Tells the others of every client whose last birthday has moved the age band; a policy may now treat them differently. */
export const moveAgeBands = (db: Db): Promise<void> =>
  forEachDue(asService(db), 'ageBandDueOn', async (tx, before) => {
    const profile = await tx.manager.findOneByOrFail(IndividualProfileRow, { id: before.id });
    const client = await regrade(tx, before, ageBandOn(profile.dateOfBirth, dayOf(tx.now)));
    if (client.ageBand === before.ageBand) return;
    if (client.ageBand === 'FROM_65') await scheduleAfterEvent(tx, client.id);
    const changed = { changedFieldCodes: ['ageBand'], version: client.version };
    await tx.record(ClientUpdated({ clientId: client.id, ...standingOf(client), ...changed }));
  });
