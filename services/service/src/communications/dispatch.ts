import { asService, type Db, dayOf, type Tx, transact } from '@client-graph/kit';
import { In } from 'typeorm';
import { qingmingOf } from '../care/lunar.js';
import { CommunicationRow, MessageTemplateRow } from './communications.entities.js';
import { decide, type Handover, settle } from './communications.rules.js';
import { type GateFacts, pass } from './gate.rules.js';
import type { Message, Providers } from './providers.js';
import { rendered } from './templates.rules.js';

const BATCH = 200;
const RUN_MS = 50_000;
const SENDING_LOCK = 'service sends';

const CLAIM = `
  select id from communication where state = 'QUEUED' and not_before <= $1 order by not_before, id limit $2 for update skip locked`;

/** All that the gate looks at, for many messages in one statement. */
const FACTS = `
  select c.id, cc.status, p.address, ca.is_granted as care, ma.is_granted as marketing, b.until::text as "bereavedUntil",
    exists (select from complaint x where x.client_id = c.client_id and x.severity in ('HIGH', 'CRITICAL')
      and x.status in ('RECEIVED', 'ACKNOWLEDGED', 'INVESTIGATING', 'REOPENED', 'UNDER_REVIEW')) as grave,
    (select max(o.until) from cooling_off o where o.client_id = c.client_id) as "coolingOffUntil",
    (select count(*)::int from communication s where s.client_id = c.client_id and s.kind = c.kind
      and s.sent_at > $2::timestamptz - interval '7 days') as "sentInWeek"
  from communication c
  left join client_copy cc on cc.client_id = c.client_id
  left join contact_point p on p.client_id = c.client_id and p.channel = c.channel
  left join consent_copy ca on ca.client_id = c.client_id and ca.purpose = 'CARE_GREETING' and ca.channel = ''
  left join consent_copy ma on ma.client_id = c.client_id and ma.purpose = 'MARKETING' and ma.channel = c.channel
  left join bereavement b on b.client_id = c.client_id
  where c.id = any($1)`;

type Found = {
  id: string;
  status: string | null;
  address: string | null;
  care: boolean | null;
  marketing: boolean | null;
  bereavedUntil: string | null;
  grave: boolean;
  coolingOffUntil: Date | null;
  sentInWeek: number;
};

const factsOf = (found: Found, isQingming: boolean, inThisBatch: number): GateFacts => ({
  status: found.status,
  hasAddress: found.address !== null,
  hasCareConsent: found.care === true,
  hasMarketingConsent: found.marketing === true,
  bereavedUntil: found.bereavedUntil,
  hasGraveComplaint: found.grave,
  coolingOffUntil: found.coolingOffUntil,
  sentInWeek: found.sentInWeek + inThisBatch,
  isQingming,
});

type Claimed = { row: CommunicationRow; message: Message };

/** Takes the next messages through the gate. Those that pass are marked SENDING, which commits before anything is sent. */
async function claim(tx: Tx): Promise<{ claimed: Claimed[]; looked: number }> {
  const ids = (await tx.query<{ id: string }>(CLAIM, [tx.now, BATCH])).map(({ id }) => id);
  const rows = await tx.find(CommunicationRow, {
    where: { id: In(ids) },
    order: { notBefore: 'ASC', id: 'ASC' },
  });
  const found = new Map((await tx.query<Found>(FACTS, [ids, tx.now])).map((facts) => [facts.id, facts]));
  const templateIds = [...new Set(rows.map((row) => row.templateId))];
  const templates = await tx.find(MessageTemplateRow, { where: { id: In(templateIds) } });
  const isQingming = qingmingOf(Number(dayOf(tx.now).slice(0, 4))) === dayOf(tx.now);
  const passed = new Map<string, number>();
  const claimed: Claimed[] = [];
  const sending: string[] = [];
  for (const row of rows) {
    const facts = found.get(row.id);
    const template = templates.find((of) => of.id === row.templateId);
    if (facts === undefined || template === undefined)
      throw new Error('A message has lost its facts or words.');
    const key = `${row.clientId} ${row.kind}`;
    const inThisBatch = passed.get(key) ?? 0;
    const decision = pass(row.kind, factsOf(facts, isQingming, inThisBatch), tx.now);
    const { changes, events } = decide(row, decision, tx.now);
    if (decision.outcome === 'SEND') {
      passed.set(key, inThisBatch + 1);
      sending.push(row.id);
      const words = rendered(template, new Map(Object.entries(row.variables)));
      const message = { id: row.id, to: facts.address ?? '', ...words };
      claimed.push({ row: Object.assign(new CommunicationRow(), row, changes), message });
    } else await tx.update(CommunicationRow, row, changes);
    await tx.record(...events);
  }
  if (sending.length > 0)
    await tx.query(
      `update communication set state = 'SENDING', attempts = attempts + 1, reason = null where id = any($1)`,
      [sending],
    );
  return { claimed, looked: rows.length };
}

