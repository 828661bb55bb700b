import { execFileSync } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

// Paths are told, and read, from the root.
process.chdir(ROOT);

/** Every file that is in git or about to be, as paths from the root. */
export function projectFiles() {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const names = execFileSync('git', args, { encoding: 'utf8', maxBuffer: 1e8 }).split('\0');
  return names.filter((name) => name && lstatSync(name, { throwIfNoEntry: false })?.isFile());
}

/** Prints what is wrong, one line each, and ends with 1; does nothing when nothing is. */
export function fail(problems) {
  if (problems.length === 0) return;
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(1);
}
