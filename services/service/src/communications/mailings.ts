import {
  type Db,
  dayOf,
  findForUpdate,
  isUuid,
  reachesAll,
  refuse,
  type Tx,
  transact,
} from '@client-graph/kit';
import type { CreateMailingInput, ReportCommunicationInput } from '../generated/resolvers.js';
import { bannedOn } from '../table-versions/table-versions.js';
import { type Audience, CommunicationRow, MailingRow } from './communications.entities.js';
import { type CommunicationState, refuse as refuseMailing } from './communications.rules.js';
import type { CommunicationChannel, CommunicationKind } from './gate.rules.js';
import { type OnRead, putReceipt } from './receipts.js';
import { isReason } from './receipts.rules.js';
import { templateInUse } from './templates.js';
import { checkedValues } from './templates.rules.js';

/**
 * One statement queues a message for each client of the audience, so that an audience is either frozen whole or not at all. An
 * invitation leaves out who has a place already, or is invited.
 */
const FREEZE = `
  insert into communication (id, client_id, mailing_id, kind, channel, template_id, variables, state, attempts, not_before, queued_at)
  select uuidv7(), c.client_id, $1, $2, $3, $4, $5, 'QUEUED', 0, $6, $7 from client_copy c
  where ($8::uuid[] is null or client_id = any($8)) and ($9::text[] is null or grade = any($9))
    and ($10::text[] is null or class = any($10)) and status in ('ACTIVE', 'DORMANT', 'RESTRICTED', 'CLOSING')
    and ($11::uuid is null or adviser_id = $11)
    and ($12::uuid is null or not exists (select from registration r where r.event_id = $12 and r.client_id = c.client_id and r.state <> 'CANCELLED')
      and not exists (select from communication o join mailing m on m.id = o.mailing_id where m.event_id = $12 and o.client_id = c.client_id))`;

type AudienceAsk = CreateMailingInput['audience'];
type Ask = {
  templateCode: string;
  kind: CommunicationKind;
  channel: CommunicationChannel;
  values: ReadonlyMap<string, string>;
  audience: AudienceAsk;
  /** Only clients of these grades, whatever the audience says; null for all. */
  onlyGrades: readonly string[] | null;
  notBefore: Date | null;
  eventId: string | null;
};

function audienceOf(
  { clientIds = null, grades = null, classes = null }: AudienceAsk,
  only: Ask['onlyGrades'],
): Audience {
  if (clientIds !== null && !clientIds.every(isUuid))
    throw refuse('BAD_INPUT', { field: 'audience.clientIds' });
  const wanted =
    grades === null ? only : only === null ? grades : grades.filter((grade) => only.includes(grade));
  return {
    clientIds: clientIds && [...clientIds],
    grades: wanted && [...wanted],
    classes: classes && [...classes],
  };
}

/** Queues a message to everybody of an audience, which is frozen now. Who of them is sent it the gate decides one by one. */
export async function queueMailing(tx: Tx, id: string, ask: Ask): Promise<MailingRow> {
  const { kind, channel, eventId } = ask;
  const template = await templateInUse(tx, ask.templateCode, kind);
  checkedValues(template, ask.values, await bannedOn(tx, dayOf(tx.now)));
  const audience = audienceOf(ask.audience, ask.onlyGrades);
  const variables = Object.fromEntries(ask.values);
  const made = { recipients: 0, createdBy: tx.actor.id, createdAt: tx.now };
  const row: MailingRow = {
    id,
    kind,
    templateId: template.id,
    channel,
    variables,
    audience,
    eventId,
    ...made,
  };
  await tx.insert(MailingRow, row);
  // Who does not reach every client writes to those assigned to them; who invites to events, invites of all.
  const adviserId = eventId !== null || reachesAll(tx.actor) ? null : tx.actor.id;
  const filters = [audience.clientIds, audience.grades, audience.classes, adviserId, eventId];
  const start = ask.notBefore ?? tx.now;
  await tx.query(FREEZE, [id, kind, channel, template.id, variables, start, tx.now, ...filters]);
  const [counted] = await tx.query<{ n: number }>(
    'select count(*)::int as n from communication where mailing_id = $1',
    [id],
  );
  const recipients = counted?.n ?? 0;
  if (recipients === 0) throw refuseMailing('NO_RECIPIENTS');
  return tx.update(MailingRow, row, { recipients });
}

export const createMailing = (db: Db, input: CreateMailingInput): Promise<MailingRow> =>
  transact(db, (tx) =>
    tx.once('createMailing', input, MailingRow, (id) => {
      const values = new Map(input.variables.map(({ name, value }) => [name, value]));
      const rest = { values, onlyGrades: null, notBefore: input.notBefore ?? null, eventId: null };
      return queueMailing(tx, id, { ...input, ...rest });
    }),
  );

/** Writes down what a provider has reported to staff of a message it has taken. */
export const reportCommunication = (
  db: Db,
  input: ReportCommunicationInput,
  onRead: OnRead,
): Promise<CommunicationRow> =>
  transact(db, async (tx) => {
    const reason = input.reason ?? null;
    if (reason !== null && !isReason(reason))
      throw refuse('BAD_INPUT', {
        field: 'reason',
        expected: 'a code: letters, digits, dot, dash, underscore',
      });
    const found = await findForUpdate(tx, CommunicationRow, input.communicationId);
    const receipt = { outcome: input.outcome, reason, at: tx.now };
    const { result, row } = await putReceipt(tx, found, receipt, onRead);
    if (result !== 'TAKEN') throw refuseMailing('NOT_SENT', { state: found.state });
    return row;
  });

/** How many messages of each mailing are in which state. One statement for all. */
export async function mailingFigures(db: Db, ids: readonly string[]) {
  const rows: { id: string; state: CommunicationState; reason: string | null; n: number }[] =
    await db.source.query(
      `select mailing_id as id, state, reason, count(*)::int as n from communication
     where mailing_id = any($1) group by 1, 2, 3 order by 2, 3`,
      [ids],
    );
  return ids.map((id) =>
    rows.filter((row) => row.id === id).map(({ state, reason, n }) => ({ state, reason, count: n })),
  );
}

/** Of how many each marketing mailing was sent to, how many opted out of its channel within thirty days. One statement for all. */
export async function mailingOptOuts(db: Db, ids: readonly string[]) {
  const rows: { id: string; sent: number; optedOut: number }[] = await db.source.query(
    `select m.id, count(distinct c.client_id)::int as sent, count(distinct k.client_id)::int as "optedOut"
     from mailing m left join communication c on c.mailing_id = m.id and c.sent_at is not null
     left join consent_copy k on k.client_id = c.client_id and k.purpose = 'MARKETING' and k.channel = m.channel
       and not k.is_granted and k.changed_at between c.sent_at and c.sent_at + interval '30 days'
     where m.id = any($1) and m.kind = 'MARKETING' group by m.id`,
    [ids],
  );
  return ids.map((id) => rows.find((row) => row.id === id) ?? null);
}
