import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { ownedFolder, ownerOf, unprivilegedUser } from './folders.js';
import { demandFree, portTaken } from './ports.js';
import { type Binaries, postgresBinaries } from './postgres-binaries.js';
import { hasCode, Problem } from './problem.js';
import { type RunningProcess, runProcess, startProcess, type User, waitUntilReady } from './process.js';

export type PostgresOptions = {
  port: number;
  /** Made on the first start; as root it may become a link (see `ownedFolder`). */
  dataDir: string;
  /** Beside the data folder unless given. */
  logFile?: string;
  /** False spares the wait for the disk: safe when a process is killed, not when the machine loses power. For tests. */
  fsync?: boolean;
  connectionsMax?: number;
  signal?: AbortSignal | undefined;
};

export type Postgres = {
  readonly port: number;
  readonly pid: number;
  readonly exited: Promise<number>;
  /** A connection string; the role is the superuser unless named. */
  url(database: string, role?: string): string;
  kill(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
};

const SUPERUSER = 'postgres';
/** Every local role has it: the server listens to this machine only and holds made-up people. */
export const PASSWORD = 'local-only';

/** PostgreSQL 18 on 127.0.0.1, ready to take connections. It ends when this process does. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { port, logFile = `${options.dataDir}.log`, signal } = options;
  await demandFree(port, 'PostgreSQL', 'PORT_POSTGRES');
  const runAs = unprivilegedUser();
  const binaries = await postgresBinaries({ user: runAs, logFile, signal });
  const folder = await ownedFolder(options.dataDir, runAs, logFile);
  const user = runAs && ownerOf(folder);
  const cluster = join(folder, 'cluster');
  checkVersion(cluster, options.dataDir, binaries.major);
  if (!existsSync(cluster)) await initialise(folder, binaries, { user, logFile, port, signal });

  const url = (database: string, role: string = SUPERUSER) =>
    `postgres://${role}:${PASSWORD}@127.0.0.1:${port}/${database}`;
  const running = await startServer({ ...options, logFile }, binaries, cluster, user, () =>
    serves(url('postgres'), cluster),
  );
  return { port, url, pid: running.pid, exited: running.exited, kill: running.kill, stop: running.stop };
}

function checkVersion(cluster: string, dataDir: string, major: string): void {
  try {
    if (!existsSync(cluster)) return;
    const found = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
    if (found !== major) {
      throw new Problem(
        `The data in ${dataDir} was written by PostgreSQL ${found}, and this is PostgreSQL ${major}: move it away, or begin anew with \`npm start -- --fresh\`.`,
      );
    }
  } catch (error) {
    if (!hasCode(error, 'EACCES', 'ENOENT')) throw error;
    throw new Problem(
      `The data in ${dataDir} is not a PostgreSQL data folder this user can read: move it away, or begin anew with \`npm start -- --fresh\`.`,
    );
  }
}

async function initialise(
  folder: string,
  { initdb }: Binaries,
  run: { user: User | undefined; logFile: string; port: number; signal?: AbortSignal | undefined },
): Promise<void> {
  // Made beside its place and renamed: an initdb that was interrupted is never mistaken for a database.
  const fresh = join(folder, 'cluster.new');
  const passwordFile = join(folder, 'password');
  rmSync(fresh, { recursive: true, force: true });
  writeFileSync(passwordFile, PASSWORD, { mode: 0o600 });
  if (run.user) chownSync(passwordFile, run.user.uid, run.user.gid);
  // The built-in C.UTF-8 sorts alike on every machine, whatever locales are installed.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const args = [
    '-D',
    fresh,
    '-U',
    SUPERUSER,
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--no-sync',
    '--no-instructions',
    ...locale,
  ];
  try {
    const { code, lastWords } = await runProcess({
      name: 'initdb',
      command: initdb,
      args,
      cwd: folder,
      ...run,
    });
    if (code !== 0) throw explain(lastWords, run, 'could not make its data folder');
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(fresh, join(folder, 'cluster'));
}

async function startServer(
  options: PostgresOptions & { logFile: string },
  { postgres }: Binaries,
  cluster: string,
  user: User | undefined,
  isReady: () => Promise<boolean>,
): Promise<RunningProcess> {
  const { logFile, signal } = options;
  const launch = {
    name: 'postgres',
    command: postgres,
    args: ['-D', cluster, ...settings(options)],
    cwd: cluster,
    user,
    logFile,
    signal,
  };
  const deadline = Date.now() + 10_000;
  for (;;) {
    // SIGINT is PostgreSQL's fast shutdown: it ends the connections instead of waiting for their users.
    const running = await startProcess({ ...launch, stopSignal: 'SIGINT' });
    try {
      await waitUntilReady(running, isReady, {
        timeoutMs: 120_000,
        signal,
        explain: (words) => explain(words, options, 'did not start'),
      });
      return running;
    } catch (error) {
      // The children of a killed server take a moment to notice; until then their shared memory is in use.
      if (!(await running.lastWords()).includes('pre-existing shared memory block') || Date.now() > deadline)
        throw error;
      await delay(200);
    }
  }
}

function settings({ port, fsync = true, connectionsMax = 200 }: PostgresOptions): string[] {
  const values = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: connectionsMax,
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(fsync ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Whether the server that answers is the one with this data: another may have the port. */
async function serves(url: string, cluster: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('show data_directory');
    return rows[0]?.data_directory === cluster;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function explain(
  lastWords: string,
  { logFile, port }: { logFile: string; port: number },
  what: string,
): Problem {
  if (/No space left on device/.test(lastWords))
    return new Problem(
      'PostgreSQL could not start because the disk is full: free some space and start again.',
    );
  if (/could not bind|could not create any TCP\/IP sockets/.test(lastWords))
    return portTaken(port, 'PostgreSQL', 'PORT_POSTGRES');
  if (/lock file "postmaster.pid" already exists/.test(lastWords))
    return new Problem(
      'PostgreSQL could not start because another PostgreSQL is using its data folder: stop that one first.',
    );
  const fatal = lastWords.split('\n').findLast((line) => /FATAL|PANIC|error:/.test(line));
  return new Problem(`PostgreSQL ${what}${fatal ? ` (${fatal.trim()})` : ''}: see ${logFile}.`);
}
