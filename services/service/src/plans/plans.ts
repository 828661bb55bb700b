import { type Db, dayOf, findForUpdate, isUuid, refuse, type Tx, transact } from '@client-graph/kit';
import { clientInReach } from '../communications/contacts.js';
import type {
  CancelServicePlanInput,
  CompletePlanStepInput,
  MovePlanStepInput,
  OpenServicePlanInput,
  RecordAdviceInput,
} from '../generated/resolvers.js';
import { openSurvey } from '../surveys/opening.js';
import { bannedOn, tableOn } from '../table-versions/table-versions.js';
import { AdviceRow, PlanStepRow, ServicePlanRow } from './plans.entities.js';
import * as rules from './plans.rules.js';

type New = { templateCode: string | null; openedFor: string | null; openedBy: string | null };
type Content = ReturnType<typeof rules.ownPlan>;

async function insertPlan(tx: Tx, id: string, clientId: string, of: New, { labels, steps }: Content) {
  const head = { id, version: 1, clientId, ...of, labels, state: 'OPEN' as const };
  const row = await tx.insert(ServicePlanRow, { ...head, openedOn: dayOf(tx.now), endedAt: null });
  const undone = { state: 'OPEN' as const, note: null, doneBy: null, doneAt: null };
  await tx.insertMany(
    PlanStepRow,
    steps.map((step, position) => ({
      id: tx.newId(),
      version: 1,
      planId: id,
      clientId,
      position,
      ...step,
      ...undone,
    })),
  );
  await tx.record(rules.opened(row));
  return row;
}

const idsOf = (steps: OpenServicePlanInput['steps']) =>
  (steps ?? []).map(({ label, dueOn, ownerId = null }) => {
    if (ownerId !== null && !isUuid(ownerId)) throw refuse('BAD_INPUT', { field: 'steps.ownerId' });
    return { label, dueOn, ownerId: ownerId?.toLowerCase() ?? null };
  });

/** Plans of one client are opened one after the other, so that a template is open once. */
export const openServicePlan = (db: Db, input: OpenServicePlanInput): Promise<ServicePlanRow> =>
  transact(db, (tx) =>
    tx.once('openServicePlan', input, ServicePlanRow, async (id): Promise<ServicePlanRow> => {
      const client = await clientInReach(tx, input.clientId);
      rules.mustServe(client.status);
      const { templateCode = null } = input;
      const today = dayOf(tx.now);
      const by = { id: tx.actor.id, today };
      const content =
        templateCode === null
          ? rules.ownPlan({ label: input.label ?? null, steps: idsOf(input.steps) }, today)
          : rules.fromTemplate(templateCode, await tableOn(tx, 'PLAN_TEMPLATE', today), client, by);
      await lockPlans(tx, client.id);
      const isOpen =
        templateCode !== null &&
        (await tx.findOne(ServicePlanRow, { clientId: client.id, templateCode, state: 'OPEN' })) !== null;
      if (isOpen) throw rules.refuse('PLAN_OPEN');
      return insertPlan(tx, id, client.id, { templateCode, openedFor: null, openedBy: tx.actor.id }, content);
    }),
  );

const lockPlans = (tx: Tx, clientId: string) =>
  tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`plans ${clientId}`]);

type Planned = { id: string; grade: string };

/** Opens what the templates in force open by themselves for a client, once for the occasion. */
async function openByItself(
  tx: Tx,
  client: Planned,
  templates: readonly rules.Template[],
  occasion: string,
): Promise<void> {
  for (const { code, terms } of templates) {
    if (!terms.grades.some((grade) => grade === client.grade)) continue;
    await lockPlans(tx, client.id);
    const openedFor = `${code} ${occasion}`;
    const [known] = await tx.query(
      `select 1 from service_plan where client_id = $1 and (opened_for = $2 or (template_code = $3 and state = 'OPEN'))`,
      [client.id, openedFor, code],
    );
    if (known !== undefined) continue;
    const content = rules.fromTemplate(code, [{ code, terms }], client, { id: null, today: dayOf(tx.now) });
    await insertPlan(tx, tx.newId(), client.id, { templateCode: code, openedFor, openedBy: null }, content);
  }
}

const templatesThat = async (tx: Tx, opens: 'ACTIVATION' | 'YEARLY') =>
  (await tableOn(tx, 'PLAN_TEMPLATE', dayOf(tx.now))).filter(({ terms }) => terms.opens === opens);

/** A client who is activated gets the plan of their grade. */
export async function openPlansOfActivation(tx: Tx, clientId: string): Promise<void> {
  const [client] = await tx.query<Planned>(
    'select client_id as id, grade from client_copy where client_id = $1',
    [clientId],
  );
  if (client !== undefined)
    await openByItself(tx, client, await templatesThat(tx, 'ACTIVATION'), 'activation');
}

const CLIENTS_AT_ONCE = 200;

