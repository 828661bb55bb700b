import { dayOf, type Tx } from '@client-graph/kit';
import { In } from 'typeorm';
import { AllocationRow, LedgerEntryRow, MembershipRow, PointLotRow } from '../entities.js';
import { type Account, activate, type Booking, expire, type Lot, payDebt, type Step } from './lots.rules.js';

/** A member's open lots, up to date, and what is owed; the membership must be locked. */
export async function loadAccount(tx: Tx, membership: MembershipRow): Promise<Account> {
  await bringUpToDate(tx, membership.id);
  return openAccount(tx, membership.id);
}

async function openAccount(tx: Tx, clientId: string): Promise<Account> {
  const { debt } = await tx.manager.findOneOrFail(MembershipRow, { where: { id: clientId } });
  const lots = await tx.find(PointLotRow, { where: { clientId, state: In(['PENDING', 'ACTIVE']) } });
  return { clientId, lots, debt };
}

/** Writes what a rule has decided about one client's points. */
export async function book(tx: Tx, before: Account, booking: Booking): Promise<void> {
  const known = await tx.find(PointLotRow, { where: { id: In(booking.lots.map((lot) => lot.id)) } });
  const rows = new Map(known.map((row) => [row.id, row]));
  for (const lot of booking.lots) {
    const row = rows.get(lot.id);
    if (row === undefined) await tx.insert(PointLotRow, { ...lot, version: 1 });
    else await tx.update(PointLotRow, row, { remaining: lot.remaining, state: lot.state });
  }
  // The basis of an entry of this kind is null: only earnings have one.
  await tx.insertMany(
    LedgerEntryRow,
    booking.entries.map((entry) => ({ ...entry, basis: null, at: tx.now })),
  );
  await tx.insertMany(
    AllocationRow,
    booking.allocations.map((allocation) => ({ ...allocation, id: tx.newId() })),
  );
  if (booking.debt !== before.debt) {
    const membership = await tx.manager.findOneOrFail(MembershipRow, { where: { id: before.clientId } });
    await tx.update(MembershipRow, membership, { debt: booking.debt });
  }
  await tx.record(...booking.events);
}

/** Lets earnings pay what is owed, once they can be spent. */
export async function settleDebt(tx: Tx, clientId: string): Promise<void> {
  const account = await openAccount(tx, clientId);
  const booking = payDebt(account, dayOf(tx.now), () => tx.newId());
  if (booking !== null) await book(tx, account, booking);
}

/** Takes the steps of time that are due on one client's lots, so that a command never spends what has lapsed. */
async function bringUpToDate(tx: Tx, clientId: string): Promise<void> {
  const today = dayOf(tx.now);
  const due = (condition: string) =>
    tx.query<DueLot>(
      `select id, client_id as "clientId" from point_lot where client_id = $2 and ${condition} order by id`,
      [today, clientId],
    );
  await takeStep(tx, await due(DUE_TO_ACTIVATE), today, activate);
  await takeStep(tx, await due(DUE_TO_EXPIRE), today, expire);
}

export type DueLot = Pick<Lot, 'id' | 'clientId'>;

export const DUE_TO_ACTIVATE = `state = 'PENDING' and available_on <= $1`;
export const DUE_TO_EXPIRE = `state = 'ACTIVE' and expires_on < $1`;

/** Takes one step with each of the due lots, and with those alone that still are due under the lock. */
export async function takeStep(tx: Tx, due: DueLot[], today: string, step: Step): Promise<void> {
  if (due.length === 0) return;
  const clientIds = [...new Set(due.map((lot) => lot.clientId))];
  // Memberships first, in one order: whoever changes points waits here, and the lots read below stay as they are.
  const members = await tx.query<{ clientId: string; debt: string }>(
    'select client_id as "clientId", debt from membership where client_id = any($1) order by client_id for update',
    [clientIds],
  );
  const balances = await balancesOf(tx, clientIds);
  const lots = await tx.find(PointLotRow, {
    where: { id: In(due.map((lot) => lot.id)) },
    order: { id: 'ASC' },
  });
  const taken = lots.flatMap((lot) => {
    const outcome = step(lot, today, balances.get(lot.clientId) ?? 0, tx.newId());
    if (outcome === null) return [];
    balances.set(lot.clientId, (balances.get(lot.clientId) ?? 0) + outcome.entry.available);
    return [{ lot, ...outcome }];
  });
  await writeSteps(tx, taken);
  await tx.insertMany(
    LedgerEntryRow,
    taken.map(({ entry }) => ({ ...entry, basis: null, at: tx.now })),
  );
  const restricted = await restrictedAmong(tx, clientIds);
  await tx.record(...taken.flatMap(({ lot, events }) => (restricted.has(lot.clientId) ? [] : events)));
  for (const { clientId } of members.filter((member) => Number(member.debt) > 0))
    await settleDebt(tx, clientId);
}

/** Time passes for restricted clients too, but nothing is told of them; what is told later carries the balance of its moment. */
async function restrictedAmong(tx: Tx, clientIds: readonly string[]): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(
    `select client_id as id from client_copy where client_id = any($1) and status = 'RESTRICTED'`,
    [clientIds],
  );
  return new Set(rows.map(({ id }) => id));
}

/** One statement for a batch; the memberships are locked, so the lots are still as they were read. */
async function writeSteps(tx: Tx, taken: { lot: PointLotRow; changes: Pick<Lot, 'state' | 'remaining'> }[]) {
  const written = await tx.query(
    `update point_lot l set state = c.state, remaining = c.remaining, version = c.version + 1
     from unnest($1::uuid[], $2::text[], $3::bigint[], $4::int[]) as c(id, state, remaining, version)
     where l.id = c.id and l.version = c.version returning l.id`,
    [
      taken.map(({ lot }) => lot.id),
      taken.map(({ changes }) => changes.state),
      taken.map(({ changes }) => changes.remaining),
      taken.map(({ lot }) => lot.version),
    ],
  );
  const rows: unknown = written[0];
  if (!Array.isArray(rows) || rows.length !== taken.length) throw new Error('A lot to step on has changed.');
}

async function balancesOf(tx: Tx, clientIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await tx.query<{ clientId: string; balance: number }>(
    `select client_id as "clientId", sum(remaining)::float8 as balance from point_lot
     where client_id = any($1) and state = 'ACTIVE' group by client_id`,
    [clientIds],
  );
  return new Map(rows.map((row) => [row.clientId, row.balance]));
}
