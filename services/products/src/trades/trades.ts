import { createHash } from 'node:crypto';
import {
  ClientCopyRow,
  type Connection,
  type Context,
  connectionOf,
  type Db,
  Decimal,
  isUuid,
  type PageArgs,
  pageOf,
  plusDays,
  reaches,
  refuse as refuseAny,
} from '@client-graph/kit';
import { currencyDecimals } from '@client-graph/kit/money';
import { SettlementRow } from '../entities.js';
import type { Side } from '../orders/orders.rules.js';
import { pdfOf } from './statement-pdf.js';
import {
  checkSpan,
  csvOf,
  type HeldAt,
  type Locale,
  ROWS_MAX,
  refuse,
  type Statement,
  type Trade,
} from './statements.rules.js';

type Span = { from?: string | null | undefined; to?: string | null | undefined };

/** A page of what was settled for a client, newest first; many clients cost as many statements as one. */
export async function tradesOf(
  ctx: Context,
  client: { id: string },
  { from, to, ...args }: PageArgs & Span,
): Promise<Connection<SettlementRow>> {
  const { first, afterId } = pageOf(args);
  if (!isUuid(client.id)) return connectionOf([], first);
  const ids = await ctx.loadBy(`trades ${first} ${afterId} ${from} ${to}`, client.id, async (clientIds) => {
    const found: { clientId: string; id: string }[] = await ctx.db.source.query(
      `select keys.id as "clientId", s.id from unnest($1::uuid[]) as keys(id)
       cross join lateral (
         select s.id from holding h join settlement s on s.holding_id = h.id
         where h.client_id = keys.id and ($3::uuid is null or s.id < $3)
           and ($4::date is null or s.settled_on >= $4) and ($5::date is null or s.settled_on <= $5)
         order by s.id desc limit $2
       ) s order by keys.id, s.id desc`,
      [clientIds, first + 1, afterId, from ?? null, to ?? null],
    );
    const lists = new Map<string, string[]>(clientIds.map((id) => [id, []]));
    for (const { clientId, id } of found) lists.get(clientId)?.push(id);
    return clientIds.map((id) => lists.get(id) ?? []);
  });
  const rows = await Promise.all(ids.map((id) => ctx.load(SettlementRow, id)));
  return connectionOf(
    rows.filter((row) => row !== null),
    first,
  );
}

export type TradeFile = {
  content: string;
  sha256: string;
  fileName: string;
  mediaType: string;
  trades: number;
};
type Ask = { clientId: string; from: string; to: string; format: 'CSV' | 'PDF'; locale: Locale };

/** What was traded in a span of days, as a file: the same span gives the same bytes. Refuses STATEMENT_TOO_LONG. */
export async function statementFile(db: Db, ask: Ask): Promise<TradeFile> {
  checkSpan(ask);
  const { clientId, from, to, format, locale } = ask;
  const client = isUuid(clientId)
    ? await db.source.getRepository(ClientCopyRow).findOneBy({ id: clientId.toLowerCase() })
    : null;
  if (client === null || !reaches(db.actor, client)) throw refuseAny('NOT_FOUND');
  const statement = await statementOf(db, { clientId: client.id, from, to });
  const bytes =
    format === 'PDF' ? await pdfOf(statement, locale) : Buffer.from(csvOf(statement, locale), 'utf8');
  return {
    content: bytes.toString('base64'),
    sha256: createHash('sha256').update(bytes).digest('hex'),
    fileName: `trades-${from}-${to}.${format.toLowerCase()}`,
    mediaType: format === 'PDF' ? 'application/pdf' : 'text/csv; charset=utf-8',
    trades: statement.trades.length,
  };
}

async function statementOf(db: Db, span: { clientId: string; from: string; to: string }): Promise<Statement> {
  const trades = await tradesBetween(db, span);
  if (trades.length > ROWS_MAX) throw refuse('STATEMENT_TOO_LONG', { max: ROWS_MAX });
  return {
    ...span,
    opening: await heldAt(db, span.clientId, plusDays(span.from, -1)),
    trades,
    closing: await heldAt(db, span.clientId, span.to),
  };
}

type RawProduct = { code: string; nameEn: string; nameZhHans: string; nameZhHant: string; currency: string };
const PRODUCT = `p.code, p.name_en as "nameEn", p.name_zh_hans as "nameZhHans", p.name_zh_hant as "nameZhHant", p.currency`;
const productIn = ({ code, currency, ...names }: RawProduct) => ({
  code,
  currency,
  name: { EN: names.nameEn, ZH_HANS: names.nameZhHans, ZH_HANT: names.nameZhHant },
});

async function tradesBetween(
  db: Db,
  { clientId, from, to }: { clientId: string; from: string; to: string },
): Promise<Trade[]> {
  type Raw = RawProduct &
    Record<'orderId' | 'settledOn' | 'units' | 'nav' | 'amount' | 'fee', string> & {
      side: Side;
      isReversal: boolean;
    };
  const found: Raw[] = await db.source.query(
    `select s.order_id as "orderId", to_char(s.settled_on, 'YYYY-MM-DD') as "settledOn", o.side, s.units, s.nav, s.amount, s.fee,
       s.reverses_id is not null as "isReversal", ${PRODUCT}
     from holding h join settlement s on s.holding_id = h.id join product_order o on o.id = s.order_id join product p on p.id = h.product_id
     where h.client_id = $1 and s.settled_on between $2 and $3 order by s.settled_on, s.booked_at, s.reverses_id is not null, s.id limit $4`,
    [clientId, from, to, ROWS_MAX + 1],
  );
  return found.map(({ orderId, settledOn, side, isReversal, units, nav, amount, fee, ...product }) => ({
    ...productIn(product),
    orderId,
    settledOn,
    side,
    isReversal,
    units: new Decimal(units),
    nav: new Decimal(nav),
    amount: new Decimal(amount),
    fee: new Decimal(fee),
  }));
}

/** What a client held at the end of a day, by the newest value of a unit that was known then. */
async function heldAt(db: Db, clientId: string, day: string): Promise<HeldAt[]> {
  type Raw = RawProduct & { units: string; nav: string };
  const found: Raw[] = await db.source.query(
    `select ${PRODUCT}, held.units, value.nav
     from (select h.product_id, sum(s.units) as units from holding h join settlement s on s.holding_id = h.id
           where h.client_id = $1 and s.settled_on <= $2 group by h.product_id having sum(s.units) > 0) held
     join product p on p.id = held.product_id
     cross join lateral (
       select nav from (
         select n.nav, n.day, 1 as rank from nav_point n where n.product_id = held.product_id and n.day <= $2
         union all
         select s.nav, s.settled_on, 0 from settlement s join holding h on h.id = s.holding_id
         where h.client_id = $1 and h.product_id = held.product_id and s.settled_on <= $2
       ) known order by day desc, rank desc limit 1
     ) value order by p.code`,
    [clientId, day],
  );
  return found.map(({ units: held, nav: value, ...product }) => {
    const [units, nav] = [new Decimal(held), new Decimal(value)];
    const worth = units.times(nav).toDecimalPlaces(currencyDecimals(product.currency), Decimal.ROUND_HALF_UP);
    return { ...productIn(product), units, nav, value: worth };
  });
}
