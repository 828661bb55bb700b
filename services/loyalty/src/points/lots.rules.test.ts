import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { aLot } from '../fixture.js';
import { redeem } from '../redemptions/redemptions.rules.js';
import {
  type Account,
  type Allocation,
  activate,
  type Booking,
  balanceOf,
  type Entry,
  expire,
  giveBack,
  inSpendingOrder,
  type Lot,
  lapse,
  payDebt,
  takeBack,
} from './lots.rules.js';

const CLIENT = '01900000-0000-7000-8000-000000000001';
const id = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const counter = (from = 1_000) => {
  let last = from;
  return () => {
    last += 1;
    return id(last);
  };
};

/** A book of one client, as the database keeps it. */
type Book = { lots: Map<string, Lot>; entries: Entry[]; allocations: Allocation[]; debt: number };
const bookOf = (...lots: Lot[]): Book => ({
  lots: new Map(lots.map((lot) => [lot.id, lot])),
  entries: [],
  allocations: [],
  debt: 0,
});
const accountOf = (book: Book): Account => ({
  clientId: CLIENT,
  lots: [...book.lots.values()],
  debt: book.debt,
});
const apply = (book: Book, booking: Booking | null) => {
  if (booking === null) return;
  for (const lot of booking.lots) book.lots.set(lot.id, lot);
  book.entries.push(...booking.entries);
  book.allocations.push(...booking.allocations);
  book.debt = booking.debt;
};
const expireAll = (book: Book, today: string, newId: () => string) => {
  let expired = 0;
  for (const lot of book.lots.values()) {
    const outcome = expire(lot, today, balanceOf([...book.lots.values()]), newId());
    if (outcome === null) continue;
    book.lots.set(lot.id, { ...lot, ...outcome.changes });
    book.entries.push(outcome.entry);
    expired -= outcome.entry.available;
  }
  return expired;
};
const spend = (book: Book, points: number, day: string, newId: () => string, redemptionId = id(1)) =>
  apply(book, redeem(accountOf(book), { redemptionId, reward: 'GIFT-TEA', points, day }, newId));
const restore = (book: Book, today: string, newId: () => string, redemptionId = id(1)) => {
  const debit = book.entries.find((entry) => entry.type === 'REDEEM' && entry.referenceId === redemptionId)!;
  const taken = book.allocations.filter((allocation) => allocation.entryId === debit.id);
  apply(
    book,
    giveBack(accountOf(book), { redemptionId, reward: 'GIFT-TEA', taken, today, graceDays: 30 }, newId),
  );
};
const balance = (book: Book) => balanceOf([...book.lots.values()]);
const remaining = (book: Book, lotId: string) => book.lots.get(lotId)?.remaining;

describe('spending', () => {
  test('takes the soonest expiry, then the oldest, then the lower id', () => {
    const lots = [
      aLot({ id: id(5), expiresOn: '2027-01-31' }),
      aLot({ id: id(4), expiresOn: '2026-12-31', earnedOn: '2026-02-01' }),
      aLot({ id: id(3), expiresOn: '2026-12-31', earnedOn: '2026-01-01' }),
      aLot({ id: id(2), expiresOn: '2026-12-31', earnedOn: '2026-01-01' }),
      aLot({ id: id(1), expiresOn: '2026-11-30', state: 'PENDING' }),
    ];
    expect(inSpendingOrder(lots).map((lot) => lot.id)).toEqual([id(2), id(3), id(4), id(5)]);
  });

  test.each([
    [1, 'ACTIVE', 49],
    [49, 'ACTIVE', 1],
    [50, 'EXHAUSTED', 0],
  ] as const)('of %d out of 50 leaves the lot %s', (points, state, left) => {
    const book = bookOf(aLot({ id: id(1) }));
    spend(book, points, '2026-03-02', counter());
    expect(book.lots.get(id(1))).toMatchObject({ state, remaining: left });
    expect(book.entries).toMatchObject([{ type: 'REDEEM', available: -points, pending: 0, lotId: null }]);
    expect(book.allocations).toMatchObject([{ lotId: id(1), points }]);
  });

  test('of one more than there is refuses and says what there is', () => {
    const book = bookOf(aLot({ id: id(1) }), aLot({ id: id(2), state: 'PENDING' }));
    expect(() => spend(book, 51, '2026-03-02', counter())).toThrow(
      expect.objectContaining({ code: 'POINTS_SHORT', details: { balance: 50, points: 51 } }),
    );
  });
});

