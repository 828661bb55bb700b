import { isAscii, isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { ImportProblem, unreadable } from './import-problem.js';
import { type Encoding, fitMapping, type LeadRow, type Mapping, type Reject } from './lead-mapping.js';

/** A line of a CSV file of people is never this long; one that is would only fill the memory. */
const LINE_MAX_BYTES = 65_536;
/** A quoted cell may hold line breaks, but a quote that stays open longer than this was broken. */
const RECORD_LINES_MAX = 50;
const CHUNK_RECORDS = 500;

type Line =
  | { number: number; text: string }
  | { number: number; fault: 'LINE_TOO_LONG' | 'NOT_UTF8' | 'NOT_GB18030' };
type Raw = { line: number; text: string };
type CsvRecord = { line: number; cells: string[] } | Reject;

/** What is known of a file before it is read row by row. */
export type FileFacts = { sha256: string; lines: number; encoding: 'utf-8' | 'gb18030' };

/**
 * Digests a file, counts its lines and finds out how it is written. Throws an ImportProblem when it is missing, a folder, empty, or in
 * UTF-16.
 */
export async function factsOf(path: string, encoding: Encoding = 'AUTO'): Promise<FileFacts> {
  const hash = createHash('sha256');
  let lines = 0;
  let isFirst = true;
  for await (const chunk of bytesOf(path)) {
    // UTF-16 says so with its first bytes, or has a zero in one of them.
    if (
      isFirst &&
      (['fffe', 'feff'].includes(chunk.subarray(0, 2).toString('hex')) || chunk.subarray(0, 2).includes(0))
    )
      throw new ImportProblem(`${path} is in UTF-16: save it as UTF-8.`);
    isFirst = false;
    hash.update(chunk);
  }
  const found = { utf8: 0, gb18030: 0, neither: 0 };
  for await (const { bytes } of rawLinesOf(path)) {
    lines += 1;
    if (!isAscii(bytes))
      found[isUtf8(bytes) ? 'utf8' : decoded(bytes, 'gb18030') === null ? 'neither' : 'gb18030'] += 1;
  }
  if (lines === 0) throw new ImportProblem(`${path} is empty.`);
  // Bytes of GBK are seldom UTF-8 by chance, so what most lines are the file is.
  const isGb = encoding === 'AUTO' ? found.gb18030 > found.utf8 + found.neither : encoding !== 'UTF-8';
  return { sha256: hash.digest('hex'), lines, encoding: isGb ? 'gb18030' : 'utf-8' };
}

/** The text of a line; null when the bytes are none of the encoding. */
function decoded(bytes: Buffer, encoding: FileFacts['encoding']): string | null {
  if (encoding === 'utf-8') return isUtf8(bytes) ? bytes.toString('utf8') : null;
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/**
 * The rows of a file as the mapping reads them, good and rejected, in the order of the file and with the line each begins on.
 * A fault of a row rejects that row and reading goes on behind it: broken quotes, an over-long line, bytes that are not of the file's encoding,
 * too many or too few columns, a cell that the mapping cannot read. Throws an ImportProblem when the header itself is wrong.
 */
export async function* readLeadFile(
  path: string,
  mapping: Mapping,
  facts: FileFacts,
): AsyncGenerator<LeadRow | Reject> {
  const records = recordsOf(path, mapping.delimiter, facts.encoding);
  const header = (await records.next()).value;
  if (header === undefined) throw new ImportProblem(`${path} is empty.`);
  if (!('cells' in header))
    throw new ImportProblem(`The header of ${path} cannot be read: ${header.code}, ${header.detail}.`);
  if (header.cells.some((name: string) => name.includes('\r')))
    throw new ImportProblem(`${path} ends its lines with carriage returns alone: save it with line feeds.`);
  const readRow = fitMapping(path, header.cells, mapping, facts.sha256.slice(0, 12));
  for await (const record of records) {
    if (!('cells' in record)) yield record;
    else if (record.cells.length === header.cells.length) yield readRow(record.line, record.cells);
    else
      yield {
        line: record.line,
        code: 'WRONG_COLUMN_COUNT',
        detail: `${record.cells.length} instead of ${header.cells.length}`,
      };
  }
}

async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path)) yield chunk;
  } catch (error) {
    throw unreadable(path, error);
  }
}

type RawLine = { number: number; bytes: Buffer; isTooLong: boolean };

/** The lines of a file as they stand in it; of one that is too long only the beginning is kept. No encoding has a line break within a character. */
async function* rawLinesOf(path: string): AsyncGenerator<RawLine> {
  let number = 0;
  let parts: Buffer[] = [];
  let size = 0;
  const take = (part: Buffer) => {
    size += part.length;
    if (size <= LINE_MAX_BYTES) parts.push(part);
  };
  const end = (): RawLine => {
    number += 1;
    const line = { number, bytes: Buffer.concat(parts), isTooLong: size > LINE_MAX_BYTES };
    parts = [];
    size = 0;
    return line;
  };
  for await (const chunk of bytesOf(path)) {
    let from = 0;
    for (let at = chunk.indexOf(0x0a); at !== -1; at = chunk.indexOf(0x0a, from)) {
      take(chunk.subarray(from, at));
      from = at + 1;
      yield end();
    }
    take(chunk.subarray(from));
  }
  if (size > 0) yield end();
}