type Settled = { row: CommunicationRow; handover: Handover };

/** Writes down what came of a batch. */
const settleAll = (db: Db, settled: Settled[], onSent: OnSent) =>
  transact(db, async (tx) => {
    // Rows are changed in the order of their ids by everyone, so that two senders cannot wait for each other.
    for (const { row, handover } of settled.sort((a, b) => (a.row.id < b.row.id ? -1 : 1))) {
      const { changes, events } = settle(row, handover, tx.now);
      await tx.update(CommunicationRow, row, changes);
      await tx.record(...events);
      if (handover.outcome === 'TAKEN' && row.kind === 'CARE') await onSent(tx, row);
    }
  });

/** What else happens once a greeting was sent. */
export type OnSent = (tx: Tx, sent: CommunicationRow) => Promise<void>;

/** Messages that an earlier run had in hand when it died: perhaps sent, so never sent again; the reason says so. */
const giveUpInterrupted = (db: Db) =>
  transact(db, async (tx) => {
    const rows = await tx.find(CommunicationRow, { where: { state: 'SENDING' }, order: { id: 'ASC' } });
    for (const row of rows) {
      const { changes, events } = settle(row, { outcome: 'UNKNOWN', reason: 'INTERRUPTED' }, tx.now);
      await tx.update(CommunicationRow, row, changes);
      await tx.record(...events);
    }
  });

/**
 * Sends what is due, one sender at a time: the lock falls with its connection, and who takes it next knows that whatever is
 * still SENDING belongs to a dead one. So each message is handed over at most once without an answer.
 */
export async function sendCommunications(asked: Db, providers: Providers, onSent: OnSent): Promise<number> {
  const db = asService(asked);
  const until = Date.now() + RUN_MS;
  const lock = db.source.createQueryRunner();
  await lock.connect();
  try {
    const [{ taken }] = await lock.query('select pg_try_advisory_lock(hashtextextended($1, 0)) as taken', [
      SENDING_LOCK,
    ]);
    if (!taken) return 0;
    await giveUpInterrupted(db);
    let sent = 0;
    while (Date.now() < until) {
      const { claimed, looked } = await transact(db, claim);
      if (looked === 0) break;
      const settled = await Promise.all(
        claimed.map(async ({ row, message }): Promise<Settled> => {
          const provider = providers[row.channel];
          const handover = provider
            ? await provider.send(message)
            : ({ outcome: 'NOT_TAKEN', reason: 'NO_PROVIDER' } as const);
          return { row, handover };
        }),
      );
      if (settled.length > 0) await settleAll(db, settled, onSent);
      sent += settled.filter(({ handover }) => handover.outcome === 'TAKEN').length;
    }
    return sent;
  } finally {
    await lock
      .query('select pg_advisory_unlock(hashtextextended($1, 0))', [SENDING_LOCK])
      .catch(() => undefined);
    await lock.release();
  }
}
