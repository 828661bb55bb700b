import { setTimeout as delay } from 'node:timers/promises';

export type Figures = { requests: number; rps: number; p50: number; p99: number };

/** The value below which this part of the values lies; NaN of none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

export type Load = { connections: number; seconds: number; signal: AbortSignal };

const ROUNDS = 3;

/** A query through the gateway, its fetches sent to the services directly, and a server that does nothing. */
const WAYS = ['gateway', 'direct', 'bare'] as const;
export type Way = (typeof WAYS)[number];

type Tally = { times: number[]; ms: number };

/**
 * Closed loops over the ways, each with so many requests under way at once. They take turns in short rounds, so that whatever
 * else the machine is doing meets all of them alike.
 */
export async function compare(
  ways: Readonly<Record<Way, (worker: number) => Promise<unknown>>>,
  { connections, seconds, signal }: Load,
): Promise<Record<Way, Figures>> {
  const run = (way: Way, ms: number) => closedLoop(ways[way], { connections, ms, signal });
  const tally: Record<Way, Tally> = {
    gateway: { times: [], ms: 0 },
    direct: { times: [], ms: 0 },
    bare: { times: [], ms: 0 },
  };
  for (const way of WAYS) await run(way, Math.min(2_000, seconds * 500));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const way of WAYS) {
      const { times, ms } = await run(way, (seconds * 1_000) / ROUNDS);
      tally[way].times.push(...times);
      tally[way].ms += ms;
    }
  }
  return {
    gateway: figuresOf(tally.gateway),
    direct: figuresOf(tally.direct),
    bare: figuresOf(tally.bare),
  };
}

const figuresOf = ({ times, ms }: Tally): Figures => ({
  requests: times.length,
  rps: (times.length * 1_000) / ms,
  p50: quantile(times, 0.5),
  p99: quantile(times, 0.99),
});

async function closedLoop(
  ask: (worker: number) => Promise<unknown>,
  { connections, ms, signal }: { connections: number; ms: number; signal: AbortSignal },
): Promise<Tally> {
  const times: number[] = [];
  const startedMs = performance.now();
  let isOver = false;
  const work = async (worker: number) => {
    while (!isOver && !signal.aborted && performance.now() - startedMs < ms) {
      const askedMs = performance.now();
      await ask(worker);
      times.push(performance.now() - askedMs);
    }
  };
  try {
    await Promise.all(Array.from({ length: connections }, (_, worker) => work(worker)));
  } finally {
    isOver = true;
  }
  signal.throwIfAborted();
  return { times, ms: performance.now() - startedMs };
}

/** Does `act` at an even rate whether or not the one before has ended, as callers from outside do. Throws what an act threw. */
export async function atRate(
  perSecond: number,
  seconds: number,
  signal: AbortSignal,
  act: (index: number) => Promise<unknown>,
): Promise<void> {
  const startedMs = performance.now();
  const acts: Promise<unknown>[] = [];
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const waitMs = startedMs + (index * 1_000) / perSecond - performance.now();
    if (waitMs > 0) await delay(waitMs, undefined, { signal });
    const started = act(index);
    started.catch(() => undefined);
    acts.push(started);
  }
  await Promise.all(acts);
}

/** Waits for a condition; throws with `what` when it has not come true in a minute. */
export async function until(
  what: string,
  signal: AbortSignal,
  isSo: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadlineMs = performance.now() + 60_000;
  while (!(await isSo())) {
    if (performance.now() > deadlineMs) throw new Error(`Waited a minute in vain: ${what}.`);
    await delay(10, undefined, { signal });
  }
}
