import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { factsOf, readLeadFile } from './lead-file.js';
import { type LeadRow, type Reject, readMapping } from './lead-mapping.js';

const BANK_MAPPING = fileURLToPath(new URL('../mappings/bank-marketing.json', import.meta.url));
const BANK_FILE = fileURLToPath(new URL('../../../../shared/data/bank-additional.csv', import.meta.url));
const CAMPAIGN = {
  name: 'Calls',
  channel: 'OFFLINE',
  medium: 'PHONE',
  startsOn: '2010-01-01',
  endsOn: '2010-12-31',
};
const MAPPING = {
  campaign: CAMPAIGN,
  columns: {
    externalKey: 'id',
    attempts: 'calls',
    outcome: { column: 'sold', values: { y: 'CONVERTED', n: 'LOST' } },
  },
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lead-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function write(content: string | Buffer): Promise<string> {
  const path = join(folder, `file-${files++}`);
  await writeFile(path, content);
  return path;
}
async function read(content: string | Buffer, mapping: unknown = MAPPING): Promise<(LeadRow | Reject)[]> {
  const [path, mappingPath] = [await write(content), await write(JSON.stringify(mapping))];
  const mappingRead = await readMapping(mappingPath);
  const rows: (LeadRow | Reject)[] = [];
  for await (const row of readLeadFile(path, mappingRead, await factsOf(path, mappingRead.encoding)))
    rows.push(row);
  return rows;
}
/** Line and key of good rows, line and code of rejected ones. */
const brief = (rows: (LeadRow | Reject)[]) =>
  rows.map((row) => ('code' in row ? `${row.line} ${row.code}` : `${row.line} ${row.externalKey}`));
const sentence = async (work: () => Promise<unknown>): Promise<string> => {
  try {
    await work();
    return 'no problem';
  } catch (error) {
    expect((error as Error).name).toBe('ImportProblem');
    return (error as Error).message.replaceAll(/\S*file-\d+/g, 'FILE');
  }
};

describe('a file is read as CSV', () => {
  test('quotes, doubled quotes, line breaks within quotes, blank lines, CRLF, BOM, and no line break at the end', async () => {
    const text =
      '\uFEFFid,calls,sold,note\r\n"1",2,y,"said ""yes"", twice"\r\n\r\n2,1,n,"two\r\nlines"\r\n3,4,n,';
    const rows = await read(text);
    expect(brief(rows)).toEqual(['2 1', '4 2', '6 3']);
    expect(rows[0]).toEqual({
      line: 2,
      externalKey: '1',
      channel: null,
      medium: null,
      attempts: 2,
      outcome: 'CONVERTED',
      lossReason: null,
      contactedOn: null,
      contactedMonth: null,
      convertedOn: null,
    });
  });

  test('more rows than are parsed at once keep their order and lines', async () => {
    const lines = Array.from({ length: 1_750 }, (_, n) =>
      n === 700 ? `"${n}",1,n` : n === 1_200 ? `${n},x,n` : `${n},1,n`,
    );
    const rows = await read(`id,calls,sold\n${lines.join('\n')}\n`);
    expect(brief(rows)).toEqual(lines.map((_, n) => (n === 1_200 ? `${n + 2} NO_NUMBER` : `${n + 2} ${n}`)));
  });

  test('without a key of its own a row is known by the file and its line', async () => {
    const { externalKey: _, ...columns } = MAPPING.columns;
    const rows = await read('calls,sold\n1,n\n', { ...MAPPING, columns });
    expect(brief(rows)[0]).toMatch(/^2 [0-9a-f]{12}-2$/);
  });

  test('days, months, media and reasons are read by field', async () => {
    const mapping = {
      delimiter: '\t',
      campaign: CAMPAIGN,
      columns: {
        attempts: 'calls',
        outcome: { column: 'won', values: { '': 'LOST', '2018-02-26 19:58:54': 'CONVERTED' } },
        convertedOn: 'won',
        contactedOn: 'first',
        contactedMonth: 'month',
        medium: { column: 'origin', values: { email: 'EMAIL', '': '' } },
        lossReason: 'why',
      },
    };
    const rows = await read(
      'calls\twon\tfirst\tmonth\torigin\twhy\n1\t2018-02-26 19:58:54\t2018-02-01\t2\temail\t\n1\t\t\t\t\tTIMING\n1\t\t2018-02-30\t\t\t\n1\t\t\t\tfax\t\n',
      mapping,
    );
    expect(rows[0]).toMatchObject({
      outcome: 'CONVERTED',
      convertedOn: '2018-02-26',
      contactedOn: '2018-02-01',
      contactedMonth: 2,
      medium: 'EMAIL',
    });
    expect(rows[1]).toMatchObject({
      outcome: 'LOST',
      convertedOn: null,
      contactedOn: null,
      contactedMonth: null,
      medium: null,
      lossReason: 'TIMING',
    });
    expect(brief(rows.slice(2))).toEqual(['4 NO_DAY', '5 UNKNOWN_VALUE']);
  });
});

describe('a fault of a row rejects that row alone', () => {
  const LONG = 'x'.repeat(1_048_576);
  test.each([
    [
      'a quote that is never closed',
      'id,calls,sold\n1,1,n\n"2,1,n\n3,1,n\n',
      ['2 1', '3 BROKEN_QUOTES', '4 3'],
    ],
    ['a quote within a cell', 'id,calls,sold\n1,1,n\n2"x,1,n\n3,1,n\n', ['2 1', '3 BROKEN_QUOTES', '4 3']],
    [
      'two such lines, whose quotes close each other',
      'id,calls,sold\n2"x,1,n\n3,1,n\n4"x,1,n\n5,1,n\n',
      ['2 BROKEN_QUOTES', '3 3', '4 BROKEN_QUOTES', '5 5'],
    ],
    ['text behind a closing quote', 'id,calls,sold\n"1"x,1,n\n2,1,n\n', ['2 BROKEN_QUOTES', '3 2']],
    [
      'a quote that swallows lines into a record of another width',
      'id,calls,sold\n1,1,"n\n2,1,n"\n3,1,n\n',
      ['2 UNKNOWN_VALUE', '4 3'],
    ],
    ['a line of a megabyte', `id,calls,sold\n1,1,n\n${LONG},1,n\n3,1,n\n`, ['2 1', '3 LINE_TOO_LONG', '4 3']],
    [
      'a megabyte behind an open quote',
      `id,calls,sold\n"1,1,n\n${LONG},1,n\n3,1,n\n`,
      ['2 BROKEN_QUOTES', '3 LINE_TOO_LONG', '4 3'],
    ],
    [
      'too few and too many cells',
      'id,calls,sold\n1,1\n2,1,n,x\n3,1,n\n',
      ['2 WRONG_COLUMN_COUNT', '3 WRONG_COLUMN_COUNT', '4 3'],
    ],
    ['a value that the mapping does not list', 'id,calls,sold\n1,1,perhaps\n', ['2 UNKNOWN_VALUE']],
    [
      'a number that is none',
      'id,calls,sold\n1,two,n\n2,-1,n\n3,1.5,n\n',
      ['2 NO_NUMBER', '3 NO_NUMBER', '4 NO_NUMBER'],
    ],
    ['an empty cell that must not be', 'id,calls,sold\n1,,n\n', ['2 EMPTY']],
  ])('%s', async (_, text, expected) => {
    expect(brief(await read(text))).toEqual(expected);
  });

  test('bytes that are not UTF-8', async () => {
    const gbk = Buffer.from([0xcd, 0xf5]);
    expect(
      brief(
        await read(
          Buffer.concat([Buffer.from('id,calls,sold\n1,1,n\n'), gbk, Buffer.from(',1,n\n3,1,n\n')]),
          {
            ...MAPPING,
            encoding: 'UTF-8',
          },
        ),
      ),
    ).toEqual(['2 1', '3 NOT_UTF8', '4 3']);
  });

  test('a quote left open in a large file costs its line and nothing behind it', async () => {
    const lines = Array.from({ length: 20_000 }, (_, n) => (n === 100 ? `"${n},1,n` : `${n},1,n`));
    const rows = await read(`id,calls,sold\n${lines.join('\n')}\n`);
    expect([rows.length, brief(rows.filter((row) => 'code' in row))]).toEqual([
      20_000,
      ['102 BROKEN_QUOTES'],
    ]);
  });
});

describe('what stops an import is said in one sentence', () => {
  test.each([
    ['an empty file', '', MAPPING, 'FILE is empty.'],
    [
      'a wrong separator',
      'id;calls;sold\n1;1;n\n',
      MAPPING,
      'FILE has a single column when split at ","; it looks separated by ";": set "delimiter" in the mapping.',
    ],
    [
      'a column that comes twice',
      'id,calls,sold,calls\n1,1,n,2\n',
      MAPPING,
      'FILE has more than one column calls: which of them counts? Rename the others.',
    ],
    ['a missing column', 'id,calls\n1,1\n', MAPPING, 'FILE lacks the column sold; it has id, calls.'],
    ['missing columns', 'id,name\n1,1\n', MAPPING, 'FILE lacks the columns calls, sold; it has id, name.'],
    [
      'a header with broken quotes',
      '"id,calls,sold\n1,1,n\n',
      MAPPING,
      'The header of FILE cannot be read: BROKEN_QUOTES, a quote is opened or closed in the wrong place.',
    ],
    [
      'a header of a megabyte',
      `${'x'.repeat(1_048_576)}\n`,
      MAPPING,
      'The header of FILE cannot be read: LINE_TOO_LONG, more than 65536 bytes.',
    ],
    [
      'a mapping without a needed field',
      'id,calls,sold\n',
      { ...MAPPING, columns: { attempts: 'calls' } },
      'The mapping FILE does not fit: columns.outcome is missing.',
    ],
    [
      'a mapping without a campaign',
      'id,calls,sold\n',
      { columns: MAPPING.columns },
      'The mapping FILE does not fit: campaign is missing.',
    ],
    [
      'a field that does not exist',
      'id,calls,sold\n',
      { ...MAPPING, columns: { ...MAPPING.columns, phone: 'id' } },
      'The mapping FILE does not fit: columns.phone is no field.',
    ],
  ])('%s', async (_, text, mapping, expected) => {
    expect(await sentence(() => read(text, mapping))).toBe(expected);
  });

  test('a file or mapping that is not there, a folder, and a mapping that is not JSON', async () => {
    expect(await sentence(() => factsOf(join(folder, 'none.csv')))).toMatch(
      /^There is no file .*none\.csv\.$/,
    );
    expect(await sentence(() => factsOf(folder))).toMatch(/ is a folder: name a file\.$/);
    expect(await sentence(() => readMapping(join(folder, 'none.json')))).toMatch(
      /^There is no file .*none\.json\.$/,
    );
    expect(await sentence(async () => readMapping(await write('{')))).toBe('The mapping FILE is not JSON.');
  });
});

type Counts = Record<string, { leads: number; converted: number }>;

function tally<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  isConverted: (row: Row) => boolean,
): Counts {
  const counts: Counts = {};
  for (const row of rows) {
    const { leads, converted } = counts[keyOf(row)] ?? { leads: 0, converted: 0 };
    counts[keyOf(row)] = { leads: leads + 1, converted: converted + (isConverted(row) ? 1 : 0) };
  }
  return counts;
}

