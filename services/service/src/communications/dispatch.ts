import type { EventDraft } from '@client-graph/events';
import { asService, type Db, dayOf, type Tx, transact } from '@client-graph/kit';
import { In } from 'typeorm';
import { qingmingOf } from '../care/lunar.js';
import { CommunicationRow, ContactPointRow, MessageTemplateRow } from './communications.entities.js';
import { decide, type Handover, settle, unclaim } from './communications.rules.js';
import { type GateFacts, pass } from './gate.rules.js';
import type { Message, Providers } from './providers.js';
import { rendered } from './templates.rules.js';

/** So many messages are claimed at once by each of so many lanes, and each lane hands over so many at a time: no more are ever in doubt. */
const BATCH = 50;
const LANES = 4;
const HANDS = 4;
const RUN_MS = 50_000;
/** What was claimed longer ago has perhaps lost its consent: it goes back into the queue and through the gate again (domain 3.1.3: 60 s). */
const CLAIM_VALID_MS = 30_000;
const SENDING_LOCK = 'service sends';

const CLAIM = `
  select id from communication where state = 'QUEUED' and not_before <= $1 order by not_before, id limit $2 for update skip locked`;

/** All that the gate looks at, for many messages in one statement. */
const FACTS = `
  select c.id, cc.status, ca.is_granted as care, ma.is_granted as marketing, b.until::text as "bereavedUntil",
    exists (select from complaint x where x.client_id = c.client_id and x.severity in ('HIGH', 'CRITICAL')
      and x.status in ('RECEIVED', 'ACKNOWLEDGED', 'INVESTIGATING', 'REOPENED', 'UNDER_REVIEW')) as grave,
    (select max(o.until) from cooling_off o where o.client_id = c.client_id) as "coolingOffUntil",
    (select count(*)::int from communication s where s.client_id = c.client_id and s.kind = c.kind
      and (s.sent_at > $2::timestamptz - interval '7 days' or s.state = 'SENDING')) as "sentInWeek"
  from communication c
  left join client_copy cc on cc.client_id = c.client_id
  left join consent_copy ca on ca.client_id = c.client_id and ca.purpose = 'CARE_GREETING' and ca.channel = ''
  left join consent_copy ma on ma.client_id = c.client_id and ma.purpose = 'MARKETING' and ma.channel = c.channel
  left join bereavement b on b.client_id = c.client_id
  where c.id = any($1)`;

type Found = {
  id: string;
  status: string | null;
  care: boolean | null;
  marketing: boolean | null;
  bereavedUntil: string | null;
  grave: boolean;
  coolingOffUntil: Date | null;
  sentInWeek: number;
};

const factsOf = (found: Found, hasAddress: boolean, isQingming: boolean, inThisBatch: number): GateFacts => ({
  status: found.status,
  hasAddress,
  hasCareConsent: found.care === true,
  hasMarketingConsent: found.marketing === true,
  bereavedUntil: found.bereavedUntil,
  hasGraveComplaint: found.grave,
  coolingOffUntil: found.coolingOffUntil,
  sentInWeek: found.sentInWeek + inThisBatch,
  isQingming,
});

type Claimed = { row: CommunicationRow; message: Message; claimId: string };

