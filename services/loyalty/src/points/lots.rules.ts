import { type EventDraft, PointsActivated, PointsExpired, PointsReversed } from '@client-graph/events';
import { plusDays } from '@client-graph/kit/time';

/**
 * Points are kept in lots. A lot is earned PENDING, becomes ACTIVE on its day, and ends EXHAUSTED by spending, EXPIRED, or
 * CANCELLED with what has earned it. Each step is one entry of the ledger, which is never changed: the sum of what the
 * entries made available is the balance, and so is what remains of the active lots (`domain.md` 3.5.4).
 */
export type LotState = 'PENDING' | 'ACTIVE' | 'EXHAUSTED' | 'EXPIRED' | 'CANCELLED';

export type Lot = {
  id: string;
  clientId: string;
  /** The code of the rule that has earned it. */
  rule: string;
  amount: number;
  remaining: number;
  earnedOn: string;
  availableOn: string;
  expiresOn: string;
  state: LotState;
  /** Of a grace lot: the lot that was earned, whose points it gives back. */
  originLotId: string | null;
};

export type EntryType =
  | 'EARN'
  | 'ACTIVATE'
  | 'REDEEM'
  | 'EXPIRE'
  | 'REVERSE_EARN'
  | 'REVERSE_REDEEM'
  | 'ADJUST'
  | 'TRANSFER';

export type Entry<Basis = unknown> = {
  id: string;
  clientId: string;
  /** The lot of an entry about one lot; otherwise null, and allocations say which lots. */
  lotId: string | null;
  type: EntryType;
  /** By how much the entry changes what is pending. */
  pending: number;
  /** By how much the entry changes what can be spent. */
  available: number;
  /** By how much the entry changes what next earnings owe. */
  debt: number;
  /** The earn rule or the reward. */
  rule: string;
  ruleVersion: number | null;
  /** By how much the entry changes what counts towards the tier, and the day from which it counts. */
  qualifyingPoints: number;
  qualifyingOn: string | null;
  sourceEventId: string | null;
  /** What a rule may reward once: the event attended, the year of the birthday. */
  occasion: string | null;
  /** The redemption, or the earning that is undone. */
  referenceId: string | null;
  /** What an earning was reckoned from, so that it can be explained later. */
  basis: Basis | null;
  businessDate: string;
};

/** How much of an entry went out of, or back into, one lot; the sign is the entry's. */
export type Allocation = { entryId: string; lotId: string; points: number };

export type Labels = { EN: string; ZH_HANS: string; ZH_HANT: string };

export const LOT_STATE_LABELS = {
  PENDING: { EN: 'Pending', ZH_HANS: '待生效', ZH_HANT: '待生效' },
  ACTIVE: { EN: 'Available', ZH_HANS: '可用', ZH_HANT: '可用' },
  EXHAUSTED: { EN: 'Spent', ZH_HANS: '已用完', ZH_HANT: '已用完' },
  EXPIRED: { EN: 'Expired', ZH_HANS: '已过期', ZH_HANT: '已過期' },
  CANCELLED: { EN: 'Cancelled', ZH_HANS: '已取消', ZH_HANT: '已取消' },
} as const satisfies Record<LotState, Labels>;

/** A client's points as a rule sees them; it need not hold lots that the rule will not touch. */
export type Account = { clientId: string; lots: readonly Lot[]; debt: number };

/** What a rule has decided: to be written as it stands, all or nothing. */
export type Booking = {
  /** Lots as they are afterwards: changed ones, and new ones. */
  lots: Lot[];
  entries: Entry[];
  allocations: Allocation[];
  debt: number;
  events: EventDraft[];
};

export type NewId = () => string;

export const balanceOf = (lots: readonly Lot[]): number =>
  lots.reduce((sum, lot) => sum + (lot.state === 'ACTIVE' ? lot.remaining : 0), 0);

/** An entry that moves nothing yet. */
export const entryOf = (
  of: { clientId: string; rule: string },
  id: string,
  type: EntryType,
  businessDate: string,
): Entry => ({
  id,
  clientId: of.clientId,
  lotId: null,
  type,
  pending: 0,
  available: 0,
  debt: 0,
  rule: of.rule,
  ruleVersion: null,
  qualifyingPoints: 0,
  qualifyingOn: null,
  sourceEventId: null,
  occasion: null,
  referenceId: null,
  basis: null,
  businessDate,
});

/** The part of an event that every entry has. */
export const factOf = (
  { clientId, id, rule }: Pick<Entry, 'clientId' | 'id' | 'rule'>,
  lotIds: string[],
  amount: number,
  balance: number,
) => ({ clientId, entryId: id, amount, lotIds, rule, balance });

