import { InteractionLogged, LeadContacted, LeadCreated } from '@client-graph/events';
import {
  type Context,
  type Decimal,
  defineRefusals,
  findForUpdate,
  handle,
  type PageArgs,
  page,
  type ServiceDefinition,
  sealed,
  type Tx,
  transact,
} from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The smallest service there can be, to test what kit promises every service. */

@Entity('jar')
export class JarRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) ownerId: string;
  @Column({ type: 'int' }) coins: number;
  @Column({ type: 'int' }) version: number;
}

/** A row of which much is sealed, under the key of the client it is about. */
@Entity('diary')
export class DiaryRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid', nullable: true }) clientId: string | null;
  @Column(sealed({ subject: 'clientId' })) name: string;
  @Column(sealed({ subject: 'clientId', as: 'decimal' })) income: Decimal;
  @Column(sealed({ subject: 'clientId', as: 'json' })) habits: string[];
  @Column(sealed({ subject: 'clientId', nullable: true })) nickname: string | null;
  @Column({ type: 'text', nullable: true }) nameHash: string | null;
  @Column({ type: 'int' }) version: number;
}

const refuse = defineRefusals({ NOT_POSITIVE: 'Put in at least one coin.' });

export const noted = (clientId: string, interactionId: string) =>
  InteractionLogged({ clientId, interactionId, channel: 'PHONE', subjectCode: 'COIN' });

export const putIn = (db: Context['db'], input: { id: string; coins: number }) =>
  transact(db, async (tx) => {
    const jar = await findForUpdate(tx, JarRow, input.id);
    await tx.record(noted(jar.ownerId, tx.newId()));
    if (input.coins < 1) throw refuse('NOT_POSITIVE');
    return tx.update(JarRow, jar, { coins: jar.coins + input.coins });
  });

/** What the fixture's handler does beyond writing its effect: a test may make it fail. */
export const mood: { onEvent: (tx: Tx, key: string) => Promise<void> } = { onEvent: async () => undefined };

export const fixture = (name = 'fixture'): ServiceDefinition => ({
  name,
  folder: new URL('../fixture/', import.meta.url),
  entities: [JarRow, DiaryRow],
  resolvers: {
    Query: {
      jar: (_: unknown, { id }: { id: string }, ctx: Context) => ctx.load(JarRow, id),
      jars: (_: unknown, args: PageArgs, ctx: Context) => page(ctx.db, JarRow, args),
    },
    Mutation: {
      putIn: (_: unknown, input: { id: string; coins: number }, ctx: Context) => putIn(ctx.db, input),
    },
    Jar: { __resolveReference: (ref: { id: string }, ctx: Context) => ctx.load(JarRow, ref.id) },
  },
  handlers: [LeadCreated, LeadContacted].map((definition) =>
    handle(definition, async (tx, event) => {
      await tx.query('insert into effect (event_id, key, sequence) values ($1, $2, $3)', [
        event.id,
        event.key,
        event.sequence,
      ]);
      await mood.onEvent(tx, event.key);
    }),
  ),
});
