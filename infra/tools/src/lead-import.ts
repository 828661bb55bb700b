import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, rmSync, type WriteStream } from 'node:fs';
import { z } from 'zod';
import type { Ask } from './graph.js';
import { ImportProblem, systemCode } from './import-problem.js';
import { factsOf, readLeadFile } from './lead-file.js';
import { type LeadRow, type Mapping, type Reject, readMapping } from './lead-mapping.js';

/** What the graph takes at once. */
const BATCH_ROWS = 1_000;

const IMPORT_LEADS = `mutation ImportLeads($input: ImportLeadsInput!) {
  importLeads(input: $input) { added alreadyPresent rejected { line code } }
}`;

const Answer = z.object({
  importLeads: z.object({
    added: z.int(),
    alreadyPresent: z.int(),
    rejected: z.array(z.object({ line: z.int(), code: z.string() })),
  }),
});

export type ImportResult = {
  rows: number;
  added: number;
  alreadyPresent: number;
  rejected: number;
  rejectsFile: string | null;
};
export type Progress = (done: { line: number; lines: number; result: ImportResult }) => void;

/**
 * Imports a file in batches. Rows that are not taken go to `<file>.rejects.csv`, which is written anew each time. Each batch is
 * kept by the graph as soon as it is answered: after a break, run it again, and what is there already is passed over.
 */
export async function importLeadFile(options: {
  file: string;
  mappingFile: string;
  ask: Ask;
  progress: Progress;
}): Promise<ImportResult> {
  const { file, ask, progress } = options;
  const mapping = await readMapping(options.mappingFile);
  const facts = await factsOf(file, mapping.encoding);
  const rejects = new RejectsFile(`${file}.rejects.csv`);
  const result: ImportResult = { rows: 0, added: 0, alreadyPresent: 0, rejected: 0, rejectsFile: null };
  const send = async (rows: LeadRow[], faults: Reject[]): Promise<void> => {
    const taken =
      rows.length === 0
        ? NOTHING
        : await sendBatch(ask, { fileSha256: facts.sha256, campaign: mapping.campaign, rows });
    const all = [...faults, ...taken.rejected.map(({ line, code }) => ({ line, code, detail: '' }))].sort(
      (a, b) => a.line - b.line,
    );
    await rejects.add(all);
    result.rows += rows.length + faults.length;
    result.added += taken.added;
    result.alreadyPresent += taken.alreadyPresent;
    result.rejected += all.length;
    result.rejectsFile = rejects.written;
  };
  try {
    let rows: LeadRow[] = [];
    let faults: Reject[] = [];
    for await (const row of readLeadFile(file, mapping, facts)) {
      if ('code' in row) faults.push(row);
      else rows.push(row);
      if (rows.length < BATCH_ROWS && faults.length < BATCH_ROWS) continue;
      await send(rows, faults);
      progress({ line: row.line, lines: facts.lines, result });
      rows = [];
      faults = [];
    }
    await send(rows, faults);
    progress({ line: facts.lines, lines: facts.lines, result });
  } finally {
    await rejects.close();
  }
  if (result.rows === 0) throw new ImportProblem(`${file} has a header and no rows.`);
  return result;
}

const NOTHING = { added: 0, alreadyPresent: 0, rejected: [] };

async function sendBatch(
  ask: Ask,
  batch: { fileSha256: string; campaign: Mapping['campaign']; rows: LeadRow[] },
) {
  const answer = await ask(IMPORT_LEADS, { input: { requestId: randomUUID(), ...batch } });
  return Answer.parse(answer).importLeads;
}

/** Lines that were not taken and why. There is no file when there are none; one of an earlier run is removed. */
class RejectsFile {
  private stream: WriteStream | undefined;

  constructor(private readonly path: string) {
    rmSync(path, { force: true });
  }

  get written(): string | null {
    return this.stream === undefined ? null : this.path;
  }

  async add(rejects: readonly Reject[]): Promise<void> {
    if (rejects.length === 0) return;
    this.stream ??= await this.open();
    const text = rejects.map(({ line, code, detail }) => `${line},${code},${quoted(detail)}\n`).join('');
    if (!this.stream.write(text)) await once(this.stream, 'drain');
  }

  async close(): Promise<void> {
    if (this.stream === undefined) return;
    this.stream.end();
    await once(this.stream, 'finish');
  }

  private async open(): Promise<WriteStream> {
    const stream = createWriteStream(this.path);
    try {
      await once(stream, 'open');
    } catch (error) {
      throw new ImportProblem(`${this.path} cannot be written (${systemCode(error) ?? 'unknown fault'}).`);
    }
    stream.write('line,code,detail\n');
    return stream;
  }
}

const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
