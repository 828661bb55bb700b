// What `npm start` and `npm test` have in common: install, build, show progress, and end at once and cleanly on Ctrl-C.
// Plain JavaScript without dependencies, because on a fresh clone nothing is installed yet.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { LOCAL, ROOT } from './prerequisites.mjs';

const GUARD = readFileSync(new URL('guard.sh', import.meta.url), 'utf8');
const LOGS = join(LOCAL, 'log');
const INSTALLED = join(LOCAL, 'installed');
const INSTALLING = join(LOCAL, 'installing');
const STILL_EVERY_MS = 10_000;

/** One sentence for the person at the keyboard. */
export class Problem extends Error {
  name = 'Problem';
}

const startedAt = Date.now();

/** One line of progress with the seconds since the beginning. */
export function say(line) {
  console.log(`[${String(Math.round((Date.now() - startedAt) / 1000)).padStart(3)} s] ${line}`);
}

/**
 * Runs `work` with a signal that is aborted by Ctrl-C or by the end of npm, and then ends this process: with the exit code
 * that `work` returns, with 1 after a failure told in one sentence, or as a signal would once all is stopped.
 */
export async function runMain(work) {
  const stop = new AbortController();
  let code = 0;
  const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
  for (const signal of Object.keys(codes)) {
    process.on(signal, () => {
      // The second time nobody wants to wait: what was started ends by itself when this process does.
      if (stop.signal.aborted) process.exit(codes[signal]);
      code = codes[signal];
      console.log('\nStopping');
      stop.abort();
    });
  }
  stopWithNpm(stop);
  try {
    code = (await work(stop.signal)) || code;
  } catch (error) {
    if (!stop.signal.aborted) console.error(sentence(error));
    code ||= 1;
  }
  process.exit(code);
}

/** npm that is killed cannot pass the signal on, so its end is noticed here. */
function stopWithNpm(stop) {
  const parent = process.ppid;
  if (!process.env.npm_lifecycle_event) return;
  setInterval(() => process.ppid !== parent && stop.abort(), 500).unref();
}

function sentence(error) {
  if (error?.code === 'ENOSPC') return 'The disk is full: free at least 1 GiB and start again.';
  return error?.name === 'Problem' ? error.message : (error?.stack ?? String(error));
}

/** Installs what is missing. The marker holds what was asked for then, so that a changed lock or manifest installs again. */
export async function ensureInstalled(signal) {
  if (
    existsSync(join(ROOT, 'node_modules')) &&
    existsSync(INSTALLED) &&
    readFileSync(INSTALLED, 'utf8') === wanted()
  )
    return;
  // npm takes a package it had unpacked by half for a whole one, so what an interrupted installation left is thrown away.
  if (existsSync(INSTALLING))
    for (const folder of ['.', ...workspaces()])
      rmSync(join(ROOT, folder, 'node_modules'), { recursive: true, force: true });
  writeFileSync(INSTALLING, '');
  await step(
    'Installing packages (npm install)',
    'install',
    'npm',
    ['install', '--no-audit', '--no-fund'],
    signal,
  );
  writeFileSync(INSTALLED, wanted());
  rmSync(INSTALLING);
}

function wanted() {
  const sum = createHash('sha256');
  const manifests = workspaces().map((folder) => join(folder, 'package.json'));
  const files = ['package.json', 'package-lock.json', ...manifests.sort()].filter((file) =>
    existsSync(join(ROOT, file)),
  );
  for (const file of files) sum.update(file).update(readFileSync(join(ROOT, file)));
  return sum.digest('hex');
}

function workspaces() {
  const within = ['packages', 'services', 'infra'].flatMap((folder) =>
    readdirSync(join(ROOT, folder)).map((name) => join(folder, name)),
  );
  return ['gateway', ...within];
}

export async function build(signal) {
  await step('Building', 'build', 'npx', ['turbo', 'run', 'build', '--output-logs=errors-only'], signal);
}

/** Runs one slow thing to its end; its output goes to a log, whose end is shown when it fails. */
async function step(title, name, command, args, signal) {
  say(title);
  const log = join(LOGS, `${name}.log`);
  const begun = Date.now();
  const timer = setInterval(
    () => say(`${title}: ${Math.round((Date.now() - begun) / 1000)} s so far`),
    STILL_EVERY_MS,
  );
  const code = await runToLog(log, command, args, signal).finally(() => clearInterval(timer));
  if (signal.aborted) throw new Problem('Stopped.');
  if (code === 0) return;
  const output = readFileSync(log, 'utf8').trim();
  if (/ENOSPC|No space left on device/.test(output)) throw Object.assign(new Error(), { code: 'ENOSPC' });
  throw new Problem(
    `${output.split('\n').slice(-40).join('\n')}\n\n${title} failed: what is above is the end of ${log}.`,
  );
}

async function runToLog(log, command, args, signal) {
  mkdirSync(LOGS, { recursive: true });
  const output = openSync(log, 'w');
  try {
    return await runGuarded(output, command, args, signal);
  } finally {
    closeSync(output);
  }
}

/** Runs a command to its exit code. It ends, with all it started, when the signal is aborted or when this process ends. */
export async function runGuarded(output, command, args, signal) {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', FORCE_COLOR: '0' };
  const options = { cwd: ROOT, env, detached: true, stdio: ['pipe', output, output, 'pipe'] };
  const child = spawn('/bin/sh', ['-c', GUARD, command, 'TERM', '10', command, ...args], options);
  // Closing the lifeline makes the guard end the command and everything it started.
  const stop = () => child.stdin.end();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status) => resolve(status ?? 137));
  });
  signal.removeEventListener('abort', stop);
  return code;
}