async function* linesOf(path: string, encoding: FileFacts['encoding']): AsyncGenerator<Line> {
  for await (const { number, bytes, isTooLong } of rawLinesOf(path)) {
    const text = isTooLong ? null : decoded(bytes, encoding);
    if (isTooLong) yield { number, fault: 'LINE_TOO_LONG' };
    else if (text === null) yield { number, fault: encoding === 'utf-8' ? 'NOT_UTF8' : 'NOT_GB18030' };
    else {
      const line = text.replace(/\r$/, '');
      yield { number, text: number === 1 ? line.replace(/^\uFEFF/, '') : line };
    }
  }
}

/**
 * CSV records with the line each begins on. A record is as many lines as its quotes need; where they never close, or what
 * they enclose is no record, the first line alone is rejected and reading goes on with the second.
 */
async function* recordsOf(
  path: string,
  delimiter: string,
  encoding: FileFacts['encoding'],
): AsyncGenerator<CsvRecord> {
  const lines = linesOf(path, encoding);
  const again: Line[] = [];
  const next = async (): Promise<Line | undefined> =>
    again.shift() ?? (await lines.next()).value ?? undefined;
  let width: number | undefined;
  let waiting: Raw[] = [];
  for (let line = await next(); line !== undefined; line = await next()) {
    if ('text' in line && line.text.trim() === '') continue;
    if ('text' in line && isClosed(line.text)) {
      // csv-parse reads many records at once fifteen times faster than one by one.
      if (waiting.push({ line: line.number, text: line.text }) < CHUNK_RECORDS && width !== undefined)
        continue;
    }
    const parsed = parseAll(waiting, delimiter);
    waiting = [];
    yield* parsed;
    width ??= parsed[0] !== undefined && 'cells' in parsed[0] ? parsed[0].cells.length : undefined;
    if ('fault' in line) yield { line: line.number, code: line.fault, detail: faultDetail[line.fault] };
    else if (!isClosed(line.text)) {
      const rest = await linesToClose(line.text, next);
      const cells = rest.isClosed ? parseOne([line.text, ...rest.texts].join('\n'), delimiter) : undefined;
      if (cells !== undefined && (width === undefined || cells.length === width)) {
        yield { line: line.number, cells };
        width ??= cells.length;
      } else {
        again.unshift(...rest.lines);
        yield brokenQuotes(line.number);
      }
    }
  }
  yield* parseAll(waiting, delimiter);
}

const faultDetail = {
  LINE_TOO_LONG: `more than ${LINE_MAX_BYTES} bytes`,
  NOT_UTF8: 'save the file as UTF-8',
  NOT_GB18030: 'save the file as UTF-8',
} as const;

const brokenQuotes = (line: number): Reject => ({
  line,
  code: 'BROKEN_QUOTES',
  detail: 'a quote is opened or closed in the wrong place',
});

const quotesIn = (text: string): number => text.split('"').length - 1;
const isClosed = (text: string): boolean => quotesIn(text) % 2 === 0;

/** The lines that follow until the quotes are closed, the file ends, or it goes on for too long. */
async function linesToClose(
  first: string,
  next: () => Promise<Line | undefined>,
): Promise<{ lines: Line[]; texts: string[]; isClosed: boolean }> {
  const lines: Line[] = [];
  const texts: string[] = [];
  let quotes = quotesIn(first);
  let size = first.length;
  while (quotes % 2 !== 0 && lines.length < RECORD_LINES_MAX && size <= LINE_MAX_BYTES) {
    const line = await next();
    if (line === undefined) break;
    lines.push(line);
    if ('fault' in line) break;
    texts.push(line.text);
    quotes += quotesIn(line.text);
    size += line.text.length;
  }
  return { lines, texts, isClosed: quotes % 2 === 0 };
}

function parseAll(records: readonly Raw[], delimiter: string): CsvRecord[] {
  if (records.length === 0) return [];
  const together = parseMany(records.map(({ text }) => text).join('\n'), delimiter);
  return records.map(({ line, text }, n): CsvRecord => {
    const cells = together?.length === records.length ? together[n] : parseOne(text, delimiter);
    return cells === undefined ? brokenQuotes(line) : { line, cells };
  });
}

const parseOne = (text: string, delimiter: string): string[] | undefined => parseMany(text, delimiter)?.[0];

/** Undefined when csv-parse finds a fault, which it does by throwing; with valid UTF-8 and no limits only quotes can be at fault. */
function parseMany(text: string, delimiter: string): string[][] | undefined {
  try {
    return parse(text, { delimiter, record_delimiter: '\n', relax_column_count: true });
  } catch {
    return undefined;
  }
}
