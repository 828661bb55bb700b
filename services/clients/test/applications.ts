/** What tests open clients with: builders with defaults, each with an identity that no other test has. */

type Changes = Record<string, unknown>;
let serial = 0;

export const yuan = (amount: string) => ({ amount, currency: 'CNY' });

/** A number of a Chinese identity card with its check character. */
export function aCnId(dateOfBirth: string): string {
  serial += 1;
  const body = `${310101 + Math.floor(serial / 1000)}${dateOfBirth.replaceAll('-', '')}${String(serial % 1000).padStart(3, '0')}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, place) => total + weight * Number(body[place]), 0);
  return body + '10X98765432'.charAt(sum % 11);
}

/** A unified social credit code with its check character. */
export function aUscc(): string {
  serial += 1;
  const characters = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  const body = `91310000MA1${String(serial).padStart(6, '0')}`;
  let sum = 0;
  for (let place = 0; place < 17; place += 1)
    sum += characters.indexOf(body.charAt(place)) * (3 ** place % 31);
  return body + characters.charAt((31 - (sum % 31)) % 31);
}

function aPerson(changes: Changes = {}) {
  const dateOfBirth = String(changes['dateOfBirth'] ?? '1996-05-20');
  return {
    name: '王小明',
    gender: 'MALE',
    dateOfBirth,
    occupation: 'Engineer',
    address: '上海市徐汇区 12 号',
    annualIncome: yuan('240000.00'),
    investmentYears: 3,
    experienceKinds: ['WEALTH_PRODUCTS'],
    mobile: '13800138000',
    email: 'wang@example.com',
    idType: 'CN_ID',
    idNumber: aCnId(dateOfBirth),
    ...changes,
  };
}

export const anInstitution = (changes: Changes = {}) => ({
  legalName: '上海示例科技有限公司',
  uscc: aUscc(),
  institutionType: 'ENTERPRISE',
  legalRepresentative: '陈立',
  businessScope: '软件开发与咨询',
  investmentNeeds: '闲置资金稳健增值',
  contactName: '林青',
  phone: '021 6123 4567',
  email: 'cfo@example.com',
  address: '上海市浦东新区 1 号',
  ...changes,
});

type Answer = { data: Record<string, Opened | undefined>; codes: string[] };
type Ask<Actor> = (actor: Actor, operation: string, variables: Changes) => Promise<Answer>;
export type Opened = { id: string; version: number };

const opening = () => {
  serial += 1;
  return {
    requestId: `opening-${serial}-${Date.now()}`,
    preferredLanguage: 'ZH_HANS',
    privacyNoticeVersion: '2026.1',
  };
};

export async function openPerson<Actor>(
  ask: Ask<Actor>,
  adviser: Actor,
  person: Changes = {},
): Promise<Opened> {
  const input = { ...opening(), individual: aPerson(person) };
  const operation = 'mutation ($input: OpenClientInput!) { openClient(input: $input) { id version } }';
  return opened(await ask(adviser, operation, { input }), 'openClient');
}

export async function openOrganisation<Actor>(
  ask: Ask<Actor>,
  adviser: Actor,
  organisation: Changes = {},
): Promise<Opened> {
  const input = { ...opening(), institution: anInstitution(organisation) };
  const operation =
    'mutation ($input: OpenInstitutionInput!) { openInstitution(input: $input) { id version } }';
  return opened(await ask(adviser, operation, { input }), 'openInstitution');
}

/** Verified by this officer and active. */
export async function activate<Actor>(
  ask: Ask<Actor>,
  officer: Actor,
  { id, version }: Opened,
): Promise<Opened> {
  const input = { clientId: id, expectedVersion: version };
  const verify = 'mutation ($input: VerifyIdentityInput!) { verifyIdentity(input: $input) { id version } }';
  const verified = opened(
    await ask(officer, verify, { input: { ...input, method: 'IN_PERSON', evidenceReference: 'scan 1' } }),
    'verifyIdentity',
  );
  const activation =
    'mutation ($input: ActivateClientInput!) { activateClient(input: $input) { id version } }';
  const next = { input: { ...input, expectedVersion: verified.version } };
  return opened(await ask(officer, activation, next), 'activateClient');
}

function opened({ data, codes }: Answer, field: string): Opened {
  if (codes.length > 0) throw new Error(`${field} was refused: ${codes.join()}`);
  const answer = data[field];
  if (answer === undefined) throw new Error(`${field} has given nothing.`);
  return answer;
}
