/** The first steps of a client as staff send them, for tests: builders with defaults, on a world of their own. */
import { randomUUID } from 'node:crypto';
import { type Actor, actorOf } from '@client-graph/kit';
import { aCnId, yuan } from './applications.js';

export const OPEN = `mutation ($input: OpenClientInput!) {
  openClient(input: $input) { id kind class grade status adviserId originLeadId version onboardedAt }
}`;
export const VERIFY = `mutation ($input: VerifyIdentityInput!) {
  verifyIdentity(input: $input) { id status version identityVerification { method verifiedAt } }
}`;
export const ACTIVATE =
  'mutation ($input: ActivateClientInput!) { activateClient(input: $input) { id status version } }';
export const RECORD = `mutation ($input: RecordAssetsInput!) {
  recordAssets(input: $input) {
    id asOf source verifiedTotal { amount currency } externalDeclared { amount }
    client { id class grade version gradeReasons }
  }
}`;
export const LIST = `query ($first: Int, $after: String, $grade: ClientGrade, $status: ClientStatus) {
  clients(first: $first, after: $after, grade: $grade, status: $status) {
    nodes { id } edges { cursor node { id } } pageInfo { hasNextPage endCursor }
  }
}`;
export const PAGE = `id kind class classLabel(locale: ZH_HANT) grade gradeLabel(locale: ZH_HANS) gradeReasons(locale: ZH_HANT)
  gradeHistory { id grade gradeLabel ruleVersion effectiveFrom effectiveTo reasons } status statusLabel
  statusHistory { at from to reason } adviserId originLeadId preferredLanguage onboardedAt version
  identityVerification { method verifiedAt }
  individual {
    name gender dateOfBirth occupation address annualIncome { amount currency } investmentYears experienceKinds mobile email
    idDocument { type maskedNumber }
  }
  assets { id asOf aumWithFirm { amount } externalDeclared { amount } externalVerified { amount } verifiedTotal { amount currency } source recordedAt client { id } }`;

export const OFFICER = actorOf(randomUUID(), ['OPERATIONS']);
export const anAdviser = () => actorOf(randomUUID(), ['ADVISER']);

export type Changes = Record<string, unknown> & { individual?: Record<string, unknown> };
export function anApplication({ individual, ...changes }: Changes = {}) {
  const dateOfBirth = String(individual?.['dateOfBirth'] ?? '1996-05-20');
  return {
    requestId: randomUUID(),
    preferredLanguage: 'ZH_HANS',
    privacyNoticeVersion: '2026.1',
    ...changes,
    individual: {
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
      idNumber: /^\d{4}-/.test(dateOfBirth) ? aCnId(dateOfBirth) : '',
      ...individual,
    },
  };
}

export const assets = (clientId: string, aum: string, changes: Record<string, unknown> = {}) => ({
  input: {
    requestId: randomUUID(),
    clientId,
    asOf: '2026-03-01',
    aumWithFirm: yuan(aum),
    externalVerified: yuan('0'),
    source: 'STATEMENT',
    ...changes,
  },
});

// biome-ignore lint/suspicious/noExplicitAny: a test knows the shape it has asked for and checks it at once.
type Answer = { data: any; codes: string[] };
type Served = {
  clock: { now: Date };
  ask: (actor: Actor, operation: string, variables?: Record<string, unknown>) => Promise<Answer>;
  events: () => Promise<{ type: string; key: string; data: Record<string, unknown> }[]>;
};

export function openings(worldOf: () => Served) {
  const tick = (ms = 1_000) => {
    worldOf().clock.now = new Date(worldOf().clock.now.getTime() + ms);
  };
  const openClient = async (
    adviser: Actor,
    changes: Changes = {},
  ): Promise<{ id: string; version: number; grade: string; adviserId: string }> => {
    tick();
    const { data, codes } = await worldOf().ask(adviser, OPEN, { input: anApplication(changes) });
    if (codes.length > 0) throw new Error(`openClient was refused: ${codes.join()}`);
    return data.openClient;
  };
  const verified = async (
    adviser: Actor,
    changes: Changes = {},
  ): Promise<{ id: string; version: number }> => {
    const { id, version } = await openClient(adviser, changes);
    const seen = { method: 'IN_PERSON', evidenceReference: 'scan 1' };
    const input = { clientId: id, expectedVersion: version, ...seen };
    return (await worldOf().ask(OFFICER, VERIFY, { input })).data.verifyIdentity;
  };
  const eventsOf = async (clientId: string) =>
    (await worldOf().events()).filter((event) => event.key === clientId);
  const typesOf = async (clientId: string) => (await eventsOf(clientId)).map((event) => event.type);
  const read = async (id: string, fields = PAGE) =>
    (await worldOf().ask(OFFICER, `{ client(id: "${id}") { ${fields} } }`)).data.client;
  return { tick, openClient, verified, eventsOf, typesOf, read };
}