/** Takes the next messages through the gate. Those that pass are marked SENDING, which commits before anything is sent. */
async function claim(tx: Tx): Promise<{ claimed: Claimed[]; looked: number }> {
  const ids = (await tx.query<{ id: string }>(CLAIM, [tx.now, BATCH])).map(({ id }) => id);
  if (ids.length === 0) return { claimed: [], looked: 0 };
  const rows = await tx.find(CommunicationRow, {
    where: { id: In(ids) },
    order: { notBefore: 'ASC', id: 'ASC' },
  });
  const found = new Map((await tx.query<Found>(FACTS, [ids, tx.now])).map((facts) => [facts.id, facts]));
  const clientIds = [...new Set(rows.map((row) => row.clientId))];
  const points = await tx.find(ContactPointRow, { where: { clientId: In(clientIds) } });
  const addresses = new Map(points.map((point) => [`${point.clientId} ${point.channel}`, point.address]));
  const templateIds = [...new Set(rows.map((row) => row.templateId))];
  const templates = await tx.find(MessageTemplateRow, { where: { id: In(templateIds) } });
  const isQingming = qingmingOf(Number(dayOf(tx.now).slice(0, 4))) === dayOf(tx.now);
  const passed = new Map<string, number>();
  const claimed: Claimed[] = [];
  const claimId = tx.newId();
  const written: Written[] = [];
  for (const row of rows) {
    const facts = found.get(row.id);
    const template = templates.find((of) => of.id === row.templateId);
    if (facts === undefined || template === undefined)
      throw new Error('A message has lost its facts or words.');
    const key = `${row.clientId} ${row.kind}`;
    const inThisBatch = passed.get(key) ?? 0;
    const to = addresses.get(`${row.clientId} ${row.channel}`);
    const decision = pass(row.kind, factsOf(facts, to !== undefined, isQingming, inThisBatch), tx.now);
    const outcome = decide(row, decision, tx.now);
    written.push({ row, outcome });
    if (decision.outcome !== 'SEND') continue;
    passed.set(key, inThisBatch + 1);
    const words = rendered(template, new Map(Object.entries(row.variables)));
    const message = { id: row.id, to: to ?? '', ...words };
    claimed.push({ row: Object.assign(new CommunicationRow(), row, outcome.changes), message, claimId });
  }
  await write(tx, written, claimId);
  return { claimed, looked: rows.length };
}

type Changes = Partial<
  Pick<CommunicationRow, 'state' | 'reason' | 'attempts' | 'notBefore' | 'sentAt' | 'endedAt'>
>;
type Written = { row: CommunicationRow; outcome: { changes: Changes; events: EventDraft[] } };

const WRITE = `
  update communication c set state = t.state, reason = t.reason, attempts = t.attempts, not_before = t.not_before, sent_at = t.sent_at, ended_at = t.ended_at,
    handed_at = null, claim_id = case when t.state = 'SENDING' then $2::uuid end
  from jsonb_to_recordset($1) as t(id uuid, state text, reason text, attempts int, not_before timestamptz, sent_at timestamptz, ended_at timestamptz)
  where c.id = t.id`;

/** Writes down what has become of many messages: one statement for the rows, one for their events. */
async function write(tx: Tx, written: readonly Written[], claimId: string | null = null): Promise<void> {
  if (written.length === 0) return;
  const rows = written.map(({ row, outcome }) => {
    const { id, state, reason, attempts, notBefore, sentAt, endedAt } = { ...row, ...outcome.changes };
    return { id, state, reason, attempts, not_before: notBefore, sent_at: sentAt, ended_at: endedAt };
  });
  await tx.query(WRITE, [JSON.stringify(rows), claimId]);
  await tx.record(...written.flatMap(({ outcome }) => outcome.events));
}

type Settled = { row: CommunicationRow; handover: Handover | null };

/** Of these messages those that are still in their claim, marked as about to be handed over. */
const HAND_OVER = `
  with handed as (
    update communication set handed_at = $3 where id = any($1) and state = 'SENDING' and claim_id = $2 returning id
  ) select id from handed`;

/**
 * Writes down what came of one wave, and that the next is about to be handed over: one transaction. What was not handed over is
 * queued again. Resolves to the next wave, without what another sender has claimed since.
 */
const settleAll = (run: Pick<Run, 'db' | 'onSent'>, settled: readonly Settled[], next: readonly Claimed[]) =>
  transact(run.db, async (tx) => {
    const written = settled.map(({ row, handover }): Written => {
      const outcome = handover === null ? unclaim(row) : settle(row, handover, tx.now);
      return { row, outcome };
    });
    await write(tx, written);
    for (const { row, handover } of settled)
      if (handover?.outcome === 'TAKEN' && row.kind === 'CARE') await run.onSent(tx, row);
    const ids = next.map(({ row }) => row.id);
    const claimId = next[0]?.claimId ?? null;
    const handed = await tx.query<{ id: string }>(HAND_OVER, [ids, claimId, tx.now]);
    return next.filter(({ row }) => handed.some(({ id }) => id === row.id));
  });

