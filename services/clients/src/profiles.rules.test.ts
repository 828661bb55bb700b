import { Decimal } from '@client-graph/kit/decimal';
import { describe, expect, test } from '@jest/globals';
import { type Application, idNumberOf, profileOf } from './profiles.rules.js';

const TODAY = '2026-03-02';
const anApplication = (changes: Partial<Application> = {}): Application => ({
  name: ' 李娜 ',
  gender: 'FEMALE',
  dateOfBirth: '1990-03-07',
  occupation: 'Nurse',
  address: '上海市静安区 1 号',
  annualIncome: { amount: new Decimal('240000.00'), currency: 'CNY' },
  investmentYears: 3,
  experienceKinds: ['BONDS', 'DEPOSITS', 'BONDS'],
  mobile: '138 0013-8000',
  email: 'li.na@example.com',
  idType: 'CN_ID',
  idNumber: '11010119900307123X',
  ...changes,
});

const outcome = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    const { code, details } = error as { code: string; details: { reason?: string } };
    return [code, details.reason].filter((part) => part !== undefined).join(' ');
  }
};

test('an application becomes a profile in one spelling', () => {
  expect(profileOf(anApplication(), TODAY)).toEqual({
    name: '李娜',
    gender: 'FEMALE',
    dateOfBirth: '1990-03-07',
    occupation: 'Nurse',
    employment: null,
    address: '上海市静安区 1 号',
    addressCountry: 'CN',
    annualIncome: new Decimal('240000'),
    annualIncomeCurrency: 'CNY',
    investmentYears: 3,
    experienceKinds: ['BONDS', 'DEPOSITS'],
    mobile: '+8613800138000',
    email: 'li.na@example.com',
    birthdayCalendar: 'SOLAR',
    lunarMonth: null,
    lunarDay: null,
    lunarLeap: null,
    taxResidency: 'CN',
    civilCapacity: 'FULL',
  });
});

describe('what no real person could state is refused', () => {
  const yuan = (amount: string, currency = 'CNY') => ({ amount: new Decimal(amount), currency });
  test.each<[string, Partial<Application>, string]>([
    ['born tomorrow', { dateOfBirth: '2026-03-03' }, 'BIRTH_DATE_IMPOSSIBLE'],
    ['born today', { dateOfBirth: TODAY }, 'UNDER_AGE'],
    ['18 tomorrow', { dateOfBirth: '2008-03-03' }, 'UNDER_AGE'],
    ['150 today', { dateOfBirth: '1876-03-02' }, 'BIRTH_DATE_IMPOSSIBLE'],
    ['born in the year 1', { dateOfBirth: '0001-01-01' }, 'BIRTH_DATE_IMPOSSIBLE'],
    ['a line break in the name', { name: 'Li\nNa' }, 'BAD_INPUT LINE_BREAK'],
    ['a null character', { occupation: 'Nurse\u0000x' }, 'BAD_INPUT LINE_BREAK'],
    ['a Unicode line separator in the address', { address: '1 Road\u2028Shanghai' }, 'BAD_INPUT LINE_BREAK'],
    ['a blank name', { name: '  ' }, 'BAD_INPUT EMPTY'],
    ['a name that nobody sees', { name: '\u200b\u2060\u3164' }, 'BAD_INPUT EMPTY'],
    ['an accent without a letter', { name: '\u0301' }, 'BAD_INPUT EMPTY'],
    ['a name that is written backwards', { name: 'Li \u202eaN' }, 'BAD_INPUT LINE_BREAK'],
    ['a name of 101', { name: 'n'.repeat(101) }, 'BAD_INPUT TOO_LONG'],
    ['an address of 301', { address: 'a'.repeat(301) }, 'BAD_INPUT TOO_LONG'],
    ['income below zero', { annualIncome: yuan('-1') }, 'BAD_INPUT NEGATIVE'],
    ['income with half a fen', { annualIncome: yuan('0.005') }, 'BAD_INPUT TOO_MANY_DECIMALS'],
    ['income in no currency', { annualIncome: yuan('0', 'XXX') }, 'BAD_INPUT CURRENCY'],
    ['less than no experience', { investmentYears: -1 }, 'BAD_INPUT NEGATIVE'],
    ['experience since before birth', { investmentYears: 36 }, 'BAD_INPUT OLDER_THAN_THE_PERSON'],
    ['ten digits', { mobile: '1380013800' }, 'BAD_INPUT FORM'],
    ['a landline as mobile of China', { mobile: '+862161234567' }, 'BAD_INPUT FORM'],
    ['letters as mobile', { mobile: 'call me' }, 'BAD_INPUT FORM'],
    ['two e-mail addresses', { email: 'a@b.cn,c@d.cn' }, 'BAD_INPUT FORM'],
    ['an e-mail without a domain', { email: 'a@b' }, 'BAD_INPUT FORM'],
    ['an e-mail with a header in it', { email: 'a@b.cn\r\nBcc: x@y.cn' }, 'BAD_INPUT LINE_BREAK'],
    ['an empty e-mail', { email: '' }, 'BAD_INPUT EMPTY'],
  ])('%s', (_, changes, expected) => {
    expect(outcome(() => profileOf(anApplication(changes), TODAY))).toBe(expected);
  });

  test.each<[string, Partial<Application>]>([
    ['18 today', { dateOfBirth: '2008-03-02', investmentYears: 0 }],
    ['150 tomorrow', { dateOfBirth: '1876-03-03' }],
    ['no income', { annualIncome: yuan('0', 'JPY') }],
    ['a mobile abroad', { mobile: '+852 9123 4567' }],
    ['no e-mail', { email: null }],
    ['a name of 100', { name: 'n'.repeat(100) }],
  ])('but not %s', (_, changes) => {
    expect(() => profileOf(anApplication(changes), TODAY)).not.toThrow();
  });
});

