import { type Actor, ROLES, type Role } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openOrganisation, openPerson } from '../../test/applications.js';
import { service } from '../service.js';
import { permitted, type Source } from './enrichment.rules.js';

const ADVISER = actorOf(freshId(), ['ADVISER']);
const MAKER = actorOf(freshId(), ['ADMIN']);
const CHECKER = actorOf(freshId(), ['COMPLIANCE']);
const ENRICH = `mutation ($input: EnrichClientInput!) {
  enrichClient(input: $input) { id field value basis reference collectedOn source { code name basis } }
}`;
const PROPOSE =
  'mutation ($input: ProposeEnrichmentSourceInput!) { proposeEnrichmentSource(input: $input) { id status } }';

let world: World;
const ask = (actor: Actor, operation: string, variables: Record<string, unknown>) =>
  world.ask(actor, operation, variables);
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

const asked = (clientId: string, more: object = {}) => ({
  input: {
    requestId: freshId(),
    clientId,
    sourceCode: 'GSXT',
    reference: 'entry 91310000',
    collectedOn: '2026-03-01',
    facts: [{ field: 'INDUSTRY', value: 'Software' }],
    ...more,
  },
});
const enrich = (clientId: string, more: object = {}, actor = ADVISER) =>
  world.ask(actor, ENRICH, asked(clientId, more));

test('what was found is kept with its source, basis and day, once', async () => {
  const { id } = await openOrganisation(ask, ADVISER);
  const facts = [
    { field: 'INDUSTRY', value: 'Software' },
    { field: 'REGISTERED_CAPITAL', value: 'CNY 5,000,000' },
  ];
  const variables = asked(id, { facts });
  const answers = await Promise.all(Array.from({ length: 10 }, () => world.ask(ADVISER, ENRICH, variables)));
  for (const { data } of answers) expect(data.enrichClient).toHaveLength(2);
  const { data } = await world.ask(
    ADVISER,
    `{ client(id: "${id}") { enrichments { field value basis collectedOn source { code } } } }`,
  );
  expect(data.client.enrichments).toHaveLength(2);
  expect(data.client.enrichments).toContainEqual({
    field: 'REGISTERED_CAPITAL',
    value: 'CNY 5,000,000',
    basis: 'PUBLIC_INFORMATION',
    collectedOn: '2026-03-01',
    source: { code: 'GSXT' },
  });
});

describe('refused', () => {
  test.each<[string, object, string]>([
    ['a source that is not listed', { sourceCode: 'GOSSIP' }, 'SOURCE_NOT_PERMITTED'],
    ['a source before its day', { collectedOn: '2025-12-31' }, 'SOURCE_NOT_PERMITTED'],
    [
      'what the source may not be asked for',
      { facts: [{ field: 'INTERESTS', value: 'x' }] },
      'FIELD_NOT_PERMITTED',
    ],
    ['a day to come', { collectedOn: '2026-03-03' }, 'BAD_INPUT'],
    ['nothing', { facts: [] }, 'BAD_INPUT'],
    ['one thing twice', { facts: [1, 2].map(() => ({ field: 'INDUSTRY', value: 'x' })) }, 'BAD_INPUT'],
    ['no evidence', { reference: '' }, 'BAD_INPUT'],
    ['nobody', { clientId: freshId() }, 'NOT_FOUND'],
  ])('%s', async (_, changes, code) => {
    const { id } = await openOrganisation(ask, ADVISER);
    expect((await enrich(id, changes)).codes).toEqual([code]);
  });

  test('without the consent that the basis is, and after it was taken back', async () => {
    const { id } = await openPerson(ask, ADVISER);
    const credit = { sourceCode: 'CREDIT_BUREAU', facts: [{ field: 'CREDIT_STANDING', value: 'A' }] };
    expect((await enrich(id, credit)).errors[0]?.extensions).toMatchObject({
      code: 'CONSENT_MISSING',
      details: { purpose: 'SENSITIVE_FINANCIAL' },
    });
    const consent = (command: string) =>
      world.ask(ADVISER, `mutation ($input: ConsentInput!) { ${command}(input: $input) { id } }`, {
        input: {
          requestId: freshId(),
          clientId: id,
          purpose: 'SENSITIVE_FINANCIAL',
          textVersion: '1',
          evidence: 'form 9',
          source: 'BRANCH',
        },
      });
    await consent('grantConsent');
    expect((await enrich(id, credit)).codes).toEqual([]);
    world.clock.now = new Date(world.clock.now.getTime() + 1_000);
    await consent('withdrawConsent');
    expect((await enrich(id, credit)).codes).toEqual(['CONSENT_MISSING']);
  });

  test.each(Object.keys(ROLES) as Role[])('by role: %s', async (role) => {
    const { codes } = await enrich(freshId(), {}, actorOf(freshId(), [role]));
    expect(codes).toEqual([['ADVISER', 'OPERATIONS'].includes(role) ? 'NOT_FOUND' : 'FORBIDDEN']);
  });
});

