import { PEOPLE } from './people.js';
import { requestToken } from './token-request.js';

/** Sends one operation as one of the sample people and returns its data. */
type Ask = (
  as: string,
  query: string,
  input: Record<string, unknown>,
) => Promise<Record<string, SampleRecord>>;
type SampleRecord = { id: string; version: number; status: string; identityVerification: unknown };

const cny = (amount: string) => ({ amount, currency: 'CNY' });

// code, names, issuer type, category, least amount, months, rating of issuer and seller
const PRODUCTS = [
  ['CASH-PLUS', 'Cash Plus', '現金管理', '现金管理', 'BANK_WMP', 'CASH', '1', 0, 'R1', 'R1'],
  [
    'FI-6M',
    'Fixed Income 6 Months',
    '固定收益六個月',
    '固定收益六个月',
    'BANK_WMP',
    'FIXED_INCOME',
    '10000',
    6,
    'R1',
    'R1',
  ],
  [
    'WMP-STEADY-12M',
    'Steady Mix 12 Months',
    '穩健十二個月',
    '稳健十二个月',
    'BANK_WMP',
    'STEADY_MIX',
    '10000',
    12,
    'R1',
    'R2',
  ],
  ['FUND-BOND', 'Bond Fund', '債券基金', '债券基金', 'PUBLIC_FUND', 'FIXED_INCOME', '100', 12, 'R2', 'R2'],
  [
    'AM-STEADY',
    'Steady Asset Management Plan',
    '穩健資管計劃',
    '稳健资管计划',
    'BROKER_AM',
    'STEADY_MIX',
    '50000',
    24,
    'R2',
    'R2',
  ],
  [
    'TRUST-BALANCED',
    'Balanced Trust',
    '平衡信託',
    '平衡信托',
    'TRUST',
    'BALANCED_MIX',
    '300000',
    24,
    'R3',
    'R3',
  ],
  ['FUND-EQUITY', 'Equity Fund', '股票基金', '股票基金', 'PUBLIC_FUND', 'EQUITY', '100', 36, 'R4', 'R4'],
  [
    'PE-GROWTH',
    'Growth Private Equity',
    '成長股權',
    '成长股权',
    'PRIVATE_FUND',
    'PRIVATE_EQUITY',
    '1000000',
    60,
    'R5',
    'R5',
  ],
] as const;

// number, name, birth, identity number, assets, adviser
const CLIENTS = [
  [1, '樣本甲', '1990-03-01', '110105199003010014', '420000', 'adviser'],
  [2, '樣本乙', '1978-11-20', '310104197811200029', '5200000', 'adviser'],
  [3, '樣本丙', '1969-07-08', '440103196907080031', '36000000', 'adviser-2'],
] as const;

const CREATE_PRODUCT =
  'mutation ($input: CreateProductInput!) { createProduct(input: $input) { id version } }';
const CREATE_CAMPAIGN =
  'mutation ($input: CreateCampaignInput!) { createCampaign(input: $input) { id version } }';
const CREATE_LEAD = 'mutation ($input: CreateLeadInput!) { createLead(input: $input) { id version } }';
const OPEN =
  'mutation ($input: OpenClientInput!) { openClient(input: $input) { id version status identityVerification { verifiedAt } } }';
const VERIFY = 'mutation ($input: VerifyIdentityInput!) { verifyIdentity(input: $input) { id version } }';
const RECORD_ASSETS = 'mutation ($input: RecordAssetsInput!) { recordAssets(input: $input) { id } }';
const ACTIVATE = 'mutation ($input: ActivateClientInput!) { activateClient(input: $input) { id version } }';

/** Fills a new installation with the sample firm, through the gateway as its people would. Loading it again changes nothing. */
export async function loadSampleFirm({
  gatewayUrl,
  issuer,
}: {
  gatewayUrl: string;
  issuer: string;
}): Promise<void> {
  const ask = askThrough(gatewayUrl, issuer);
  await loadProducts(ask);
  await loadCampaign(ask);
  for (const client of CLIENTS) await loadClient(ask, client);
}