describe('identity numbers', () => {
  test.each<[Application['idType'], string, string]>([
    ['CN_ID', '11010119900307123X', 'ID_NUMBER_INVALID CHECKSUM'],
    ['CN_ID', '11010119900307123', 'ID_NUMBER_INVALID FORM'],
    ['CN_ID', '01010119900307123X', 'ID_NUMBER_INVALID FORM'],
    ['PASSPORT', ' e1234 5678', 'E12345678'],
    ['PASSPORT', 'Ｅ１２３４５６７８', 'E12345678'],
    ['PASSPORT', 'ABCDEFGH', 'ID_NUMBER_INVALID FORM'],
    ['PASSPORT', 'E1234', 'ID_NUMBER_INVALID FORM'],
    ['HK_MACAO_PERMIT', 'h12345678', 'H12345678'],
    ['HK_MACAO_PERMIT', 'K12345678', 'ID_NUMBER_INVALID FORM'],
    ['TAIWAN_PERMIT', '12345678', '12345678'],
    ['TAIWAN_PERMIT', '1234567', 'ID_NUMBER_INVALID FORM'],
  ])('%s %s: %s', (idType, idNumber, expected) => {
    expect(outcome(() => idNumberOf(anApplication({ idType, idNumber })))).toBe(expected);
  });

  // The example printed in GB 11643-1999: 11010519491231002X.
  test('the check character is the one of the standard, in either case', () => {
    const example = { idType: 'CN_ID', dateOfBirth: '1949-12-31' } as const;
    expect(idNumberOf({ ...example, idNumber: '11010519491231002X' })).toBe('11010519491231002X');
    expect(idNumberOf({ ...example, idNumber: '11010519491231002x' })).toBe('11010519491231002X');
    for (const wrong of '0123456789') {
      expect(outcome(() => idNumberOf({ ...example, idNumber: `11010519491231002${wrong}` }))).toBe(
        'ID_NUMBER_INVALID CHECKSUM',
      );
    }
  });

  test('a card must carry the birth date of the application', () => {
    const wrong = { idType: 'CN_ID', idNumber: '11010519491231002X', dateOfBirth: '1949-12-30' } as const;
    expect(outcome(() => idNumberOf(wrong))).toBe('ID_NUMBER_INVALID BIRTH_DATE');
  });
});
