import { ClientUpdated } from '@client-graph/events';
import { type Db, Decimal, dayOf, type Tx, transact } from '@client-graph/kit';
import { z } from 'zod';
import { staffOf } from './actors.js';
import type { ClientRow } from './clients.entities.js';
import { claimNumber, clientForUpdate, keepVersion } from './clients.js';
import { ageBandOn, mustBeEditable, mustNotAdvise, standingOf } from './clients.rules.js';
import { keepOnFile, onFileOf } from './contact-details/on-file.js';
import type {
  ChangeIndividualInput,
  ChangeInstitutionInput,
  CorrectIdentityInput,
  CorrectInstitutionInput,
} from './generated/resolvers.js';
import { RiskToleranceRow } from './grading.entities.js';
import { regrade } from './grading.js';
import { numberHash } from './identity.js';
import { InstitutionProfileRow } from './institutions/institutions.entities.js';
import { claimUscc } from './institutions/institutions.js';
import { refuseInstitution } from './institutions/institutions.rules.js';
import {
  changedCodes,
  changedInstitution,
  changedPerson,
  type Income,
  type InstitutionChange,
  meaningCodes,
  mustComeTogether,
  type PersonChange,
  refuseChange,
} from './profile-changes.rules.js';
import {
  IdDocumentRow,
  IdentityVerificationRow,
  IndividualProfileRow,
  ProfileVersionRow,
} from './profiles.entities.js';
import { expiryOf, idNumberOf, line, type Profile, type VerificationMethod } from './profiles.rules.js';
import { isEventful } from './reviews/reviews.rules.js';
import { scheduleAfterEvent, scheduleExpiry } from './reviews/schedule.js';
import { indexName } from './search/search-index.js';

/** Changes what a person tells of themself; identity is corrected by `correctIdentity`. */
export const changeIndividual = (db: Db, input: ChangeIndividualInput, hashKey: string): Promise<ClientRow> =>
  transact(db, async (tx) => {
    const { clientId, expectedVersion, preferredLanguage, ...ask } = input;
    const client = await editable(tx, clientId, expectedVersion);
    const language = preferredLanguage ?? client.preferredLanguage;
    return changePerson(tx, client, ask, { preferredLanguage: language }, hashKey);
  });

/** Corrects who a person is, with evidence seen by somebody other than the adviser. */
export const correctIdentity = (db: Db, input: CorrectIdentityInput, hashKey: string): Promise<ClientRow> =>
  transact(db, async (tx) => {
    const client = await editable(tx, input.clientId, input.expectedVersion);
    mustNotAdvise(client, staffOf(tx));
    const { name, gender, dateOfBirth, civilCapacity } = input;
    const documentCodes = await changeDocument(tx, client, input, hashKey);
    const verification = await verifyAnew(tx, client, input.method, input.evidenceReference);
    const ask = { name, gender, dateOfBirth, civilCapacity };
    return changePerson(tx, client, ask, { identityVerificationId: verification }, hashKey, documentCodes);
  });

/** Changes what an institution tells of itself; identity is corrected by `correctInstitution`. */
export const changeInstitution = (
  db: Db,
  input: ChangeInstitutionInput,
  hashKey: string,
): Promise<ClientRow> =>
  transact(db, async (tx) => {
    const { clientId, expectedVersion, preferredLanguage, ...ask } = input;
    const client = await editable(tx, clientId, expectedVersion);
    const language = preferredLanguage ?? client.preferredLanguage;
    return changeOrganisation(tx, client, ask, { preferredLanguage: language }, hashKey);
  });

/** Corrects who an institution is, with evidence seen by somebody other than the adviser. */
export const correctInstitution = (
  db: Db,
  input: CorrectInstitutionInput,
  hashKey: string,
): Promise<ClientRow> =>
  transact(db, async (tx) => {
    const { clientId, expectedVersion, method, evidenceReference, ...ask } = input;
    const client = await editable(tx, clientId, expectedVersion);
    mustNotAdvise(client, staffOf(tx));
    const verification = await verifyAnew(tx, client, method, evidenceReference);
    return changeOrganisation(tx, client, ask, { identityVerificationId: verification }, hashKey);
  });

async function editable(tx: Tx, clientId: string, expectedVersion: number): Promise<ClientRow> {
  const client = await clientForUpdate(tx, clientId, expectedVersion);
  mustBeEditable(client);
  return client;
}

type ClientChanges = Partial<Pick<ClientRow, 'preferredLanguage' | 'identityVerificationId'>>;

/** Writes a changed person, the version of it, and what follows for age band, capacity and grade. */
export async function changePerson(
  tx: Tx,
  client: ClientRow,
  ask: PersonChange,
  changes: ClientChanges,
  hashKey: string,
  furtherCodes: readonly string[] = [],
): Promise<ClientRow> {
  const before = await tx.findOne(IndividualProfileRow, { id: client.id });
  if (before === null) throw refuseInstitution('WRONG_KIND', { kind: client.kind });
  const today = dayOf(tx.now);
  const profile: Profile = changedPerson(before, ask, today);
  const codes = [...changedCodes(before, profile), ...furtherCodes];
  await tx.update(IndividualProfileRow, before, profile);
  if (profile.name !== before.name) await indexName(tx, client.id, profile.name, hashKey);
  await keepOnFile(tx, client.id, onFileOf(profile), hashKey);
  const isLess = profile.annualIncome.lessThan(before.annualIncome);
  const incomes = isLess ? [...(await incomesSinceAssessed(tx, client.id)), before] : [before];
  const meaning = meaningCodes(before, profile, incomes);
  return keepChange(
    tx,
    client,
    profile,
    { codes, meaning },
    {
      ...changes,
      ...ageBandOn(profile.dateOfBirth, today),
      fullCivilCapacity: profile.civilCapacity === 'FULL',
    },
  );
}

