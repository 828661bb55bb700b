import { PointsRestored } from '@client-graph/events';
import { plusDays } from '@client-graph/kit/time';
import {
  type Account,
  type Allocation,
  type Booking,
  balanceWith,
  type Entry,
  entryOf,
  factOf,
  type Lot,
  type NewId,
} from './lots.rules.js';

/** An entry that took an earning back in part, with the lots it took from. */
export type TakenBack = {
  entry: Pick<Entry, 'rule' | 'debt' | 'qualifyingPoints' | 'qualifyingOn' | 'referenceId'>;
  taken: readonly Pick<Allocation, 'lotId' | 'points'>[];
  /** The lot of the earning. */
  lotId: string;
};

type When = { today: string; graceDays: number };

/**
 * Gives back what was taken for an early redemption that was itself undone: to the lots it came from, or where their last day is
 * over to a grace lot. What was owed is owed no more; what has been paid of it since comes back as points.
 */
export function restore(account: Account, back: TakenBack, when: When, newId: NewId): Booking {
  const lots = new Map(account.lots.map((lot) => [lot.id, lot]));
  const parts = back.taken.map(({ lotId, points }) => refill(lotOf(lots, lotId), points, when, newId));
  const owed = Math.min(account.debt, back.entry.debt);
  const paid = back.entry.debt - owed;
  if (paid > 0) parts.push(graceLot(lotOf(lots, back.lotId), paid, when, newId));
  const sum = (isPending: boolean) =>
    parts.reduce(
      (total, { lot, points }) => total + ((lot.state === 'PENDING') === isPending ? points : 0),
      0,
    );
  const { rule, qualifyingPoints, qualifyingOn, referenceId } = back.entry;
  const entry: Entry = {
    ...entryOf({ clientId: account.clientId, rule }, newId(), 'REVERSE_EARN', when.today),
    pending: sum(true),
    available: sum(false),
    debt: 0 - owed,
    qualifyingPoints: 0 - qualifyingPoints,
    qualifyingOn,
    referenceId,
  };
  const changed = parts.map(({ lot }) => lot);
  const debt = account.debt - owed;
  const fact = factOf(
    entry,
    changed.map(({ id }) => id),
    entry.pending + entry.available,
    balanceWith(account, changed),
  );
  return {
    lots: changed,
    entries: [entry],
    allocations: parts.map(({ lot, points }) => ({ entryId: entry.id, lotId: lot.id, points })),
    debt,
    events: [PointsRestored({ ...fact, debt })],
  };
}

function lotOf(lots: ReadonlyMap<string, Lot>, id: string): Lot {
  const lot = lots.get(id);
  if (lot === undefined) throw new Error('A lot to give points back to was not loaded.');
  return lot;
}

function refill(lot: Lot, points: number, when: When, newId: NewId): { lot: Lot; points: number } {
  if (lot.expiresOn < when.today) return graceLot(lot, points, when, newId);
  const state = lot.availableOn > when.today ? 'PENDING' : 'ACTIVE';
  return { lot: { ...lot, remaining: lot.remaining + points, state }, points };
}

function graceLot(lot: Lot, points: number, { today, graceDays }: When, newId: NewId) {
  const last = plusDays(today, graceDays);
  return {
    lot: {
      ...lot,
      id: newId(),
      amount: points,
      remaining: points,
      availableOn: today,
      expiresOn: lot.expiresOn > last ? lot.expiresOn : last,
      state: 'ACTIVE' as const,
      originLotId: lot.originLotId ?? lot.id,
    },
    points,
  };
}
