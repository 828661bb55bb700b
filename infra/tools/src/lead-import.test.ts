import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { localToken, openGraph } from './graph.js';
import { importLeadFile } from './lead-import.js';

/** Stands where the gateway and the OpenID provider would, and answers as a test says. */
let server: Server;
let url: string;
let batches: { requestId: string; rows: { line: number }[] }[];
let tokens: number;
let answer: (rows: { line: number }[], n: number) => unknown;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lead-import-'));
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      if (request.url === '/token') {
        tokens += 1;
        response.end(JSON.stringify({ access_token: `t${tokens}` }));
        return;
      }
      const { input } = JSON.parse(body).variables;
      batches.push(input);
      const said = answer(input.rows, batches.length);
      if (said === 'break') response.destroy();
      else response.end(JSON.stringify(said));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});
const taken = (rows: { line: number }[], rejected: { line: number; code: string }[] = []) => ({
  data: { importLeads: { added: rows.length - rejected.length, alreadyPresent: 0, rejected } },
});
beforeEach(() => {
  batches = [];
  tokens = 0;
  answer = (rows) => taken(rows);
});

const MAPPING = {
  campaign: {
    name: 'Calls',
    channel: 'OFFLINE',
    medium: 'PHONE',
    startsOn: '2010-01-01',
    endsOn: '2010-12-31',
  },
  columns: { attempts: 'calls', outcome: 'outcome' },
};
let files = 0;
async function run(lines: string[], gateway = `${url}/graphql`) {
  const file = join(folder, `calls-${files++}.csv`);
  const mappingFile = `${file}.json`;
  await writeFile(file, `calls,outcome\n${lines.map((line) => `${line}\n`).join('')}`);
  await writeFile(mappingFile, JSON.stringify(MAPPING));
  const seen: number[] = [];
  const again = () =>
    importLeadFile({
      file,
      mappingFile,
      ask: openGraph(gateway, () => localToken(url)),
      progress: ({ line }) => seen.push(line),
    });
  return { file, seen, again, result: await again() };
}
const sentence = async (work: () => Promise<unknown>): Promise<string> => {
  try {
    await work();
    return 'no problem';
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
};
const good = (count: number) => Array.from({ length: count }, () => '1,LOST');

test('rows go in batches of at most a thousand, each with a requestId of its own, and progress is told', async () => {
  const { result, seen } = await run(good(2_345));
  expect(batches.map((batch) => batch.rows.length)).toEqual([1_000, 1_000, 345]);
  expect(new Set(batches.map((batch) => batch.requestId)).size).toBe(3);
  expect(seen).toEqual([1_001, 2_001, 2_346]);
  expect(result).toEqual({ rows: 2_345, added: 2_345, alreadyPresent: 0, rejected: 0, rejectsFile: null });
  expect(tokens).toBe(1);
});

test('rejects of the file and of the graph stand in one file by line, and a later run without rejects removes it', async () => {
  answer = (rows) => taken(rows, [{ line: 3, code: 'BAD_ATTEMPTS' }]);
  const { file, result, again } = await run([
    '1,LOST',
    '2,LOST',
    'x,LOST',
    '1,LOST',
    '1,"LOST',
    '1,CONVERTED',
  ]);
  expect(result).toMatchObject({ rows: 6, added: 3, rejected: 3, rejectsFile: `${file}.rejects.csv` });
  expect(await readFile(`${file}.rejects.csv`, 'utf8')).toBe(
    'line,code,detail\n3,BAD_ATTEMPTS,\n4,NO_NUMBER,column calls\n6,BROKEN_QUOTES,a quote is opened or closed in the wrong place\n',
  );
  await writeFile(file, 'calls,outcome\n1,LOST\n');
  answer = (rows) => taken(rows);
  expect(await again()).toMatchObject({ rejected: 0, rejectsFile: null });
  expect(existsSync(`${file}.rejects.csv`)).toBe(false);
});

test('a broken connection sends the same batch again under the same requestId', async () => {
  answer = (rows, n) => (n === 1 ? 'break' : taken(rows));
  expect((await run(good(2))).result.added).toBe(2);
  expect([batches.length, new Set(batches.map((batch) => batch.requestId)).size]).toEqual([2, 1]);
});

test('an expired token is replaced once, and a token that is never taken stops the import', async () => {
  const expired = {
    errors: [{ message: 'Send a valid access token.', extensions: { code: 'UNAUTHENTICATED' } }],
  };
  answer = (rows, n) => (n === 1 ? expired : taken(rows));
  expect((await run(good(1))).result.added).toBe(1);
  expect(tokens).toBe(2);
  answer = () => expired;
  expect(await sentence(() => run(good(1)))).toBe(
    'ImportProblem: The graph refused with UNAUTHENTICATED: Send a valid access token.',
  );
});

test('a refusal, a forbidden role, an address that is no graph, and nobody there are each one sentence', async () => {
  answer = () => ({
    data: null,
    errors: [
      {
        message: 'A campaign of this name is known.',
        extensions: { code: 'CAMPAIGN_DIFFERS', details: { field: 'medium' } },
      },
    ],
  });
  expect(await sentence(() => run(good(1)))).toBe(
    'ImportProblem: The graph refused with CAMPAIGN_DIFFERS {"field":"medium"}: A campaign of this name is known.',
  );
  answer = () => ({ data: null, errors: [{ message: 'No.', extensions: { code: 'FORBIDDEN' } }] });
  expect(await sentence(() => run(good(1)))).toBe(
    'ImportProblem: The token may not import leads: use one of the role MARKETING.',
  );
  answer = () => ({ statusCode: 404 });
  expect(await sentence(() => run(good(1)))).toMatch(/^ImportProblem: What answers at .* is no graph/);
  expect(await sentence(() => run(good(1), 'http://127.0.0.1:9/graphql'))).toMatch(
    /^ImportProblem: Nobody answers at /,
  );
  expect(await sentence(() => localToken('http://127.0.0.1:9'))).toMatch(
    /^ImportProblem: The OpenID provider at .* gives no token/,
  );
});

test('a file without rows is said to have none', async () => {
  expect(await sentence(() => run([]))).toMatch(/^ImportProblem: .* has a header and no rows\.$/);
});