/** A direct count that shares nothing with the reader: the file has no quoted separator, so cutting at the separator is enough. */
async function directCount(column: string): Promise<Counts> {
  const [header = '', ...lines] = (await readFile(BANK_FILE, 'utf8')).replaceAll('"', '').trim().split('\n');
  const at = (name: string) => header.split(';').indexOf(name);
  const rows = lines.map((line) => line.split(';'));
  return tally(
    rows,
    (cells) => cells[at(column)]!,
    (cells) => cells[at('y')] === 'yes',
  );
}

if (existsSync(BANK_FILE)) {
  test('the real campaign file is read whole, and equals a direct count by contact kind and by attempt', async () => {
    const rows: LeadRow[] = [];
    for await (const row of readLeadFile(
      BANK_FILE,
      await readMapping(BANK_MAPPING),
      await factsOf(BANK_FILE),
    )) {
      if ('code' in row) throw new Error(`Line ${row.line} was rejected: ${row.code}`);
      rows.push(row);
    }
    const countBy = (keyOf: (row: LeadRow) => string) =>
      tally(rows, keyOf, (row) => row.outcome === 'CONVERTED');
    const kinds: Record<string, string> = { MOBILE: 'cellular', LANDLINE: 'telephone' };
    expect(rows).toHaveLength(4_119);
    expect(new Set(rows.map((row) => row.externalKey)).size).toBe(4_119);
    expect(countBy((row) => kinds[String(row.medium)]!)).toEqual(await directCount('contact'));
    expect(countBy((row) => String(row.attempts))).toEqual(await directCount('campaign'));
    expect(rows.every((row) => row.contactedMonth !== null)).toBe(true);
  });
} else {
  test('the real campaign file (file absent: not run)', () => {
    expect(existsSync(BANK_FILE)).toBe(false);
  });
}

