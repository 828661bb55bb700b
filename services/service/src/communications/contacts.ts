import type { ClientConsentChanged, CoolingOffEnded, CoolingOffStarted, DataOf } from '@client-graph/events';
import {
  ClientCopyRow,
  type Db,
  isHidden,
  isUuid,
  refuse,
  serves,
  type Tx,
  transact,
} from '@client-graph/kit';
import type { RecordBereavementInput, SetContactPointInput } from '../generated/resolvers.js';
import { ContactPointRow } from './communications.entities.js';
import { checkedAddress } from './communications.rules.js';

/** Keeps what the client allows; events of one client arrive in order, so the last one told counts. Taken back without a channel it is taken back for all. */
export async function keepConsent(tx: Tx, data: DataOf<typeof ClientConsentChanged>): Promise<void> {
  const { clientId, purpose, channel, action, textVersion } = data;
  const isGranted = action === 'GRANT';
  if (!isGranted && channel === null)
    await tx.query(
      'update consent_copy set is_granted = false, changed_at = $3 where client_id = $1 and purpose = $2',
      [clientId, purpose, tx.now],
    );
  await tx.query(
    `insert into consent_copy (id, client_id, purpose, channel, is_granted, text_version, changed_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (client_id, purpose, channel) do update
     set is_granted = excluded.is_granted, text_version = excluded.text_version, changed_at = excluded.changed_at`,
    [tx.newId(), clientId, purpose, channel ?? '', isGranted, textVersion, tx.now],
  );
}

export const beginCoolingOff = (tx: Tx, { orderId, clientId, until }: DataOf<typeof CoolingOffStarted>) =>
  tx.query(
    `insert into cooling_off (order_id, client_id, until) values ($1, $2, $3)
     on conflict (order_id) do update set until = excluded.until`,
    [orderId, clientId, until],
  );

export const endCoolingOff = (tx: Tx, { orderId }: DataOf<typeof CoolingOffEnded>) =>
  tx.query('delete from cooling_off where order_id = $1', [orderId]);

/** Until when nobody who sells may contact the client; null when no order is being thought over. */
export async function coolingOffUntil(tx: Tx, clientId: string): Promise<Date | null> {
  const [row] = await tx.query<{ until: Date | null }>(
    'select max(until) as until from cooling_off where client_id = $1 and until > $2',
    [clientId, tx.now],
  );
  return row?.until ?? null;
}

/** The same for many clients. */
export async function coolingOffs(db: Db, clientIds: readonly string[]): Promise<(Date | null)[]> {
  const rows: { id: string; until: Date }[] = await db.source.query(
    'select client_id as id, max(until) as until from cooling_off where client_id = any($1) and until > $2 group by 1',
    [clientIds, db.now()],
  );
  return clientIds.map((id) => rows.find((row) => row.id === id)?.until ?? null);
}

/** The client of this id, if the caller reaches it. */
export async function clientInReach(tx: Tx, clientId: string): Promise<ClientCopyRow> {
  const client = isUuid(clientId) ? await tx.findOne(ClientCopyRow, { id: clientId }) : null;
  if (client === null || !serves(tx.actor, client)) throw refuse('NOT_FOUND', { field: 'clientId' });
  return client;
}

/** The client of a case: in reach, or named at the service desk, which writes down what comes in whoever it is from. */
export async function clientOfCase(tx: Tx, clientId: string): Promise<ClientCopyRow> {
  const client = isUuid(clientId) ? await tx.findOne(ClientCopyRow, { id: clientId }) : null;
  const isDesk = tx.actor.scopes.has('feedback:handle');
  if (client === null || !(serves(tx.actor, client) || (isDesk && !isHidden(tx.actor, client))))
    throw refuse('NOT_FOUND', { field: 'clientId' });
  return client;
}

/** Says where the client is reached. One address for each channel; a new one takes the place of the former. */
export const setContactPoint = (db: Db, input: SetContactPointInput): Promise<ContactPointRow> =>
  transact(db, async (tx) => {
    const client = await clientInReach(tx, input.clientId);
    const address = checkedAddress(input.channel, input.address);
    if (tx.actor.id === null) throw refuse('UNAUTHENTICATED');
    // Two at once for one client take turns, so that the later one replaces what the earlier has written.
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`contact ${client.id}`]);
    const { channel } = input;
    const known = await tx.findOne(ContactPointRow, { clientId: client.id, channel });
    const now = { address, registeredBy: tx.actor.id, registeredAt: tx.now };
    return known === null
      ? tx.insert(ContactPointRow, { id: tx.newId(), version: 1, clientId: client.id, channel, ...now })
      : tx.update(ContactPointRow, known, now);
  });

export type BereavedClient = { id: string; until: string };

/** Notes that somebody close to the client has died: no greeting and no marketing until the day. */
export const recordBereavement = (db: Db, input: RecordBereavementInput): Promise<BereavedClient> =>
  transact(db, async (tx) => {
    const client = await clientInReach(tx, input.clientId);
    await tx.query(
      `insert into bereavement (client_id, until, recorded_by, recorded_at) values ($1, $2, $3, $4)
       on conflict (client_id) do update set until = excluded.until, recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at`,
      [client.id, input.until, tx.actor.id, tx.now],
    );
    return { id: client.id, until: input.until };
  });
