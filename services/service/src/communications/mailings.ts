import { type Db, findForUpdate, isUuid, reachesAll, refuse, transact } from '@client-graph/kit';
import type { CreateMailingInput, ReportCommunicationInput } from '../generated/resolvers.js';
import { banned } from './banned.js';
import { type Audience, CommunicationRow, MailingRow } from './communications.entities.js';
import { type CommunicationState, refuse as refuseMailing, report } from './communications.rules.js';
import { templateInUse } from './templates.js';
import { checkedValues } from './templates.rules.js';

/** One statement queues a message for each client of the audience, so that an audience is either frozen whole or not at all. */
const FREEZE = `
  insert into communication (id, client_id, mailing_id, kind, channel, template_id, variables, state, attempts, not_before, queued_at)
  select uuidv7(), client_id, $1, $2, $3, $4, $5, 'QUEUED', 0, $6, $7 from client_copy
  where ($8::uuid[] is null or client_id = any($8)) and ($9::text[] is null or grade = any($9))
    and ($10::text[] is null or class = any($10)) and status in ('ACTIVE', 'DORMANT', 'RESTRICTED', 'CLOSING')
    and ($11::uuid is null or adviser_id = $11)`;

/** Queues a message to everybody of an audience, which is frozen now. Who of them is sent it the gate decides one by one. */
export const createMailing = (db: Db, input: CreateMailingInput): Promise<MailingRow> =>
  transact(db, (tx) =>
    tx.once('createMailing', input, MailingRow, async (id): Promise<MailingRow> => {
      const template = await templateInUse(tx, input.templateCode, input.kind);
      const values = new Map(input.variables.map(({ name, value }) => [name, value]));
      checkedValues(template, values, banned);
      const { clientIds = null, grades = null, classes = null } = input.audience;
      if (clientIds !== null && !clientIds.every(isUuid))
        throw refuse('BAD_INPUT', { field: 'audience.clientIds' });
      const audience: Audience = {
        clientIds: clientIds && [...clientIds],
        grades: grades && [...grades],
        classes: classes && [...classes],
      };
      const row: MailingRow = {
        id,
        kind: input.kind,
        templateId: template.id,
        channel: input.channel,
        variables: Object.fromEntries(values),
        audience,
        recipients: 0,
        createdBy: tx.actor.id,
        createdAt: tx.now,
      };
      await tx.insert(MailingRow, row);
      const { kind, channel, variables } = row;
      // Who does not reach every client writes to those assigned to them.
      const adviserId = reachesAll(tx.actor) ? null : tx.actor.id;
      const filters = [audience.clientIds, audience.grades, audience.classes, adviserId];
      const start = input.notBefore ?? tx.now;
      await tx.query(FREEZE, [id, kind, channel, template.id, variables, start, tx.now, ...filters]);
      const [counted] = await tx.query<{ n: number }>(
        'select count(*)::int as n from communication where mailing_id = $1',
        [id],
      );
      const recipients = counted?.n ?? 0;
      if (recipients === 0) throw refuseMailing('NO_RECIPIENTS');
      return tx.update(MailingRow, row, { recipients });
    }),
  );

/** Writes down what the provider reports of a message it has taken. */
export const reportCommunication = (db: Db, input: ReportCommunicationInput): Promise<CommunicationRow> =>
  transact(db, async (tx) => {
    const row = await findForUpdate(tx, CommunicationRow, input.communicationId);
    const { changes, events } = report(row, { outcome: input.outcome, reason: input.reason ?? null }, tx.now);
    const changed = await tx.update(CommunicationRow, row, changes);
    await tx.record(...events);
    return changed;
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
