import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Stack, startStack, temporaryFolder } from '@client-graph/local';
import { withDatabase } from './generate.js';
import { quantile } from './load.js';
import { whole } from './options.js';
import { runProgram } from './programs.js';
import { render } from './table.js';

type Speed = { code: string; questions: number; gates: number; perSecond: number };

/** One sheet of each client, as somebody who saves has answered it. */
const ANSWERS = [...'BDCBCAABBBB'].map((optionCode, n) => ({ questionId: `I${n + 2}`, optionCode }));
const START = 'mutation ($input: StartAssessmentInput!) { startAssessment(input: $input) { id version } }';
const SUBMIT = 'mutation ($input: SubmitAnswersInput!) { submitAnswers(input: $input) { score finalLevel } }';

const MEMBERS = `
  insert into client_copy (client_id, adviser_id, kind, status, class, grade, age_band, full_civil_capacity, updated_at)
  select id, gen_random_uuid(), 'INDIVIDUAL', 'ACTIVE', 'ORDINARY', 'BRONZE', 'FROM_18', true, now() from unnest($1::uuid[]) as id`;

/** How many sheets are scored in a second: by the rules alone, and handed in by clients with all that belongs to it. */
export async function benchSheets(
  args: string[],
  log: string,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  const { sheets, connections, seconds } = options(args);
  say('Scoring by the rules alone');
  const speeds = await runProgram<Speed[]>('risk', [String(seconds)], signal);
  console.log(
    render({
      title: 'Sheets scored in a second by one thread, rules alone',
      head: ['questionnaire', 'questions', 'gates', 'sheets/s'],
      lines: speeds.map(({ code, questions, gates, perSecond }) => [code, questions, gates, perSecond]),
    }),
  );
  const folder = await temporaryFolder('sheets');
  let stack: Stack | undefined;
  try {
    say('Starting Postgres, Kafka and the risk service');
    const env = { LOG_LEVEL: 'warn' };
    const dataDir = join(folder, 'data');
    stack = await startStack({ dataDir, logDir: log, services: ['risk'], env, tokenSeconds: 86_400, signal });
    const times = await handIn(stack, { sheets, connections, signal });
    console.log(
      render({
        title: `Sheets handed in by ${sheets} clients, ${connections} at once: begun, answered, scored, encrypted, reported, told`,
        head: ['sheets', 'sheets/s', 'p50 ms', 'p99 ms'],
        lines: [
          [sheets, (sheets * 1_000) / times.totalMs, quantile(times.each, 0.5), quantile(times.each, 0.99)],
        ],
      }),
    );
  } finally {
    say('Stopping');
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function options(args: string[]) {
  const text = (value: string) => ({ type: 'string', default: value }) as const;
  const { values } = parseArgs({
    args,
    options: { sheets: text('2000'), connections: text('20'), seconds: text('3') },
  });
  return {
    sheets: whole('--sheets', values.sheets, 100_000),
    connections: whole('--connections', values.connections, 500),
    seconds: whole('--seconds', values.seconds, 600),
  };
}

async function handIn(
  stack: Stack,
  { sheets, connections, signal }: { sheets: number; connections: number; signal: AbortSignal },
): Promise<{ totalMs: number; each: number[] }> {
  const ids = Array.from({ length: sheets }, () => randomUUID());
  await withDatabase(stack, 'risk', (db) => db.query(MEMBERS, [ids]));
  const tokens = new Map<string, string>();
  for (const id of ids) tokens.set(id, await stack.token(`client-${id}`));
  const each: number[] = [];
  const queue = [...ids];
  const worker = async () => {
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      signal.throwIfAborted();
      const startedMs = performance.now();
      await oneSheet(stack.serviceUrl('risk'), id, tokens.get(id) ?? '');
      each.push(performance.now() - startedMs);
    }
  };
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: connections }, worker));
  return { totalMs: performance.now() - startedMs, each };
}

async function oneSheet(url: string, clientId: string, token: string): Promise<void> {
  const ask = async (query: string, input: object) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables: { input: { requestId: randomUUID(), ...input } } }),
    });
    const { data, errors } = JSON.parse(await response.text());
    if (errors !== undefined) throw new Error(`A sheet was refused: ${JSON.stringify(errors)}`);
    return data;
  };
  const { startAssessment } = await ask(START, { clientId, channel: 'ONLINE' });
  const { id: assessmentId, version: expectedVersion } = startAssessment;
  await ask(SUBMIT, { assessmentId, expectedVersion, answers: ANSWERS });
}
