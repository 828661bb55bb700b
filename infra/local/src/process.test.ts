import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CalledOff } from './problem.js';
import { runProcess, startProcess } from './process.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'client-graph-process-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const shell = (script: string) => ({
  name: 'sh',
  command: '/bin/sh',
  args: ['-c', script],
  logFile: join(folder, 'sh.log'),
});

async function untilGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await delay(20);
  }
}

test('a program ends with its parent, even when the parent is killed', async () => {
  const module = new URL('process.ts', import.meta.url).href;
  const script = `const { startProcess } = await import(${JSON.stringify(module)});
    const { pid } = await startProcess({ name: 'sleep', command: 'sleep', args: ['1000'], logFile: ${JSON.stringify(join(folder, 'sleep.log'))} });
    console.log(pid);`;
  const source = fileURLToPath(new URL('../../../packages/config/source.js', import.meta.url));
  const args = ['--no-warnings', '--import', source, '--input-type=module', '-e', script];
  const parent = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line]: unknown[] = await once(parent.stdout, 'data');
  const pid = Number(String(line));
  process.kill(pid, 0);
  parent.kill('SIGKILL');
  await untilGone(pid);
});

test('a program that will not stop is killed', async () => {
  const running = await startProcess({
    ...shell('trap "" TERM; echo deaf; while :; do sleep 1; done'),
    graceMs: 100,
  });
  while ((await running.lastWords()) !== 'deaf') await delay(10);
  await running.stop();
  expect(running.isRunning()).toBe(false);
});

test('the exit code and the last words of this run come back, not those of the run before', async () => {
  await runProcess(shell('echo before; exit 3'));
  expect(await runProcess(shell('echo now; exit 4'))).toEqual({ code: 4, lastWords: 'now' });
});

test('a program that is over at once is run like any other', async () => {
  const runs = Array.from({ length: 20 }, () => runProcess(shell('exit 3')));
  for (const { code } of await Promise.all(runs)) expect(code).toBe(3);
});

test('a program that does not exist ends with 127, as in a shell', async () => {
  const { code } = await runProcess({ ...shell(''), command: join(folder, 'absent') });
  expect(code).toBe(127);
});

test('calling off ends the program and says so', async () => {
  const calledOff = new AbortController();
  const run = runProcess({ ...shell('sleep 1000'), signal: calledOff.signal });
  calledOff.abort();
  await expect(run).rejects.toThrow(CalledOff);
  await expect(startProcess({ ...shell('true'), signal: calledOff.signal })).rejects.toThrow(CalledOff);
});

test('what a program has started stops with it', async () => {
  const running = await startProcess(shell('sleep 1000 & echo $!; wait'));
  while ((await running.lastWords()) === '') await delay(10);
  const grandchild = Number(await running.lastWords());
  await running.stop();
  await untilGone(grandchild);
});
