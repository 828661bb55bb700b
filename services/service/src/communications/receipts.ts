import { createHash, timingSafeEqual } from 'node:crypto';
import {
  asService,
  type Db,
  isUuid,
  type Route,
  type RouteRequest,
  type Tx,
  transact,
} from '@client-graph/kit';
import { CommunicationRow } from './communications.entities.js';
import type { CommunicationChannel } from './gate.rules.js';
import { signed } from './providers.js';
import { isFresh, type Receipt, type ReceiptResult, readReports, receive } from './receipts.rules.js';

/** What else happens once a message was read. */
export type OnRead = (tx: Tx, read: CommunicationRow) => Promise<void>;

/** Puts a report to a message, which the caller has locked. */
export async function putReceipt(
  tx: Tx,
  row: CommunicationRow,
  receipt: Receipt,
  onRead: OnRead,
): Promise<{ result: ReceiptResult; row: CommunicationRow }> {
  const { result, changes, events } = receive(row, receipt, tx.now);
  if (changes === null) return { result, row };
  const changed = await tx.update(CommunicationRow, row, changes);
  await tx.record(...events);
  if (result === 'TAKEN' && receipt.outcome === 'READ') await onRead(tx, changed);
  return { result, row: changed };
}

const lockMessage = (tx: Tx, id: string): Promise<CommunicationRow | null> =>
  tx.manager.findOne(CommunicationRow, { where: { id }, lock: { mode: 'pessimistic_write' } });

/** A report on a message of this channel; of a message nobody here has sent by it, it is UNKNOWN. */
const take = (
  db: Db,
  channel: CommunicationChannel,
  report: Receipt & { messageId: string },
  onRead: OnRead,
): Promise<ReceiptResult | 'UNKNOWN'> =>
  transact(db, async (tx) => {
    const row = isUuid(report.messageId) ? await lockMessage(tx, report.messageId) : null;
    if (row === null || row.channel !== channel) return 'UNKNOWN';
    const { result } = await putReceipt(tx, row, report, onRead);
    if (result === 'EARLY')
      await tx.query(
        `insert into early_receipt (id, communication_id, outcome, reason, at, received_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (communication_id, outcome, at) do nothing`,
        [tx.newId(), row.id, report.outcome, report.reason, report.at, tx.now],
      );
    return result;
  });

const EARLY = `
  delete from early_receipt e using communication c where c.id = e.communication_id and c.id = $1 and c.state <> 'SENDING'
  returning e.outcome, e.reason, e.at`;

const BATCH = 1_000;

/** Puts the reports that had come before it was written down what had become of the handing over. */
export async function putEarlyReceipts(asked: Db, onRead: OnRead): Promise<void> {
  const db = asService(asked);
  let waiting: { id: string }[];
  do {
    waiting = await db.source.query(
      `select distinct c.id from early_receipt e join communication c on c.id = e.communication_id where c.state <> 'SENDING' limit ${BATCH}`,
    );
    for (const { id } of waiting) await transact(db, (tx) => putEarlyOnes(tx, id, onRead));
  } while (waiting.length === BATCH);
}

async function putEarlyOnes(tx: Tx, id: string, onRead: OnRead): Promise<void> {
  let row = await lockMessage(tx, id);
  const receipts = await tx.query<Receipt>(`with gone as (${EARLY}) select * from gone order by at`, [id]);
  for (const receipt of receipts) if (row !== null) row = (await putReceipt(tx, row, receipt, onRead)).row;
}

const header = ({ headers }: RouteRequest, name: string): string => {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
};

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Signed as our own posts to providers are: `x-timestamp`, and in `x-signature` the HMAC of `timestamp.body`. */
function isSigned(request: RouteRequest, secret: string, now: Date): boolean {
  const timestamp = header(request, 'x-timestamp');
  const expected = signed(secret, timestamp, request.text ?? '');
  // Digests are of one length whatever was sent.
  const isRight = timingSafeEqual(digest(expected), digest(header(request, 'x-signature')));
  return isRight && isFresh(timestamp, now);
}

export type ReceiptSecrets = Partial<Record<CommunicationChannel, string>>;

/** A hundred reports are some twenty kilobytes. */
const BODY_MAX_BYTES = 65_536;
const CHANNELS = { email: 'EMAIL', sms: 'SMS', wechat: 'WECHAT' } as const;

/**
 * The way in for providers that report what became of messages: `POST /receipts/email`, `/sms`, `/wechat` with
 * `{"reports": [{"messageId", "outcome", "reason", "at"}]}`. Sent again, or in another order, it comes to the same.
 */
export const receiptRoutes = (secrets: ReceiptSecrets, onRead: OnRead): readonly Route[] =>
  Object.entries(CHANNELS).map(
    ([name, channel]): Route => ({
      method: 'POST',
      path: `/receipts/${name}`,
      bodyMaxBytes: BODY_MAX_BYTES,
      answer: async (db, request) => {
        const secret = secrets[channel];
        if (secret === undefined) return { status: 404, body: { code: 'NO_PROVIDER' } };
        const now = db.now();
        if (!isSigned(request, secret, now)) return { status: 401, body: { code: 'NOT_SIGNED' } };
        const read = readReports(request.body, now);
        if ('places' in read) return { status: 422, body: { code: 'BAD_REPORT', places: read.places } };
        const results = [];
        for (const report of read.reports)
          results.push({ messageId: report.messageId, result: await take(db, channel, report, onRead) });
        return { status: 200, body: { results } };
      },
    }),
  );
