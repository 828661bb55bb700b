import {
  ClientCopyRow,
  type Db,
  dayOf,
  isHidden,
  isUuid,
  refuse,
  serves,
  type Tx,
  transact,
} from '@client-graph/kit';
import { coolingOffUntil } from './communications/contacts.js';
import { WorkItemRow } from './days/days.entities.js';
import { plan } from './days/days.rules.js';
import { InteractionRow } from './entities.js';
import type { LogInteractionInput } from './generated/resolvers.js';
import { type InteractionSubject, type Labels, log } from './interactions.rules.js';
import { tableOn } from './table-versions/table-versions.js';

/** The client of a contact: in reach of the caller, or of whoever answers the hotline, which takes every client's call. */
async function clientOfContact(tx: Tx, clientId: string): Promise<ClientCopyRow> {
  const client = isUuid(clientId) ? await tx.findOne(ClientCopyRow, { id: clientId }) : null;
  const isDesk = tx.actor.roles.some((role) => role === 'SERVICE_AGENT');
  if (client === null || !(serves(tx.actor, client) || (isDesk && !isHidden(tx.actor, client))))
    throw refuse('NOT_FOUND', { field: 'clientId' });
  return client;
}

const participantsOf = (input: LogInteractionInput) =>
  (input.participants ?? []).map(({ role, staffId = null, name = null }) => {
    if (staffId !== null && !isUuid(staffId)) throw refuse('BAD_INPUT', { field: 'participants.staffId' });
    return { role, staffId: staffId?.toLowerCase() ?? null, name };
  });

/** Writes a contact down, and what follows from it. A client this service has not heard of, or that is not the caller's, is NOT_FOUND: the two look the same. */
export const logInteraction = (db: Db, input: LogInteractionInput): Promise<InteractionRow> =>
  transact(db, (tx) =>
    tx.once('logInteraction', input, InteractionRow, async (id) => {
      const client = await clientOfContact(tx, input.clientId);
      if (tx.actor.id === null) throw refuse('UNAUTHENTICATED');
      const subject = (await subjectsOn(tx)).find(({ code }) => code === input.subjectCode) ?? null;
      const { channel, direction, at, subjectCode, summary } = input;
      const ask = {
        id,
        clientId: client.id,
        channel,
        direction,
        at,
        subjectCode,
        summary,
        confidentiality: input.confidentiality ?? 'NORMAL',
        answeredAfterSeconds: input.answeredAfterSeconds ?? null,
        participants: participantsOf(input),
        recordingReference: input.recordingReference ?? null,
      };
      const until = await coolingOffUntil(tx, client.id);
      const by = { staffId: tx.actor.id, now: tx.now, coolingOffUntil: until };
      const { interaction, events } = log(ask, subject, by);
      await tx.insert(InteractionRow, interaction);
      if (input.followUp) await planAfter(tx, interaction, plan(input.followUp, dayOf(tx.now), until));
      await tx.record(...events);
      return interaction;
    }),
  );

/** The contact is what the follow-up refers to. */
const planAfter = (tx: Tx, { id, clientId }: InteractionRow, planned: { dueOn: string; note: string }) =>
  tx.insert(WorkItemRow, {
    id: tx.newId(),
    version: 1,
    clientId,
    kind: 'FOLLOW_UP',
    reference: id,
    ...planned,
    state: 'OPEN',
    plannedBy: tx.actor.id,
    doneAt: null,
  });

/** The subjects as the firm's table has them today, those no longer offered among them. */
const subjectsOn = async (tx: Tx): Promise<InteractionSubject[]> =>
  (await tableOn(tx, 'INTERACTION_SUBJECT', dayOf(tx.now))).map(({ code, terms }) => ({ code, ...terms }));

/** The subjects offered today, in their order. */
export const interactionSubjects = (db: Db): Promise<InteractionSubject[]> =>
  transact(db, async (tx) =>
    (await subjectsOn(tx))
      .filter(({ isOffered }) => isOffered)
      .sort((a, b) => a.position - b.position || (a.code < b.code ? -1 : 1)),
  );

/** What each subject is called today. */
export const subjectLabels = (db: Db, codes: readonly string[]): Promise<(Labels | null)[]> =>
  transact(db, async (tx) => {
    const labels = new Map((await subjectsOn(tx)).map((subject) => [subject.code, subject.labels]));
    return codes.map((code) => labels.get(code) ?? null);
  });

export type AnswerTimes = {
  calls: number;
  timed: number;
  medianSeconds: string | null;
  p90Seconds: string | null;
  longestSeconds: number | null;
  answeredInTime: number;
};

/** How soon the calls of a period were answered, in Shanghai's days. */
export async function hotlineFigures(
  db: Db,
  { from, to, withinSeconds }: { from: string; to: string; withinSeconds: number },
): Promise<AnswerTimes> {
  if (from > to) throw refuse('BAD_INPUT', { field: 'from', reason: 'AFTER_TO' });
  if (withinSeconds < 1 || withinSeconds > 3_600)
    throw refuse('BAD_INPUT', { field: 'withinSeconds', min: 1, max: 3_600 });
  const [figures] = await db.source.query(
    `select count(*)::int as calls, count(answered_after_seconds)::int as timed,
       round((percentile_cont(0.5) within group (order by answered_after_seconds))::numeric, 2)::text as "medianSeconds",
       round((percentile_cont(0.9) within group (order by answered_after_seconds))::numeric, 2)::text as "p90Seconds",
       max(answered_after_seconds) as "longestSeconds",
       count(*) filter (where answered_after_seconds <= $3)::int as "answeredInTime"
     from interaction where channel = 'PHONE' and direction = 'INBOUND'
       and at >= ($1::date)::timestamp at time zone 'Asia/Shanghai' and at < ($2::date + 1)::timestamp at time zone 'Asia/Shanghai'`,
    [from, to, withinSeconds],
  );
  return figures;
}
