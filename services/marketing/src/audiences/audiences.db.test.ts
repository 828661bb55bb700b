import {
  ClientActivated,
  ClientConsentChanged,
  ClientOnboarded,
  ComplaintClosed,
  ComplaintReceived,
  CoolingOffStarted,
} from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { service } from '../service.js';

const MARKETING = actorOf(freshId(), ['MARKETING']);
let world: World;
const clients = Array.from({ length: 17 }, () => freshId());
let leads: { id: string; version: number }[] = [];

const ask = async (query: string, variables: Record<string, unknown> = {}) => {
  const { data, errors } = await world.ask(MARKETING, query, variables);
  expect(errors).toEqual([]);
  return data;
};
const consent = (clientId: string, action: 'GRANT' | 'WITHDRAW', purpose = 'MARKETING' as const) =>
  world.deliver(ClientConsentChanged({ clientId, purpose, channel: 'SMS', action, textVersion: 'M-1' }), {
    times: 2,
  });
const count = async (criteria: Record<string, unknown>) =>
  (await ask('query ($criteria: AudienceInput!) { audienceCount(criteria: $criteria) }', { criteria }))
    .audienceCount;
const CLIENTS = { people: 'CLIENTS', channel: 'SMS' };
const LEADS = { people: 'LEADS', channel: 'PHONE' };

beforeAll(async () => {
  world = await aService(service);
  for (const [n, clientId] of clients.entries()) {
    const grade = n < 12 ? 'GOLD' : 'BRONZE';
    const facts = {
      clientId,
      originLeadId: null,
      adviserId: freshId(),
      kind: 'INDIVIDUAL',
      class: 'ORDINARY',
      grade,
    } as const;
    await world.deliver(
      ClientOnboarded({ ...facts, ageBand: 'FROM_31', fullCivilCapacity: true, institutionType: null }),
    );
    await world.deliver(
      ClientActivated({ clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'IDENTITY_VERIFIED' }),
    );
    await consent(clientId, 'GRANT');
  }
  for (let n = 0; n < 11; n += 1) {
    const given = { channels: ['PHONE'], textVersion: '1', evidence: 'f', at: '2026-03-01T00:00:00Z' };
    const input = {
      requestId: freshId(),
      personName: `L ${n}`,
      mobile: `1389100000${String(n).padStart(2, '0')}`.slice(0, 11),
      channel: 'ONLINE',
      medium: 'FORM',
      consent: given,
    };
    leads = [
      ...leads,
      (
        await ask('mutation ($input: CreateLeadInput!) { createLead(input: $input) { id version } }', {
          input: { ...input, mobile: `138910000${String(n).padStart(2, '0')}` },
        })
      ).createLead,
    ];
  }
});
afterAll(() => world.stop());

test('clients are counted in steps of five, fewer than ten not at all', async () => {
  expect(await count(CLIENTS)).toBe(15);
  expect(await count({ ...CLIENTS, grades: ['GOLD'] })).toBe(10);
  expect(await count({ ...CLIENTS, grades: ['BRONZE'] })).toBeNull();
  expect(await count({ ...CLIENTS, channel: 'EMAIL' })).toBeNull();
});

test('whoever takes consent back, complains, or may think an order over is left alone at once', async () => {
  const criteria = { ...CLIENTS, grades: ['GOLD'] };
  const input = { requestId: freshId(), name: 'Gold', criteria };
  const BUILD =
    'mutation ($input: BuildAudienceInput!) { buildAudience(input: $input) { id counts { built contactable } leads { nodes { id } } } }';
  const { buildAudience } = await ask(BUILD, { input });
  expect(buildAudience).toMatchObject({ counts: { built: 10, contactable: 10 }, leads: { nodes: [] } });
  expect((await ask(BUILD, { input })).buildAudience.id).toBe(buildAudience.id);
  const contactable = async () =>
    (await ask('{ audiences { nodes { id counts { built contactable } } } }')).audiences.nodes.find(
      ({ id }: { id: string }) => id === buildAudience.id,
    ).counts;
  await consent(clients[0]!, 'WITHDRAW');
  await world.deliver(
    CoolingOffStarted({
      clientId: clients[1]!,
      orderId: freshId(),
      productId: freshId(),
      until: '2026-03-03T00:00:00.000Z',
    }),
  );
  expect(await contactable()).toEqual({ built: 10, contactable: 10 });
  const complaint = {
    complaintId: freshId(),
    clientId: clients[2]!,
    category: 'FEES',
    severity: 'LOW',
    dueOn: '2026-03-20',
    onTime: null,
    rootCause: null,
  } as const;
  await world.deliver(ComplaintReceived(complaint), { times: 2 });
  expect(await contactable()).toEqual({ built: 10, contactable: null });
  expect(await count(criteria)).toBeNull();
  await world.deliver(ComplaintClosed(complaint), { times: 2 });
  expect((await contactable()).contactable).toBe(10);
});

