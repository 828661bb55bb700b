// `npm run check`: everything but the tests that must hold before a change is merged. `npm run check -- types lint`
// runs only the steps named. A step that fails names the command that mends it, or what to do.
import { spawn } from 'node:child_process';
import { ROOT } from './project.mjs';

const CONFIG = 'packages/config';
const bin = (name) => `node_modules/.bin/${name}`;

// Committed because people review them; a fresh run of their generator must not change them.
const GENERATED = ['gateway/supergraph.graphql', 'services/*/schema.sql'];

const GENERATION = [
  {
    name: 'codegen',
    title: 'resolver types follow the schemas',
    run: [bin('turbo'), 'run', 'codegen', '--continue', '--output-logs=errors-only'],
    mend: 'correct the schema.graphql or codegen.json named above',
  },
  {
    name: 'compose',
    title: 'the six schemas compose',
    run: ['node', 'gateway/compose.mjs'],
    mend: 'correct the schemas named above, then: node gateway/compose.mjs',
  },
  {
    name: 'generated',
    title: 'generated files are committed as generated',
    run: ['node', `${CONFIG}/generated.mjs`, ...GENERATED],
    mend: 'read the difference above and, if it is meant: git add gateway/supergraph.graphql services/*/schema.sql',
  },
];

const CHECKS = [
  {
    name: 'lint',
    title: 'lint and format',
    run: [
      bin('biome'),
      'ci',
      '--colors=off',
      '--error-on-warnings',
      '--diagnostic-level=warn',
      '--max-diagnostics=50',
    ],
    mend: 'npx biome check --write, and by hand what remains',
  },
  {
    name: 'types',
    title: 'types, tests included',
    run: [bin('tsc'), '-p', 'tsconfig.check.json'],
    mend: 'correct the lines named above; again: npm run check -- types',
  },
  {
    name: 'imports',
    title: 'who may import whom',
    run: [
      bin('depcruise'),
      '--config',
      `${CONFIG}/dependency-rules.cjs`,
      '--output-type',
      'err-long',
      'packages',
      'services',
      'gateway',
      'infra',
    ],
    mend: 'move the code as the rule says; again: npm run check -- imports',
  },
  {
    name: 'unused',
    title: 'no unused code or dependency',
    run: [
      bin('knip'),
      '--config',
      `${CONFIG}/knip.json`,
      '--no-gitignore',
      '--no-config-hints',
      '--no-progress',
    ],
    mend: 'remove what nobody uses; again: npm run check -- unused',
  },
  {
    name: 'versions',
    title: 'one exact version of each dependency',
    run: [bin('syncpack'), 'lint', '--config', `${CONFIG}/syncpack.json`],
    mend: `npx syncpack fix --config ${CONFIG}/syncpack.json && npm install`,
  },
  {
    name: 'contracts',
    title: 'schemas are described and classed, refusals are those of the rules',
    run: ['node', `${CONFIG}/contracts.mjs`],
    mend: 'correct the descriptions, classes or refusal tables; again: npm run check -- contracts',
  },
  {
    name: 'words',
    title: 'no machine paths, no unfinished work',
    run: ['node', `${CONFIG}/words.mjs`],
    mend: 'reword the lines named above; again: npm run check -- words',
  },
];

function run([command, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', NO_COLOR: '1', NO_UPDATE_NOTIFIER: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Runs one step and says how it went; returns whether it passed. */
async function step({ title, run: command, mend }) {
  const startedAt = Date.now();
  const { code, output } = await run(command);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  if (code === 0) {
    console.log(`  ok    ${title} (${seconds} s)`);
    return true;
  }
  console.log(`\n${output.trim()}\n  FAIL  ${title}\n        To mend it: ${mend}\n`);
  return false;
}

/** Two at a time: more would only wait for the processor. */
async function inPairs(steps) {
  const waiting = [...steps];
  const results = [];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results.push(await step(next));
  };
  await Promise.all([worker(), worker()]);
  return results.every(Boolean);
}

async function inOrder(steps) {
  for (const next of steps) if (!(await step(next))) return false;
  return true;
}

const asked = process.argv.slice(2);
const known = [...GENERATION, ...CHECKS].map(({ name }) => name);
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`There is no step ${unknown.join(', ')}. The steps: ${known.join(', ')}.`);
  process.exit(2);
}
const wanted = ({ name }) => asked.length === 0 || asked.includes(name);
// Types and unused code are judged with the generated files in place.
const generated = await inOrder(GENERATION.filter(wanted));
const checked = await inPairs(CHECKS.filter(wanted));
process.exit(generated && checked ? 0 : 1);
