import { type Db, dayOf, findForUpdate, plusDays, refuse, type Tx, transact } from '@client-graph/kit';
import { In } from 'typeorm';
import { careAhead, type Planned } from '../care/care.js';
import { CommunicationRow } from '../communications/communications.entities.js';
import { clientInReach } from '../communications/contacts.js';
import { ComplaintRow } from '../complaints/complaints.entities.js';
import { OPEN_STATUSES } from '../complaints/complaints.rules.js';
import type { CompleteFollowUpInput, PlanFollowUpInput } from '../generated/resolvers.js';
import { WorkItemRow } from './days.entities.js';
import { AHEAD, complete, plan, type WorkItemKind } from './days.rules.js';

type Told = { clientId: string; kind: WorkItemKind; reference: string; dueOn: string };

/** Opens what another service has told to be due; told again, the later day counts. */
export const openItem = (tx: Tx, { clientId, kind, reference, dueOn }: Told) =>
  tx.query(
    `insert into work_item (id, version, client_id, kind, reference, due_on, state) values ($1, 1, $2, $3, $4, $5, 'OPEN')
     on conflict (client_id, kind, reference) do update set due_on = excluded.due_on, version = work_item.version + 1`,
    [tx.newId(), clientId, kind, reference, dueOn],
  );

/** Ends what another service has told to be done. `reference` null ends all of the kind. */
export const endItems = (tx: Tx, clientId: string, kind: WorkItemKind, reference: string | null) =>
  tx.query(
    `update work_item set state = 'DONE', done_at = $4, version = version + 1
     where client_id = $1 and kind = $2 and ($3::text is null or reference = $3) and state = 'OPEN'`,
    [clientId, kind, reference, tx.now],
  );

export const planFollowUp = (db: Db, input: PlanFollowUpInput): Promise<WorkItemRow> =>
  transact(db, (tx) =>
    tx.once('planFollowUp', input, WorkItemRow, async (id): Promise<WorkItemRow> => {
      const client = await clientInReach(tx, input.clientId);
      const planned = plan(input, dayOf(tx.now));
      const rest = {
        state: 'OPEN' as const,
        plannedBy: tx.actor.id,
        doneAt: null,
        version: 1,
        reference: id,
      };
      return tx.insert(WorkItemRow, { id, clientId: client.id, kind: 'FOLLOW_UP', ...planned, ...rest });
    }),
  );

export const completeFollowUp = (db: Db, input: CompleteFollowUpInput): Promise<WorkItemRow> =>
  transact(db, async (tx) => {
    const item = await findForUpdate(tx, WorkItemRow, input.itemId, input.expectedVersion);
    await clientInReach(tx, item.clientId);
    return tx.update(WorkItemRow, item, complete(item, tx.now));
  });

export type OccasionOfClient = { clientId: string; occasion: Planned };

/** All that the adviser's clients need today and in the days to come, in a fixed number of statements however many they are. */
export async function myDay(db: Db) {
  if (db.actor.id === null) throw refuse('UNAUTHENTICATED');
  const today = dayOf(db.now());
  const until = plusDays(today, AHEAD.days);
  const found: { id: string; isActive: boolean }[] = await db.source.query(
    `select client_id as id, status = 'ACTIVE' as "isActive" from client_copy where adviser_id = $1`,
    [db.actor.id],
  );
  const ids = found.map(({ id }) => id);
  const items = await db.source
    .getRepository(WorkItemRow)
    .createQueryBuilder('w')
    .where({ clientId: In(ids), state: 'OPEN' })
    .andWhere('w.dueOn <= :until', { until })
    .orderBy('w.dueOn')
    .addOrderBy('w.id')
    .take(AHEAD.items)
    .getMany();
  const complaints = await db.source
    .getRepository(ComplaintRow)
    .createQueryBuilder('c')
    .where({ clientId: In(ids), status: In([...OPEN_STATUSES]) })
    .andWhere('not (:me = any(c.concernedStaffIds))', { me: db.actor.id })
    .orderBy('c.dueAt')
    .take(AHEAD.items)
    .getMany();
  const undelivered = await db.source.getRepository(CommunicationRow).find({
    where: {
      clientId: In(ids),
      state: In(['BOUNCED', 'UNCERTAIN']),
      kind: In(['PERIODIC', 'MATERIAL_EVENT', 'SERVICE']),
    },
    order: { id: 'DESC' },
    take: AHEAD.items,
  });
  const active = found.flatMap(({ id, isActive }) => (isActive ? [id] : []));
  const care = await careAhead(db, active, AHEAD.days);
  const occasions = active
    .flatMap((clientId, index): OccasionOfClient[] =>
      (care[index] ?? []).map((occasion) => ({ clientId, occasion })),
    )
    .filter(({ occasion: { ruleCode } }) => /^(BIRTHDAY|ANNIVERSARY)/.test(ruleCode))
    .sort((a, b) => (a.occasion.on < b.occasion.on ? -1 : 1))
    .slice(0, AHEAD.items);
  return { day: today, items, complaints, undelivered, occasions };
}