test('an audience of leads shows those who may still be contacted', async () => {
  expect(await count(LEADS)).toBe(11);
  expect(await count({ ...LEADS, scoreFrom: 90 })).toBeNull();
  const input = { requestId: freshId(), name: 'All', criteria: { ...LEADS, ways: ['ONLINE'] } };
  const { buildAudience } = await ask(
    'mutation ($input: BuildAudienceInput!) { buildAudience(input: $input) { id leads { nodes { id } } } }',
    { input },
  );
  expect(buildAudience.leads.nodes).toHaveLength(11);
  const [gone] = leads;
  await ask('mutation ($input: WithdrawLeadConsentInput!) { withdrawLeadConsent(input: $input) { id } }', {
    input: { leadId: gone!.id, expectedVersion: gone!.version, evidence: 'call' },
  });
  const { audiences } = await ask(
    '{ audiences { nodes { id counts { built contactable } leads { nodes { id } } } } }',
  );
  const found = audiences.nodes.find(({ id }: { id: string }) => id === buildAudience.id);
  expect(found.counts).toEqual({ built: 11, contactable: 10 });
  expect(found.leads.nodes.map(({ id }: { id: string }) => id)).not.toContain(gone!.id);
  const lost = leads[1]!;
  const loss = { leadId: lost.id, expectedVersion: lost.version, reason: 'PRIVACY' };
  await ask('mutation ($input: LoseLeadInput!) { loseLead(input: $input) { id } }', { input: loss });
  const after = await ask(
    '{ audiences { nodes { id counts { built contactable } leads { nodes { id } } } } }',
  );
  const left = after.audiences.nodes.find(({ id }: { id: string }) => id === buildAudience.id);
  expect(left.counts).toEqual({ built: 11, contactable: null });
  expect(left.leads.nodes).toHaveLength(9);
});

test.each([
  [{ ...LEADS, grades: ['GOLD'] }, 'BAD_CRITERIA'],
  [{ ...CLIENTS, stages: ['NEW'] }, 'BAD_CRITERIA'],
  [{ ...CLIENTS, channel: 'FACE' }, 'BAD_CRITERIA'],
  [{ ...LEADS, scoreFrom: 101 }, 'BAD_CRITERIA'],
  [{ ...LEADS, campaignIds: ['x'] }, 'BAD_INPUT'],
  [{ ...CLIENTS, grades: ['DIAMOND'] }, 'AUDIENCE_TOO_SMALL'],
])('%j: %s', async (criteria, code) => {
  const input = { requestId: freshId(), name: 'X', criteria };
  const BUILD = 'mutation ($input: BuildAudienceInput!) { buildAudience(input: $input) { id } }';
  expect((await world.ask(MARKETING, BUILD, { input })).codes).toEqual([code]);
});

test('nobody else counts or builds', async () => {
  for (const role of ['ADVISER', 'ANALYST', 'CLIENT', 'ADMIN', 'COMPLIANCE'] as const) {
    const asked = await world.ask(
      actorOf(freshId(), [role]),
      'query ($criteria: AudienceInput!) { audienceCount(criteria: $criteria) }',
      { criteria: CLIENTS },
    );
    expect(asked.codes).toEqual(['FORBIDDEN']);
  }
});
