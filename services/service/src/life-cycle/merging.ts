import type { Tx } from '@client-graph/kit';

/** What moves with a duplicate, and which of the survivor's rows would be in its way: then it stays where it is. */
const MOVED = [
  { table: 'interaction', key: 'id', sameAs: 'false' },
  { table: 'complaint', key: 'id', sameAs: 'false' },
  { table: 'communication', key: 'id', sameAs: 'false' },
  { table: 'advice', key: 'id', sameAs: 'false' },
  { table: 'feedback', key: 'id', sameAs: 'false' },
  { table: 'survey', key: 'id', sameAs: 'false' },
  { table: 'care_task', key: 'id', sameAs: 'o.rule_code = t.rule_code and o.year = t.year' },
  { table: 'notice', key: 'id', sameAs: 'o.material_event_id = t.material_event_id' },
  { table: 'registration', key: 'id', sameAs: 'o.event_id = t.event_id' },
  { table: 'statement', key: 'id', sameAs: 'o.kind = t.kind and o.period_to = t.period_to' },
  {
    table: 'service_plan',
    key: 'id',
    sameAs: `o.opened_for = t.opened_for or (o.template_code = t.template_code and o.state = 'OPEN' and t.state = 'OPEN')`,
  },
  { table: 'work_item', key: 'id', sameAs: 'o.kind = t.kind and o.reference = t.reference' },
  // An order that is thought over is the survivor's now, and so is what orders have cost.
  { table: 'cooling_off', key: 'order_id', sameAs: 'false' },
  { table: 'fee_copy', key: 'order_id', sameAs: 'false' },
] as const;

/** Gives what was kept of a duplicate to its survivor, and writes down what was given. Steps go with their plans. */
export async function moveToSurvivor(tx: Tx, merge: { mergedId: string; survivorId: string }): Promise<void> {
  const ids = [merge.mergedId, merge.survivorId];
  for (const { table, key, sameAs } of MOVED)
    await tx.query(
      `with moved as (
         update ${table} t set client_id = $2 where client_id = $1
           and not exists (select from ${table} o where o.client_id = $2 and (${sameAs})) returning ${key} as id
       )
       insert into client_move ("table", row_id, from_id, to_id, moved_at) select '${table}', id, $1, $2, $3 from moved`,
      [...ids, tx.now],
    );
  // Whoever mourns under one record mourns under the other; it stays with both when they part.
  await tx.query(
    `insert into bereavement (client_id, until, recorded_by, recorded_at)
     select $2, until, recorded_by, recorded_at from bereavement where client_id = $1
     on conflict (client_id) do update set until = greatest(bereavement.until, excluded.until)`,
    ids,
  );
  await stepsFollow(tx, merge.survivorId);
}

/** Gives back what a client brought who was no duplicate after all; what has come since stays with the survivor. */
export async function moveBack(tx: Tx, merge: { mergedId: string; survivorId: string }): Promise<void> {
  const ids = [merge.mergedId, merge.survivorId];
  for (const { table, key } of MOVED)
    await tx.query(
      `update ${table} t set client_id = $1 from client_move m
       where m."table" = '${table}' and m.row_id = t.${key} and m.from_id = $1 and m.to_id = $2 and t.client_id = $2`,
      ids,
    );
  await tx.query('delete from client_move where from_id = $1 and to_id = $2', ids);
  await stepsFollow(tx, merge.mergedId);
}

const stepsFollow = (tx: Tx, clientId: string) =>
  tx.query(
    `update plan_step s set client_id = p.client_id from service_plan p
     where p.id = s.plan_id and p.client_id = $1 and s.client_id <> p.client_id`,
    [clientId],
  );
