import { createHash } from 'node:crypto';
import type { ReceivedEvent } from '@client-graph/events';
import { dayOf, type Tx } from '@client-graph/kit';
import { ArchiveItemRow } from './archive.entities.js';
import { fileOf } from './file.js';
import { consentMatter, filingOf } from './filing.rules.js';
import { recount } from './retention.js';

type Told = { clientId: string | null };

/** Files what an event tells of a client, once; the matter that it ends or takes up again is counted anew. */
export async function fileEvent(tx: Tx, event: ReceivedEvent<Told>): Promise<void> {
  const filing = filingOf(event.type);
  const { clientId, ...facts } = event.data;
  if (filing === undefined || clientId === null || (await isErased(tx, clientId))) return;
  const record = new Map<string, unknown>(Object.entries(event.data)).get(filing.ref);
  const sourceRef = filing.itemClass === 'CONSENT' ? consentMatter(facts) : String(record);
  const item = {
    clientId,
    itemClass: filing.itemClass,
    source: event.source.replace(/^\//, ''),
    sourceRef,
    what: event.type,
    facts,
    eventId: event.id,
    occurredAt: event.time,
  };
  await tx.insert(ArchiveItemRow, {
    ...item,
    id: tx.newId(),
    hash: hashOf(item),
    filedAt: tx.now,
    endedOn: endOf(event.type, facts, dayOf(event.time)),
    retainedUntil: null,
  });
  await moveMatter(tx, item, dayOf(event.time), 'ends' in filing);
  if (event.type !== 'client.closed') return recount(tx, { clientId, sourceRef });
  for (const id of await fileOf(tx, clientId)) await recount(tx, { clientId: id });
}

/** What is still under way when a client is erased is not filed again. */
const isErased = async (tx: Tx, clientId: string): Promise<boolean> =>
  (await tx.query(`select 1 from client where id = $1 and status = 'ERASED'`, [clientId])).length > 0;

const isWithdrawal = (facts: object): boolean => 'action' in facts && facts.action === 'WITHDRAW';

const endOf = (type: string, facts: object, day: string): string | null =>
  type === 'client.consent.changed' && isWithdrawal(facts) ? day : null;

type Filed = Pick<ArchiveItemRow, 'clientId' | 'itemClass' | 'sourceRef' | 'what' | 'facts'>;

/** A case that is closed ends all that was filed of it, a reopened one ends nothing; a withdrawal ends the grants before it. */
async function moveMatter(tx: Tx, item: Filed, day: string, ends: boolean): Promise<void> {
  const mark = (endedOn: string | null, only: string) =>
    tx.query(
      `update archive_item set ended_on = $3 where client_id = $1 and source_ref = $2 and item_class = '${item.itemClass}' ${only}`,
      [item.clientId, item.sourceRef, endedOn],
    );
  if (ends) await mark(day, '');
  if (item.what === 'complaint.reopened') await mark(null, '');
  if (item.itemClass === 'CONSENT' && isWithdrawal(item.facts)) await mark(day, 'and ended_on is null');
}

type Hashed = Pick<
  ArchiveItemRow,
  'clientId' | 'source' | 'sourceRef' | 'what' | 'facts' | 'eventId' | 'occurredAt'
>;

/** Over all that an item says; whoever changes it in the database is found out when it is read. */
function hashOf({ clientId, source, sourceRef, what, facts, eventId, occurredAt }: Hashed): string {
  const said = [clientId, source, sourceRef, what, eventId, occurredAt.toISOString(), sorted(facts)];
  return createHash('sha256').update(JSON.stringify(said)).digest('hex');
}

/** Whether an item is still what was filed. */
export const isIntact = (item: ArchiveItemRow): boolean => hashOf(item) === item.hash;

const sorted = (facts: Readonly<Record<string, unknown>>): [string, unknown][] =>
  Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1));
