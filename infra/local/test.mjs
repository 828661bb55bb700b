// `npm test`: everything from a fresh clone to a verdict. What follows `--` goes to jest: `npm test -- services/risk`.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LOCAL, machineProblems } from './prerequisites.mjs';
import { build, ensureInstalled, Problem, runGuarded, runMain, say } from './steps.mjs';

const RESULTS = join(LOCAL, 'test-results.json');

await runMain(async (signal) => {
  const problems = machineProblems(process.env);
  if (problems.length > 0) throw new Problem(problems.join('\n'));
  const asked = process.argv.slice(2);
  await ensureInstalled(signal);
  await build(signal);
  // Both are run even if the first fails: one run shows all there is to mend.
  const checked = asked.length > 0 || (await run('Checking', 'npm', ['run', '-s', 'check'], signal));
  rmSync(RESULTS, { force: true });
  const tested = await run(
    'Testing',
    'node',
    ['packages/config/jest.mjs', '--json', `--outputFile=${RESULTS}`, ...asked],
    signal,
  );
  if (signal.aborted) throw new Problem('Stopped.');
  if (!checked) console.error('`npm run check` failed: what is wrong stands above the tests.');
  const { passed, failed } = count();
  say(checked && tested ? 'Done' : 'Failed');
  console.log(`${passed} passed, ${failed} failed`);
  return checked && tested && failed === 0 ? 0 : 1;
});

async function run(title, command, args, signal) {
  say(title);
  return (await runGuarded('inherit', command, args, signal)) === 0;
}

/** A file that could not be run at all has no tests of its own to count: it counts as one that failed. */
function count() {
  let results;
  try {
    results = JSON.parse(readFileSync(RESULTS, 'utf8'));
  } catch {
    throw new Problem('The tests did not run to their end.');
  }
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
  };
}
