import { type Db, dayOf, isUuid, isWalled, refuse, serves, type Tx, transact } from '@client-graph/kit';
import type { FileComplaintInput } from '../generated/resolvers.js';
import { clockInForce } from './clocks.rules.js';
import { ComplaintActionRow, ComplaintClockRow, ComplaintRow } from './complaints.entities.js';
import { actorId, calendarFrom, clientOf } from './complaints.js';
import { type Filing, file } from './filing.rules.js';

async function nextNumber(tx: Tx, year: number): Promise<string> {
  const [row] = await tx.query<{ last: number }>(
    `insert into complaint_number (year, last) values ($1, 1)
     on conflict (year) do update set last = complaint_number.last + 1 returning last`,
    [year],
  );
  return `C-${year}-${String(row?.last).padStart(5, '0')}`;
}

/** The client the complaint is about. Who only speaks for one client, or for assigned ones, cannot file for a stranger or for nobody. */
async function clientOfFiling(tx: Tx, clientId: string | null) {
  const handlesAll = tx.actor.scopes.has('complaints:handle');
  const client = await clientOf(tx, clientId);
  const mayFile =
    client === null
      ? clientId === null && handlesAll
      : !isWalled(tx.actor, client) && (handlesAll || serves(tx.actor, client));
  if (!mayFile) throw refuse('NOT_FOUND', { field: 'clientId' });
  return client;
}

function uuids(ids: readonly string[] | null | undefined, field: string): string[] {
  const given = [...(ids ?? [])];
  if (!given.every(isUuid)) throw refuse('BAD_INPUT', { field, expected: 'UUIDs' });
  return given.map((id) => id.toLowerCase());
}

const filingOf = (
  input: FileComplaintInput,
  rest: Pick<Filing, 'id' | 'number' | 'clientId' | 'receivedAt'>,
): Filing => ({
  ...rest,
  complainantKind: input.complainant?.kind ?? 'CLIENT',
  complainantName: input.complainant?.name ?? null,
  complainantContact: input.complainant?.contact ?? null,
  authorityReference: input.complainant?.authorityReference ?? null,
  representatives: input.representatives ?? [],
  channel: input.channel,
  category: input.category,
  severity: input.severity ?? 'MEDIUM',
  productIds: uuids(input.productIds, 'productIds'),
  claim: input.claim,
  concernedStaffIds: uuids(input.concernedStaffIds, 'concernedStaffIds'),
});

/** Takes a complaint in. What a client files arrives now; staff may enter what came in earlier. */
export const fileComplaint = (db: Db, input: FileComplaintInput): Promise<ComplaintRow> =>
  transact(db, (tx) =>
    tx.once('fileComplaint', input, ComplaintRow, async (id): Promise<ComplaintRow> => {
      const client = await clientOfFiling(tx, input.clientId ?? null);
      const receivedAt = tx.actor.clientId === null ? (input.receivedAt ?? tx.now) : tx.now;
      const profile = input.profile ?? 'CN_NFRA';
      const clock = clockInForce(await tx.find(ComplaintClockRow, {}), profile, dayOf(receivedAt));
      const number = await nextNumber(tx, Number(dayOf(receivedAt).slice(0, 4)));
      const { complaint, events } = file(
        filingOf(input, { id, number, clientId: client?.id ?? null, receivedAt }),
        client?.status ?? null,
        clock,
        await calendarFrom(tx, receivedAt),
        { id: actorId(tx), now: tx.now },
      );
      const row = await tx.insert(ComplaintRow, { ...complaint, profile });
      await tx.insert(ComplaintActionRow, {
        id: tx.newId(),
        complaintId: id,
        action: 'FILE',
        fromStatus: null,
        toStatus: 'RECEIVED',
        note: null,
        by: tx.actor.id,
        at: tx.now,
      });
      await tx.record(...events);
      return row;
    }),
  );
