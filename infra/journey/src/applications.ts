/** Sample data: applications of people who do not exist, each with a fresh identity number and mobile. */

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_CODES = '10X98765432';

/** A resident identity number (GB 11643) with a right check digit; `n` makes it unique among people born on that day. */
function identityNumber(dateOfBirth: string, n: number): string {
  const body = `${110000 + (Math.floor(n / 1000) % 9999)}${dateOfBirth.replaceAll('-', '')}${String(n % 1000).padStart(3, '0')}`;
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(body[index]), 0);
  return `${body}${CHECK_CODES[sum % 11]}`;
}

/** What the account-opening application asks of an individual. `n` tells people apart. */
export function anApplication(n: number) {
  // Twenty-eight on the first day of the sample: the band 18 to 30 of the questionnaire.
  const dateOfBirth = '1998-06-15';
  return {
    name: `樣本${n}`,
    gender: 'FEMALE',
    dateOfBirth,
    occupation: 'ENGINEER',
    address: 'Sample Road 1, Shanghai',
    annualIncome: { amount: '240000', currency: 'CNY' },
    investmentYears: 0,
    experienceKinds: ['DEPOSITS'],
    mobile: `139${String(n % 100_000_000).padStart(8, '0')}`,
    email: `sample-${n}@example.com`,
    idType: 'CN_ID',
    idNumber: identityNumber(dateOfBirth, n),
  };
}
