import { ClientCopyRow, type Db, dayOf, isUuid, reaches, refuse, transact } from '@client-graph/kit';
import { InteractionRow, InteractionSubjectRow } from './entities.js';
import type { LogInteractionInput } from './generated/resolvers.js';
import { isOffered, log } from './interactions.rules.js';

/** Writes a contact down. A client this service has not heard of, or that is not the caller's, is NOT_FOUND: the two look the same. */
export const logInteraction = (db: Db, input: LogInteractionInput): Promise<InteractionRow> =>
  transact(db, (tx) =>
    tx.once('logInteraction', input, InteractionRow, async (id) => {
      const client = isUuid(input.clientId) ? await tx.findOne(ClientCopyRow, { id: input.clientId }) : null;
      if (client === null || !reaches(tx.actor, client)) throw refuse('NOT_FOUND', { field: 'clientId' });
      if (tx.actor.id === null) throw refuse('UNAUTHENTICATED');
      const subject = await tx.findOne(InteractionSubjectRow, { id: input.subjectCode });
      const { channel, direction, at, subjectCode, summary } = input;
      const confidentiality = input.confidentiality ?? 'NORMAL';
      const answeredAfterSeconds = input.answeredAfterSeconds ?? null;
      const ask = {
        id,
        clientId: client.id,
        channel,
        direction,
        at,
        subjectCode,
        summary,
        confidentiality,
        answeredAfterSeconds,
      };
      const { interaction, events } = log(ask, subject, {
        staffId: tx.actor.id,
        now: tx.now,
        today: dayOf(tx.now),
      });
      await tx.insert(InteractionRow, interaction);
      await tx.record(...events);
      return interaction;
    }),
  );

/** The subjects offered today, in their order. */
export async function interactionSubjects(db: Db): Promise<InteractionSubjectRow[]> {
  const rows = await db.source.getRepository(InteractionSubjectRow).find({ order: { position: 'ASC' } });
  return rows.filter((row) => isOffered(row, dayOf(db.now())));
}
