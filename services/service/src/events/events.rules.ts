import { EventAttended } from '@client-graph/events';
import { defineRefusals } from '@client-graph/kit/refusals';
import { dayOf } from '@client-graph/kit/time';

export type EventKind = 'EVENING' | 'LECTURE' | 'THEMED';
export type EventMode = 'ON_SITE' | 'ONLINE';
export type RegistrationState = 'REGISTERED' | 'WAITING' | 'CANCELLED' | 'ATTENDED';
export type ClientEvent = {
  id: string;
  mode: EventMode;
  startsAt: Date;
  endsAt: Date;
  capacity: number;
  grades: readonly string[] | null;
  status: 'OPEN' | 'CANCELLED';
};
export type Registration = {
  eventId: string;
  clientId: string | null;
  leadId: string | null;
  state: RegistrationState;
};

/** Doors open before the beginning; who comes later than the end was not there. */
const DOORS_OPEN_HOURS = 2;
const CAPACITY_MAX = 100_000;
const WORDS_MAX = 200;

export const refuse = defineRefusals({
  EVENT_TIMES: 'An event begins in the future and ends after it begins.',
  EVENT_WORDS: 'Title and place have 1 to 200 characters.',
  EVENT_CAPACITY: 'An event has room for 1 to 100,000 people.',
  EVENT_OVER: 'The event has begun, or was called off: nobody registers any more.',
  NOT_INVITED: 'The event is for clients of other grades.',
  ALREADY_REGISTERED: 'This person is registered or waits already.',
  NOT_REGISTERED: 'Only who is registered, or waits, can be called off; only who is registered can come in.',
  DOORS_CLOSED: 'People come in from two hours before the beginning until the end.',
});

export function checkedEvent<
  Ask extends Pick<ClientEvent, 'startsAt' | 'endsAt' | 'capacity'> & { title: string; place: string },
>(ask: Ask, now: Date): Ask {
  if (ask.startsAt <= now || ask.endsAt <= ask.startsAt) throw refuse('EVENT_TIMES');
  if (ask.capacity < 1 || ask.capacity > CAPACITY_MAX) throw refuse('EVENT_CAPACITY', { max: CAPACITY_MAX });
  const [title, place] = [ask.title.trim(), ask.place.trim()];
  if ([title, place].some((text) => text.length < 1 || text.length > WORDS_MAX)) throw refuse('EVENT_WORDS');
  return { ...ask, title, place };
}

const SHANGHAI_TIME = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai',
  dateStyle: 'short',
  timeStyle: 'short',
});

/** What the words of an invitation are filled in with: of the variables they name, those an event knows. */
export function invitation(
  event: ClientEvent & { title: string; place: string },
  variables: readonly string[],
  now: Date,
): Map<string, string> {
  if (event.status !== 'OPEN' || now >= event.startsAt) throw refuse('EVENT_OVER');
  const known = [
    ['title', event.title],
    ['date', SHANGHAI_TIME.format(event.startsAt)],
    ['place', event.place],
  ] as const;
  return new Map(known.filter(([name]) => variables.includes(name)));
}

/** Gives a seat while there is one, otherwise a place on the waiting list. A lead has no grade and comes by invitation of staff. */
export function register(
  event: ClientEvent,
  guest: { grade: string | null; earlier: RegistrationState | null; taken: number },
  now: Date,
): 'REGISTERED' | 'WAITING' {
  if (event.status !== 'OPEN' || now >= event.startsAt) throw refuse('EVENT_OVER');
  if (event.grades !== null && guest.grade !== null && !event.grades.includes(guest.grade))
    throw refuse('NOT_INVITED', { grades: event.grades });
  if (guest.earlier !== null && guest.earlier !== 'CANCELLED') throw refuse('ALREADY_REGISTERED');
  return guest.taken < event.capacity ? 'REGISTERED' : 'WAITING';
}

/** Whether calling off frees a seat for the first who waits. */
export function callOff(registration: Registration): { freesSeat: boolean } {
  if (registration.state !== 'REGISTERED' && registration.state !== 'WAITING') throw refuse('NOT_REGISTERED');
  return { freesSeat: registration.state === 'REGISTERED' };
}

/** Notes that the person has come in. */
export function checkIn(registration: Registration, event: ClientEvent, now: Date) {
  if (registration.state !== 'REGISTERED') throw refuse('NOT_REGISTERED', { state: registration.state });
  const opens = new Date(event.startsAt.getTime() - DOORS_OPEN_HOURS * 3_600_000);
  if (event.status !== 'OPEN' || now < opens || now > event.endsAt) throw refuse('DOORS_CLOSED');
  const { clientId, leadId, eventId } = registration;
  const attended = { attendeeId: clientId ?? leadId ?? '', clientId, leadId, eventId };
  return {
    changes: { state: 'ATTENDED' as const, checkedInAt: now },
    events: [EventAttended({ ...attended, mode: event.mode, attendedOn: dayOf(event.startsAt) })],
  };
}
