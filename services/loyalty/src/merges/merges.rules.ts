import { type EventDraft, MembershipTierChanged, PointsTransferred } from '@client-graph/events';
import type { Membership, QualifyingDay } from '../membership/membership.rules.js';
import { type Account, type Entry, entryOf, type Lot, type NewId } from '../points/lots.rules.js';

/** The rule of entries by which points go with a client. */
const MERGE = 'MERGE';

export type Transfer = {
  from: Account;
  to: Account;
  /** The lots that go, as they are; the open ones carry the points. */
  lots: readonly Lot[];
  debt: number;
  /** What counts towards the tier, by the day from which it counts. */
  qualifying: readonly QualifyingDay[];
  day: string;
};

const sumOf = (lots: readonly Lot[], state: Lot['state']): number =>
  lots.reduce((sum, lot) => sum + (lot.state === state ? lot.remaining : 0), 0);

/**
 * Moves points between two records of one client: what leaves the one ledger enters the other, day by day for what counts towards
 * the tier, so that each ledger still adds up to its own lots. Nothing to book where nothing is there.
 */
export function transfer(
  { from, to, lots, debt, qualifying, day }: Transfer,
  newId: NewId,
): { entries: Entry[]; events: EventDraft[] } {
  const pending = sumOf(lots, 'PENDING');
  const available = sumOf(lots, 'ACTIVE');
  const pair = (moved: Partial<Entry>): Entry[] =>
    ([-1, 1] as const).map((sign) => ({
      ...entryOf({ clientId: (sign < 0 ? from : to).clientId, rule: MERGE }, newId(), 'TRANSFER', day),
      pending: sign * (moved.pending ?? 0) + 0,
      available: sign * (moved.available ?? 0) + 0,
      debt: sign * (moved.debt ?? 0) + 0,
      qualifyingPoints: sign * (moved.qualifyingPoints ?? 0) + 0,
      qualifyingOn: moved.qualifyingOn ?? null,
      referenceId: (sign < 0 ? to : from).clientId,
    }));
  const sums = pending + available + debt > 0 ? pair({ pending, available, debt }) : [];
  const days = qualifying
    .filter(({ points }) => points !== 0)
    .flatMap(({ day: qualifyingOn, points }) => pair({ qualifyingPoints: points, qualifyingOn }));
  const [out, into] = sums;
  const told = (entry: Entry, way: 'IN' | 'OUT', before: Account): EventDraft =>
    PointsTransferred({
      clientId: entry.clientId,
      entryId: entry.id,
      amount: available,
      pending,
      lotIds: lots.filter(({ remaining }) => remaining > 0).map(({ id }) => id),
      rule: MERGE,
      balance: sumOf(before.lots, 'ACTIVE') + (way === 'IN' ? available : -available),
      way,
      otherClientId: (way === 'IN' ? from : to).clientId,
    });
  return {
    entries: [...sums, ...days],
    events: out === undefined || into === undefined ? [] : [told(out, 'OUT', from), told(into, 'IN', to)],
  };
}

type Tiered = Pick<Membership, 'id' | 'tier' | 'tierFrom' | 'tierTo'>;

/** The tier after a change of hands; null where it stays. */
export function tierAfter(
  held: Tiered,
  next: Omit<Tiered, 'id'>,
): { changes: Omit<Tiered, 'id'>; events: EventDraft[] } | null {
  const { tier, tierFrom, tierTo } = next;
  if (tier === held.tier) return null;
  return {
    changes: { tier, tierFrom, tierTo },
    events: [MembershipTierChanged({ clientId: held.id, from: held.tier, to: tier, validTo: tierTo })],
  };
}
