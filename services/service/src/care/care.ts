import {
  ClientCopyRow,
  type Db,
  Decimal,
  dayOf,
  plusDays,
  refuse,
  type Tx,
  transact,
} from '@client-graph/kit';
import { In } from 'typeorm';
import { CommunicationRow, type MessageTemplateRow } from '../communications/communications.entities.js';
import { clientInReach } from '../communications/contacts.js';
import { channelOf } from '../communications/queueing.js';
import { templateInUse } from '../communications/templates.js';
import type { RegisterCareDateInput, RemoveCareDateInput } from '../generated/resolvers.js';
import { CareDateRow, CareGiftRow, CareRuleRow, CareTaskRow, ClientFactRow } from './care.entities.js';
import {
  type CareClient,
  checkedDate,
  giftWithin,
  inForce,
  type Occasion,
  occasions,
  sent,
} from './care.rules.js';
import { lunarCalendar } from './lunar.js';

const CLIENTS_AT_ONCE = 500;
const TEMPLATE = 'CARE_GREETING';

/** Keeps when the relationship began. */
export const keepOnboarding = (tx: Tx, clientId: string, onboardedOn: string) =>
  tx.query('insert into client_fact (client_id, onboarded_on) values ($1, $2) on conflict do nothing', [
    clientId,
    onboardedOn,
  ]);

/** A client who takes the consent back is not kept a birthday of. */
export const forgetCareDates = (tx: Tx, clientId: string) =>
  tx.query('delete from care_date where client_id = $1', [clientId]);

/** Notes month and day of a birthday, with the client's consent; a new one takes the place of the former. */
export const registerCareDate = (db: Db, input: RegisterCareDateInput): Promise<CareDateRow> =>
  transact(db, async (tx) => {
    const client = await clientInReach(tx, input.clientId);
    if (tx.actor.id === null) throw refuse('UNAUTHENTICATED');
    const consent = await tx.query(
      `select 1 from consent_copy where client_id = $1 and purpose = 'CARE_GREETING' and is_granted`,
      [client.id],
    );
    const { kind, month, day } = input;
    const date = { kind, month, day, isLeapMonth: input.isLeapMonth ?? false };
    checkedDate(date, { kind: client.kind, hasConsent: consent.length > 0 });
    await tx.query('delete from care_date where client_id = $1 and kind = $2', [client.id, kind]);
    const by = { registeredBy: tx.actor.id, registeredAt: tx.now };
    return tx.insert(CareDateRow, { id: tx.newId(), clientId: client.id, ...date, ...by });
  });

export const removeCareDate = (db: Db, input: RemoveCareDateInput): Promise<{ id: string }> =>
  transact(db, async (tx) => {
    const client = await clientInReach(tx, input.clientId);
    await tx.query('delete from care_date where client_id = $1 and kind = $2', [client.id, input.kind]);
    return { id: client.id };
  });

const rulesOn = async (tx: Tx, day: string) => inForce(await tx.find(CareRuleRow, {}), day);

async function careClients(tx: Tx, clients: readonly ClientCopyRow[]): Promise<Map<string, CareClient>> {
  const ids = clients.map(({ id }) => id);
  const facts = await tx.find(ClientFactRow, { where: { id: In(ids) } });
  const dates = await tx.find(CareDateRow, { where: { clientId: In(ids) } });
  return new Map(
    clients.map(({ id, kind, ageBand }) => [
      id,
      {
        kind,
        ageBand,
        onboardedOn: facts.find((fact) => fact.id === id)?.onboardedOn ?? null,
        dates: dates.filter((date) => date.clientId === id),
      },
    ]),
  );
}

export type Planned = Occasion & { rule: CareRuleRow };
const withRule = (rules: readonly CareRuleRow[], found: readonly Occasion[]): Planned[] =>
  found.flatMap((occasion) => {
    const rule = rules.find(({ code }) => code === occasion.ruleCode);
    return rule === undefined ? [] : [{ ...occasion, rule }];
  });

/** The occasions of many clients in the days to come; a few statements for all. */
export const careAhead = (db: Db, clientIds: readonly string[], days: number): Promise<Planned[][]> =>
  transact(db, async (tx) => {
    const from = dayOf(tx.now);
    const rules = await rulesOn(tx, from);
    const clients = await tx.find(ClientCopyRow, { where: { id: In([...clientIds]) } });
    const facts = await careClients(tx, clients);
    return clientIds.map((id) => {
      const client = facts.get(id);
      if (client === undefined) return [];
      return withRule(rules, occasions(client, rules, { from, to: plusDays(from, days) }, lunarCalendar));
    });
  });

