import {
  type Approvable,
  type Db,
  dayOf,
  findForUpdate,
  openApproval,
  refuse,
  settleApproval,
  type Tx,
  transact,
} from '@client-graph/kit';
import type { DecideTemplateInput, ProposeTemplateInput } from '../generated/resolvers.js';
import { bannedOn } from '../table-versions/table-versions.js';
import { MessageTemplateRow } from './communications.entities.js';
import type { CommunicationKind } from './gate.rules.js';
import { checkedWords, refuse as refuseWords } from './templates.rules.js';

/** A revision of words: each is decided on by itself, and one that nobody decides on is rejected by time. */
export const MESSAGE_TEMPLATE: Approvable = {
  action: 'MESSAGE_TEMPLATE',
  scope: 'templates:approve',
  days: 90,
  lapse: async (tx, id) => {
    const row = await findForUpdate(tx, MessageTemplateRow, id);
    await tx.update(MessageTemplateRow, row, { status: 'REJECTED', decidedAt: tx.now });
  },
};

/** The words that a second person says yes to. */
const payloadOf = ({ code, revision, kind, subject, body, variables }: MessageTemplateRow) => ({
  code,
  revision,
  kind,
  subject,
  body,
  variables,
});

/** Proposes words, as the next revision of their code. */
export const proposeTemplate = (db: Db, input: ProposeTemplateInput): Promise<MessageTemplateRow> =>
  transact(db, (tx) =>
    tx.once('proposeTemplate', input, MessageTemplateRow, async (id) => {
      const { code, kind } = input;
      const words = checkedWords(input, await bannedOn(tx, dayOf(tx.now)));
      if (tx.actor.id === null) throw refuse('UNAUTHENTICATED');
      await tx.query(`select pg_advisory_xact_lock(hashtextextended('template ' || $1, 0))`, [code]);
      const [last] = await tx.query<{ revision: number }>(
        'select coalesce(max(revision), 0)::int as revision from message_template where code = $1',
        [code],
      );
      const proposed = { proposedBy: tx.actor.id, proposedAt: tx.now, decidedBy: null, decidedAt: null };
      const revision = (last?.revision ?? 0) + 1;
      const row: MessageTemplateRow = {
        id,
        version: 1,
        code,
        revision,
        kind,
        status: 'PROPOSED',
        ...words,
        ...proposed,
      };
      await openApproval(tx, MESSAGE_TEMPLATE, {
        subject: `${code}:${revision}`,
        targetId: id,
        payload: payloadOf(row),
      });
      return tx.insert(MessageTemplateRow, row);
    }),
  );

/** Approves or rejects a revision that another person has proposed. */
export const decideTemplate = (db: Db, input: DecideTemplateInput): Promise<MessageTemplateRow> =>
  transact(db, async (tx) => {
    const row = await findForUpdate(tx, MessageTemplateRow, input.templateId, input.expectedVersion);
    if (row.status !== 'PROPOSED') throw refuseWords('TEMPLATE_DECIDED');
    if (row.proposedBy === tx.actor.id) throw refuseWords('OWN_TEMPLATE');
    const status = input.isApproved ? 'APPROVED' : 'REJECTED';
    await settleApproval(tx, MESSAGE_TEMPLATE, status, { targetId: row.id, payload: payloadOf(row) });
    return tx.update(MessageTemplateRow, row, { status, decidedBy: tx.actor.id, decidedAt: tx.now });
  });

/** The latest approved revision. Refuses NO_TEMPLATE. */
export async function templateInUse(
  tx: Tx,
  code: string,
  kind: CommunicationKind,
): Promise<MessageTemplateRow> {
  const [row] = await tx.find(MessageTemplateRow, {
    where: { code, kind, status: 'APPROVED' },
    order: { revision: 'DESC' },
    take: 1,
  });
  if (row === undefined) throw refuseWords('NO_TEMPLATE', { code, kind });
  return row;
}
