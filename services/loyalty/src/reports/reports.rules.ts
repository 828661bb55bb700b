import { Decimal } from '@client-graph/kit/decimal';
import type { EntryType, Labels } from '../points/lots.rules.js';

type Locale = keyof Labels;

/** What the nightly check holds against each other. */
export type FindingKind = 'BALANCE' | 'PENDING' | 'DEBT' | 'LOT' | 'REDEMPTION' | 'STOCK';

/** The points that all members have, at the end of a day. */
export type Liability = {
  day: string;
  members: number;
  activePoints: number;
  pendingPoints: number;
  debtPoints: number;
  /** Of the twelve months up to the day. */
  earned12m: number;
  redeemed12m: number;
  expired12m: number;
  pointsPerCurrency: number;
  currency: string;
  /** What lapses by month, soonest first. */
  expiring: { month: string; points: number }[];
};

/** What the points would cost if all were spent, in whole cents. */
export const liabilityOf = ({ activePoints, pendingPoints, pointsPerCurrency, currency }: Liability) => ({
  amount: new Decimal(activePoints + pendingPoints).div(pointsPerCurrency).toDecimalPlaces(2),
  currency,
});

/** Of the points that came to an end in twelve months the share that lapsed unspent; null when none did. */
export function breakageRate({ expired12m, redeemed12m }: Liability): Decimal | null {
  const ended = expired12m + redeemed12m;
  return ended === 0 ? null : new Decimal(expired12m).div(ended).toDecimalPlaces(4);
}

/** How many of today's points will lapse if members go on as they did. */
export function expectedBreakage(liability: Liability): number | null {
  const rate = breakageRate(liability);
  return rate === null
    ? null
    : rate
        .times(liability.activePoints + liability.pendingPoints)
        .floor()
        .toNumber();
}

const ENTRY_LABELS = {
  EARN: { EN: 'Earned', ZH_HANS: '获得', ZH_HANT: '獲得' },
  ACTIVATE: { EN: 'Became available', ZH_HANS: '生效', ZH_HANT: '生效' },
  REDEEM: { EN: 'Redeemed', ZH_HANS: '兑换', ZH_HANT: '兌換' },
  EXPIRE: { EN: 'Expired', ZH_HANS: '过期', ZH_HANT: '過期' },
  REVERSE_EARN: { EN: 'Taken back', ZH_HANS: '扣回', ZH_HANT: '扣回' },
  ADJUST: { EN: 'Booked by hand', ZH_HANS: '人工调整', ZH_HANT: '人工調整' },
  TRANSFER: { EN: 'Record merged', ZH_HANS: '档案合并转移', ZH_HANT: '檔案合併轉移' },
  REVERSE_REDEEM: { EN: 'Given back', ZH_HANS: '退回', ZH_HANT: '退回' },
} as const satisfies Record<EntryType, object>;

/** An entry that takes an earning back, or gives such points back again, in words. */
export const entryLabel = (entry: { type: EntryType; pending: number; available: number }): Labels =>
  entry.type === 'REVERSE_EARN' && entry.pending + entry.available > 0
    ? ENTRY_LABELS.REVERSE_REDEEM
    : ENTRY_LABELS[entry.type];

/** What a statement's file is made of. */
export type Statement = {
  clientId: string;
  from: string;
  to: string;
  opening: number;
  closing: number;
  entries: readonly StatementLine[];
};
export type StatementLine = {
  id: string;
  type: EntryType;
  bookedOn: string;
  businessDate: string;
  rule: string;
  available: number;
  pending: number;
};

const HEAD: readonly Labels[] = [
  { EN: 'Booked on', ZH_HANS: '入账日期', ZH_HANT: '入帳日期' },
  { EN: 'Business day', ZH_HANS: '业务日期', ZH_HANT: '業務日期' },
  { EN: 'What', ZH_HANS: '事项', ZH_HANT: '事項' },
  { EN: 'Rule', ZH_HANS: '规则', ZH_HANT: '規則' },
  { EN: 'Points', ZH_HANS: '可用积分', ZH_HANT: '可用積分' },
  { EN: 'Pending', ZH_HANS: '待生效积分', ZH_HANT: '待生效積分' },
  { EN: 'Balance', ZH_HANS: '余额', ZH_HANT: '餘額' },
];

/** The lines of a statement with the balance after each, in one language. */
export function statementRows({ opening, entries }: Statement, locale: Locale): string[][] {
  let balance = opening;
  return [
    HEAD.map((label) => label[locale]),
    ...entries.map((entry) => {
      balance += entry.available;
      const { bookedOn, businessDate, rule, available, pending } = entry;
      const moved = [available, pending, balance].map(String);
      return [bookedOn, businessDate, entryLabel(entry)[locale], rule, ...moved];
    }),
  ];
}

/** RFC 4180; no value begins a formula, for they are days, codes, words of ours and numbers. */
export const csvOf = (rows: readonly (readonly string[])[]): string =>
  rows
    .map((row) =>
      row.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(','),
    )
    .join('\r\n')
    .concat('\r\n');
