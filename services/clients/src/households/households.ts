import {
  type Context,
  type Db,
  dayOf,
  findForUpdate,
  isUuid,
  reaches,
  refuse,
  serves,
  type Tx,
  transact,
} from '@client-graph/kit';
import { staffOf } from '../actors.js';
import { ClientRow } from '../clients.entities.js';
import { clientForUpdate, tellChanged } from '../clients.js';
import type {
  AddHouseholdMemberInput,
  ChangeHouseholdMemberInput,
  EndHouseholdMembershipInput,
  FormHouseholdInput,
} from '../generated/resolvers.js';
import { refuseChange } from '../profile-changes.rules.js';
import { lockReach, refreshReach } from '../walls/reach.js';
import { HouseholdMemberRow, HouseholdRow } from './households.entities.js';
import { join, leave, mustBeAPerson, mustBePresent, present, refuseHousehold } from './households.rules.js';

const CHANGED = ['household'];

/** Forms a household with its head as the first member. */
export const formHousehold = (db: Db, input: FormHouseholdInput): Promise<HouseholdRow> =>
  transact(db, (tx) =>
    tx.once('formHousehold', input, HouseholdRow, async (id) => {
      await lockReach(tx);
      const client = await clientForUpdate(tx, input.headId);
      const today = dayOf(tx.now);
      const household = { id, formedOn: input.formedOn ?? today, formedBy: staffOf(tx), version: 1 };
      await tx.insert(HouseholdRow, household);
      const isPrimary = input.isPrimary ?? true;
      await insertMember(tx, tx.newId(), client, household, { role: 'HEAD', isPrimary }, today);
      return household;
    }),
  );

/** Adds a person to a household. */
export const addHouseholdMember = (db: Db, input: AddHouseholdMemberInput): Promise<HouseholdMemberRow> =>
  transact(db, (tx) =>
    tx.once('addHouseholdMember', input, HouseholdMemberRow, async (id) => {
      await lockReach(tx);
      const client = await clientForUpdate(tx, input.clientId);
      const household = await householdForUpdate(tx, input.householdId);
      const { role } = input;
      const ask = { role, isPrimary: input.isPrimary ?? true };
      return insertMember(tx, id, client, household, ask, input.validFrom ?? dayOf(tx.now));
    }),
  );

async function insertMember(
  tx: Tx,
  id: string,
  client: ClientRow,
  household: HouseholdRow,
  ask: Pick<HouseholdMemberRow, 'role' | 'isPrimary'>,
  validFrom: string,
): Promise<HouseholdMemberRow> {
  const members = await tx.find(HouseholdMemberRow, { where: { householdId: household.id } });
  const own = await tx.find(HouseholdMemberRow, { where: { clientId: client.id } });
  join(client, { ...ask, validFrom }, { members, own, today: dayOf(tx.now) });
  const membership = { householdId: household.id, clientId: client.id, ...ask, validFrom, validTo: null };
  const member = await tx.insert(HouseholdMemberRow, {
    id,
    ...membership,
    recordedBy: staffOf(tx),
    version: 1,
  });
  await tellChanged(tx, client, CHANGED);
  await refreshReach(tx, clientsOf([...members, member]));
  return member;
}

/** Changes the role of a member, or whether the household is the member's primary one. A new head takes the place of the old. */
export const changeHouseholdMember = (
  db: Db,
  input: ChangeHouseholdMemberInput,
): Promise<HouseholdMemberRow> =>
  transact(db, async (tx) => {
    const { client, member, members } = await lock(tx, input.memberId, input.expectedVersion);
    mustBeAPerson(client);
    mustBePresent(member);
    const role = input.role ?? member.role;
    const isPrimary = input.isPrimary ?? member.isPrimary;
    if (role === member.role && isPrimary === member.isPrimary) throw refuseChange('NOTHING_CHANGED');
    if (member.role === 'HEAD' && role !== 'HEAD') throw refuseHousehold('HEAD_STAYS');
    const head = present(members).find((one) => one.role === 'HEAD' && one.id !== member.id);
    if (role === 'HEAD' && head !== undefined) await tx.update(HouseholdMemberRow, head, { role: 'OTHER' });
    if (isPrimary && !member.isPrimary) await giveUpPrimary(tx, client.id);
    const changed = await tx.update(HouseholdMemberRow, member, { role, isPrimary });
    await tellChanged(tx, client, CHANGED);
    await refreshReach(tx, clientsOf(members));
    return changed;
  });

const clientsOf = (members: readonly HouseholdMemberRow[]) => members.map(({ clientId }) => clientId);

/** Another household becomes the primary one: the former is one beside it. */
async function giveUpPrimary(tx: Tx, clientId: string): Promise<void> {
  const own = await tx.find(HouseholdMemberRow, { where: { clientId, isPrimary: true } });
  for (const member of present(own)) await tx.update(HouseholdMemberRow, member, { isPrimary: false });
}

/** Ends a membership on a day; it is kept. */
export const endHouseholdMembership = (
  db: Db,
  input: EndHouseholdMembershipInput,
): Promise<HouseholdMemberRow> =>
  transact(db, async (tx) => {
    const { client, member, members } = await lock(tx, input.memberId, input.expectedVersion);
    const today = dayOf(tx.now);
    const validTo = input.validTo ?? today;
    leave(member, members, validTo, today);
    const ended = await tx.update(HouseholdMemberRow, member, { validTo });
    await tellChanged(tx, client, CHANGED);
    await refreshReach(tx, clientsOf(members));
    return ended;
  });

/** Locks the reach, the client, then the household: the order of everyone. */
async function lock(tx: Tx, memberId: string, expectedVersion: number) {
  const found = isUuid(memberId) ? await tx.findOne(HouseholdMemberRow, { id: memberId }) : null;
  if (found === null) throw refuse('NOT_FOUND');
  await lockReach(tx);
  const client = await clientForUpdate(tx, found.clientId);
  await findForUpdate(tx, HouseholdRow, found.householdId);
  const member = await findForUpdate(tx, HouseholdMemberRow, memberId, expectedVersion);
  const members = await tx.find(HouseholdMemberRow, { where: { householdId: found.householdId } });
  return { client, member, members };
}

/** A household that the caller knows: one of its members is the caller's to see. */
async function householdForUpdate(tx: Tx, id: string): Promise<HouseholdRow> {
  const household = await findForUpdate(tx, HouseholdRow, id);
  const members = await tx.find(HouseholdMemberRow, { where: { householdId: id } });
  const isEmpty = present(members).length === 0;
  for (const { clientId } of members) {
    const client = await tx.findOne(ClientRow, { id: clientId });
    if (!isEmpty && client !== null && serves(tx.actor, client)) return household;
  }
  throw refuse('NOT_FOUND');
}

/** A household by its id, for those who may see one of its members; null for everyone else. */
export async function householdOf(ctx: Context, id: string): Promise<HouseholdRow | null> {
  const household = await ctx.load(HouseholdRow, id);
  if (household === null) return null;
  const members = await ctx.loadList(HouseholdMemberRow, 'householdId', id);
  const clients = await Promise.all(members.map(({ clientId }) => ctx.load(ClientRow, clientId)));
  return clients.some((client) => client !== null && reaches(ctx.actor, client)) ? household : null;
}