/** What else happens once a greeting was sent. */
export type OnSent = (tx: Tx, sent: CommunicationRow) => Promise<void>;

/**
 * Messages that an earlier run had claimed when it died. What it had not handed over is queued again. What it had, is handed over
 * again where the provider tells a repeat by its key; where it does not it was perhaps sent, so never again, and the reason says so.
 */
const takeBackInterrupted = (db: Db, providers: Providers) =>
  transact(db, async (tx) => {
    const rows = await tx.find(CommunicationRow, { where: { state: 'SENDING' }, order: { id: 'ASC' } });
    const outcomeOf = (row: CommunicationRow) =>
      row.handedAt === null || providers[row.channel]?.knowsRepeats === true
        ? unclaim(row)
        : settle(row, { outcome: 'UNKNOWN', reason: 'INTERRUPTED' }, tx.now);
    await write(
      tx,
      rows.map((row) => ({ row, outcome: outcomeOf(row) })),
    );
  });

type Run = {
  db: Db;
  providers: Providers;
  onSent: OnSent;
  /** Claims are made one after the other, so that each sees what the one before has claimed of the same client. */
  claimNext: () => Promise<{ claimed: Claimed[]; looked: number }>;
  until: number;
};

async function handOver({ providers }: Run, { row, message }: Claimed): Promise<Settled> {
  const provider = providers[row.channel];
  if (provider === undefined) return { row, handover: { outcome: 'NOT_TAKEN', reason: 'NO_PROVIDER' } };
  return { row, handover: await provider.send(message) };
}

/** Hands what was claimed over in waves; what is left when the claim has become too old goes back. Resolves to how many were taken. */
async function sendClaimed(run: Run, claimed: readonly Claimed[]): Promise<number> {
  const claimedAtMs = performance.now();
  let settled: Settled[] = [];
  let sent = 0;
  for (let at = 0; at < claimed.length; at += HANDS) {
    if (performance.now() - claimedAtMs > CLAIM_VALID_MS) {
      settled.push(...claimed.slice(at).map(({ row }) => ({ row, handover: null })));
      break;
    }
    const wave = await settleAll(run, settled, claimed.slice(at, at + HANDS));
    settled = await Promise.all(wave.map((one) => handOver(run, one)));
    sent += settled.filter(({ handover }) => handover?.outcome === 'TAKEN').length;
  }
  if (settled.length > 0) await settleAll(run, settled, []);
  return sent;
}

/** Claims and sends until nothing is due or the time is over; resolves to how many were taken. */
async function lane(run: Run): Promise<number> {
  let sent = 0;
  while (Date.now() < run.until) {
    const { claimed, looked } = await run.claimNext();
    if (looked === 0) break;
    sent += await sendClaimed(run, claimed);
  }
  return sent;
}

function oneAtATime<T>(work: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
}

/**
 * Sends what is due, one sender at a time: the lock falls with its connection, and who takes it next knows that whatever is
 * still SENDING belongs to a dead one. So each message is handed over at most once without an answer.
 */
export async function sendCommunications(asked: Db, providers: Providers, onSent: OnSent): Promise<number> {
  const db = asService(asked);
  const lock = db.source.createQueryRunner();
  await lock.connect();
  try {
    const [{ taken }] = await lock.query('select pg_try_advisory_lock(hashtextextended($1, 0)) as taken', [
      SENDING_LOCK,
    ]);
    if (!taken) return 0;
    await takeBackInterrupted(db, providers);
    const claimNext = oneAtATime(() => transact(db, claim));
    const run = { db, providers, onSent, claimNext, until: Date.now() + RUN_MS };
    const ended = await Promise.allSettled(Array.from({ length: LANES }, () => lane(run)));
    // The lock is held until every lane has ended, be it by a fault: nothing of this run is in hand any more.
    const fault = ended.find((one) => one.status === 'rejected');
    if (fault !== undefined) throw fault.reason;
    return ended.reduce((sum, one) => sum + (one.status === 'fulfilled' ? one.value : 0), 0);
  } finally {
    await lock
      .query('select pg_advisory_unlock(hashtextextended($1, 0))', [SENDING_LOCK])
      .catch(() => undefined);
    await lock.release();
  }
}
