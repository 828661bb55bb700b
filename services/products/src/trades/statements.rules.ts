import { Decimal } from '@client-graph/kit/decimal';
import { defineRefusals, refuse as refuseAny } from '@client-graph/kit/refusals';
import { daysBetween } from '@client-graph/kit/time';
import type { Side } from '../orders/orders.rules.js';

type Words = Readonly<Record<'EN' | 'ZH_HANS' | 'ZH_HANT', string>>;
export type Locale = keyof Words;

export const refuse = defineRefusals({
  STATEMENT_TOO_LONG: 'The span has more rows than one statement holds: ask for a shorter one.',
});

const DAYS_MAX = 400;
export const ROWS_MAX = 5_000;

/** A span of days for a statement. Refuses BAD_INPUT when it is backwards or longer than 400 days. */
export function checkSpan({ from, to }: { from: string; to: string }): void {
  if (from > to || daysBetween(from, to) > DAYS_MAX)
    throw refuseAny('BAD_INPUT', { field: 'to', expected: `at most ${DAYS_MAX} days after from` });
}

/** One row of the ledger as a client reads it; units and money are negative where they leave. */
export type Trade = {
  orderId: string;
  settledOn: string;
  side: Side;
  code: string;
  name: Words;
  currency: string;
  units: Decimal;
  nav: Decimal;
  amount: Decimal;
  fee: Decimal;
  isReversal: boolean;
};
export type HeldAt = Pick<Trade, 'code' | 'name' | 'currency' | 'units' | 'nav'> & { value: Decimal };
export type Statement = {
  clientId: string;
  from: string;
  to: string;
  /** Held at the end of the day before the span. */
  opening: readonly HeldAt[];
  trades: readonly Trade[];
  /** Held at the end of its last day. */
  closing: readonly HeldAt[];
};

const HEADINGS = {
  title: { EN: 'Statement of trades', ZH_HANS: '交易对账单', ZH_HANT: '交易對賬單' },
  client: { EN: 'Client', ZH_HANS: '客户', ZH_HANT: '客戶' },
  span: { EN: 'From – to', ZH_HANS: '期间', ZH_HANT: '期間' },
  opening: { EN: 'Held before', ZH_HANS: '期初持仓', ZH_HANT: '期初持倉' },
  trades: { EN: 'Trades', ZH_HANS: '交易明细', ZH_HANT: '交易明細' },
  closing: { EN: 'Held after', ZH_HANS: '期末持仓', ZH_HANT: '期末持倉' },
  total: { EN: 'In all', ZH_HANS: '合计', ZH_HANT: '合計' },
  none: { EN: 'none', ZH_HANS: '无', ZH_HANT: '無' },
  row: { EN: 'row', ZH_HANS: '类型', ZH_HANT: '類型' },
  date: { EN: 'date', ZH_HANS: '日期', ZH_HANT: '日期' },
  side: { EN: 'side', ZH_HANS: '方向', ZH_HANT: '方向' },
  code: { EN: 'code', ZH_HANS: '产品代码', ZH_HANT: '產品代碼' },
  product: { EN: 'product', ZH_HANS: '产品', ZH_HANT: '產品' },
  currency: { EN: 'currency', ZH_HANS: '币种', ZH_HANT: '幣種' },
  units: { EN: 'units', ZH_HANS: '份额', ZH_HANT: '份額' },
  nav: { EN: 'nav', ZH_HANS: '净值', ZH_HANT: '淨值' },
  amount: { EN: 'money', ZH_HANS: '金额', ZH_HANT: '金額' },
  fee: { EN: 'fee', ZH_HANS: '费用', ZH_HANT: '費用' },
  order: { EN: 'order', ZH_HANS: '订单号', ZH_HANT: '訂單號' },
  paidIn: { EN: 'paid in', ZH_HANS: '转入', ZH_HANT: '轉入' },
  paidOut: { EN: 'paid out', ZH_HANS: '转出', ZH_HANT: '轉出' },
} as const satisfies Record<string, Words>;
export const heading = (of: keyof typeof HEADINGS, locale: Locale): string => HEADINGS[of][locale];

