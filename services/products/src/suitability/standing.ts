import type {
  ClientInvestorChanged,
  ClientReviewCompleted,
  ClientReviewDue,
  DataOf,
} from '@client-graph/events';
import { ClientCopyRow, type Tx } from '@client-graph/kit';
import type { Standing } from './investors.rules.js';

/** A database, or a transaction of it. */
type Source = { query: (sql: string, parameters?: unknown[]) => Promise<Raw[]> };
type Raw = {
  id: string;
  investor: string | null;
  isQualified: boolean | null;
  validTo: string | null;
  dueOn: string | null;
  isBlocking: boolean | null;
};

/** What other services tell of many clients, in the order asked; one statement for all. */
export async function standingsOf(source: Source, clientIds: readonly string[]): Promise<Standing[]> {
  const found = await source.query(
    `select keys.id, s.investor, s.is_qualified as "isQualified", to_char(s.valid_to, 'YYYY-MM-DD') as "validTo",
       to_char(late.due_on, 'YYYY-MM-DD') as "dueOn", late.is_blocking as "isBlocking"
     from unnest($1::uuid[]) as keys(id)
     left join investor_status_copy s on s.client_id = keys.id
     left join lateral (select min(due_on) as due_on, bool_or(is_blocking) as is_blocking
                        from review_copy where client_id = keys.id) late on true`,
    [clientIds],
  );
  const byClient = new Map(found.map((row) => [row.id, standingOf(row)]));
  return clientIds.map((id) => byClient.get(id) ?? { status: null, review: null });
}

const standingOf = ({ investor, isQualified, validTo, dueOn, isBlocking }: Raw): Standing => ({
  status:
    investor === null || validTo === null ? null : { investor, isQualified: isQualified ?? false, validTo },
  review: dueOn === null ? null : { dueOn, isBlocking: isBlocking ?? false },
});

/** Locks the client first, as commands do, so that a decision and what it is made of never pass each other. */
export const lockCopy = (tx: Tx, clientId: string): Promise<ClientCopyRow | null> =>
  tx.manager.findOne(ClientCopyRow, { where: { id: clientId }, lock: { mode: 'pessimistic_write' } });

/** Keeps what kind of investor the client is; the newest word counts, whenever it comes. */
export async function keepInvestor(
  tx: Tx,
  told: DataOf<typeof ClientInvestorChanged>,
  at: Date,
): Promise<void> {
  await lockCopy(tx, told.clientId);
  await tx.query(
    `insert into investor_status_copy (client_id, investor, is_qualified, valid_to, updated_at, told_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (client_id) do update set investor = excluded.investor, is_qualified = excluded.is_qualified,
       valid_to = excluded.valid_to, updated_at = excluded.updated_at, told_at = excluded.told_at
     where investor_status_copy.told_at is null or excluded.told_at >= investor_status_copy.told_at`,
    [told.clientId, told.investor, told.isQualified, told.validTo, tx.now, at],
  );
}

/** Keeps a review that is to be done; so late that purchases need it first, it says so. */
export async function keepReview(tx: Tx, told: DataOf<typeof ClientReviewDue>): Promise<void> {
  await lockCopy(tx, told.clientId);
  await tx.query(
    `insert into review_copy (client_id, kind, due_on, is_blocking) values ($1, $2, $3, $4)
     on conflict (client_id, kind) do update set due_on = excluded.due_on, is_blocking = excluded.is_blocking
     where excluded.due_on >= review_copy.due_on`,
    [told.clientId, told.kind, told.dueOn, told.stage === 'BLOCKING'],
  );
}

/** The review is done: what was due on that day or before is no longer asked. */
export async function dropReview(tx: Tx, done: DataOf<typeof ClientReviewCompleted>): Promise<void> {
  await lockCopy(tx, done.clientId);
  await tx.query('delete from review_copy where client_id = $1 and kind = $2 and due_on <= $3', [
    done.clientId,
    done.kind,
    done.dueOn,
  ]);
}
