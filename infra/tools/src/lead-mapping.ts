import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { DAY_ORDERS, type DayOrder, dayOfCell, needsOrder } from './days.js';
import { ImportProblem, unreadable } from './import-problem.js';

const Day = z.iso.date();

/**
 * A column by its name in the header. `values` translates its cells, and a cell it does not list is a fault of the row; `otherwise` is
 * what such a cell means instead. `empty` is what an empty cell means. `dates` is the order in which the column writes its days. Or
 * `constant`: the same for every row.
 */
const Column = z.union([
  z.string().min(1),
  z.strictObject({
    column: z.string().min(1),
    values: z.record(z.string(), z.string()).optional(),
    otherwise: z.string().optional(),
    empty: z.string().optional(),
    dates: z.enum(DAY_ORDERS).optional(),
  }),
  z.strictObject({ constant: z.string() }),
]);

/** How the bytes of a file are read. AUTO: UTF-8, or GB 18030 (which GBK is part of) when the file is none but that. */
const Encoding = z.enum(['AUTO', 'UTF-8', 'GB18030', 'GBK']);
export type Encoding = z.output<typeof Encoding>;

const Mapping = z.strictObject({
  delimiter: z.string().length(1).default(','),
  encoding: Encoding.default('AUTO'),
  campaign: z.strictObject({
    name: z.string().min(1),
    channel: z.enum(['ONLINE', 'OFFLINE', 'PARTNER', 'REFERRAL']),
    medium: z.string().min(1),
    startsOn: Day,
    endsOn: Day,
  }),
  columns: z
    .strictObject({
      /** Without it a row is known by its file and line. */
      externalKey: Column.optional(),
      /** Without it every row has the campaign's channel; a row must not leave it empty. */
      channel: Column.optional(),
      /** Without it every row has the campaign's medium; a row must not leave it empty. */
      medium: Column.optional(),
      /** Without it a row with a day or month of contact has one attempt, another none. */
      attempts: Column.optional(),
      /** Without it a row with a day of conversion is CONVERTED, another OPEN: the file does not say. */
      outcome: Column.optional(),
      lossReason: Column.optional(),
      contactedOn: Column.optional(),
      contactedMonth: Column.optional(),
      convertedOn: Column.optional(),
    })
    .refine(({ outcome, convertedOn }) => outcome !== undefined || convertedOn !== undefined, {
      path: ['outcome'],
    }),
});

/** Which columns of a file say what about a lead. */
export type Mapping = z.output<typeof Mapping>;
type Field = keyof Mapping['columns'];

/** A row as `importLeads` takes it. */
export type LeadRow = {
  line: number;
  externalKey: string;
  channel: 'ONLINE' | 'OFFLINE' | 'PARTNER' | 'REFERRAL' | null;
  medium: string | null;
  attempts: number;
  outcome: 'CONVERTED' | 'LOST' | 'OPEN';
  lossReason: string | null;
  contactedOn: string | null;
  contactedMonth: number | null;
  convertedOn: string | null;
};

/** Why a row is not sent. `detail` names the column; never its content, which may be somebody's. */
export type Reject = { line: number; code: string; detail: string };

const OUTCOMES = ['CONVERTED', 'LOST', 'OPEN'] as const;
const CHANNELS = ['ONLINE', 'OFFLINE', 'PARTNER', 'REFERRAL'] as const;
const LOSS_REASONS = [
  'NO_ANSWER',
  'NOT_INTERESTED',
  'COMPETITOR',
  'UNSUITABLE',
  'NO_FUNDS',
  'TIMING',
  'PRIVACY',
] as const;

/** Reads a mapping. Throws an ImportProblem that names every field that is missing or wrong. */
export async function readMapping(path: string): Promise<Mapping> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw unreadable(path, error);
  });
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new ImportProblem(`The mapping ${path} is not JSON.`);
  }
  const mapping = Mapping.safeParse(json);
  if (mapping.success) return mapping.data;
  const faults = mapping.error.issues.map((issue) => {
    const place = issue.path.join('.');
    if (issue.code === 'unrecognized_keys')
      return `${[...issue.path, issue.keys.join(', ')].join('.')} is no field`;
    return valueAt(json, issue.path) === undefined ? `${place} is missing` : `${place}: ${issue.message}`;
  });
  throw new ImportProblem(`The mapping ${path} does not fit: ${faults.join('; ')}.`);
}

const valueAt = (json: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    json,
  );

/** Turns the cells of a row into what is sent, or says why not. */
export type ReadRow = (line: number, cells: readonly string[]) => LeadRow | Reject;

/**
 * Fits a mapping to the header of a file. Throws an ImportProblem when the header lacks a column, or has one column only because
 * it is separated otherwise. `fileKey` makes keys of lines for a file that has no key of its own.
 */
