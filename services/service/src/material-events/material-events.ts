import type { DataOf, ProductRatingChanged, ProductSuspended } from '@client-graph/events';
import {
  type Db,
  dayOf,
  findForUpdate,
  isUuid,
  plusDays,
  refuse,
  type Tx,
  transact,
} from '@client-graph/kit';
import { calendarBetween } from '../calendar/calendar.js';
import type { CommunicationRow } from '../communications/communications.entities.js';
import { refuse as refuseMailing } from '../communications/communications.rules.js';
import { clientInReach } from '../communications/contacts.js';
import { templateInUse } from '../communications/templates.js';
import { checkedValues } from '../communications/templates.rules.js';
import { endItem } from '../days/items.js';
import type { ConfirmNoticeInput, OpenMaterialEventInput } from '../generated/resolvers.js';
import { bannedOn, rowOn } from '../table-versions/table-versions.js';
import { MaterialEventRow, NoticeRow } from './material-events.entities.js';
import {
  inform,
  type NoticeProof,
  open,
  opened,
  type Severity,
  SOURCE_LABELS,
  type Source,
  severityOfRating,
} from './material-events.rules.js';

const CALENDAR_DAYS = 100;

/**
 * The audience as it is at this instant, in one statement: who holds one of the products, or who belongs to the grades. Each gets a
 * message by the first channel on which they are reached; who is reached on none gets one that says so.
 */
const FREEZE = `
  with audience as (
    select c.client_id from client_copy c
    where c.status not in ('MERGED', 'ERASED', 'CLOSED', 'PROSPECT') and case when cardinality($2::uuid[]) = 0
      then $3::text[] is null or c.grade = any($3)
      else exists (select from holding_copy h where h.client_id = c.client_id and h.units > 0 and h.product_id = any($2)) end
  ), chosen as materialized (
    select a.client_id, uuidv7() as communication_id, coalesce((select p.channel from contact_point p
      where p.client_id = a.client_id order by array_position(array['EMAIL', 'SMS', 'WECHAT'], p.channel) limit 1), 'EMAIL') as channel
    from audience a
  ), queued as (
    insert into communication (id, client_id, kind, channel, template_id, variables, state, attempts, not_before, queued_at)
    select communication_id, client_id, 'MATERIAL_EVENT', channel, $4, $5, 'QUEUED', 0, $6, $6 from chosen returning id
  ), told as (
    insert into notice (id, material_event_id, client_id, communication_id)
    select uuidv7(), $1, client_id, communication_id from chosen returning id
  )
  select (select count(*) from told)::int as audience, (select count(*) from queued)::int as queued`;

type Ask = {
  source: Source;
  severity: Severity;
  productIds: readonly string[];
  grades: readonly string[] | null;
  event: string;
  effectiveOn: string;
};

async function openFor(tx: Tx, id: string, ask: Ask, cause: string | null): Promise<MaterialEventRow> {
  const today = dayOf(tx.now);
  const { terms } = await rowOn(tx, 'NOTICE_TERMS', ask.severity, today);
  const template = await templateInUse(tx, terms.templateCode, 'MATERIAL_EVENT');
  const calendar = await calendarBetween(tx, today, plusDays(today, CALENDAR_DAYS));
  const by = { id, openedBy: tx.actor.id, cause, templateId: template.id, now: tx.now };
  const row = open(ask, terms, calendar, by);
  const variables = {
    event: row.event,
    product: row.productIds.map((of) => `${SOURCE_LABELS[row.source].ZH_HANT} ${of}`).join('\n'),
    effectiveOn: row.effectiveOn,
  };
  const asked = Object.fromEntries(
    Object.entries(variables).filter(([name]) => template.variables.includes(name)),
  );
  checkedValues(template, new Map(Object.entries(asked)), await bannedOn(tx, today));
  await tx.insert(MaterialEventRow, row);
  const [frozen] = await tx.query<{ audience: number }>(FREEZE, [
    id,
    row.productIds,
    ask.grades,
    template.id,
    asked,
    tx.now,
  ]);
  const kept = await tx.update(MaterialEventRow, row, { audience: frozen?.audience ?? 0 });
  await tx.record(opened(kept));
  return kept;
}

/** Opens a material event by hand. An audience of nobody is a mistake. */
export const openMaterialEvent = (db: Db, input: OpenMaterialEventInput): Promise<MaterialEventRow> =>
  transact(db, (tx) =>
    tx.once('openMaterialEvent', input, MaterialEventRow, async (id): Promise<MaterialEventRow> => {
      const productIds = (input.productIds ?? []).map((of) => of.toLowerCase());
      if (!productIds.every(isUuid)) throw refuse('BAD_INPUT', { field: 'productIds', expected: 'UUIDs' });
      const grades = input.grades ? [...input.grades] : null;
      const row = await openFor(tx, id, { ...input, productIds, grades }, null);
      if (row.audience === 0) throw refuseMailing('NO_RECIPIENTS');
      return row;
    }),
  );

