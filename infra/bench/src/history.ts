/** A purchase as a line of a history: who, on which day, for how much. */
export type Purchase = { customer: number; day: string; amount: number };

/**
 * What a real shop's customers were found to do (Pareto/NBD as fitted to one customer in ten of the CDNOW set, in Fader, Hardie and Lee,
 * Marketing Science 24, 2005): how often each buys while they are customers and how soon they stop are gamma distributed over the
 * customers, in weeks. What is spent at once is made up, lognormal and in thousands, so that who buys often climbs the tiers.
 */
const BUYING = { shape: 0.553, rate: 10.578 };
const LEAVING = { shape: 0.606, rate: 11.669 };
const SPENT = { median: 260, spread: 0.8 };
const FIRST_WEEKS = 12;
const WEEKS = 78;
const START = Date.UTC(1997, 0, 1);
const DAY_MS = 86_400_000;

/** A history of this many purchases, oldest first: looks like a real one, and is the same each time. */
export function purchaseHistory(size: number): Purchase[] {
  const roll = dice(size);
  const purchases: Purchase[] = [];
  for (let customer = 1; purchases.length < size; customer += 1)
    for (const day of daysOf(roll)) {
      if (purchases.length === size) break;
      const amount = SPENT.median * Math.exp(SPENT.spread * normal(roll));
      purchases.push({ customer, day, amount: Math.max(0.01, Math.round(amount * 100) / 100) });
    }
  return purchases.sort((a, b) => a.day.localeCompare(b.day) || a.customer - b.customer);
}

/** The days on which one customer buys: the first in the weeks in which all begin, the others until they leave or the history ends. */
function daysOf(roll: Roll): string[] {
  const buying = gamma(BUYING.shape, roll) / BUYING.rate;
  const leaving = gamma(LEAVING.shape, roll) / LEAVING.rate;
  const first = roll() * FIRST_WEEKS;
  const end = Math.min(WEEKS, first + waiting(leaving, roll));
  const days: string[] = [];
  for (let week = first; week < end; week += waiting(buying, roll))
    days.push(new Date(START + Math.floor(week * 7) * DAY_MS).toISOString().slice(0, 10));
  return days;
}

type Roll = () => number;

/** Numbers between 0 and 1 that look random and are the same for the same seed; never 0. */
function dice(seed: number): Roll {
  let last = seed;
  return () => {
    last = (Math.imul(last, 1_664_525) + 1_013_904_223) >>> 0;
    return (last + 1) / (2 ** 32 + 1);
  };
}

const waiting = (rate: number, roll: Roll): number => -Math.log(roll()) / rate;

const normal = (roll: Roll): number => Math.sqrt(-2 * Math.log(roll())) * Math.cos(2 * Math.PI * roll());

/** Gamma with rate 1, by Marsaglia and Tsang (2000); a shape below 1 by way of the next. */
function gamma(shape: number, roll: Roll): number {
  if (shape < 1) return gamma(shape + 1, roll) * roll() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(roll);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(roll()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
