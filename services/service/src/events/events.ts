import { type Db, findForUpdate, isUuid, refuse, type Tx, transact } from '@client-graph/kit';
import { MailingRow } from '../communications/communications.entities.js';
import { clientInReach } from '../communications/contacts.js';
import { queueMailing } from '../communications/mailings.js';
import { templateInUse } from '../communications/templates.js';
import type {
  CallOffRegistrationInput,
  CancelClientEventInput,
  CheckInInput,
  CreateClientEventInput,
  InviteToEventInput,
  RegisterForEventInput,
} from '../generated/resolvers.js';
import { mustServe } from '../plans/plans.rules.js';
import { ClientEventRow, RegistrationRow } from './events.entities.js';
import { callOff, checkedEvent, checkIn, invitation, register } from './events.rules.js';

export const createClientEvent = (db: Db, input: CreateClientEventInput): Promise<ClientEventRow> =>
  transact(db, (tx) =>
    tx.once('createClientEvent', input, ClientEventRow, async (id): Promise<ClientEventRow> => {
      const { requestId: _, grades, ...ask } = input;
      if (tx.actor.id === null) throw refuse('UNAUTHENTICATED');
      const rest = {
        id,
        version: 1,
        status: 'OPEN' as const,
        createdBy: tx.actor.id,
        grades: grades ? [...grades] : null,
      };
      return tx.insert(ClientEventRow, { ...checkedEvent(ask, tx.now), ...rest });
    }),
  );

export const cancelClientEvent = (db: Db, input: CancelClientEventInput): Promise<ClientEventRow> =>
  transact(db, async (tx) => {
    const event = await findForUpdate(tx, ClientEventRow, input.eventId, input.expectedVersion);
    return event.status === 'CANCELLED' ? event : tx.update(ClientEventRow, event, { status: 'CANCELLED' });
  });

/** Who comes: a client within the caller's reach, or a lead, whom only staff who invite may name. */
async function guestOf(tx: Tx, input: RegisterForEventInput) {
  if (input.clientId) {
    const client = await clientInReach(tx, input.clientId);
    mustServe(client.status);
    return { clientId: client.id, leadId: null, grade: client.grade };
  }
  if (!input.leadId || !isUuid(input.leadId) || tx.actor.clientId !== null)
    throw refuse('NOT_FOUND', { field: 'clientId, leadId' });
  return { clientId: null, leadId: input.leadId.toLowerCase(), grade: null };
}

/** The event is locked, so that its seats are given one after the other. */
export const registerForEvent = (db: Db, input: RegisterForEventInput): Promise<RegistrationRow> =>
  transact(db, (tx) =>
    tx.once('registerForEvent', input, RegistrationRow, async (id): Promise<RegistrationRow> => {
      const event = await findForUpdate(tx, ClientEventRow, input.eventId);
      const { grade, ...guest } = await guestOf(tx, input);
      const key = guest.clientId === null ? { leadId: guest.leadId ?? '' } : { clientId: guest.clientId };
      const earlier = await tx.findOne(RegistrationRow, { eventId: event.id, ...key });
      const [seats] = await tx.query<{ taken: number }>(
        `select count(*)::int as taken from registration where event_id = $1 and state in ('REGISTERED', 'ATTENDED')`,
        [event.id],
      );
      const state = register(
        event,
        { grade, earlier: earlier?.state ?? null, taken: seats?.taken ?? 0 },
        tx.now,
      );
      // Who has called off and comes back stands at the end of the list: a new registration in place of the old.
      if (earlier !== null) await tx.query('delete from registration where id = $1', [earlier.id]);
      const times = { registeredAt: tx.now, queuedAt: tx.now, checkedInAt: null };
      return tx.insert(RegistrationRow, { id, version: 1, eventId: event.id, ...guest, state, ...times });
    }),
  );

/** The registration with its event locked first, as registering does. */
async function lockRegistration(tx: Tx, id: string, expectedVersion?: number) {
  const found = isUuid(id) ? await tx.findOne(RegistrationRow, { id }) : null;
  if (found === null) throw refuse('NOT_FOUND');
  const event = await findForUpdate(tx, ClientEventRow, found.eventId);
  return { event, registration: await findForUpdate(tx, RegistrationRow, id, expectedVersion) };
}

