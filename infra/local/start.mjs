// `npm start`: everything from a fresh clone to a graph that answers. `-- --fresh` begins anew; `--watch` is `npm run dev`.
import { lstatSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LOCAL, machineProblems, portProblems } from './prerequisites.mjs';
import { build, ensureInstalled, Problem, runMain, say } from './steps.mjs';

const FLAGS = ['--fresh', '--watch'];

await runMain(async (signal) => {
  const flags = process.argv.slice(2);
  const unknown = flags.find((flag) => !FLAGS.includes(flag));
  if (unknown) throw new Problem(`${unknown} is not known here: give ${FLAGS.join(' or ')}, or nothing.`);
  say('Checking this machine');
  const problems = machineProblems(process.env);
  if (problems.length === 0) problems.push(...(await portProblems(process.env)));
  if (problems.length > 0) throw new Problem(problems.join('\n'));
  if (flags.includes('--fresh')) removeData();
  await ensureInstalled(signal);
  await build(signal);
  say('Starting');
  const { run } = await import('./dist/start.js');
  const rebuild = () => buildAgain(signal);
  await run({
    signal,
    say,
    print: (text) => console.log(text),
    ...(flags.includes('--watch') ? { rebuild } : {}),
  });
});

async function buildAgain(signal) {
  try {
    await build(signal);
    return true;
  } catch (error) {
    // A mistake in a source file is put right in the editor; what runs goes on meanwhile.
    if (!signal.aborted) console.error(error.message);
    return false;
  }
}

function removeData() {
  say('Removing the data in .local');
  const data = join(LOCAL, 'data');
  // Where its user cannot reach this folder, Postgres keeps its data elsewhere, behind a link.
  const postgres = join(data, 'postgres');
  if (lstatSync(postgres, { throwIfNoEntry: false })?.isSymbolicLink())
    rmSync(realpathSync(postgres), { recursive: true, force: true });
  rmSync(data, { recursive: true, force: true });
}
