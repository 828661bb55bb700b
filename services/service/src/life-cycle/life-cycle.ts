import type { Tx } from '@client-graph/kit';
import { forgetCareDates } from '../care/care.js';
import { giveUpSeats } from '../events/events.js';
import { endPlans } from '../plans/plans.js';

/** Nothing more is done for a client who has died or left: items end, plans end, seats are given to others. */
export async function endService(tx: Tx, clientId: string, reason: string): Promise<void> {
  await tx.query(
    `update work_item set state = 'DONE', done_at = $2, version = version + 1 where client_id = $1 and state = 'OPEN'`,
    [clientId, tx.now],
  );
  await endPlans(tx, clientId, reason);
  await giveUpSeats(tx, clientId);
  await forgetCareDates(tx, clientId);
}

/** Tables of which nothing is kept once a file is erased. */
const DELETED = [
  'contact_point',
  'care_date',
  'consent_copy',
  'bereavement',
  'client_fact',
  'cooling_off',
  'points_copy',
  'holding_copy',
  'fee_copy',
  'work_item',
  'statement',
] as const;

/** What was said and written about a person; the bare facts of a case stay for the figures. */
const BLANKED = [
  `update interaction set summary = '-', participants = '[]', recording_reference = null where client_id = $1`,
  `update complaint set complainant_name = null, complainant_contact = null, authority_reference = null, representatives = '{}', claim = '-',
     findings = case when findings is null then null else '-' end, decision = case when decision is null then null else '-' end where client_id = $1`,
  'update complaint_action set note = null where complaint_id in (select id from complaint where client_id = $1)',
  `update complaint_extension set reason = '-' where complaint_id in (select id from complaint where client_id = $1)`,
  `update communication set variables = '{}' where client_id = $1`,
  `update feedback set text = '-', answer = case when answer is null then null else '-' end,
     conclusion = case when conclusion is null then null else '-' end where client_id = $1`,
  'update survey set comment = null where client_id = $1',
  `update advice set text = '-' where client_id = $1`,
  'update plan_step set note = null where client_id = $1',
] as const;

/** Erases a client's file after every retention has run out (policy 3.5; domain 3.1.2). */
export async function eraseClient(tx: Tx, clientId: string): Promise<void> {
  await endService(tx, clientId, 'ERASED');
  await tx.query(`select set_config('client_graph.erasing', 'on', true)`);
  for (const statement of BLANKED) await tx.query(statement, [clientId]);
  for (const table of DELETED) await tx.query(`delete from ${table} where client_id = $1`, [clientId]);
  await tx.query(`select set_config('client_graph.erasing', 'off', true)`);
}