/** A step that time takes with a lot; null when it is not due. */
export type Step = (
  lot: Lot,
  today: string,
  balance: number,
  entryId: string,
) => { changes: Pick<Lot, 'state' | 'remaining'>; entry: Entry; events: EventDraft[] } | null;

/**
 * Makes a pending lot spendable once its day has come, whatever has become of the client since: time passes for everyone,
 * and spending has its own rules. Null when there is nothing to do, so that doing it again does nothing.
 */
export function activate(lot: Lot, today: string, balance: number, entryId: string) {
  if (lot.state !== 'PENDING' || lot.availableOn > today) return null;
  const points = lot.remaining;
  const changes = { state: 'ACTIVE', remaining: points } as const;
  const entry: Entry = {
    ...entryOf(lot, entryId, 'ACTIVATE', lot.availableOn),
    lotId: lot.id,
    pending: -points,
    available: points,
  };
  return { changes, entry, events: [PointsActivated(factOf(entry, [lot.id], points, balance + points))] };
}

/** Lets what is left of a lot lapse on the day after its last. Null when there is nothing to do. */
export function expire(lot: Lot, today: string, balance: number, entryId: string) {
  if (lot.state !== 'ACTIVE' || lot.expiresOn >= today) return null;
  return lapsed(lot, lot.expiresOn, balance, entryId);
}

/** Lets a lot of a client who has left lapse before its time, pending or not (`domain.md` 3.5.4, 7). */
export function lapse(lot: Lot, lapseOn: string, balance: number, entryId: string) {
  if (lot.state !== 'ACTIVE' && lot.state !== 'PENDING') return null;
  return lapsed(lot, lapseOn, balance, entryId);
}

function lapsed(lot: Lot, day: string, balance: number, entryId: string) {
  const points = lot.remaining;
  const changes = { state: 'EXPIRED', remaining: 0 } as const;
  const effect = lot.state === 'PENDING' ? { pending: -points } : { available: -points };
  const entry: Entry = { ...entryOf(lot, entryId, 'EXPIRE', day), lotId: lot.id, ...effect };
  return {
    changes,
    entry,
    events: [PointsExpired(factOf(entry, [lot.id], points, balance + entry.available))],
  };
}

const soonestFirst = (a: Lot, b: Lot): number =>
  a.expiresOn.localeCompare(b.expiresOn) || a.earnedOn.localeCompare(b.earnedOn) || a.id.localeCompare(b.id);

/** The order in which active lots are spent: soonest expiry, then oldest, then id. */
export const inSpendingOrder = (lots: readonly Lot[]): Lot[] =>
  lots.filter((lot) => lot.state === 'ACTIVE').sort(soonestFirst);

/** Takes points out of lots in the given order, as far as they go. An emptied lot is `emptied`. */
export function draw(lots: readonly Lot[], points: number, emptied: LotState) {
  let left = points;
  const taken: { lot: Lot; points: number }[] = [];
  for (const lot of lots) {
    const part = Math.min(left, lot.remaining);
    if (part === 0) continue;
    left -= part;
    const remaining = lot.remaining - part;
    taken.push({ lot: { ...lot, remaining, state: remaining === 0 ? emptied : lot.state }, points: part });
  }
  return { taken, short: left };
}

/** The account's lots with the changed ones in their place. */
export const balanceWith = (account: Account, changed: readonly Lot[]): number => {
  const ids = new Set(changed.map((lot) => lot.id));
  return balanceOf([...account.lots.filter((lot) => !ids.has(lot.id)), ...changed]);
};

/** An earning to be undone, whole or in part. */
export type Undoing = {
  entryId: string;
  lotId: string;
  rule: string;
  /** What is to be undone. */
  points: number;
  /** Of these the points that the client still has the use of: not those that have lapsed unspent. */
  held: number;
  qualifyingOn: string | null;
  day: string;
};

/**
 * Takes back what was earned: from its own lot first, then from the others in spending order. What cannot be found was
 * spent: it becomes a debt, unless the programme forgives it; never a negative lot (`domain.md` 3.5.4, 4).
 */