describe('the collapse of a balance (domain 3.5.5)', () => {
  test('does not happen: debits are taken from lots, so what has expired is not subtracted twice', () => {
    const newId = counter();
    const book = bookOf(
      aLot({ id: id(1), amount: 100, expiresOn: '2026-03-31' }),
      aLot({ id: id(2), amount: 50, expiresOn: '2026-06-30' }),
    );
    spend(book, 120, '2026-02-01', newId);
    expect(book.allocations).toMatchObject([
      { lotId: id(1), points: 100 },
      { lotId: id(2), points: 20 },
    ]);
    expect(expireAll(book, '2026-04-01', newId)).toBe(0);
    expect(balance(book)).toBe(30);

    const reversed = structuredClone(book);
    restore(reversed, '2026-04-10', newId);
    expect(remaining(reversed, id(2))).toBe(50);
    const grace = [...reversed.lots.values()].find((lot) => lot.originLotId === id(1));
    expect(grace).toMatchObject({ amount: 100, remaining: 100, expiresOn: '2026-05-10', state: 'ACTIVE' });
    expect(balance(reversed)).toBe(150);
    expect(expireAll(reversed, '2026-05-11', newId)).toBe(100);
    expect(balance(reversed)).toBe(50);

    expect(expireAll(book, '2026-07-01', newId)).toBe(30);
    expect(balance(book)).toBe(0);
  });
});

describe('giving back', () => {
  test.each([
    ['2026-03-31', 0, '2026-03-31'],
    ['2026-04-01', 1, '2026-05-01'],
    ['2028-01-31', 1, '2028-03-01'],
  ])('on %s makes %d grace lots', (today, graceLots, expiresOn) => {
    const newId = counter();
    const book = bookOf(aLot({ id: id(1), amount: 100, expiresOn: '2026-03-31' }));
    spend(book, 100, '2026-02-01', newId);
    restore(book, today, newId);
    const grace = [...book.lots.values()].filter((lot) => lot.originLotId !== null);
    expect(grace).toHaveLength(graceLots);
    expect([...book.lots.values()].find((lot) => lot.remaining === 100)).toMatchObject({
      expiresOn,
      state: 'ACTIVE',
    });
    expect(book.entries.at(-1)).toMatchObject({ type: 'REVERSE_REDEEM', available: 100, referenceId: id(1) });
  });

  test('a grace lot keeps the lot that was earned as its origin, however often points go round', () => {
    const newId = counter();
    const book = bookOf(aLot({ id: id(1), amount: 10, expiresOn: '2026-03-31' }));
    spend(book, 10, '2026-02-01', newId, id(11));
    restore(book, '2026-04-10', newId, id(11));
    spend(book, 10, '2026-04-11', newId, id(12));
    restore(book, '2026-06-01', newId, id(12));
    expect([...book.lots.values()].slice(1).map((lot) => lot.originLotId)).toEqual([id(1), id(1)]);
    expect(balance(book)).toBe(10);
  });
});

const undoing = (points: number, changes = {}) => ({
  entryId: id(90),
  lotId: id(1),
  rule: 'E1',
  points,
  held: points,
  qualifyingOn: '2026-01-10',
  day: '2026-03-02',
  ...changes,
});

describe('undoing an earning', () => {
  test.each([
    [
      'pending and whole',
      { state: 'PENDING' as const },
      50,
      { pending: -50, available: 0, debt: 0 },
      'CANCELLED',
      0,
    ],
    [
      'pending, in part',
      { state: 'PENDING' as const },
      20,
      { pending: -20, available: 0, debt: 0 },
      'PENDING',
      30,
    ],
    ['to be spent', {}, 50, { pending: 0, available: -50, debt: 0 }, 'CANCELLED', 0],
    ['to be spent, in part', {}, 20, { pending: 0, available: -20, debt: 0 }, 'ACTIVE', 30],
    ['spent in part', { remaining: 30 }, 50, { pending: 0, available: -30, debt: 20 }, 'CANCELLED', 0],
    [
      'spent whole',
      { remaining: 0, state: 'EXHAUSTED' as const },
      50,
      { pending: 0, available: 0, debt: 50 },
      'EXHAUSTED',
      0,
    ],
  ])('takes from its own lot what is there: %s', (_, lot, points, effect, state, left) => {
    const book = bookOf(aLot({ id: id(1), ...lot }));
    apply(book, takeBack(accountOf(book), undoing(points), 'CARRY', counter()));
    expect(book.entries).toMatchObject([{ type: 'REVERSE_EARN', qualifyingPoints: -points, ...effect }]);
    expect(book.lots.get(id(1))).toMatchObject({ state, remaining: left });
    expect(book.debt).toBe(effect.debt);
  });

  test('takes what was spent from other lots, and only then becomes a debt', () => {
    const book = bookOf(
      aLot({ id: id(1), remaining: 0, state: 'EXHAUSTED' }),
      aLot({ id: id(2), amount: 30 }),
    );
    const booking = takeBack(accountOf(book), undoing(50), 'CARRY', counter());
    apply(book, booking);
    expect(balance(book)).toBe(0);
    expect(book.debt).toBe(20);
    expect(booking.events[0]?.data).toMatchObject({ kind: 'EARN', amount: 30, debt: 20, balance: 0 });
  });

  test('never touches what is pending of others', () => {
    const book = bookOf(
      aLot({ id: id(1), remaining: 0, state: 'EXHAUSTED' }),
      aLot({ id: id(2), state: 'PENDING' }),
    );
    apply(book, takeBack(accountOf(book), undoing(50), 'CARRY', counter()));
    expect(remaining(book, id(2))).toBe(50);
    expect(book.debt).toBe(50);
  });

  test('is forgiven where the programme says so', () => {
    const book = bookOf(aLot({ id: id(1), remaining: 0, state: 'EXHAUSTED' }));
    apply(book, takeBack(accountOf(book), undoing(50), 'FORGIVE', counter()));
    expect(book.debt).toBe(0);
    expect(book.entries).toMatchObject([{ debt: 0, available: 0, qualifyingPoints: -50 }]);
  });

  test('does not ask for points that have lapsed unspent', () => {
    const book = bookOf(aLot({ id: id(1), remaining: 0, state: 'EXPIRED' }), aLot({ id: id(2) }));
    apply(book, takeBack(accountOf(book), undoing(50, { held: 0 }), 'CARRY', counter()));
    expect(balance(book)).toBe(50);
    expect(book.debt).toBe(0);
    expect(book.entries).toMatchObject([{ available: 0, debt: 0, qualifyingPoints: -50 }]);
  });
});