/** What another service told is opened once, be it told twice; where nobody holds the product there is nobody to tell. */
async function openFromOutside(tx: Tx, ask: Omit<Ask, 'grades'>, cause: string): Promise<void> {
  const [held] = await tx.query<{ isHeld: boolean }>(
    'select exists (select from holding_copy where product_id = any($1) and units > 0) as "isHeld"',
    [ask.productIds],
  );
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`material event ${cause}`]);
  const known = await tx.findOne(MaterialEventRow, { cause });
  if (held?.isHeld && known === null) await openFor(tx, tx.newId(), { ...ask, grades: null }, cause);
}

/** Holders of a product whose rating has changed are told; its rating in the copies of holdings follows. */
export async function tellOfRating(tx: Tx, data: DataOf<typeof ProductRatingChanged>): Promise<void> {
  const { productId, from, to, effectiveFrom } = data;
  await tx.query('update holding_copy set rating = $2 where product_id = $1', [productId, to]);
  const event = `產品風險等級由 ${from} 調整為 ${to}。The rating has changed from ${from} to ${to}.`;
  const ask = { source: 'RATING_CHANGED' as const, severity: severityOfRating(from, to), event };
  const cause = `rating ${productId} ${from} ${to} ${effectiveFrom}`;
  await openFromOutside(tx, { ...ask, productIds: [productId], effectiveOn: effectiveFrom }, cause);
}

export async function tellOfSuspension(
  tx: Tx,
  { productId }: DataOf<typeof ProductSuspended>,
  { id, day }: { id: string; day: string },
): Promise<void> {
  const event = '產品暫停銷售，可繼續持有或贖回。The product is suspended: it may be kept or redeemed.';
  const ask = { source: 'SUSPENDED' as const, severity: 'SEVERE' as const, event, effectiveOn: day };
  await openFromOutside(tx, { ...ask, productIds: [productId] }, `suspended ${id}`);
}

/** Writes down that the client knows, and ends the call that was to tell them. */
async function informed(tx: Tx, notice: NoticeRow, via: NoticeProof): Promise<NoticeRow> {
  const { changes, events } = inform(notice, via, tx.now);
  const done = await tx.update(NoticeRow, notice, changes);
  await endItem(tx, 'NOTICE_CALL', notice.id);
  await tx.record(...events);
  return done;
}

/** The client confirms a notice of their own. */
export const confirmNotice = (db: Db, input: ConfirmNoticeInput): Promise<NoticeRow> =>
  transact(db, async (tx) => {
    const notice = await findForUpdate(tx, NoticeRow, input.noticeId);
    await clientInReach(tx, notice.clientId);
    return informed(tx, notice, 'CONFIRMED');
  });

/** A message that was reported as read may have been a notice. */
export async function noticeWasRead(tx: Tx, communication: CommunicationRow): Promise<void> {
  if (communication.kind !== 'MATERIAL_EVENT') return;
  const [found] = await tx.find(NoticeRow, { where: { communicationId: communication.id } });
  if (found === undefined) return;
  const notice = await findForUpdate(tx, NoticeRow, found.id);
  if (notice.informedAt === null) await informed(tx, notice, 'READ');
}

/** The call that was to tell the client was made. */
export async function clientWasCalled(tx: Tx, noticeId: string): Promise<void> {
  const notice = await findForUpdate(tx, NoticeRow, noticeId);
  if (notice.informedAt === null) await informed(tx, notice, 'CALLED');
}

/** Once the deadline has passed, each client who does not know yet is to be called by their adviser. Run again, it plans no call twice. */
export async function planNoticeCalls(db: Db): Promise<void> {
  const late: { id: string }[] = await db.source.query(
    'select id from material_event where calls_planned_at is null and deadline < $1 order by deadline limit 1000',
    [db.now()],
  );
  for (const { id } of late)
    await transact(db, async (tx) => {
      const event = await findForUpdate(tx, MaterialEventRow, id);
      if (event.callsPlannedAt !== null) return;
      await tx.query(
        `insert into work_item (id, version, client_id, kind, reference, due_on, note, state)
         select uuidv7(), 1, n.client_id, 'NOTICE_CALL', n.id::text, $2, null, 'OPEN' from notice n
         where n.material_event_id = $1 and n.informed_at is null
         on conflict (client_id, kind, reference) do nothing`,
        [id, event.callBy],
      );
      await tx.update(MaterialEventRow, event, { callsPlannedAt: tx.now });
    });
}
