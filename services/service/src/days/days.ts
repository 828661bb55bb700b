import { type Db, dayOf, findForUpdate, plusDays, refuse, transact } from '@client-graph/kit';
import { In, IsNull, LessThanOrEqual } from 'typeorm';
import { careAhead, type Planned } from '../care/care.js';
import { CommunicationRow } from '../communications/communications.entities.js';
import { clientInReach, coolingOffUntil } from '../communications/contacts.js';
import { ComplaintRow } from '../complaints/complaints.entities.js';
import { OPEN_STATUSES } from '../complaints/complaints.rules.js';
import type { CompleteFollowUpInput, PlanFollowUpInput } from '../generated/resolvers.js';
import { clientWasCalled } from '../material-events/material-events.js';
import { PlanStepRow } from '../plans/plans.entities.js';
import { WorkItemRow } from './days.entities.js';
import { AHEAD, complete, plan } from './days.rules.js';

export const planFollowUp = (db: Db, input: PlanFollowUpInput): Promise<WorkItemRow> =>
  transact(db, (tx) =>
    tx.once('planFollowUp', input, WorkItemRow, async (id): Promise<WorkItemRow> => {
      const client = await clientInReach(tx, input.clientId);
      const planned = plan(input, dayOf(tx.now), await coolingOffUntil(tx, client.id));
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

/** Ticks an item off. A call about a notice that is done means that the client knows. */
export const completeFollowUp = (db: Db, input: CompleteFollowUpInput): Promise<WorkItemRow> =>
  transact(db, async (tx) => {
    const item = await findForUpdate(tx, WorkItemRow, input.itemId, input.expectedVersion);
    await clientInReach(tx, item.clientId);
    const done = await tx.update(WorkItemRow, item, complete(item, tx.now));
    if (item.kind === 'NOTICE_CALL') await clientWasCalled(tx, item.reference);
    return done;
  });

export type OccasionOfClient = { clientId: string; occasion: Planned };

type Found = { id: string; isActive: boolean };

/** The adviser's clients. A restricted record appears in nobody's day (domain 3.1.3). */
const clientsOf = (db: Db, adviserId: string): Promise<Found[]> =>
  db.source.query(
    `select client_id as id, status = 'ACTIVE' as "isActive" from client_copy where adviser_id = $1 and status <> 'RESTRICTED'`,
    [adviserId],
  );

const itemsUntil = (db: Db, ids: string[], until: string) =>
  db.source.getRepository(WorkItemRow).find({
    where: { clientId: In(ids), state: 'OPEN', dueOn: LessThanOrEqual(until) },
    order: { dueOn: 'ASC', id: 'ASC' },
    take: AHEAD.items,
  });

/** Steps given to the caller, and those of the caller's clients that are given to nobody. */
const stepsUntil = (db: Db, ids: string[], me: string, until: string) =>
  db.source.getRepository(PlanStepRow).find({
    where: [
      { ownerId: me, state: 'OPEN', dueOn: LessThanOrEqual(until) },
      { clientId: In(ids), ownerId: IsNull(), state: 'OPEN', dueOn: LessThanOrEqual(until) },
    ],
    order: { dueOn: 'ASC', id: 'ASC' },
    take: AHEAD.items,
  });

const complaintsOf = (db: Db, ids: string[], me: string) =>
  db.source
    .getRepository(ComplaintRow)
    .createQueryBuilder('c')
    .where({ clientId: In(ids), status: In([...OPEN_STATUSES]) })
    .andWhere('not (:me = any(c.concernedStaffIds))', { me })
    .orderBy('c.dueAt')
    .take(AHEAD.items)
    .getMany();

const undeliveredOf = (db: Db, ids: string[]) =>
  db.source.getRepository(CommunicationRow).find({
    where: {
      clientId: In(ids),
      state: In(['BOUNCED', 'UNCERTAIN']),
      kind: In(['PERIODIC', 'MATERIAL_EVENT', 'SERVICE']),
    },
    order: { id: 'DESC' },
    take: AHEAD.items,
  });

/** All that the adviser's clients need today and in the days to come, in a fixed number of statements however many they are. */
export async function myDay(db: Db) {
  const me = db.actor.id;
  if (me === null) throw refuse('UNAUTHENTICATED');
  const today = dayOf(db.now());
  const until = plusDays(today, AHEAD.days);
  const found = await clientsOf(db, me);
  const ids = found.map(({ id }) => id);
  const items = await itemsUntil(db, ids, until);
  const planSteps = await stepsUntil(db, ids, me, until);
  const complaints = await complaintsOf(db, ids, me);
  const undelivered = await undeliveredOf(db, ids);
  const active = found.flatMap(({ id, isActive }) => (isActive ? [id] : []));
  const care = await careAhead(db, active, AHEAD.days);
  const occasions = active
    .flatMap((clientId, index): OccasionOfClient[] =>
      (care[index] ?? []).map((occasion) => ({ clientId, occasion })),
    )
    .filter(({ occasion: { ruleCode } }) => /^(BIRTHDAY|ANNIVERSARY)/.test(ruleCode))
    .sort((a, b) => (a.occasion.on < b.occasion.on ? -1 : 1))
    .slice(0, AHEAD.items);
  return { day: today, items, planSteps, complaints, undelivered, occasions };
}
