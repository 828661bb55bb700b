import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs a program of a service to its end and returns what it prints as JSON. */
export async function runProgram<Answer>(
  service: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<Answer> {
  const program = fileURLToPath(new URL(`../../../services/${service}/dist/bench.main.js`, import.meta.url));
  const { stdout } = await run(process.execPath, [program, ...args], { signal, maxBuffer: 1_048_576 });
  return JSON.parse(stdout);
}
