import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Stack } from '@client-graph/local';
import type { Graph } from './graph.js';

/** Imports a file with the command that marketing uses; its two outputs. */
export const importFile = (stack: Stack, file: string, mapping: string) =>
  promisify(execFile)(
    process.execPath,
    [
      fileURLToPath(new URL('../../tools/dist/import-leads.js', import.meta.url)),
      ...[file, '--mapping', mapping, '--gateway', stack.gatewayUrl],
    ],
    { env: { ...process.env, OIDC_ISSUER: stack.issuer } },
  );

export type Counts = Record<string, { leads: number; converted: number }>;

/** The funnel of a campaign as an analyst sees it. */
export async function funnelOf(graph: Graph, campaign: string, by: string): Promise<Counts> {
  const { campaigns } = await graph<{ campaigns: { nodes: { id: string; name: string }[] } }>(
    'marketing',
    'campaigns',
    { first: 100 },
  );
  const campaignId = campaigns.nodes.find(({ name }) => name === campaign)?.id;
  const { leadFunnel } = await graph<{ leadFunnel: { key: string; leads: number; converted: number }[] }>(
    'analyst',
    'lead-funnel',
    { by, filter: { campaignId } },
  );
  return Object.fromEntries(leadFunnel.map(({ key, leads, converted }) => [key, { leads, converted }]));
}

/** A direct count over a file whose cells hold no separator, which shares nothing with the import. */
export async function directCount(
  file: string,
  keyOf: (cell: (name: string) => string) => string,
  isConverted: (cell: (name: string) => string) => boolean,
): Promise<Counts> {
  const [header = '', ...lines] = (await readFile(file, 'utf8')).replaceAll('"', '').trim().split('\n');
  const names = header.trim().split(';');
  const counts: Counts = {};
  for (const line of lines) {
    const cells = line.trim().split(';');
    const cell = (name: string) => cells[names.indexOf(name)] ?? '';
    const count = counts[keyOf(cell)] ?? { leads: 0, converted: 0 };
    counts[keyOf(cell)] = count;
    count.leads += 1;
    count.converted += isConverted(cell) ? 1 : 0;
  }
  return counts;
}

/** A funnel as it comes out of a spreadsheet, and which columns of it say what. */
export const MESSY_MAPPING = {
  encoding: 'GBK',
  campaign: {
    name: '秋季讲座 2018',
    channel: 'OFFLINE',
    medium: 'SEMINAR',
    startsOn: '2018-01-01',
    endsOn: '2018-12-31',
  },
  columns: {
    externalKey: '编号',
    channel: {
      column: '来源',
      values: { 官网: 'ONLINE', 微信: 'ONLINE', 转介绍: 'REFERRAL' },
      empty: 'OFFLINE',
    },
    medium: { column: '来源', values: { 官网: 'WEB', 微信: 'WECHAT', 转介绍: 'REFERRAL' }, empty: 'UNKNOWN' },
    contactedOn: { column: '首次接触', dates: 'DMY' },
    convertedOn: { column: '成交日', dates: 'DMY' },
  },
};

const OTHERS = Array.from({ length: 195 }, (_, n) => `备用${n}`);
const row = (...cells: string[]) => [...cells, ...OTHERS.map(() => '')].join(',');

/** Its rows with what is to become of each: the medium it counts for, won or not, or why it is rejected. */
export const MESSY_ROWS: [string, { medium: string; isWon?: true } | string][] = [
  [row('A1', '2018-02-01', '官网', '', '正常'), { medium: 'WEB' }],
  [row('A2', '2018/2/3', '微信', '2018年3月5日', ''), { medium: 'WECHAT', isWon: true }],
  [row('A3', '20180205', '', '', '"带""引号"""'), { medium: 'UNKNOWN' }],
  [row('A4', '6.2.2018', '转介绍', '26/02/2018', ''), { medium: 'REFERRAL', isWon: true }],
  [row('A5', '7-Feb-2018', '微信', '', ''), { medium: 'WECHAT' }],
  [row('A6', '2018-02-08 10:15', '官网', '2018-02-01', '成交早于接触'), 'CONVERTED_BEFORE_CONTACT'],
  [row('A7', '', '官网', '2018-02-20', '没有接触'), 'CONVERTED_WITHOUT_CONTACT'],
  [row('A8', '2018-02-30', '官网', '', ''), 'NO_DAY'],
  [row('A1', '2018-02-01', '官网', '', '正常'), 'DUPLICATE_KEY'],
  [row('', '2018-02-09', '官网', '', ''), 'EMPTY'],
  [row('A9', '2018-02-10', '信鸽', '', ''), 'UNKNOWN_VALUE'],
  ['A10,2018-02-11,官网', 'WRONG_COLUMN_COUNT'],
  [row('A11', '2099-01-01', '官网', '', ''), 'IN_FUTURE'],
  [row('A12', '', '微信', '', '未接触'), { medium: 'WECHAT' }],
];
export const MESSY_FILE = [
  ['编号', '首次接触', '来源', '成交日', '备注', ...OTHERS].join(','),
  ...MESSY_ROWS.map(([text]) => text),
].join('\r\n');

/** Text in GBK, for which Node has a decoder only: its table is turned round. */
export function inGbk(text: string): Buffer {
  const decoder = new TextDecoder('gbk');
  const codes = new Map<string, number[]>();
  for (let first = 0x81; first < 0xff; first += 1)
    for (let second = 0x40; second < 0xff; second += 1)
      codes.set(decoder.decode(Uint8Array.of(first, second)), [first, second]);
  return Buffer.from([...text].flatMap((char) => codes.get(char) ?? [char.charCodeAt(0)]));
}
