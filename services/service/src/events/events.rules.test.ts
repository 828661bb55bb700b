import { isRefusal } from '@client-graph/kit/refusals';
import { describe, expect, test } from '@jest/globals';
import {
  type ClientEvent,
  callOff,
  checkedEvent,
  checkIn,
  type RegistrationState,
  register,
} from './events.rules.js';

const id = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const at = (time: string) => new Date(`2026-03-14T${time}Z`);
const anEvent = (changes: Partial<ClientEvent> = {}): ClientEvent => ({
  id: id(1),
  mode: 'ON_SITE',
  startsAt: at('06:00:00.000'),
  endsAt: at('08:00:00.000'),
  capacity: 2,
  grades: null,
  status: 'OPEN',
  ...changes,
});
const outcome = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return error.code;
  }
};

describe('a seat', () => {
  const guest = { grade: 'GOLD', earlier: null, taken: 0 };
  test.each([
    ['while there is one', {}, { taken: 1 }, 'REGISTERED'],
    ['when all are taken', {}, { taken: 2 }, 'WAITING'],
    ['for an invited grade', { grades: ['GOLD'] }, {}, 'REGISTERED'],
    ['for another grade', { grades: ['DIAMOND'] }, {}, 'NOT_INVITED'],
    ['for a lead', { grades: ['DIAMOND'] }, { grade: null }, 'REGISTERED'],
    ['of what was called off', { status: 'CANCELLED' as const }, {}, 'EVENT_OVER'],
    ['once it has begun', { startsAt: at('04:00:00.000') }, {}, 'EVENT_OVER'],
    ['for who called off before', {}, { earlier: 'CANCELLED' as const }, 'REGISTERED'],
    ['for who has one', {}, { earlier: 'REGISTERED' as const }, 'ALREADY_REGISTERED'],
    ['for who waits', {}, { earlier: 'WAITING' as const }, 'ALREADY_REGISTERED'],
    ['for who came', {}, { earlier: 'ATTENDED' as const }, 'ALREADY_REGISTERED'],
  ])('%s', (_, event, changes, expected) => {
    expect(outcome(() => register(anEvent(event), { ...guest, ...changes }, at('04:00:00.000')))).toBe(
      expected,
    );
  });
});

const STATES = ['REGISTERED', 'WAITING', 'CANCELLED', 'ATTENDED'] as const;
const aRegistration = (state: RegistrationState) => ({
  eventId: id(1),
  clientId: id(2),
  leadId: null,
  state,
});
test.each(STATES.map((state) => [state]))(
  'of one that is %s, calling off and coming in are done or refused',
  (state) => {
    const isOpen = state === 'REGISTERED' || state === 'WAITING';
    expect(outcome(() => callOff(aRegistration(state)))).toEqual(
      isOpen ? { freesSeat: state === 'REGISTERED' } : 'NOT_REGISTERED',
    );
    const came = outcome(() => checkIn(aRegistration(state), anEvent(), at('06:00:00.000')));
    if (state === 'REGISTERED') expect(came).toMatchObject({ changes: { state: 'ATTENDED' } });
    else expect(came).toBe('NOT_REGISTERED');
  },
);

test.each([
  ['03:59:59.999', 'DOORS_CLOSED'],
  ['04:00:00.000', 'in'],
  ['08:00:00.000', 'in'],
  ['08:00:00.001', 'DOORS_CLOSED'],
])('who comes at %s: %s', (time, expected) => {
  const came = outcome(() => checkIn(aRegistration('REGISTERED'), anEvent(), at(time)));
  expect(typeof came === 'string' ? came : 'in').toBe(expected);
});

test.each([
  ['as it should be', {}, 'done'],
  ['in the past', { startsAt: at('03:00:00.000') }, 'EVENT_TIMES'],
  ['that ends as it begins', { endsAt: at('06:00:00.000') }, 'EVENT_TIMES'],
  ['for nobody', { capacity: 0 }, 'EVENT_CAPACITY'],
  ['for all the world', { capacity: 100_001 }, 'EVENT_CAPACITY'],
  ['without title', { title: ' ' }, 'EVENT_WORDS'],
])('an event %s: %s', (_, changes, expected) => {
  const ask = { ...anEvent(), title: 'T', place: 'P', ...changes };
  const found = outcome(() => checkedEvent(ask, at('04:00:00.000')));
  expect(typeof found === 'string' ? found : 'done').toBe(expected);
});