const StoredIncome = z.object({
  annualIncome: z.string().transform((amount) => new Decimal(amount)),
  annualIncomeCurrency: z.string(),
});

/** The incomes on file since risk last told a level of the client, the one of then first; all of them without a level. */
async function incomesSinceAssessed(tx: Tx, clientId: string): Promise<Income[]> {
  const told = await tx.findOne(RiskToleranceRow, { id: clientId });
  const versions = await tx.find(ProfileVersionRow, { where: { clientId }, order: { id: 'ASC' } });
  const first = told === null ? 0 : versions.findLastIndex(({ at }) => at <= told.toldAt);
  return versions.slice(Math.max(0, first)).map(({ profile }) => StoredIncome.parse(profile));
}

/** Writes a changed institution, the version of it, and what follows for class and grade. */
export async function changeOrganisation(
  tx: Tx,
  client: ClientRow,
  ask: InstitutionChange,
  changes: ClientChanges,
  hashKey: string,
  furtherCodes: readonly string[] = [],
): Promise<ClientRow> {
  const before = await tx.findOne(InstitutionProfileRow, { id: client.id });
  if (before === null) throw refuseInstitution('WRONG_KIND', { kind: client.kind });
  const institution = changedInstitution(before, ask);
  if (institution.uscc !== before.uscc) await claimUscc(tx, institution.uscc);
  const codes = [...changedCodes(before, institution), ...furtherCodes];
  const usccHash = tx.hash('uscc', institution.uscc);
  await tx.update(InstitutionProfileRow, before, { ...institution, usccHash });
  if (institution.legalName !== before.legalName)
    await indexName(tx, client.id, institution.legalName, hashKey);
  await keepOnFile(tx, client.id, onFileOf(institution), hashKey);
  return keepChange(tx, client, institution, { codes, meaning: [] }, changes);
}

/** The others are told the codes of what has changed and the whole standing, never a value. */
async function keepChange(
  tx: Tx,
  client: ClientRow,
  profile: object,
  { codes, meaning }: { codes: string[]; meaning: string[] },
  changes: Partial<ClientRow>,
): Promise<ClientRow> {
  const clientCodes = changedCodes(client, changes).filter((code) => code === 'preferredLanguage');
  const changedFieldCodes = [...codes, ...clientCodes, ...meaning];
  if (changedFieldCodes.length === 0) throw refuseChange('NOTHING_CHANGED');
  if (codes.length > 0) await keepVersion(tx, client.id, profile, codes);
  if (isEventful(codes)) await scheduleAfterEvent(tx, client.id);
  // A change of the profile alone is a change of the client: its version rises.
  const changed = await regrade(tx, client, { preferredLanguage: client.preferredLanguage, ...changes });
  const { version } = changed;
  await tx.record(ClientUpdated({ clientId: client.id, ...standingOf(changed), changedFieldCodes, version }));
  return changed;
}

async function verifyAnew(
  tx: Tx,
  client: ClientRow,
  method: VerificationMethod,
  evidence: string,
): Promise<string> {
  const verification = await tx.insert(IdentityVerificationRow, {
    id: tx.newId(),
    clientId: client.id,
    method,
    evidenceReference: line(evidence, 'evidenceReference', 100),
    verifiedBy: staffOf(tx),
    verifiedAt: tx.now,
  });
  return verification.id;
}

/** Takes a new identity document; gives the codes of what has changed. The unique index decides between two at once. */
async function changeDocument(
  tx: Tx,
  client: ClientRow,
  ask: CorrectIdentityInput,
  hashKey: string,
): Promise<string[]> {
  const document = await tx.findOne(IdDocumentRow, { id: client.id });
  const profile = await tx.findOne(IndividualProfileRow, { id: client.id });
  if (document === null || profile === null) throw refuseInstitution('WRONG_KIND', { kind: client.kind });
  const { idType, idNumber, idExpiresOn } = ask;
  mustComeTogether(ask, { dateOfBirth: profile.dateOfBirth, type: document.type });
  const codes: string[] = [];
  if (idExpiresOn !== undefined && idExpiresOn !== document.expiresOn) {
    const expiresOn = expiryOf(idExpiresOn, dayOf(tx.now));
    await tx.update(IdDocumentRow, document, { expiresOn });
    await scheduleExpiry(tx, client.id, expiresOn);
    codes.push('idExpiresOn');
  }
  if (!idType || !idNumber) return codes;
  const number = idNumberOf({ idType, idNumber, dateOfBirth: ask.dateOfBirth ?? profile.dateOfBirth });
  const hash = numberHash(hashKey, idType, number);
  await claimNumber(tx, client.id, { type: idType, hash });
  const changes = { type: idType, number, numberHash: hash, lastFour: number.slice(-4) };
  await tx.update(IdDocumentRow, document, changes);
  return [...codes, 'idDocument'];
}