const NOBODY: CareClient = { kind: 'INDIVIDUAL', ageBand: 'FROM_65', onboardedOn: null, dates: [] };

/** The festivals of a year, and its day of silence. */
export const careCalendar = (db: Db, year: number): Promise<Planned[]> =>
  transact(db, async (tx) => {
    const period = { from: `${year}-01-01`, to: `${year}-12-31` };
    const rules = await rulesOn(tx, dayOf(tx.now));
    return withRule(rules, occasions(NOBODY, rules, period, lunarCalendar));
  });

/** Queues today's greetings. Run again, it queues none twice: a task is one of its client, occasion and year. */
export async function queueCare(db: Db): Promise<void> {
  for (let after: string | null = '00000000-0000-0000-0000-000000000000'; after !== null; )
    after = await transact(db, (tx) => queueCareAfter(tx, after ?? ''));
}

async function queueCareAfter(tx: Tx, after: string): Promise<string | null> {
  const today = dayOf(tx.now);
  const ids = await tx.query<{ id: string }>(
    `select client_id as id from client_copy where client_id > $1 and status = 'ACTIVE' order by client_id limit $2`,
    [after, CLIENTS_AT_ONCE],
  );
  const clients = await tx.find(ClientCopyRow, { where: { id: In(ids.map(({ id }) => id)) } });
  const rules = await rulesOn(tx, today);
  const facts = await careClients(tx, clients);
  const template = await templateInUse(tx, TEMPLATE, 'CARE');
  for (const client of clients) {
    const of = facts.get(client.id);
    const found = of ? occasions(of, rules, { from: today, to: today }, lunarCalendar) : [];
    for (const occasion of withRule(rules, found))
      if (!occasion.isSilent) await queueOne(tx, client, occasion, template);
  }
  return ids.at(-1)?.id ?? null;
}

async function queueOne(tx: Tx, client: ClientCopyRow, occasion: Planned, template: MessageTemplateRow) {
  const { ruleCode, year, on: dueOn, rule } = occasion;
  if ((await tx.findOne(CareTaskRow, { clientId: client.id, ruleCode, year })) !== null) return;
  const gift = occasion.hasGift ? await giftOf(tx, client, dueOn) : null;
  const channel = await channelOf(tx, client.id);
  const communicationId = tx.newId();
  const variables = {
    occasion: rule.labels.ZH_HANT,
    wish: rule.wishes.ZH_HANT,
    gift: gift?.labels.ZH_HANT ?? '',
  };
  await tx.insert(CommunicationRow, {
    id: communicationId,
    clientId: client.id,
    mailingId: null,
    kind: 'CARE',
    channel,
    templateId: template.id,
    variables,
    state: 'QUEUED',
    reason: null,
    attempts: 0,
    notBefore: tx.now,
    queuedAt: tx.now,
    handedAt: null,
    sentAt: null,
    endedAt: null,
    reportedAt: null,
  });
  const given = { giftValue: gift?.value ?? null, giftCurrency: gift?.currency ?? null };
  const task = {
    id: tx.newId(),
    clientId: client.id,
    ruleCode,
    year,
    dueOn,
    communicationId,
    ...given,
    sentAt: null,
  };
  await tx.insert(CareTaskRow, task);
}

/** The gift of the client's grade, if what was given this year leaves room for it under the cap. */
async function giftOf(tx: Tx, client: ClientCopyRow, on: string): Promise<CareGiftRow | null> {
  const gifts = inForce(await tx.find(CareGiftRow, { where: { code: client.grade } }), on);
  const [given] = await tx.query<{ sum: string }>(
    `select coalesce(sum(t.gift_value), 0)::text as sum from care_task t join communication c on c.id = t.communication_id
     where t.client_id = $1 and t.due_on between $2 and $3 and c.state <> 'SUPPRESSED'`,
    [client.id, `${on.slice(0, 4)}-01-01`, `${on.slice(0, 4)}-12-31`],
  );
  return giftWithin(gifts[0] ?? null, new Decimal(given?.sum ?? 0));
}

/** Once the greeting was sent, the care is done. */
export async function careSent(tx: Tx, { id }: CommunicationRow): Promise<void> {
  const task = await tx.findOne(CareTaskRow, { communicationId: id });
  if (task === null || task.sentAt !== null) return;
  await tx.update(CareTaskRow, task, { sentAt: tx.now });
  await tx.record(sent(task));
}