/** Opens the plan of the year for every active client of a year or more. Run again, it opens none twice. */
export async function openPlansOfTheYear(db: Db): Promise<void> {
  for (let after: string | null = '00000000-0000-0000-0000-000000000000'; after !== null; ) {
    const from: string = after;
    after = await transact(db, async (tx) => {
      const year = dayOf(tx.now).slice(0, 4);
      const templates = await templatesThat(tx, 'YEARLY');
      const clients = await tx.query<Planned>(
        `select c.client_id as id, c.grade from client_copy c
         join client_fact f on f.client_id = c.client_id and f.onboarded_on < make_date($2, 1, 1)
         where c.client_id > $1 and c.status = 'ACTIVE'
           and not exists (select from service_plan p where p.client_id = c.client_id and p.opened_for like '% ' || $2::text)
         order by c.client_id limit $3`,
        [from, Number(year), CLIENTS_AT_ONCE],
      );
      for (const client of clients) await openByItself(tx, client, templates, year);
      return clients.at(-1)?.id ?? null;
    });
  }
}

/** The plan is locked before its step by everyone. */
async function lockStep(tx: Tx, stepId: string, expectedVersion: number) {
  const found = isUuid(stepId) ? await tx.findOne(PlanStepRow, { id: stepId }) : null;
  if (found === null) throw refuse('NOT_FOUND');
  const plan = await findForUpdate(tx, ServicePlanRow, found.planId);
  await clientInReach(tx, plan.clientId);
  return { plan, step: await findForUpdate(tx, PlanStepRow, stepId, expectedVersion) };
}

export const completePlanStep = (db: Db, input: CompletePlanStepInput): Promise<ServicePlanRow> =>
  transact(db, async (tx) => {
    if (tx.actor.id === null) throw refuse('UNAUTHENTICATED');
    const { plan, step } = await lockStep(tx, input.stepId, input.expectedVersion);
    const [left] = await tx.query<{ n: number }>(
      `select count(*)::int as n from plan_step where plan_id = $1 and state = 'OPEN' and id <> $2`,
      [plan.id, step.id],
    );
    const ask = { isSkipped: input.isSkipped ?? false, note: input.note ?? null, openAfter: left?.n ?? 0 };
    const done = rules.completeStep(plan, step, ask, { by: tx.actor.id, now: tx.now });
    await tx.update(PlanStepRow, step, done.step);
    const changed = await tx.update(ServicePlanRow, plan, done.plan);
    await tx.record(...done.events);
    if (changed.state === 'COMPLETED')
      await openSurvey(tx, { clientId: plan.clientId, caseKind: 'SERVICE_PLAN', caseId: plan.id });
    return changed;
  });

export const movePlanStep = (db: Db, input: MovePlanStepInput): Promise<ServicePlanRow> =>
  transact(db, async (tx) => {
    const { plan, step } = await lockStep(tx, input.stepId, input.expectedVersion);
    const { dueOn = null, ownerId = null } = input;
    if (ownerId !== null && !isUuid(ownerId)) throw refuse('BAD_INPUT', { field: 'ownerId' });
    const ask = { dueOn, ownerId: ownerId?.toLowerCase() ?? null };
    await tx.update(PlanStepRow, step, rules.moveStep(plan, step, ask, dayOf(tx.now)));
    return tx.update(ServicePlanRow, plan, {});
  });

/** Ends the plan, and each step that is still open. */
async function end(tx: Tx, plan: ServicePlanRow, note: string): Promise<ServicePlanRow> {
  const ended = rules.cancel(plan, note, { by: tx.actor.id, now: tx.now });
  const steps = await tx.find(PlanStepRow, { where: { planId: plan.id, state: 'OPEN' } });
  for (const step of steps) await tx.update(PlanStepRow, step, ended.step);
  const changed = await tx.update(ServicePlanRow, plan, ended.plan);
  await tx.record(...ended.events);
  return changed;
}

export const cancelServicePlan = (db: Db, input: CancelServicePlanInput): Promise<ServicePlanRow> =>
  transact(db, async (tx) => {
    const plan = await findForUpdate(tx, ServicePlanRow, input.planId, input.expectedVersion);
    await clientInReach(tx, plan.clientId);
    return end(tx, plan, input.note);
  });

/** Nobody carries a plan on for a client who is no longer served. */
export async function endPlans(tx: Tx, clientId: string, reason: string): Promise<void> {
  const plans = await tx.find(ServicePlanRow, { where: { clientId, state: 'OPEN' }, order: { id: 'ASC' } });
  for (const { id } of plans) {
    const plan = await findForUpdate(tx, ServicePlanRow, id);
    if (plan.state === 'OPEN') await end(tx, plan, reason);
  }
}

export const recordAdvice = (db: Db, input: RecordAdviceInput): Promise<AdviceRow> =>
  transact(db, (tx) =>
    tx.once('recordAdvice', input, AdviceRow, async (id): Promise<AdviceRow> => {
      if (tx.actor.id === null) throw refuse('UNAUTHENTICATED');
      const client = await clientInReach(tx, input.clientId);
      rules.mustServe(client.status);
      const { kind, decisionId = null } = input;
      if (decisionId !== null && !isUuid(decisionId)) throw refuse('BAD_INPUT', { field: 'decisionId' });
      const text = rules.checkedAdvice(input.text, await bannedOn(tx, dayOf(tx.now)));
      const by = { givenBy: tx.actor.id, givenAt: tx.now };
      return tx.insert(AdviceRow, { id, clientId: client.id, kind, text, decisionId, ...by });
    }),
  );