async function loadProducts(ask: Ask): Promise<void> {
  for (const [
    code,
    nameEn,
    nameZhHant,
    nameZhHans,
    issuerType,
    category,
    least,
    minHorizonMonths,
    issuerRating,
    sellerRating,
  ] of PRODUCTS) {
    const terms = {
      issuerType,
      category,
      minAmount: cny(least),
      minHorizonMonths,
      issuerRating,
      sellerRating,
    };
    await ask('admin', CREATE_PRODUCT, {
      requestId: `sample-product-${code}`,
      code,
      nameEn,
      nameZhHant,
      nameZhHans,
      ...terms,
    });
  }
}

async function loadCampaign(ask: Ask): Promise<void> {
  const campaign = {
    name: 'Spring lecture',
    channel: 'OFFLINE',
    medium: 'SEMINAR',
    budget: cny('50000'),
    startsOn: '2026-03-01',
  };
  const { createCampaign } = await ask('marketing', CREATE_CAMPAIGN, {
    requestId: 'sample-campaign',
    ...campaign,
  });
  const at = '2026-03-14T06:00:00.000Z';
  const consent = { channels: ['PHONE', 'WECHAT'], textVersion: 'MKT-2026.1', evidence: 'SIGNED-FORM', at };
  for (const n of [1, 2, 3]) {
    const person = {
      personName: `樣本線索${n}`,
      mobile: `1380000100${n}`,
      channel: 'OFFLINE',
      ownerId: PEOPLE.adviser.sub,
      capturedAt: at,
    };
    await ask('marketing', CREATE_LEAD, {
      requestId: `sample-lead-${n}`,
      campaignId: createCampaign?.id,
      consent,
      ...person,
    });
  }
}

async function loadClient(
  ask: Ask,
  [n, name, dateOfBirth, idNumber, assets, adviser]: (typeof CLIENTS)[number],
): Promise<void> {
  const individual = {
    name,
    dateOfBirth,
    occupation: 'MANAGER',
    address: 'Sample Road 1, Shanghai',
    annualIncome: cny('360000'),
    investmentYears: 3,
    experienceKinds: ['WEALTH_PRODUCTS'],
    mobile: `1380000000${n}`,
    idType: 'CN_ID',
    idNumber,
  };
  const application = {
    requestId: `sample-client-${n}`,
    preferredLanguage: 'ZH_HANT',
    privacyNoticeVersion: 'PN-2026.1',
    individual,
  };
  const { openClient: client } = await ask(adviser, OPEN, application);
  if (client?.status !== 'ONBOARDING') return;
  let { version } = client;
  if (client.identityVerification === null) {
    const evidence = { method: 'IN_PERSON', evidenceReference: `SAMPLE-${n}` };
    version =
      (await ask('operations', VERIFY, { clientId: client.id, expectedVersion: version, ...evidence }))[
        'verifyIdentity'
      ]?.version ?? 0;
  }
  await ask('operations', ACTIVATE, { clientId: client.id, expectedVersion: version });
  const asOf = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(new Date());
  const amounts = { aumWithFirm: cny('0'), externalVerified: cny(assets), source: 'STATEMENT' };
  await ask('operations', RECORD_ASSETS, {
    requestId: `sample-assets-${n}`,
    clientId: client.id,
    asOf,
    ...amounts,
  });
}

function askThrough(gatewayUrl: string, issuer: string): Ask {
  return async (as, query, input) => {
    const response = await fetch(gatewayUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await requestToken(issuer, as)}`,
      },
      body: JSON.stringify({ query, variables: { input } }),
    });
    const { data, errors } = JSON.parse(await response.text());
    if (errors) throw new Error(`The sample firm could not be loaded: ${JSON.stringify(errors)}`);
    return data;
  };
}