describe('a debt', () => {
  test.each([
    [20, 50, 30, 0],
    [50, 50, 0, 0],
    [80, 50, 0, 30],
  ])('of %d with %d to spend leaves %d to spend and %d owed', (debt, amount, left, owed) => {
    const book = { ...bookOf(aLot({ id: id(1), amount })), debt };
    apply(book, payDebt(accountOf(book), '2026-03-02', counter()));
    expect(balance(book)).toBe(left);
    expect(book.debt).toBe(owed);
  });

  test('is paid by nothing where nothing is owed or nothing is there', () => {
    expect(
      payDebt({ clientId: CLIENT, lots: [aLot({ id: id(1) })], debt: 0 }, '2026-03-02', counter()),
    ).toBeNull();
    expect(payDebt({ clientId: CLIENT, lots: [], debt: 5 }, '2026-03-02', counter())).toBeNull();
  });
});

describe('a lapse', () => {
  test.each([
    ['PENDING', { pending: -50, available: 0 }],
    ['ACTIVE', { pending: 0, available: -50 }],
  ] as const)('of a %s lot takes what is left', (state, effect) => {
    const outcome = lapse(aLot({ id: id(1), state }), '2026-04-01', 50, id(9));
    expect(outcome?.changes).toEqual({ state: 'EXPIRED', remaining: 0 });
    expect(outcome?.entry).toMatchObject({ type: 'EXPIRE', businessDate: '2026-04-01', ...effect });
  });

  test.each(['EXHAUSTED', 'EXPIRED', 'CANCELLED'] as const)('of a lot that is %s is nothing', (state) => {
    expect(lapse(aLot({ id: id(1), state, remaining: 0 }), '2026-04-01', 0, id(9))).toBeNull();
  });
});

