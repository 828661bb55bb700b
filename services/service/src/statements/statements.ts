import type { DataOf, HoldingChanged, OrderFeeCharged } from '@client-graph/events';
import { type Db, Decimal, dayOf, type Tx, transact } from '@client-graph/kit';
import { currencyDecimals } from '@client-graph/kit/money';
import { templateInUse } from '../communications/templates.js';
import { tableOn } from '../table-versions/table-versions.js';
import type { TermsOf } from '../table-versions/terms.rules.js';
import { dueOn, type Period, periodText, type StatedFee } from './statements.rules.js';

const CLIENTS_AT_ONCE = 500;
const HOLDINGS_MAX = 200;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** Keeps what a client holds; events of one client arrive in order. */
export const keepHolding = (tx: Tx, data: DataOf<typeof HoldingChanged>) =>
  tx.query(
    `insert into holding_copy (client_id, product_id, rating, units, changed_at) values ($1, $2, $3, $4, $5)
     on conflict (client_id, product_id) do update
     set rating = excluded.rating, units = excluded.units, changed_at = excluded.changed_at`,
    [data.clientId, data.productId, data.rating, data.units, tx.now],
  );

/** Keeps the points that can be spent, which every entry of the ledger tells anew. */
export const keepBalance = (tx: Tx, { clientId, balance }: { clientId: string; balance: number }) =>
  tx.query(
    `insert into points_copy (client_id, balance, changed_at) values ($1, $2, $3)
     on conflict (client_id) do update set balance = excluded.balance, changed_at = excluded.changed_at`,
    [clientId, balance, tx.now],
  );

export const keepFee = (tx: Tx, data: DataOf<typeof OrderFeeCharged>, chargedOn: string) =>
  tx.query(
    `insert into fee_copy (order_id, client_id, amount_minor, currency, charged_on) values ($1, $2, $3, $4, $5)
     on conflict (order_id) do nothing`,
    [data.orderId, data.clientId, data.amountMinor, data.currency, chargedOn],
  );

/** Queues the statements that are due. Run again, it makes none twice: a statement is one of its client, kind and period. */
export async function queueStatements(db: Db): Promise<void> {
  const today = dayOf(db.now());
  const schedules = await transact(db, (tx) => tableOn(tx, 'STATEMENT_SCHEDULE', today));
  for (const { terms } of schedules) {
    const period = dueOn(terms, today);
    if (period === null) continue;
    for (let after: string | null = BEFORE_ALL; after !== null; )
      after = await transact(db, (tx) => queueAfter(tx, terms, period, after ?? BEFORE_ALL));
  }
}

type Found = {
  id: string;
  holdings: { productId: string; rating: string; units: string }[];
  points: string;
  fees: { currency: string; minor: string }[];
  channel: string;
};

/** The next clients to whom the statement is owed, with all that it tells: one statement for all of them. */
const OWED = `
  select c.client_id as id, coalesce(h.held, '[]') as holdings, coalesce(p.balance, 0)::text as points, coalesce(f.charged, '[]') as fees,
    coalesce((select cp.channel from contact_point cp where cp.client_id = c.client_id
      order by array_position(array['EMAIL', 'SMS', 'WECHAT'], cp.channel) limit 1), 'EMAIL') as channel
  from client_copy c
  join client_fact o on o.client_id = c.client_id and o.onboarded_on <= $4
  left join points_copy p on p.client_id = c.client_id
  left join lateral (select jsonb_agg(jsonb_build_object('productId', product_id, 'rating', rating, 'units', units::text) order by product_id) as held
    from (select * from holding_copy where client_id = c.client_id and units > 0 order by product_id limit ${HOLDINGS_MAX}) t) h on true
  left join lateral (select jsonb_agg(jsonb_build_object('currency', currency, 'minor', minor) order by currency) as charged
    from (select currency, sum(amount_minor)::text as minor from fee_copy where client_id = c.client_id and charged_on between $3 and $4 group by 1) t) f on true
  where c.client_id > $1 and c.status in ('ACTIVE', 'DORMANT', 'CLOSING') and c.grade = any($5) and (not $6::boolean or h.held is not null)
    and not exists (select from statement s where s.client_id = c.client_id and s.kind = $2 and s.period_to = $4)
  order by c.client_id limit ${CLIENTS_AT_ONCE}`;

const QUEUE = `
  with made as (
    select * from jsonb_to_recordset($1) as t(id uuid, "communicationId" uuid, "clientId" uuid, channel text, holdings jsonb, points numeric, fees jsonb, variables jsonb)
  ), queued as (
    insert into communication (id, client_id, kind, channel, template_id, variables, state, attempts, not_before, queued_at)
    select "communicationId", "clientId", 'PERIODIC', channel, $2, variables, 'QUEUED', 0, $3, $3 from made
  )
  insert into statement (id, client_id, kind, period_from, period_to, holdings, points, fees, communication_id, made_at)
  select id, "clientId", $4, $5, $6, holdings, points, fees, "communicationId", $3 from made`;

async function queueAfter(
  tx: Tx,
  terms: TermsOf<'STATEMENT_SCHEDULE'>,
  period: Period,
  after: string,
): Promise<string | null> {
  // Two runs at once would both find the same clients; the second waits and finds them served.
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('statements', 0))`);
  const { kind, from, to } = period;
  const ask = [after, kind, from, to, terms.grades, terms.holdersOnly];
  const found = await tx.query<Found>(OWED, ask);
  if (found.length === 0) return null;
  const template = await templateInUse(tx, terms.templateCode, 'PERIODIC');
  const made = found.map((client) => {
    const fees = client.fees.map(({ currency, minor }): StatedFee => {
      const scale = new Decimal(10).pow(currencyDecimals(currency));
      return { currency, amount: new Decimal(minor).dividedBy(scale).toFixed(currencyDecimals(currency)) };
    });
    const words: Record<string, string> = {
      period: periodText(terms.labels.ZH_HANT, period),
      holdings: String(client.holdings.length),
      points: client.points,
      fees: fees.map(({ amount, currency }) => `${currency} ${amount}`).join(', ') || '0',
    };
    const variables = Object.fromEntries(template.variables.map((name) => [name, words[name] ?? '']));
    const { id: clientId, channel, holdings, points } = client;
    return {
      id: tx.newId(),
      communicationId: tx.newId(),
      clientId,
      channel,
      holdings,
      points,
      fees,
      variables,
    };
  });
  await tx.query(QUEUE, [JSON.stringify(made), template.id, tx.now, kind, from, to]);
  return found.at(-1)?.id ?? null;
}
