import {
  type Actor,
  type Connection,
  type Db,
  dayOf,
  page,
  plusDays,
  type Tx,
  transact,
} from '@client-graph/kit';
import { Raw } from 'typeorm';
import { LeadTaskRow } from '../entities.js';
import type { QueryLeadTasksArgs } from '../generated/resolvers.js';
import { type LeadStage, seesEveryLead } from '../leads/leads.rules.js';
import { clocksInForce } from '../rules/in-force.js';
import { settledBy, type TaskKind } from './tasks.rules.js';

/** Opens what has come due: each lead has at most one open task of a kind. Harmless to run twice. */
export const openLeadTasks = (db: Db): Promise<void> =>
  transact(db, async (tx) => {
    const { silenceDays, conversionTimeoutDays } = await clocksInForce(tx);
    const today = dayOf(tx.now);
    await openAll(
      tx,
      'FIRST_CONTACT_LATE',
      `select id, cycle, first_contact_due_on from lead
       where stage = 'NEW' and origin = 'LIVE' and first_contact_due_on < $1::date and erased_at is null`,
      today,
    );
    await openAll(
      tx,
      'SILENT',
      `select id, cycle, (last_at at time zone 'Asia/Shanghai')::date + ${silenceDays} from lead
       where stage = 'FOLLOWING_UP' and origin = 'LIVE' and client_id is null and erased_at is null
         and (last_at at time zone 'Asia/Shanghai')::date <= $1::date`,
      plusDays(today, -silenceDays),
    );
    await openAll(
      tx,
      'CONVERSION_OVERDUE',
      // A lead that came to wait for another client by a merge has waited since the first was opened.
      `select l.id, l.cycle, (min(o.opened_at) at time zone 'Asia/Shanghai')::date + ${conversionTimeoutDays}
       from client_opening o join lead l on l.id = o.lead_id
       where o.standing in ('ORIGIN', 'MERGED') and l.client_id is not null and l.stage = 'FOLLOWING_UP' and l.erased_at is null
       group by l.id having (min(o.opened_at) at time zone 'Asia/Shanghai')::date <= $1::date`,
      plusDays(today, -conversionTimeoutDays),
    );
  });

const BATCH = 1_000;
type Due = { lead: string; cycle: number; due: string };

/** `due` gives lead, cycle and the day by which something should have happened, of those due on or before `$1`. */
async function openAll(tx: Tx, kind: TaskKind, due: string, day: string): Promise<void> {
  for (;;) {
    const found = await tx.query<Due>(
      `select due.id as lead, due.cycle, due.due_on::text as due from (${due}) as due(id, cycle, due_on)
       where not exists (select from lead_task t where t.lead_id = due.id and t.kind = $2 and t.closed_at is null)
       limit ${BATCH}`,
      [day, kind],
    );
    await tx.query(
      `insert into lead_task (id, lead_id, kind, cycle, due_on, opened_at)
       select t.id, t.lead, $2, t.cycle, t.due, $3 from jsonb_to_recordset($1) as t(id uuid, lead uuid, cycle int, due date)
       on conflict (lead_id, kind) where closed_at is null do nothing`,
      [JSON.stringify(found.map((each) => ({ id: tx.newId(), ...each }))), kind, tx.now],
    );
    if (found.length < BATCH) return;
  }
}

/** Closes what a step has done away with. */
export const settleTasks = (tx: Tx, leadId: string, stage: LeadStage): Promise<unknown> =>
  tx.query(
    'update lead_task set closed_at = $3 where lead_id = $1 and kind = any($2) and closed_at is null',
    [leadId, settledBy(stage), tx.now],
  );

/** Open tasks, newest first: all of them, or for an ADVISER those of the leads assigned to them. */
export const listTasks = (
  db: Db,
  actor: Actor,
  { kind, ...args }: QueryLeadTasksArgs,
): Promise<Connection<LeadTaskRow>> =>
  page(db, LeadTaskRow, args, {
    closedAt: Raw((column) => `${column} is null`),
    ...(kind ? { kind } : {}),
    ...(seesEveryLead(actor)
      ? {}
      : {
          leadId: Raw((column) => `${column} in (select id from lead where owner_id = :owner)`, {
            owner: actor.roles.includes('ADVISER') ? actor.id : null,
          }),
        }),
  });
