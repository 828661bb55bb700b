import { expect, test } from '@jest/globals';
import { aLead as aNewLead, CLOCKS } from '../leads/leads.fixture.js';
import type { Lead, LeadStage } from '../leads/leads.rules.js';
import { type Converting, convert, open } from './conversions.rules.js';

const NOW = new Date('2026-03-12T02:00:00.000Z');
const CLIENT = '01950000-0000-7000-8000-00000000000c';

const aLead = (override: Partial<Lead> = {}) =>
  aNewLead({
    ownerId: null,
    consentChannels: [],
    stage: 'FOLLOWING_UP',
    reached: 'FOLLOWING_UP',
    ...override,
  });

const convertAt = (
  lead: Parameters<typeof convert>[0],
  touches: Converting['touches'],
  override: Partial<Converting> = {},
) =>
  convert(
    lead,
    {
      clientId: CLIENT,
      at: NOW,
      touches,
      weights: { positionFirst: '0.4', positionLast: '0.4' },
      isSelfReferral: false,
      ...override,
    },
    CLOCKS,
  );

test.each<[LeadStage, string, string[]]>([
  ['NEW', 'ORIGIN', ['CONTACTED', 'FOLLOWING_UP']],
  ['CONTACTED', 'ORIGIN', ['FOLLOWING_UP']],
  ['FOLLOWING_UP', 'ORIGIN', []],
  ['LOST', 'ORIGIN', ['NEW', 'CONTACTED', 'FOLLOWING_UP']],
  ['DISQUALIFIED', 'DISQUALIFIED_LEAD', []],
])('a client opened from a %s lead: %s, and the lead moves along %j', (stage, standing, stages) => {
  const opening = open(aLead({ stage }), CLIENT, NOW, CLOCKS);
  expect(opening.standing).toBe(standing);
  expect(opening.step?.moves.map((m) => m.to) ?? []).toEqual(stages);
  expect(opening.isTouch).toBe(stages.length > 0);
  expect(opening.step?.changes.clientId).toBe(standing === 'ORIGIN' ? CLIENT : undefined);
});

test.each([
  [null, 'UNKNOWN_LEAD'],
  [aLead({ origin: 'IMPORTED', stage: 'LOST' }), 'IMPORTED_LEAD'],
  [aLead({ clientId: '01950000-0000-7000-8000-0000000000ff' }), 'LATER'],
  [aLead({ stage: 'CONVERTED', clientId: '01950000-0000-7000-8000-0000000000ff' }), 'LATER'],
])('an opening that converts nothing is noted: %#, %s', (lead, standing) => {
  expect(open(lead, CLIENT, NOW, CLOCKS)).toEqual({ standing, step: null, isTouch: false });
});

test('a conversion names first and last touch, and touches after it do not count', () => {
  const at = (day: number) => new Date(Date.UTC(2026, 2, day));
  const touches = [5, 3, 20].map((day) => ({ at: at(day), channel: 'OFFLINE' as const, campaignId: null }));
  const converted = convertAt(aLead({ lastAt: at(5) }), touches);
  expect(converted?.conversion).toMatchObject({
    at: NOW,
    firstTouch: { at: at(3) },
    lastTouch: { at: at(5) },
    daysToConvert: 10,
  });
  expect(converted?.step.events.map((e) => e.contract.type)).toEqual(['lead.converted']);
});

test('a lead is never converted before its last move: the later instant counts', () => {
  const lastAt = new Date('2026-03-15T00:00:00.000Z');
  const converted = convertAt(aLead({ lastAt, firstContactAt: lastAt }), []);
  expect(converted?.conversion.at).toEqual(lastAt);
  expect(converted?.step.moves.map((m) => [m.to, m.at])).toEqual([['CONVERTED', lastAt]]);
});

test('a lead lost between opening and activation is taken up again and converted', () => {
  const converted = convertAt(aLead({ stage: 'LOST', reason: 'TIMING' }), []);
  expect(converted?.step.moves.map((m) => m.to)).toEqual(['NEW', 'CONTACTED', 'FOLLOWING_UP', 'CONVERTED']);
  expect(converted?.step.changes).toMatchObject({ stage: 'CONVERTED', cycle: 2, reason: null });
});

test.each(['CONVERTED', 'DISQUALIFIED'] as const)('a %s lead is not converted', (stage) => {
  expect(convertAt(aLead({ stage }), [])).toBeNull();
});

test('a client who turned out to be the one who recommended is no recommender', () => {
  const lead = aLead({ referrerClientId: '01950000-0000-7000-8000-0000000000aa' });
  expect(convertAt(lead, [])?.conversion.referrerClientId).toBe(lead.referrerClientId);
  expect(convertAt(lead, [], { isSelfReferral: true })?.conversion.referrerClientId).toBeNull();
});
