import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { localToken, openGraph } from './graph.js';
import { ImportProblem } from './import-problem.js';
import { importLeadFile, type Progress } from './lead-import.js';

const HELP = `npm run import:leads -- FILE --mapping MAPPING [--gateway URL]

  FILE      a CSV of a past campaign, UTF-8 or GBK, with a header
  MAPPING   JSON: the campaign, and under "columns" which column says what of externalKey, channel, medium, attempts,
            outcome, lossReason, contactedOn, contactedMonth, convertedOn; other columns are passed over. A column is its
            name, or { "column", "values", "otherwise", "empty", "dates" }, or { "constant" }. Days may be written in any
            form that can be read in one way; for 03/04/2018 "dates" says "DMY" or "MDY", for spreadsheet numbers "EXCEL".
            Examples: infra/tools/mappings/
  URL       the gateway; http://localhost:4000/graphql when left out

TOKEN holds an access token of the role MARKETING; without it one is asked of the local provider at OIDC_ISSUER
(http://localhost:4010 when not set). Rows that are not taken go to FILE.rejects.csv. The same file twice adds nothing.
`;

const count = (n: number) => n.toLocaleString('en');

/** On a terminal one line that moves, elsewhere a line per batch. */
const progress: Progress = ({ line, lines, result: { added, alreadyPresent, rejected } }) => {
  const text = `line ${count(line)} of ${count(lines)}: ${count(added)} added, ${count(alreadyPresent)} already there, ${count(rejected)} rejected`;
  process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${text}${line === lines ? '\n' : ''}` : `${text}\n`);
};

/** npm runs scripts at the root of the project; a path is meant from where npm was called. */
const fromCaller = (path: string): string => resolve(process.env['INIT_CWD'] ?? '.', path);

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        mapping: { type: 'string' },
        help: { type: 'boolean', default: false },
        gateway: { type: 'string', default: 'http://localhost:4000/graphql' },
      },
    });
    if (values.help) return null;
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new ImportProblem(`Name one file.\n\n${HELP}`);
    if (values.mapping === undefined)
      throw new ImportProblem(`Name a mapping: --mapping MAPPING.\n\n${HELP}`);
    if (!URL.canParse(values.gateway))
      throw new ImportProblem(`${values.gateway} is no address of a gateway.`);
    return { file: fromCaller(file), mappingFile: fromCaller(values.mapping), gateway: values.gateway };
  } catch (error) {
    if (error instanceof ImportProblem) throw error;
    throw new ImportProblem(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
}

async function run(): Promise<void> {
  const asked = readArguments();
  if (asked === null) {
    process.stdout.write(HELP);
    return;
  }
  const { file, mappingFile, gateway } = asked;
  const { TOKEN: token, OIDC_ISSUER: issuer = 'http://localhost:4010' } = process.env;
  const ask = openGraph(gateway, () => (token === undefined ? localToken(issuer) : Promise.resolve(token)));
  const { rows, added, alreadyPresent, rejected, rejectsFile } = await importLeadFile({
    file,
    mappingFile,
    ask,
    progress,
  });
  process.stdout.write(
    `${count(rows)} rows: ${count(added)} added, ${count(alreadyPresent)} already there, ${count(rejected)} rejected.\n`,
  );
  if (rejectsFile !== null) process.stdout.write(`The rejected lines and why: ${rejectsFile}\n`);
  if (rejected === rows) throw new ImportProblem('No row was taken: does the mapping fit the file?');
}

try {
  await run();
} catch (error) {
  if (!(error instanceof ImportProblem)) throw error;
  process.stderr.write(`${error.message.trimEnd()}\n`);
  process.exitCode = 1;
}