export function fitMapping(
  file: string,
  header: readonly string[],
  mapping: Mapping,
  fileKey: string,
): ReadRow {
  const names = header.map((name) => name.trim());
  const only = names[0] ?? '';
  const other = [';', ',', '\t', '|'].find(
    (delimiter) => delimiter !== mapping.delimiter && only.includes(delimiter),
  );
  if (names.length === 1 && other !== undefined) {
    throw new ImportProblem(
      `${file} has a single column when split at ${shown(mapping.delimiter)}; it looks separated by ${shown(other)}: set "delimiter" in the mapping.`,
    );
  }
  const columns = columnsOf(mapping);
  const read = [...columns.values()].filter(({ constant }) => constant === undefined);
  const wanted = new Set(read.map(({ name }) => name));
  const twice = [...wanted].filter((name) => names.indexOf(name) !== names.lastIndexOf(name));
  if (twice.length > 0)
    throw new ImportProblem(
      `${file} has more than one column ${twice.join(', ')}: which of them counts? Rename the others.`,
    );
  const missing = [...wanted].filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new ImportProblem(
      `${file} lacks the column${missing.length > 1 ? 's' : ''} ${missing.join(', ')}; it has ${listed(names)}.`,
    );
  }
  return (line, cells) => {
    const row = new CellReader(names, columns, line, cells);
    const days = {
      contactedOn: row.day('contactedOn'),
      contactedMonth: row.count('contactedMonth'),
      convertedOn: row.day('convertedOn'),
    };
    const wasContacted = days.contactedOn !== null || days.contactedMonth !== null;
    const lead = {
      line,
      externalKey:
        row.text('externalKey') ??
        (columns.has('externalKey') ? row.empty('externalKey', '') : `${fileKey}-${line}`),
      channel: row.needed('channel', row.oneOf('channel', CHANNELS)),
      medium: row.needed('medium', row.text('medium')),
      attempts: row.needed('attempts', row.count('attempts')) ?? (wasContacted ? 1 : 0),
      outcome:
        row.needed('outcome', row.oneOf('outcome', OUTCOMES)) ??
        (days.convertedOn === null ? ('OPEN' as const) : ('CONVERTED' as const)),
      lossReason: row.oneOf('lossReason', LOSS_REASONS),
      ...days,
    };
    return row.fault ?? lead;
  };
}

const LISTED_MAX = 40;
const listed = (names: readonly string[]): string =>
  names.length <= LISTED_MAX
    ? names.join(', ')
    : `${names.slice(0, LISTED_MAX).join(', ')} and ${names.length - LISTED_MAX} more`;

const shown = (delimiter: string): string => (delimiter === '\t' ? 'tabs' : `"${delimiter}"`);

type Source = {
  name: string;
  values?: Readonly<Record<string, string>> | undefined;
  otherwise?: string | undefined;
  empty?: string | undefined;
  dates?: DayOrder | undefined;
  constant?: string;
};

function columnsOf({ columns }: Mapping): Map<string, Source> {
  const sources = Object.entries(columns).flatMap(([field, column]): [string, Source][] => {
    if (column === undefined) return [];
    if (typeof column === 'string') return [[field, { name: column }]];
    if ('constant' in column) return [[field, { name: field, constant: column.constant }]];
    const { column: name, ...meaning } = column;
    return [[field, { name, ...meaning }]];
  });
  return new Map(sources);
}

/** Reads the cells of one row by field; remembers the first fault. */
class CellReader {
  fault: Reject | undefined;

  constructor(
    private readonly names: readonly string[],
    private readonly columns: ReadonlyMap<string, Source>,
    private readonly line: number,
    private readonly cells: readonly string[],
  ) {}

  /** The cell, translated; null when it is empty or the mapping has no such field. */
  text(field: Field): string | null {
    const source = this.columns.get(field);
    if (source === undefined) return null;
    if (source.constant !== undefined) return source.constant;
    const cell = (this.cells[this.names.indexOf(source.name)] ?? '').trim();
    if (cell === '' && source.empty !== undefined) return source.empty === '' ? null : source.empty;
    const value =
      source.values === undefined
        ? cell
        : Object.hasOwn(source.values, cell)
          ? source.values[cell]
          : source.otherwise;
    if (value === undefined)
      return cell === '' ? this.reject('EMPTY', source.name) : this.reject('UNKNOWN_VALUE', source.name);
    return value === '' ? null : value;
  }

  count(field: Field): number | null {
    const text = this.text(field);
    if (text === null || /^\d{1,9}$/.test(text)) return text === null ? null : Number(text);
    return this.reject('NO_NUMBER', this.nameOf(field));
  }

  /** A day in any form that can be read in one way, or in the order that the mapping gives; a time behind it is passed over. */
  day(field: Field): string | null {
    const text = this.text(field);
    if (text === null) return null;
    const day = dayOfCell(text, this.columns.get(field)?.dates ?? 'YMD');
    if (day !== null) return day;
    const hint = needsOrder(text) ? ': give "dates", "DMY" or "MDY", in the mapping' : '';
    return this.reject('NO_DAY', `${this.nameOf(field)}${hint}`);
  }

  oneOf<Word extends string>(field: Field, words: readonly Word[]): Word | null {
    const text = this.text(field);
    if (text === null) return null;
    return words.find((word) => word === text) ?? this.reject('UNKNOWN_VALUE', this.nameOf(field));
  }

  /** What a row must not leave empty where the mapping has a column for it, unless the mapping says that an empty cell means nothing. */
  needed<Value>(field: Field, value: Value | null): Value | null {
    const source = this.columns.get(field);
    if (value === null && source !== undefined && source.values?.[''] !== '' && source.empty !== '')
      this.reject('EMPTY', source.name);
    return value;
  }

  /** For a field that must not be empty: notes the fault and goes on with `instead`. */
  empty<Value>(field: Field, instead: Value): Value {
    this.reject('EMPTY', this.nameOf(field));
    return instead;
  }

  private nameOf = (field: Field): string => this.columns.get(field)?.name ?? field;

  private reject(code: string, column: string): null {
    this.fault ??= { line: this.line, code, detail: `column ${column}` };
    return null;
  }
}
