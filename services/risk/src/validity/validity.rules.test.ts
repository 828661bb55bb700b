import { describe, expect, test } from '@jest/globals';
import { STATES } from '../assessments/assessments.rules.js';
import { facts, RULES } from '../fixture.js';
import {
  concerns,
  endedSentence,
  endingOf,
  expire,
  gravest,
  INVALIDATED_FROM,
  invalidate,
  warnUntil,
} from './validity.rules.js';

const ID = '01920000-0000-7000-8000-000000000001';
const OTHER = '01920000-0000-7000-8000-000000000002';
const { changes } = RULES.materialChanges;
const PROFILE = { level: 'MEDIUM', lowestCategory: false, assessmentId: ID } as const;
const held = (state: (typeof STATES)[number]) => ({ id: ID, clientId: OTHER, state, validTo: '2027-03-01' });

describe.each(STATES)('an assessment that is %s', (state) => {
  test('is ended by a material change, or not', () => {
    const end = () => invalidate(held(state), PROFILE, 'AGE_65', '2026-03-02');
    if (!INVALIDATED_FROM.some((from) => from === state)) {
      expect(end).toThrow(expect.objectContaining({ code: 'WRONG_STATE' }));
      return;
    }
    const counted = state === 'EFFECTIVE';
    expect(end().changes).toEqual({ state: 'INVALIDATED', endedReason: 'AGE_65' });
    expect(end().profile).toEqual(counted ? { validTo: '2026-03-01', endedReason: 'AGE_65' } : null);
    expect(end().events).toHaveLength(counted ? 2 : 1);
  });

  test('expires only when it counted', () => {
    const end = () => expire(held(state), '2027-03-01');
    if (state === 'EFFECTIVE') expect(end().changes.state).toBe('EXPIRED');
    else expect(end).toThrow(expect.objectContaining({ code: 'WRONG_STATE' }));
  });
});

test('the level of another assessment is left alone', () => {
  expect(
    invalidate(held('EFFECTIVE'), { ...PROFILE, assessmentId: OTHER }, 'X', '2026-03-02').profile,
  ).toBeNull();
});

describe('every row of the table of material changes', () => {
  test.each(changes)('$code', (change) => {
    const changed =
      change.fact === undefined ? facts() : { ...facts(), [change.fact]: change.becomes ?? null };
    const concerned = (codes: string[], now = changed, before: ReturnType<typeof facts> | null = facts()) =>
      concerns(change, { codes, facts: now }, before);
    const codes = change.field === undefined ? [] : [change.field];
    expect(concerned(codes)).toBe(true);
    expect(concerned(['x', ...codes])).toBe(true);
    if (change.fact === undefined) {
      expect(concerned([])).toBe(false);
      expect(concerned(['x'])).toBe(false);
      return;
    }
    expect(concerned([], facts())).toBe(false);
    expect(concerned([], changed, changed)).toBe(false);
    expect(concerned([], changed, null)).toBe(true);
  });

  test('the gravest counts', () => {
    const [asks, ends] = [
      changes.find((c) => c.effect === 'REASSESS'),
      changes.find((c) => c.effect === 'INVALIDATE'),
    ];
    if (asks === undefined || ends === undefined) throw new Error('The table lacks an effect.');
    expect(gravest([asks, ends])).toBe(ends);
    expect(gravest([asks])).toBe(asks);
    expect(gravest([])).toBeUndefined();
  });
});

test.each([...changes.map(({ code }) => code), 'VALIDITY_ENDED', 'REVIEW_REDO'])(
  '%s is explained in three languages',
  (code) => {
    const { en, zh, zhHant } = endedSentence(endingOf(code, RULES.materialChanges), '2026-03-01');
    expect(en).not.toContain(code);
    expect(zh).toMatch(/^等级有效至2026-03-01：[^A-Z]*。须重新测评。$/);
    expect(zhHant).toMatch(/^等級有效至2026-03-01：[^A-Z]*。須重新測評。$/);
  },
);

test('the end is told thirty days before', () => {
  expect(warnUntil('2027-01-30', RULES.limits)).toBe('2027-03-01');
});