describe('the list of sources', () => {
  const proposal = (more: object = {}) => ({
    input: {
      requestId: freshId(),
      code: 'LAND_REGISTER',
      version: '2026.2',
      name: 'Land register',
      basis: 'PUBLIC_INFORMATION',
      fields: ['OPERATING_STATUS'],
      effectiveFrom: '2026-04-01',
      source: 'policy 3.3',
      reason: 'asked for by research',
      ...more,
    },
  });
  const decide = (actor: Actor, name: string, sourceId: string) =>
    world.ask(
      actor,
      `mutation ($input: DecideEnrichmentSourceInput!) { ${name}(input: $input) { status } }`,
      {
        input: { sourceId },
      },
    );

  test('is changed by one person, approved by another, from its day on', async () => {
    const { id: client } = await openOrganisation(ask, ADVISER);
    const register = { sourceCode: 'LAND_REGISTER', facts: [{ field: 'OPERATING_STATUS', value: 'open' }] };
    const { data } = await world.ask(MAKER, PROPOSE, proposal());
    const { id } = data.proposeEnrichmentSource;
    expect((await world.ask(MAKER, PROPOSE, proposal({ version: '2026.3' }))).codes).toEqual([
      'PROPOSAL_OPEN',
    ]);
    const both = actorOf(MAKER.id ?? '', ['ADMIN', 'COMPLIANCE']);
    expect((await decide(both, 'approveEnrichmentSource', id)).codes).toEqual(['MAKER_IS_CHECKER']);
    expect((await decide(CHECKER, 'approveEnrichmentSource', id)).data.approveEnrichmentSource.status).toBe(
      'APPROVED',
    );
    expect((await decide(CHECKER, 'rejectEnrichmentSource', id)).codes).toEqual(['PROPOSAL_CLOSED']);
    expect((await enrich(client, register)).codes).toEqual(['SOURCE_NOT_PERMITTED']);
    world.clock.now = new Date('2026-04-01T02:00:00Z');
    expect((await enrich(client, { ...register, collectedOn: '2026-04-01' })).codes).toEqual([]);
    world.clock.now = new Date('2026-03-02T02:00:00Z');
    const list = '{ enrichmentSources { nodes { code status } } }';
    expect((await world.ask(ADVISER, list)).data.enrichmentSources.nodes).toContainEqual({
      code: 'LAND_REGISTER',
      status: 'APPROVED',
    });
  });

  test.each<[string, object, string]>([
    ['a day past', { code: 'A', effectiveFrom: '2026-03-02' }, 'EFFECTIVE_DATE_PAST'],
    ['a version that is there', { code: 'GSXT', version: '2026.1' }, 'SOURCE_VERSION_TAKEN'],
    ['a consent without its purpose', { code: 'B', basis: 'CONSENT' }, 'BAD_INPUT'],
    [
      'a purpose of the other kind',
      { code: 'C', basis: 'CONSENT', consentPurpose: 'SENSITIVE_FINANCIAL' },
      'BAD_INPUT',
    ],
    ['a purpose of no consent', { code: 'D', consentPurpose: 'TRACKING' }, 'BAD_INPUT'],
    ['an end before the beginning', { code: 'E', effectiveTo: '2026-03-31' }, 'BAD_INPUT'],
  ])('%s is refused', async (_, changes, code) => {
    expect((await world.ask(MAKER, PROPOSE, proposal(changes))).codes).toEqual([code]);
  });

  test('the latest row in force counts', () => {
    const row = (
      effectiveFrom: string,
      effectiveTo: string | null,
      status: Source['status'] = 'APPROVED',
    ): Source => ({
      code: 'S',
      basis: 'PUBLIC_INFORMATION',
      consentPurpose: null,
      fields: ['INDUSTRY'],
      effectiveFrom,
      effectiveTo,
      status,
    });
    const rows = [
      row('2026-01-01', null),
      row('2026-03-01', '2026-03-31'),
      row('2026-02-01', null, 'PROPOSED'),
    ];
    expect(permitted(rows, 'S', '2026-02-28').effectiveFrom).toBe('2026-01-01');
    expect(permitted(rows, 'S', '2026-03-31').effectiveFrom).toBe('2026-03-01');
    expect(permitted(rows, 'S', '2026-04-01').effectiveFrom).toBe('2026-01-01');
    expect(() => permitted(rows, 'S', '2025-12-31')).toThrow('Nothing may be collected');
  });
});