describe('how a file is written', () => {
  // 姓名 and 电话营销 in GBK; the header's name is needed to find the column.
  const GBK = Buffer.concat([
    Buffer.from('id,calls,sold,'),
    Buffer.from([0xd0, 0xd5, 0xc3, 0xfb]),
    Buffer.from('\n1,2,y,'),
    Buffer.from([0xb5, 0xe7, 0xbb, 0xb0, 0xd3, 0xaa, 0xcf, 0xfa]),
    Buffer.from('\n2,1,n,\n'),
  ]);
  const byName = {
    ...MAPPING,
    columns: { ...MAPPING.columns, medium: { column: '姓名', values: { 电话营销: 'PHONE', '': '' } } },
  };

  test('a file in GBK is read as such, without being told', async () => {
    const rows = await read(GBK, byName);
    expect(brief(rows)).toEqual(['2 1', '3 2']);
    expect(rows[0]).toMatchObject({ medium: 'PHONE', outcome: 'CONVERTED' });
    expect(brief(await read(GBK, { ...byName, encoding: 'GBK' }))).toEqual(['2 1', '3 2']);
  });

  test('a file in UTF-8 with one broken row loses that row only', async () => {
    const text = Buffer.concat([
      Buffer.from('id,calls,sold,姓名\n1,1,n,王\n2,1,n,'),
      Buffer.from([0xd0, 0xd5]),
      Buffer.from('\n3,1,n,李\n'),
    ]);
    expect(brief(await read(text))).toEqual(['2 1', '3 NOT_UTF8', '4 3']);
  });

  test.each(['\uFEFF', ''])('a file in UTF-16 that begins with %j is named as such', async (mark) => {
    expect(await sentence(() => read(Buffer.from(`${mark}id,calls,sold\n`, 'utf16le')))).toBe(
      'FILE is in UTF-16: save it as UTF-8.',
    );
  });

  test('a file whose lines end in carriage returns alone is named as such; one such sign in a cell ends no row', async () => {
    expect(await sentence(() => read('id,calls,sold\r1,1,n\r2,1,n\r'))).toBe(
      'FILE ends its lines with carriage returns alone: save it with line feeds.',
    );
    expect(brief(await read('id,calls,sold,note\n1,1,n,a\rb\n2,1,n,\r\n3,1,n,c\n'))).toEqual([
      '2 1',
      '3 2',
      '4 3',
    ]);
  });

  test('two hundred columns are read, and a row that lacks one is rejected', async () => {
    const more = Array.from({ length: 197 }, (_, n) => `c${n}`);
    const row = (id: number, cells: string[]) => [id, 1, 'n', ...cells].join(',');
    const text = [`id,calls,sold,${more.join(',')}`, row(1, more), row(2, more.slice(1)), row(3, more)].join(
      '\n',
    );
    expect(brief(await read(text))).toEqual(['2 1', '3 WRONG_COLUMN_COUNT', '4 3']);
  });
});

