import type { Clocks } from './clocks.rules.js';
import type { Lead } from './leads.rules.js';

export const CLOCKS: Clocks = {
  firstContactWorkingDays: 1,
  noAnswerAttemptDays: 3,
  silenceDays: 14,
  conversionTimeoutDays: 7,
  retentionYears: 2,
  isWorkingDay: (day) =>
    day === '2026-02-14' ||
    (!['2026-02-16', '2026-02-17'].includes(day) &&
      ![0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay())),
};

const CAPTURED = new Date('2026-03-02T02:00:00.000Z');

/** A lead of a seminar, captured on a Monday; override what the test is about. */
export const aLead = (override: Partial<Lead> = {}): Lead & { capturedAt: Date } => ({
  id: '01950000-0000-7000-8000-000000000001',
  origin: 'LIVE',
  mobile: '+8613800000001',
  email: null,
  channel: 'OFFLINE',
  medium: 'SEMINAR',
  campaignId: null,
  referrerClientId: null,
  partnerId: null,
  personKind: 'PERSON',
  ownerId: '01940000-0000-7000-8000-000000000001',
  consentChannels: ['PHONE'],
  stage: 'NEW',
  reached: 'NEW',
  cycle: 1,
  reason: null,
  attempts: 0,
  lastOutcome: null,
  attendedAt: null,
  firstContactDueOn: '2026-03-03',
  firstContactAt: null,
  lastAt: CAPTURED,
  clientId: null,
  ...override,
  capturedAt: CAPTURED,
});
