import { createHash } from 'node:crypto';
import { existsSync, type FSWatcher, readdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { ROOT, SERVICES } from '../prerequisites.mjs';
import type { ProcessName, Stack } from './stack.js';

const WATCHED = ['packages', 'services', 'gateway'];
/** A file that a build writes or that no process reads. */
const IGNORED = /(^|\/)(dist|generated|node_modules|\.turbo|test)(\/|$)|\.test\.ts$|~$|\.swp$/;
/** An editor that saves several files at once causes one build. */
const QUIET_MS = 200;

type WatchOptions = {
  stack: Stack;
  /** Builds everything and says whether that succeeded. */
  rebuild: () => Promise<boolean>;
  signal: AbortSignal;
  onEvent: (line: string) => void;
};

/** Rebuilds when a source file changes, and restarts those processes whose built files differ from what they run. */
export function watchSources(options: WatchOptions): void {
  let running = fingerprints();
  let timer: NodeJS.Timeout | undefined;
  let busy = false;
  let again = false;

  async function update(): Promise<void> {
    again = busy;
    if (busy) return;
    busy = true;
    try {
      if (await options.rebuild()) running = await restartChanged(options, running);
    } catch (error) {
      options.onEvent(error instanceof Error ? error.message : String(error));
    } finally {
      busy = false;
    }
    if (again && !options.signal.aborted) await update();
  }

  watchFolders(options.signal, () => {
    clearTimeout(timer);
    timer = setTimeout(() => void update(), QUIET_MS);
  });
}

/**
 * Calls back on every change of a source file. Each folder is watched by itself: Node 20's own recursive watch loses a file
 * that an editor saves by putting a new one in its place.
 */
function watchFolders(signal: AbortSignal, onChange: () => void): void {
  const watchers = new Map<string, FSWatcher>();
  const add = (folder: string) => {
    if (watchers.has(folder) || signal.aborted) return;
    const watcher = watch(folder, (_event, file) => {
      if (!file || IGNORED.test(file)) return;
      addAll(folder);
      onChange();
    });
    // A folder that is removed needs no watch.
    watcher.on('error', () => watchers.delete(folder));
    watchers.set(folder, watcher);
  };
  const addAll = (top: string) => {
    if (!existsSync(top)) return;
    add(top);
    for (const entry of readdirSync(top, { withFileTypes: true })) {
      if (entry.isDirectory() && !IGNORED.test(entry.name)) addAll(join(top, entry.name));
    }
  };
  for (const folder of WATCHED) addAll(join(ROOT, folder));
  signal.addEventListener('abort', () => {
    for (const watcher of watchers.values()) watcher.close();
  });
}

async function restartChanged(
  { stack, onEvent }: WatchOptions,
  before: Map<ProcessName, string>,
): Promise<Map<ProcessName, string>> {
  const after = fingerprints();
  for (const [name, fingerprint] of after) {
    if (before.get(name) === fingerprint) continue;
    onEvent(`${name} has changed: restarting it`);
    await stack.restart(name);
    onEvent(`${name} is ready again`);
  }
  return after;
}

/** One hash for each process over all it runs and reads. */
function fingerprints(): Map<ProcessName, string> {
  const shared = ['packages/events/dist', 'packages/kit/dist', 'packages/kit/schema'];
  const own = (folder: string) =>
    ['dist', 'schema.graphql', 'supergraph.graphql', 'migrations'].map((name) => `${folder}/${name}`);
  const services = SERVICES.map((name): [ProcessName, string] => [
    name,
    hash([...shared, ...own(`services/${name}`)]),
  ]);
  return new Map([...services, ['gateway', hash([...shared, ...own('gateway')])]]);
}

function hash(paths: readonly string[]): string {
  const sum = createHash('sha256');
  for (const path of paths.map((part) => join(ROOT, part)).filter((full) => existsSync(full))) {
    for (const file of filesUnder(path)) sum.update(file).update(readFileSync(file));
  }
  return sum.digest('hex');
}

function filesUnder(path: string): string[] {
  if (!path.match(/\.\w+$/)) {
    const entries = readdirSync(path, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  }
  return [path];
}
