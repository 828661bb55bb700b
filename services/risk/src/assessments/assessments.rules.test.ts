import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RULES } from '../fixture.js';
import { LEVELS, rankOf } from '../levels.rules.js';
import {
  type Action,
  type AssessmentState,
  checkAttempts,
  checkDraftAge,
  concludeInterview,
  confirm,
  interviewReasons,
  isValidOn,
  move,
  retryAt,
  STATES,
  TRANSITIONS,
  validity,
} from './assessments.rules.js';

const at = (text: string) => new Date(`${text}+08:00`);
const limits = RULES.limits;

describe('the life of an assessment', () => {
  // Written out by hand beside the table: the way through, and where it may leave.
  const ALLOWED: Record<AssessmentState, Partial<Record<Action, AssessmentState>>> = {
    DRAFT: { submit: 'SUBMITTED', abandon: 'ABANDONED' },
    SUBMITTED: { score: 'SCORED' },
    SCORED: { requireInterview: 'INTERVIEW_REQUIRED', issueReport: 'REPORT_ISSUED' },
    INTERVIEW_REQUIRED: {
      scheduleInterview: 'INTERVIEW_SCHEDULED',
      holdInterview: 'INTERVIEWED',
      invalidate: 'INVALIDATED',
    },
    INTERVIEW_SCHEDULED: {
      scheduleInterview: 'INTERVIEW_SCHEDULED',
      holdInterview: 'INTERVIEWED',
      invalidate: 'INVALIDATED',
    },
    INTERVIEWED: { redo: 'ABANDONED', issueReport: 'REPORT_ISSUED' },
    REPORT_ISSUED: { confirm: 'CONFIRMED', reopen: 'INTERVIEW_REQUIRED', invalidate: 'INVALIDATED' },
    CONFIRMED: { takeEffect: 'EFFECTIVE' },
    EFFECTIVE: { supersede: 'SUPERSEDED', expire: 'EXPIRED', invalidate: 'INVALIDATED' },
    EXPIRED: {},
    SUPERSEDED: { countAgain: 'EFFECTIVE' },
    INVALIDATED: {},
    ABANDONED: {},
  };
  const every = STATES.flatMap((state) =>
    (Object.keys(TRANSITIONS) as Action[]).map((action) => [state, action] as const),
  );

  test.each(every)('%s, %s', (state, action) => {
    const expected = ALLOWED[state][action];
    if (expected !== undefined) expect(move(state, action)).toBe(expected);
    else expect(() => move(state, action)).toThrow(expect.objectContaining({ code: 'WRONG_STATE' }));
  });
});

describe('attempt limits', () => {
  test.each([
    ['none yet', [], '2026-03-02T10:00:00', null],
    ['one today', ['2026-03-02T09:00:00'], '2026-03-02T10:00:00', null],
    [
      'two today',
      ['2026-03-02T00:00:00', '2026-03-02T09:00:00'],
      '2026-03-02T23:59:59',
      '2026-03-03T00:00:00',
    ],
    ['two yesterday', ['2026-03-01T23:59:59', '2026-03-01T09:00:00'], '2026-03-02T00:00:00', null],
    [
      'one late yesterday, one today',
      ['2026-03-01T23:59:59', '2026-03-02T00:00:00'],
      '2026-03-02T08:00:00',
      null,
    ],
  ])('per day: %s', (_, submitted, now, expected) => {
    expect(retryAt(submitted.map(at), at(now), limits)).toEqual(expected === null ? null : at(expected));
  });

  const eight = Array.from({ length: 8 }, (_, month) =>
    at(`2025-0${month + 2 > 9 ? 9 : month + 2}-10T12:00:00`),
  );

  test('per twelve months: the ninth waits until the first is a year old, to the instant', () => {
    const first = at('2025-02-10T12:00:00');
    expect(retryAt(eight, at('2026-02-10T11:59:59'), limits)).toEqual(at('2026-02-10T12:00:00'));
    expect(retryAt(eight, at('2026-02-10T12:00:00'), limits)).toBeNull();
    expect(eight[0]).toEqual(first);
  });

  test('where both limits hold, the later instant is told', () => {
    const submitted = [...eight.slice(0, 6), at('2025-12-01T09:00:00'), at('2025-12-01T10:00:00')];
    expect(retryAt(submitted, at('2025-12-01T11:00:00'), limits)).toEqual(at('2026-02-10T12:00:00'));
    expect(() => checkAttempts(submitted, at('2025-12-01T11:00:00'), limits)).toThrow(
      expect.objectContaining({
        code: 'ATTEMPT_LIMIT',
        details: expect.objectContaining({ retryAt: '2026-02-10T04:00:00.000Z' }),
      }),
    );
  });

  test('a sheet of 29 February stops counting on 28 February', () => {
    const submitted = Array.from({ length: 8 }, (_, n) =>
      n === 0 ? at('2024-02-29T10:00:00') : at(`2024-0${n + 2}-15T10:00:00`),
    );
    expect(retryAt(submitted, at('2025-02-28T09:59:59'), limits)).toEqual(at('2025-02-28T10:00:00'));
  });

  test('at the instant that is told the next sheet is taken, and not a moment before', () => {
    const start = at('2026-01-01T00:00:00').getTime();
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 * 24 * 60 }), { maxLength: 14 }), (minutes) => {
        const submitted = minutes.map((minute) => new Date(start + minute * 60_000));
        const now = new Date(Math.max(start, ...submitted.map((instant) => instant.getTime())));
        const until = retryAt(submitted, now, limits);
        if (until === null) return;
        expect(retryAt(submitted, until, limits)).toBeNull();
        expect(retryAt(submitted, new Date(until.getTime() - 1), limits)).toEqual(until);
      }),
    );
  });

  test('a draft lasts a day', () => {
    const started = at('2026-03-02T10:00:00');
    expect(() => checkDraftAge(started, at('2026-03-03T09:59:59'), limits)).not.toThrow();
    expect(() => checkDraftAge(started, at('2026-03-03T10:00:00'), limits)).toThrow(
      expect.objectContaining({ code: 'DRAFT_TOO_OLD' }),
    );
  });
});

