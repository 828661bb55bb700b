import { createHash } from 'node:crypto';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Problem } from './problem.js';
import { runProcess, type User } from './process.js';

/** The user Postgres runs as, since it refuses to run as root: nobody; or undefined for whoever is running this, if not root. */
export function unprivilegedUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const entry = readFileSync('/etc/passwd', 'utf8').match(/^nobody:[^:]*:(-?\d+):(-?\d+):/m);
  if (!entry)
    throw new Problem(
      'PostgreSQL does not run as root, and this machine has no user `nobody`: run this as an ordinary user.',
    );
  return { uid: Number(entry[1]), gid: Number(entry[2]) };
}

/** Whether this user can go into a folder; asked of the operating system, since any folder above may shut the user out. */
async function canEnter(folder: string, user: User, logFile: string): Promise<boolean> {
  const args = ['-c', 'cd -- "$1" 2>/dev/null', 'sh', folder];
  return (await runProcess({ name: 'cd', command: '/bin/sh', args, user, logFile, cwd: '/' })).code === 0;
}

/**
 * A folder that the unprivileged user owns and can reach. Where the wanted place cannot be reached by that user (a checkout
 * under /root, say), the folder is made under /var/tmp and the wanted place becomes a link to it.
 */
export async function ownedFolder(path: string, user: User | undefined, logFile: string): Promise<string> {
  const wanted = resolve(path);
  if (!user) {
    mkdirSync(wanted, { recursive: true });
    return wanted;
  }
  mkdirSync(dirname(wanted), { recursive: true });
  if (existsSync(wanted)) return realpathSync(wanted);
  // A link whose target is gone (/var/tmp may be emptied) is made anew.
  const target = lstatSync(wanted, { throwIfNoEntry: false })?.isSymbolicLink() ? elsewhere(wanted) : wanted;
  giveFolder(target, user);
  if (target !== wanted || (await canEnter(target, user, logFile))) return target;
  rmdirSync(wanted);
  giveFolder(elsewhere(wanted), user);
  symlinkSync(elsewhere(wanted), wanted);
  return elsewhere(wanted);
}

/** The same place for the same path, so that the next start finds its data again. */
export function elsewhere(path: string): string {
  return join('/var/tmp', `client-graph-${createHash('sha256').update(path).digest('hex').slice(0, 16)}`);
}

function giveFolder(folder: string, user: User): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  // Anyone can make a file under /var/tmp first: nothing of theirs is used.
  if (!found.isDirectory() || (found.uid !== 0 && found.uid !== user.uid)) {
    throw new Problem(`The folder ${folder} belongs to someone else: remove it and start again.`);
  }
  chownSync(folder, user.uid, user.gid);
}

/** Who owns the folder, as the user to run as: data made under one unprivileged user is never opened under another. */
export function ownerOf(folder: string): User {
  const { uid, gid } = statSync(folder);
  return { uid, gid };
}

/** A new folder for a test's data that Postgres can reach also when the test runs as root; the test removes it. */
export async function temporaryFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `client-graph-${name}-`));
  // As made, only root could go in, and Postgres, which runs as nobody then, would keep its data elsewhere for good.
  await chmod(folder, 0o711);
  return folder;
}
