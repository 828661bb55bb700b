import { setTimeout as delay } from 'node:timers/promises';
import { SERVICES, type Stack } from '@client-graph/local';
import { until } from './graph.js';

type Victim = Parameters<Stack['kill']>[0];

/** Numbers from 0 to below 1 that a seed repeats (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const KILLS = { kafka: 4, postgres: 4, others: 7 } as const;
/** Which rounds kill two at the same moment. */
const DOUBLE_EVERY = 4;
const PAUSE_MAX_MS = 1_500;

/** Kills with SIGKILL at random moments, sometimes two at once; the supervisor starts them again. Returns who was killed, in order. */
export async function killAtRandom(
  stack: Stack,
  random: () => number,
  isOver: () => boolean,
): Promise<Victim[]> {
  const others: Victim[] = [...SERVICES, 'gateway'];
  const victims: Victim[] = [
    ...Array.from({ length: KILLS.kafka }, (): Victim => 'kafka'),
    ...Array.from({ length: KILLS.postgres }, (): Victim => 'postgres'),
    ...Array.from({ length: KILLS.others }, () => others[Math.floor(random() * others.length)] ?? 'gateway'),
  ];
  const order = victims.map((victim) => ({ victim, at: random() })).sort((a, b) => a.at - b.at);
  const killed: Victim[] = [];
  for (let round = 1; killed.length < order.length && !isOver(); round += 1) {
    const [first, second] = order.slice(killed.length).map(({ victim }) => victim);
    const isDouble = round % DOUBLE_EVERY === 0 && second !== first;
    const atOnce = [first, isDouble ? second : undefined].filter((victim) => victim !== undefined);
    await delay(random() * PAUSE_MAX_MS);
    await Promise.all(atOnce.map((victim) => stack.kill(victim, 'SIGKILL')));
    killed.push(...atOnce);
    await allRunning(stack);
  }
  return killed;
}

/** A process counts as running once it is ready, so this waits out those that died in the wake of another, too. */
const allRunning = (stack: Stack): Promise<true> =>
  until(
    'every process runs',
    async () =>
      ([...SERVICES, 'gateway', 'kafka', 'postgres'] as const).every((name) => stack.pid(name) !== undefined),
    180_000,
  );