test('a funnel of sellers: the outcome is read from the day of winning, and messy rows are rejected each with its reason', async () => {
  const mapping = JSON.parse(
    await readFile(fileURLToPath(new URL('../mappings/seller-funnel.json', import.meta.url)), 'utf8'),
  );
  const rows = await read(
    [
      'mql_id,first_contact_date,landing_page_id,origin,won_date',
      'a,2018-02-01,p,social,2018-02-26 19:58:54',
      'b,2017-10-20,p,paid_search,',
      'c,2018-03-22,p,,',
      'd,2018-03-22,p,referral,',
      'e,22/08/2018,p,email,',
      'f,2018-02-30,p,email,',
      ',2018-02-20,p,email,',
      'g,2018-02-20,p,carrier_pigeon,',
      'h,,p,email,2018-02-20',
      'i,2018-02-20,p,email,2018-02-01',
    ].join('\n'),
    mapping,
  );
  expect(brief(rows)).toEqual([
    '2 a',
    '3 b',
    '4 EMPTY',
    '5 d',
    '6 NO_DAY',
    '7 NO_DAY',
    '8 EMPTY',
    '9 UNKNOWN_VALUE',
    '10 h',
    '11 i',
  ]);
  expect(rows[0]).toMatchObject({
    outcome: 'CONVERTED',
    channel: 'ONLINE',
    medium: 'SOCIAL',
    attempts: 1,
    convertedOn: '2018-02-26',
  });
  expect(rows[1]).toMatchObject({ outcome: 'OPEN', medium: 'PAID_SEARCH', contactedOn: '2017-10-20' });
  expect(rows[3]).toMatchObject({ channel: 'REFERRAL' });
  // Won without any contact, and won before it: the graph rejects these two with their reasons.
  expect(rows[8]).toMatchObject({ outcome: 'CONVERTED', attempts: 0 });
  expect(rows[9]).toMatchObject({ contactedOn: '2018-02-20', convertedOn: '2018-02-01' });
});