describe('an interview is needed', () => {
  const gate = { id: 'G8', ceiling: null, interview: true, flag: 'INCONSISTENT', marksLowestCategory: false };
  const quiet = { ...gate, id: 'G4', interview: false, flag: null };

  test.each([
    ['for nobody special', 'MEDIUM', 'SILVER', null, [quiet], []],
    ['for the level HIGH', 'HIGH', 'SILVER', null, [], ['LEVEL_HIGH']],
    ['for a GOLD client', 'LOW', 'GOLD', null, [], ['IMPORTANT_CLIENT']],
    ['for a DIAMOND client', 'LOW', 'DIAMOND', null, [], ['IMPORTANT_CLIENT']],
    ['for a LARGE institution', 'LOW', 'LARGE', null, [], ['IMPORTANT_CLIENT']],
    ['not for a MEDIUM institution', 'LOW', 'MEDIUM', null, [], []],
    ['for a rise of two', 'MEDIUM', 'BRONZE', 'LOW', [], ['LEVEL_RISE']],
    ['not for a rise of one', 'MEDIUM', 'BRONZE', 'MEDIUM_LOW', [], []],
    ['not for a fall', 'LOW', 'BRONZE', 'MEDIUM_HIGH', [], []],
    ['for a gate', 'MEDIUM', 'BRONZE', null, [gate], ['GATE_G8']],
    [
      'for all of it',
      'HIGH',
      'GOLD',
      'LOW',
      [gate],
      ['LEVEL_HIGH', 'IMPORTANT_CLIENT', 'LEVEL_RISE', 'GATE_G8'],
    ],
  ] as const)('%s', (_, scoredLevel, grade, lastLevel, gatesFired, expected) => {
    expect(
      interviewReasons({ scoredLevel, gatesFired: [...gatesFired] }, { grade, lastLevel }, RULES.interview),
    ).toEqual(expected);
  });
});

test('an interview is needed for whom compliance treats as important, once, whatever the grade', () => {
  const reasons = (grade: string, isMarkedImportant?: boolean) =>
    interviewReasons(
      { scoredLevel: 'LOW', gatesFired: [] },
      { grade, lastLevel: null, isMarkedImportant },
      RULES.interview,
    );
  expect(reasons('BRONZE', true)).toEqual(['IMPORTANT_CLIENT']);
  expect(reasons('GOLD', true)).toEqual(['IMPORTANT_CLIENT']);
  expect([reasons('BRONZE', false), reasons('BRONZE')]).toEqual([[], []]);
});