/** Calls a registration off; the first who waits gets the seat. */
export const callOffRegistration = (db: Db, input: CallOffRegistrationInput): Promise<RegistrationRow> =>
  transact(db, async (tx) => {
    const { event, registration } = await lockRegistration(tx, input.registrationId, input.expectedVersion);
    if (registration.clientId !== null) await clientInReach(tx, registration.clientId);
    else if (tx.actor.clientId !== null) throw refuse('NOT_FOUND');
    const { freesSeat } = callOff(registration);
    const done = await tx.update(RegistrationRow, registration, { state: 'CANCELLED' });
    if (freesSeat) await seatNext(tx, event.id);
    return done;
  });

/** The first who waits gets the seat that is free. */
async function seatNext(tx: Tx, eventId: string): Promise<void> {
  const [next] = await tx.find(RegistrationRow, {
    where: { eventId, state: 'WAITING' },
    order: { queuedAt: 'ASC', id: 'ASC' },
    take: 1,
  });
  if (next !== undefined) await tx.update(RegistrationRow, next, { state: 'REGISTERED' });
}

/** A client who cannot come any more leaves their seats, of what has not begun, to others. */
export async function giveUpSeats(tx: Tx, clientId: string): Promise<void> {
  const found = await tx.query<{ id: string }>(
    `select r.id from registration r join client_event e on e.id = r.event_id
     where r.client_id = $1 and r.state in ('REGISTERED', 'WAITING') and e.starts_at > $2 order by r.event_id`,
    [clientId, tx.now],
  );
  for (const { id } of found) {
    const { event, registration } = await lockRegistration(tx, id);
    const { freesSeat } = callOff(registration);
    await tx.update(RegistrationRow, registration, { state: 'CANCELLED' });
    if (freesSeat) await seatNext(tx, event.id);
  }
}

/** Notes at the door that somebody has come. The same person does not come in twice. */
export const checkInGuest = (db: Db, input: CheckInInput): Promise<RegistrationRow> =>
  transact(db, async (tx) => {
    const { event, registration } = await lockRegistration(tx, input.registrationId, input.expectedVersion);
    const { changes, events } = checkIn(registration, event, tx.now);
    const done = await tx.update(RegistrationRow, registration, changes);
    await tx.record(...events);
    return done;
  });

/** Invites an audience by a mailing that knows its event; nobody who has a place or is invited is asked again. */
export const inviteToEvent = (db: Db, input: InviteToEventInput): Promise<MailingRow> =>
  transact(db, (tx) =>
    tx.once('inviteToEvent', input, MailingRow, async (id): Promise<MailingRow> => {
      const event = await findForUpdate(tx, ClientEventRow, input.eventId);
      const { templateCode, channel, audience } = input;
      const template = await templateInUse(tx, templateCode, 'MARKETING');
      const values = invitation(event, template.variables, tx.now);
      const rest = { onlyGrades: event.grades, notBefore: null, eventId: event.id };
      return queueMailing(tx, id, { templateCode, kind: 'MARKETING', channel, values, audience, ...rest });
    }),
  );

/** People invited, seats taken, people waiting and people who came, for many events in two statements. */
export async function eventFigures(db: Db, ids: readonly string[]) {
  const asked: { id: string; invited: number }[] = await db.source.query(
    `select m.event_id as id, count(*)::int as invited from mailing m join communication c on c.mailing_id = m.id
     where m.event_id = any($1) group by 1`,
    [ids],
  );
  const rows: { id: string; registered: number; waiting: number; attended: number }[] = await db.source.query(
    `select event_id as id, count(*) filter (where state in ('REGISTERED', 'ATTENDED'))::int as registered,
       count(*) filter (where state = 'WAITING')::int as waiting, count(*) filter (where state = 'ATTENDED')::int as attended
     from registration where event_id = any($1) group by 1`,
    [ids],
  );
  return ids.map((id) => ({
    ...(rows.find((row) => row.id === id) ?? { registered: 0, waiting: 0, attended: 0 }),
    invited: asked.find((row) => row.id === id)?.invited ?? 0,
  }));
}