export function takeBack(
  account: Account,
  undoing: Undoing,
  debtRule: 'CARRY' | 'FORGIVE',
  newId: NewId,
): Booking {
  const isOwn = (lot: Lot) => lot.id === undoing.lotId || lot.originLotId === undoing.lotId;
  const open = account.lots.filter((lot) => lot.state === 'PENDING' || lot.state === 'ACTIVE');
  const own = draw(open.filter(isOwn).sort(soonestFirst), undoing.held, 'CANCELLED');
  const others = draw(inSpendingOrder(open.filter((lot) => !isOwn(lot))), own.short, 'EXHAUSTED');
  const taken = [...own.taken, ...others.taken];
  const wasPending = new Set(open.filter((lot) => lot.state === 'PENDING').map((lot) => lot.id));
  const sum = (isPending: boolean) =>
    taken.reduce((total, t) => total + (wasPending.has(t.lot.id) === isPending ? t.points : 0), 0);
  const owed = debtRule === 'CARRY' ? others.short : 0;
  const entry: Entry = {
    ...entryOf({ clientId: account.clientId, rule: undoing.rule }, newId(), 'REVERSE_EARN', undoing.day),
    pending: 0 - sum(true),
    available: 0 - sum(false),
    debt: owed,
    qualifyingPoints: undoing.qualifyingOn === null ? 0 : -undoing.points,
    qualifyingOn: undoing.qualifyingOn,
    referenceId: undoing.entryId,
  };
  return takenBack(account, entry, taken, account.debt + owed);
}

/** Pays what is owed out of points that can be spent; null when nothing is owed or nothing is there. */
export function payDebt(account: Account, day: string, newId: NewId): Booking | null {
  const points = Math.min(account.debt, balanceOf(account.lots));
  if (points === 0) return null;
  const { taken } = draw(inSpendingOrder(account.lots), points, 'EXHAUSTED');
  const entry: Entry = {
    ...entryOf({ clientId: account.clientId, rule: DEBT }, newId(), 'REVERSE_EARN', day),
    available: -points,
    debt: -points,
  };
  return takenBack(account, entry, taken, account.debt - points);
}

/** The rule of entries by which earnings pay what was owed. */
const DEBT = 'DEBT';

function takenBack(
  account: Account,
  entry: Entry,
  taken: { lot: Lot; points: number }[],
  debt: number,
): Booking {
  const lots = taken.map((t) => t.lot);
  const fact = factOf(
    entry,
    lots.map((lot) => lot.id),
    -entry.pending - entry.available,
    balanceWith(account, lots),
  );
  return {
    lots,
    entries: [entry],
    allocations: taken.map((t) => ({ entryId: entry.id, lotId: t.lot.id, points: t.points })),
    debt,
    events: [PointsReversed({ ...fact, kind: 'EARN', redemptionId: null, debt })],
  };
}

/**
 * Gives the points of a redemption back to the lots they came from. A lot whose last day is over gets a grace lot instead,
 * which lasts `graceDays` (`domain.md` 3.5.4, 5). The account must hold the lots that were taken from.
 */
export function giveBack(
  account: Account,
  back: {
    redemptionId: string;
    reward: string;
    taken: readonly Pick<Allocation, 'lotId' | 'points'>[];
    today: string;
    graceDays: number;
  },
  newId: NewId,
): Booking {
  const byId = new Map(account.lots.map((lot) => [lot.id, lot]));
  const returned = back.taken.map(({ lotId, points }) => {
    const lot = byId.get(lotId);
    if (lot === undefined) throw new Error('A lot to give points back to was not loaded.');
    return { lot: refilled(lot, points, { ...back, clientId: account.clientId }, newId), points };
  });
  const points = returned.reduce((sum, part) => sum + part.points, 0);
  const lots = returned.map((part) => part.lot);
  const entry: Entry = {
    ...entryOf({ clientId: account.clientId, rule: back.reward }, newId(), 'REVERSE_REDEEM', back.today),
    available: points,
    referenceId: back.redemptionId,
  };
  const fact = factOf(
    entry,
    lots.map((lot) => lot.id),
    points,
    balanceWith(account, lots),
  );
  return {
    lots,
    entries: [entry],
    allocations: returned.map((part) => ({ entryId: entry.id, lotId: part.lot.id, points: part.points })),
    debt: account.debt,
    events: [
      PointsReversed({ ...fact, kind: 'REDEEM', redemptionId: back.redemptionId, debt: account.debt }),
    ],
  };
}

/** A lot that has gone to another client since (two that were merged have parted) is not touched: its points get a grace lot. */
const refilled = (
  lot: Lot,
  points: number,
  { clientId, today, graceDays }: { clientId: string; today: string; graceDays: number },
  newId: NewId,
): Lot =>
  lot.clientId === clientId && lot.expiresOn >= today
    ? { ...lot, remaining: lot.remaining + points, state: 'ACTIVE' }
    : {
        ...lot,
        clientId,
        id: newId(),
        amount: points,
        remaining: points,
        availableOn: today,
        expiresOn: plusDays(today, graceDays),
        state: 'ACTIVE',
        originLotId: lot.originLotId ?? lot.id,
      };