describe('an interview', () => {
  const awaited = { state: 'INTERVIEW_REQUIRED', scoredLevel: 'MEDIUM', marksLowestCategory: false } as const;
  const checklist = ['TOLERANCE', 'GOALS'];
  const people = { assessorId: 'a', adviserId: 'b' };
  const conclude = (
    findings: Partial<Parameters<typeof concludeInterview>[1]>,
    own: object = {},
    who = people,
  ) =>
    concludeInterview(
      { ...awaited, ...own },
      { outcome: 'CONFIRM', newLevel: null, checklist, ...findings },
      who,
      RULES.interview,
    );

  test('confirms', () => {
    expect(conclude({})).toEqual({ state: 'REPORT_ISSUED', finalLevel: 'MEDIUM', lowestCategory: false });
  });
  test('asks for a new sheet, and the assessment ends without a level', () => {
    expect(conclude({ outcome: 'REDO' })).toEqual({
      state: 'ABANDONED',
      finalLevel: null,
      lowestCategory: null,
    });
  });
  test('lowers into the lowest category where the sheet has marked it', () => {
    expect(conclude({ outcome: 'LOWER', newLevel: 'LOW' }, { marksLowestCategory: true })).toMatchObject({
      finalLevel: 'LOW',
      lowestCategory: true,
    });
  });
  test.each(LEVELS.flatMap((scored) => LEVELS.map((wanted) => [scored, wanted] as const)))(
    'from %s to %s: only downwards',
    (scoredLevel, newLevel) => {
      const attempt = () => conclude({ outcome: 'LOWER', newLevel }, { scoredLevel });
      if (rankOf(newLevel) < rankOf(scoredLevel)) expect(attempt().finalLevel).toBe(newLevel);
      else expect(attempt).toThrow(expect.objectContaining({ code: 'LEVEL_NOT_LOWER' }));
    },
  );
  test('is never held by the own adviser', () => {
    expect(() => conclude({}, {}, { assessorId: 'b', adviserId: 'b' })).toThrow(
      expect.objectContaining({ code: 'OWN_ADVISER' }),
    );
  });
  test('covers tolerance and goals', () => {
    expect(() => conclude({ checklist: ['GOALS', 'FINANCES'] })).toThrow(
      expect.objectContaining({ code: 'INTERVIEW_INCOMPLETE', details: { missing: ['TOLERANCE'] } }),
    );
  });
});

describe('validity', () => {
  test.each([
    ['2026-03-02T10:00:00', '2026-03-02', '2027-03-01'],
    ['2026-02-28T23:59:59', '2026-02-28', '2027-02-27'],
    ['2028-02-29T00:00:00', '2028-02-29', '2029-02-27'],
    ['2026-01-01T00:00:00', '2026-01-01', '2026-12-31'],
  ])('confirmed at %s', (now, validFrom, validTo) => {
    expect(validity(at(now), 12)).toEqual({ validFrom, validTo });
  });

  test.each([
    ['2026-03-01', false],
    ['2026-03-02', true],
    ['2027-03-01', true],
    ['2027-03-02', false],
  ])('on %s: %s', (day, expected) => {
    expect(isValidOn({ validFrom: '2026-03-02', validTo: '2027-03-01' }, day)).toBe(expected);
  });
});

describe('a confirmation', () => {
  const assessment = {
    id: '01890000-0000-7000-8000-000000000001',
    clientId: '01890000-0000-7000-8000-000000000002',
    state: 'REPORT_ISSUED',
    finalLevel: 'MEDIUM',
    lowestCategory: false,
  } as const;
  const read = { hash: 'ab12', confirmedHash: 'ab12', isNewest: true };
  const when = { now: at('2026-03-02T10:00:00'), validityMonths: 12 };

  test('makes the level count and says from which it came', () => {
    const { changes, profile, events } = confirm(
      assessment,
      read,
      { level: 'LOW', assessmentId: 'before' },
      when,
    );
    expect(changes).toEqual({
      state: 'EFFECTIVE',
      validFrom: '2026-03-02',
      validTo: '2027-03-01',
      supersedesId: 'before',
    });
    expect(profile).toMatchObject({ level: 'MEDIUM', lowestCategory: false });
    expect(events.map(({ data }) => data)).toEqual([
      expect.objectContaining({ from: 'LOW', to: 'MEDIUM', validTo: '2027-03-01' }),
    ]);
  });
  test('of another report is refused', () => {
    expect(() => confirm(assessment, { ...read, confirmedHash: 'cd34' }, null, when)).toThrow(
      expect.objectContaining({ code: 'REPORT_CHANGED' }),
    );
  });
  test('of an older sheet is refused, so that nobody picks the level they like', () => {
    expect(() => confirm(assessment, { ...read, isNewest: false }, null, when)).toThrow(
      expect.objectContaining({ code: 'NEWER_ASSESSMENT' }),
    );
  });
});
