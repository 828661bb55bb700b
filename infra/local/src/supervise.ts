import { setTimeout as delay } from 'node:timers/promises';
import { CalledOff } from './problem.js';

/** A program, whatever started it. */
export type Program = {
  readonly pid: number;
  readonly exited: Promise<number>;
  kill(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
};

export type Supervised = {
  pid(): number | undefined;
  /** Sends the signal and, where it is SIGKILL, waits for the end. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again, stopping it first if it runs; ready when this resolves. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

export type SuperviseOptions = {
  name: string;
  /** Gives the program once it is ready; gives up, with nothing left running, when the signal says so. */
  start: (signal: AbortSignal) => Promise<Program>;
  /** Start it again when it ends by itself. */
  keepAlive: boolean;
  /** Aborted when the start is called off: what ends then has not ended by itself. */
  signal: AbortSignal;
  onEvent: (line: string) => void;
};

const PAUSE_MS = { first: 500, longest: 30_000 };
/** After running this long, an end counts as the first again. */
const STEADY_MS = 60_000;

/** Keeps one program running. */
export async function supervise({
  name,
  start,
  keepAlive,
  signal,
  onEvent,
}: SuperviseOptions): Promise<Supervised> {
  let program: Program | undefined;
  // Raised by every deliberate stop or start: whoever waits to start it again sees that it is no longer wanted.
  let generation = 0;
  let launching: { calledOff: AbortController; done: Promise<Program> } | undefined;
  let pauseMs = PAUSE_MS.first;

  async function launch(): Promise<void> {
    const mine = ++generation;
    const calledOff = new AbortController();
    launching = { calledOff, done: start(calledOff.signal) };
    const started = await launching.done;
    program = started;
    const startedAt = Date.now();
    void started.exited.then((code) => {
      if (program === started) program = undefined;
      if (Date.now() - startedAt > STEADY_MS) pauseMs = PAUSE_MS.first;
      if (keepAlive && mine === generation && !signal.aborted)
        void revive(mine, `${name} ended by itself (exit code ${code})`);
    });
  }

  async function revive(mine: number, reason: string): Promise<void> {
    onEvent(`${reason}; starting it again in ${pauseMs / 1_000} s`);
    await delay(pauseMs);
    pauseMs = Math.min(pauseMs * 2, PAUSE_MS.longest);
    if (mine !== generation) return;
    try {
      await launch();
      onEvent(`${name} is ready again`);
    } catch (error) {
      if (error instanceof CalledOff) return;
      await revive(generation, error instanceof Error ? error.message : `${name} did not start`);
    }
  }

  async function stop(): Promise<void> {
    generation += 1;
    launching?.calledOff.abort();
    await launching?.done.then((started) => started.stop()).catch(() => undefined);
  }

  async function kill(signal: NodeJS.Signals): Promise<void> {
    const target = program;
    target?.kill(signal);
    if (signal === 'SIGKILL') await target?.exited;
  }

  async function restart(): Promise<void> {
    await stop();
    await launch();
  }

  await launch();
  return { pid: () => program?.pid, kill, restart, stop };
}
