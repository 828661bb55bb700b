import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { SinkProblem } from './sink-problem.js';

const State = z.object({
  topic: z.string(),
  /** Of each partition the offset of the next message to deliver. */
  positions: z.record(z.string(), z.string().regex(/^\d+$/)),
  /** How long the output file is by what these positions say; absent for a webhook. */
  bytes: z.int().nonnegative().optional(),
  /** Leads of which an event was refused for good: what follows of them is set aside as well, so that their order holds. */
  heldKeys: z.array(z.string()),
});
export type SinkState = z.output<typeof State>;

export const newState = (topic: string, positions: Record<string, string>): SinkState => ({
  topic,
  positions,
  heldKeys: [],
});

/**
 * The folder in which a sink remembers how far it has come. Each write replaces the file as a whole, so that a death at any moment
 * leaves the one or the other. One sink at a time works with a folder.
 */
export class StateFolder {
  private readonly file: string;
  private readonly lock: string;
  private isLocked = false;

  constructor(readonly path: string) {
    this.file = join(path, 'position.json');
    this.lock = join(path, 'lock');
    mkdirSync(path, { recursive: true });
  }

  /** Refuses when another living process works with the folder; a lock that a dead one has left is taken over. */
  take(): void {
    for (const isLast of [false, true]) {
      try {
        writeFileSync(this.lock, String(process.pid), { flag: 'wx' });
        this.isLocked = true;
        return;
      } catch {
        const owner = Number(readIfThere(this.lock) ?? '');
        if (isLast || (owner !== process.pid && isAlive(owner)))
          throw new SinkProblem(`Another sink works with ${this.path}: give this one a folder of its own.`);
        rmSync(this.lock, { force: true });
      }
    }
  }

  release(): void {
    if (this.isLocked) rmSync(this.lock, { force: true });
    this.isLocked = false;
  }

  read(): SinkState | null {
    const text = readIfThere(this.file);
    if (text === null) return null;
    try {
      return State.parse(JSON.parse(text));
    } catch {
      throw new SinkProblem(`${this.file} is not what a sink has written: remove it and say where to begin.`);
    }
  }

  write(state: SinkState): void {
    const next = `${this.file}.next`;
    const handle = openSync(next, 'w');
    try {
      writeFileSync(handle, JSON.stringify(state));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(next, this.file);
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
