import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { environment } from './env.js';
import { CalledOff, hasCode } from './problem.js';

export type User = { uid: number; gid: number };

export type ProcessOptions = {
  name: string;
  command: string;
  args: readonly string[];
  logFile: string;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Run as this user; only root may say so. */
  user?: User | undefined;
  /** What asks the program to stop in good order. */
  stopSignal?: 'SIGTERM' | 'SIGINT';
  /** How long it may take to stop before it is killed. */
  graceMs?: number;
  /** Stops the program when aborted. */
  signal?: AbortSignal | undefined;
};

/** A program that ends, at the latest five seconds later, when this process does, however this process ends. */
export type RunningProcess = {
  readonly name: string;
  readonly pid: number;
  /** Resolves with the exit code (128 + the signal's number after a signal) once the program has ended. */
  readonly exited: Promise<number>;
  isRunning(): boolean;
  kill(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
  /** The end of what this run wrote to its log. */
  lastWords(): Promise<string>;
};

// Handed over as text, not as a path: the user it runs as may not be able to reach the checkout.
const GUARD = readFileSync(new URL('../guard.sh', import.meta.url), 'utf8');

export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  if (options.signal?.aborted) throw new CalledOff();
  const { name, stopSignal = 'SIGTERM', graceMs = 15_000 } = options;
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'a');
  const logStart = statSync(options.logFile).size;
  const guard = spawn(
    '/bin/sh',
    ['-c', GUARD, name, stopSignal.slice(3), '50', options.command, ...options.args],
    {
      cwd: options.cwd,
      env: options.env ?? environment,
      ...options.user,
      detached: true,
      stdio: ['pipe', log, log, 'pipe'],
    },
  );
  closeSync(log);
  const exited = exitCode(guard);
  // Nobody may be waiting yet when the program cannot be started at all.
  exited.catch(() => undefined);
  // Not raced with its end: a short program may be over before its process id is read.
  const pid = await readPid(guard).catch(() => Promise.reject(new Error(`${name} did not start.`)));
  let running = true;
  const settled = exited.finally(() => {
    running = false;
  });
  const kill = (signal: NodeJS.Signals) => {
    if (running) signalProcess(pid, signal);
  };
  const stop = async () => {
    // The group, so that what the program has started stops too; the guard itself ignores it.
    const signalGroup = (signal: NodeJS.Signals) => {
      if (running && guard.pid !== undefined) signalProcess(-guard.pid, signal);
    };
    signalGroup(stopSignal);
    const timer = setTimeout(() => signalGroup('SIGKILL'), graceMs);
    await settled.finally(() => {
      clearTimeout(timer);
    });
  };
  const onAbort = () => void stop();
  options.signal?.addEventListener('abort', onAbort, { once: true });
  // It may have been aborted while the program was being started.
  if (options.signal?.aborted) onAbort();
  void settled.finally(() => options.signal?.removeEventListener('abort', onAbort));
  return {
    name,
    pid,
    exited: settled,
    isRunning: () => running,
    kill,
    stop,
    lastWords: () => tail(options.logFile, logStart),
  };
}

/** Runs a program to its end and gives its exit code and last words; throws CalledOff when it was aborted. */
export async function runProcess(options: ProcessOptions): Promise<{ code: number; lastWords: string }> {
  const running = await startProcess(options);
  const code = await running.exited;
  if (options.signal?.aborted) throw new CalledOff();
  return { code, lastWords: await running.lastWords() };
}

/**
 * Asks `isReady` until it says yes. Throws what `explain` makes of the program's last words when the program ends first, or
 * when it takes too long; the program is stopped by then.
 */
export async function waitUntilReady(
  running: RunningProcess,
  isReady: () => Promise<boolean>,
  {
    timeoutMs,
    signal,
    explain,
  }: { timeoutMs: number; signal?: AbortSignal | undefined; explain: (lastWords: string) => Error },
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (running.isRunning() && Date.now() < deadline) {
    if (await isReady()) return;
    await Promise.race([delay(50), running.exited]);
  }
  await running.stop();
  if (signal?.aborted) throw new CalledOff();
  throw explain(await running.lastWords());
}

async function exitCode(guard: ChildProcess): Promise<number> {
  const [code]: unknown[] = await once(guard, 'exit');
  return typeof code === 'number' ? code : 137;
}

async function readPid(guard: ChildProcess): Promise<number> {
  const pipe = guard.stdio[3];
  if (!(pipe instanceof Readable)) throw new Error('The guard has no pipe to tell the process id.');
  let text = '';
  for await (const chunk of pipe) text += String(chunk);
  const pid = Number(text);
  if (!Number.isInteger(pid) || pid <= 0) throw new Error('The guard told no process id.');
  return pid;
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

async function tail(file: string, from: number): Promise<string> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const start = Math.max(from, size - 8_192);
    const buffer = Buffer.alloc(Math.max(0, size - start));
    await handle.read(buffer, 0, buffer.length, start);
    return buffer.toString('utf8').trim();
  } finally {
    await handle.close();
  }
}
