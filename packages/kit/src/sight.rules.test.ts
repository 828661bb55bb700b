import { describe, expect, test } from '@jest/globals';
import { actorOf } from './auth.js';
import { FIELD_CLASSES, isRole, PURPOSES, ROLES, type Role, SIGHTS, type Sight } from './roles.js';
import { masked, type Purpose, purposeOf, seen, sensitiveSight } from './sight.js';

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'nothing refused';
  } catch (error) {
    return String(Reflect.get(error as object, 'code'));
  }
};
const number = '110101199003070011';

describe('the table of roles and classes', () => {
  test('knows every role, and shows what is public to all', () => {
    expect(Object.keys(SIGHTS).sort()).toEqual(Object.keys(ROLES).sort());
    for (const row of Object.values(SIGHTS)) expect(row.PUBLIC).toBe('SHOWN');
  });

  test.each(Object.keys(SIGHTS).filter(isRole))('%s has a scope for each class it sees', (role: Role) => {
    const { scopes } = actorOf('x', [role]);
    for (const fieldClass of FIELD_CLASSES.slice(1))
      expect(scopes.has(`class:${fieldClass.toLowerCase()}`)).toBe(SIGHTS[role][fieldClass] !== 'HIDDEN');
  });

  test('MARKETING, ANALYST and ADMIN see nothing sensitive, whatever purpose they name', () => {
    for (const role of ['MARKETING', 'ANALYST', 'ADMIN'] as const)
      expect(
        codeOf(() =>
          seen(number, sensitiveSight(actorOf('x', [role])), () => ({ code: 'ADVICE', caseReference: null })),
        ),
      ).toBe('FORBIDDEN');
  });

  test.each<[Role[], Sight]>([
    [['SERVICE_AGENT', 'ADVISER'], 'REVEALED'],
    [['ADVISER', 'OPERATIONS'], 'REVEALED'],
    [['ADVISER', 'COMPLIANCE'], 'REVEALED_FOR_CASE'],
    [['COMPLIANCE', 'SERVICE_AGENT'], 'REVEALED_FOR_CASE'],
    [['CLIENT', 'AUDITOR', 'ADVISER'], 'REVEALED_FOR_CASE'],
    [['MARKETING', 'RISK_ASSESSOR'], 'MASKED'],
    [['ADMIN', 'ANALYST'], 'HIDDEN'],
    [[], 'HIDDEN'],
  ])('of the posts %j the weakest that reaches clients by itself counts: %s', (roles, sight) => {
    expect(sensitiveSight(actorOf('x', roles))).toBe(sight);
  });
});

describe('a sensitive value', () => {
  const ADVICE: Purpose = { code: 'ADVICE', caseReference: null };
  const CASE: Purpose = { code: 'INSPECTION', caseReference: '0192' };
  test.each<[Sight, Purpose | null, string]>([
    ['SHOWN', null, number],
    ['MASKED', null, '••••••••••••••0011'],
    ['MASKED', CASE, '••••••••••••••0011'],
    ['REVEALED', null, '••••••••••••••0011'],
    ['REVEALED', ADVICE, number],
    ['REVEALED_FOR_CASE', CASE, number],
  ])('%s with purpose %j', (sight, purpose, expected) => {
    expect(seen(number, sight, () => purpose)).toEqual({ value: expected, isRevealed: expected === number });
  });

  test.each<[Sight, Purpose | null, string]>([
    ['REVEALED_FOR_CASE', null, 'PURPOSE_REQUIRED'],
    ['REVEALED_FOR_CASE', ADVICE, 'PURPOSE_REQUIRED'],
    ['REVEALED_FOR_CASE', { ...ADVICE, caseReference: '0192' }, 'PURPOSE_REQUIRED'],
    ['HIDDEN', CASE, 'FORBIDDEN'],
  ])('%s with purpose %j is refused', (sight, purpose, code) => {
    expect(codeOf(() => seen(number, sight, () => purpose))).toBe(code);
  });

  test('that is not there is not asked about', () => {
    expect(seen(null, 'REVEALED_FOR_CASE', () => null)).toEqual({ value: null, isRevealed: false });
  });

  test.each([
    ['1234567', '•••••••'],
    ['12345678', '••••5678'],
    ['', ''],
    ['x'.repeat(500), `${'•'.repeat(16)}xxxx`],
    [42, null],
    [['12345678'], ['••••5678']],
  ])('%j masked', (value, expected) => {
    expect(masked(value)).toEqual(expected);
  });
});

describe('x-purpose', () => {
  test.each(Object.entries(PURPOSES))(
    '%s is known, with its case where it needs one',
    (code, { needsCase }) => {
      expect(purposeOf(`${code}:0192-a`)).toEqual({ code, caseReference: '0192-a' });
      if (needsCase) expect(codeOf(() => purposeOf(code))).toBe('PURPOSE_UNKNOWN');
      else expect(purposeOf(code)).toEqual({ code, caseReference: null });
    },
  );

  test.each(['CURIOSITY', 'advice', 'ADVICE:', 'INSPECTION:a b', 'toString', `ADVICE:${'x'.repeat(65)}`])(
    '%j is refused',
    (header) => expect(codeOf(() => purposeOf(header))).toBe('PURPOSE_UNKNOWN'),
  );

  test.each([undefined, '', ' '])('%j is none', (header) => expect(purposeOf(header)).toBeNull());
});