describe('any history', () => {
  type Command =
    | { kind: 'EARN'; amount: number; expiresOn: string }
    | { kind: 'SPEND'; points: number }
    | { kind: 'RESTORE'; nth: number }
    | { kind: 'UNDO'; nth: number; share: number }
    | { kind: 'DAY'; today: string };
  const day = fc
    .date({ min: new Date('2026-01-01'), max: new Date('2028-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));
  const command: fc.Arbitrary<Command> = fc.oneof(
    fc.record({
      kind: fc.constant('EARN' as const),
      amount: fc.integer({ min: 1, max: 500 }),
      expiresOn: day,
    }),
    fc.record({ kind: fc.constant('SPEND' as const), points: fc.integer({ min: 1, max: 600 }) }),
    fc.record({ kind: fc.constant('RESTORE' as const), nth: fc.nat(5) }),
    fc.record({
      kind: fc.constant('UNDO' as const),
      nth: fc.nat(5),
      share: fc.integer({ min: 1, max: 100 }),
    }),
    fc.record({ kind: fc.constant('DAY' as const), today: day }),
  );

  /** The book-keeping of the use cases without a database: every decision is the rules'. */
  const run = (commands: readonly Command[]): Book => {
    const newId = counter();
    const book = bookOf();
    const earned: { lotId: string; amount: number; undone: number }[] = [];
    const open: string[] = [];
    let today = '2026-01-01';
    const pay = () => apply(book, payDebt(accountOf(book), today, newId));
    const doing: { [K in Command['kind']]: (c: Extract<Command, { kind: K }>) => void } = {
      EARN: ({ amount, expiresOn }) => {
        if (expiresOn < today) return;
        const lot = aLot({
          id: newId(),
          amount,
          availableOn: today,
          earnedOn: today,
          expiresOn,
          state: 'PENDING',
        });
        book.lots.set(lot.id, lot);
        book.entries.push({ ...entryStub(newId(), 'EARN', lot.id), pending: amount });
        earned.push({ lotId: lot.id, amount, undone: 0 });
        const step = activate(lot, today, balance(book), newId())!;
        book.lots.set(lot.id, { ...lot, ...step.changes });
        book.entries.push(step.entry);
        pay();
      },
      SPEND: ({ points }) => {
        const redemptionId = newId();
        if (points > balance(book)) {
          expect(() => spend(book, points, today, newId, redemptionId)).toThrow('fewer points');
          return;
        }
        spend(book, points, today, newId, redemptionId);
        open.push(redemptionId);
      },
      RESTORE: ({ nth }) => {
        const [redemptionId] = open.splice(nth, 1);
        if (redemptionId === undefined) return;
        restore(book, today, newId, redemptionId);
        pay();
      },
      UNDO: ({ nth, share }) => {
        const what = earned[nth];
        if (what === undefined) return;
        const points = Math.ceil(((what.amount - what.undone) * share) / 100);
        const lapsed = book.entries
          .filter((e) => e.type === 'EXPIRE')
          .filter((e) => e.lotId === what.lotId || book.lots.get(e.lotId!)?.originLotId === what.lotId)
          .reduce((sum, e) => sum - e.available, 0);
        const held = Math.max(0, Math.min(points, what.amount - what.undone - lapsed));
        what.undone += points;
        apply(
          book,
          takeBack(accountOf(book), undoing(points, { lotId: what.lotId, held, day: today }), 'CARRY', newId),
        );
      },
      DAY: (c) => {
        if (c.today < today) return;
        today = c.today;
        expireAll(book, today, newId);
      },
    };
    for (const c of commands) {
      doing[c.kind](c as never);
      const problems = problemsOf(book);
      if (problems.length > 0) throw new Error(`After ${JSON.stringify(c)}: ${problems.join(', ')}`);
    }
    return book;
  };

  const entryStub = (entryId: string, type: Entry['type'], lotId: string): Entry => ({
    ...takeBack({ clientId: CLIENT, lots: [], debt: 0 }, undoing(0), 'CARRY', () => entryId).entries[0]!,
    type,
    lotId,
    referenceId: null,
    qualifyingPoints: 0,
    pending: 0,
    available: 0,
  });

  /** What is wrong with a book; comparing by hand, for tens of thousands of expectations take minutes. */
  const problemsOf = (book: Book): string[] => {
    const problems: string[] = [];
    const must = (isTrue: boolean, what: string) => void (isTrue || problems.push(what));
    const sum = <T>(rows: readonly T[], of: (row: T) => number) =>
      rows.reduce((total, row) => total + of(row), 0);
    must(sum(book.entries, (e) => e.available) === balance(book), 'balance = ledger');
    must(sum(book.entries, (e) => e.debt) === book.debt, 'debt = ledger');
    must(book.debt === 0 || balance(book) === 0, 'what is owed is paid before anything can be spent');
    const signOf = new Map(book.entries.map((e) => [e.id, Math.sign(e.available + e.pending)]));
    for (const lot of book.lots.values()) {
      must(lot.remaining >= 0 && lot.remaining <= lot.amount, 'no lot below zero or above what was earned');
      must(lot.remaining > 0 === (lot.state === 'ACTIVE' || lot.state === 'PENDING'), 'state of a lot');
      const own = sum(
        book.entries.filter((e) => e.lotId === lot.id),
        (e) => e.available + e.pending,
      );
      const shared = sum(
        book.allocations.filter((a) => a.lotId === lot.id),
        (a) => a.points * (signOf.get(a.entryId) ?? Number.NaN),
      );
      must(own + shared === lot.remaining, 'a lot = its entries and allocations');
    }
    for (const entry of book.entries.filter((e) => e.lotId === null)) {
      const parts = book.allocations.filter((a) => a.entryId === entry.id);
      must(
        sum(parts, (a) => a.points) === Math.abs(entry.available + entry.pending),
        'a debit is allocated whole',
      );
    }
    return problems;
  };

  test('no lot below zero or above what was earned; balance = lots = ledger; every debit is allocated whole', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        run(commands);
      }),
      { numRuns: 3_000 },
    );
  }, 300_000);

  test('told again gives the same book', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        expect(run(commands)).toEqual(run(commands));
      }),
      { numRuns: 500 },
    );
  });
});