const SIDES = {
  BUY: { EN: 'buy', ZH_HANS: '申购', ZH_HANT: '申購' },
  REDEEM: { EN: 'redeem', ZH_HANS: '赎回', ZH_HANT: '贖回' },
  SWITCH: { EN: 'switch', ZH_HANS: '转换', ZH_HANT: '轉換' },
} as const satisfies Record<Side, Words>;
const REVERSAL: Words = { EN: 'reversal', ZH_HANS: '冲正', ZH_HANT: '沖正' };

/** Which way a trade went, in words; a row that undoes another says so. */
const sideOf = ({ side, isReversal }: Pick<Trade, 'side' | 'isReversal'>, locale: Locale): string =>
  isReversal ? `${SIDES[side][locale]} (${REVERSAL[locale]})` : SIDES[side][locale];

const sum = (values: readonly Decimal[]): Decimal =>
  values.reduce((total, value) => total.plus(value), new Decimal(0));

/** Money in, money out and fees of each currency; what was taken back counts against what it undoes. */
function totalsOf({ opening, trades, closing }: Statement) {
  const currencies = new Set([...opening, ...trades, ...closing].map(({ currency }) => currency));
  return [...currencies].sort().map((currency) => {
    const own = trades.filter((trade) => trade.currency === currency);
    const isIn = ({ amount, isReversal }: Trade) => amount.greaterThan(0) !== isReversal;
    return {
      currency,
      opening: sum(opening.filter((held) => held.currency === currency).map(({ value }) => value)),
      paidIn: sum(own.filter(isIn).map(({ amount }) => amount)),
      paidOut: sum(own.filter((trade) => !isIn(trade)).map(({ amount }) => amount)).negated(),
      fees: sum(own.map(({ fee }) => fee)),
      closing: sum(closing.filter((held) => held.currency === currency).map(({ value }) => value)),
    };
  });
}

/** The columns of a row, whatever the form of the file. */
export const COLUMNS = [
  'date',
  'side',
  'code',
  'product',
  'currency',
  'units',
  'nav',
  'amount',
  'fee',
] as const;
export const SECTIONS = ['opening', 'trades', 'closing', 'total'] as const;

/** The rows of a section, cell by cell. */
export function rowsOf(statement: Statement, section: (typeof SECTIONS)[number], locale: Locale): string[][] {
  switch (section) {
    case 'opening':
      return statement.opening.map((held) => heldRow(held, statement.from, locale));
    case 'closing':
      return statement.closing.map((held) => heldRow(held, statement.to, locale));
    case 'trades':
      return statement.trades.map((trade) => [
        ...[trade.settledOn, sideOf(trade, locale), trade.code, trade.name[locale], trade.currency],
        ...[trade.units, trade.nav, trade.amount, trade.fee].map((figure) => figure.toFixed()),
      ]);
    case 'total':
      return totalsOf(statement).flatMap(({ currency, paidIn, paidOut, fees }) => [
        [statement.to, heading('paidIn', locale), '', '', currency, '', '', paidIn.toFixed(), fees.toFixed()],
        [statement.to, heading('paidOut', locale), '', '', currency, '', '', paidOut.toFixed(), ''],
      ]);
    default:
      return section satisfies never;
  }
}

const heldRow = (
  { code, name, currency, units, nav, value }: HeldAt,
  day: string,
  locale: Locale,
): string[] => [
  ...[day, '', code, name[locale], currency],
  ...[units, nav, value].map((figure) => figure.toFixed()),
  '',
];

/** As a table for a spreadsheet: UTF-8 with its mark, commas, CRLF. */
export function csvOf(statement: Statement, locale: Locale): string {
  const head = ['row', ...COLUMNS, 'order'] as const;
  const body = SECTIONS.flatMap((section) =>
    rowsOf(statement, section, locale).map((row, at) => [
      heading(section, locale),
      ...row,
      section === 'trades' ? (statement.trades[at]?.orderId ?? '') : '',
    ]),
  );
  const rows = [head.map((column) => heading(column, locale)), ...body];
  return `\uFEFF${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}

/** A cell that a spreadsheet takes as text: a name that begins as a formula does is set off, and quotes are doubled. */
function cell(text: string): string {
  const safe = /^[=+@\t]|^-(?![\d.]+$)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
