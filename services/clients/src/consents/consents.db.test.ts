import type { Actor } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openPerson } from '../../test/applications.js';
import { service } from '../service.js';
import { type Channel, consentOf, PURPOSES, type Purpose } from './consents.rules.js';

const OFFICER = actorOf(freshId(), ['OPERATIONS']);
const say = (command: string) =>
  `mutation ($input: ConsentInput!) { ${command}Consent(input: $input) { id purpose channel partner basis action textVersion at by } }`;

let world: World;
const ask = (actor: Actor, operation: string, variables: Record<string, unknown>) =>
  world.ask(actor, operation, variables);
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

const consent = (clientId: string, changes: object = {}) => ({
  input: {
    requestId: freshId(),
    clientId,
    purpose: 'MARKETING',
    channel: 'SMS',
    textVersion: '2026.1',
    evidence: 'form 7',
    source: 'BRANCH',
    ...changes,
  },
});
const read = async (id: string, fields: string, actor: Actor = OFFICER) =>
  (await world.ask(actor, `{ client(id: "${id}") { ${fields} } }`)).data.client;

test('what is allowed and taken back is kept for good, the latest counts, and those who must obey are told at once', async () => {
  const { id } = await openPerson(ask, actorOf(freshId(), ['ADVISER']));
  const self = actorOf(id, ['CLIENT'], id);
  await world.ask(OFFICER, say('grant'), consent(id));
  await world.ask(OFFICER, say('grant'), consent(id, { channel: 'EMAIL' }));
  world.clock.now = new Date(world.clock.now.getTime() - 60_000);
  const { data } = await world.ask(
    self,
    say('withdraw'),
    consent(id, { source: 'APP', textVersion: '2026.2' }),
  );
  expect(data.withdrawConsent).toMatchObject({ action: 'WITHDRAW', basis: 'CONSENT', by: id });

  expect(await read(id, 'consents { channel action }')).toEqual({
    consents: [
      { channel: 'SMS', action: 'WITHDRAW' },
      { channel: 'EMAIL', action: 'GRANT' },
    ],
  });
  const { consentHistory } = await read(
    id,
    'consentHistory(first: 2) { nodes { action } pageInfo { hasNextPage } }',
    self,
  );
  expect(consentHistory.nodes).toHaveLength(2);
  expect(consentHistory.pageInfo.hasNextPage).toBe(true);
  expect((await world.events('client.consent.changed')).map(({ key, data: told }) => [key, told])).toEqual(
    [
      ['SMS', 'GRANT', '2026.1'],
      ['EMAIL', 'GRANT', '2026.1'],
      ['SMS', 'WITHDRAW', '2026.2'],
    ].map(([channel, action, textVersion]) => [
      id,
      { clientId: id, purpose: 'MARKETING', channel, partner: null, action, textVersion },
    ]),
  );
  await expect(world.sql('delete from consent_record where client_id = $1', [id])).rejects.toThrow(
    'never changed',
  );
  await expect(
    world.sql(`update consent_record set action = 'GRANT' where client_id = $1`, [id]),
  ).rejects.toThrow('never changed');
});

test('the same request is written once, ten at once; ten different ones are all kept in order', async () => {
  const { id } = await openPerson(ask, actorOf(freshId(), ['ADVISER']));
  const variables = consent(id);
  const same = await Promise.all(
    Array.from({ length: 10 }, () => world.ask(OFFICER, say('grant'), variables)),
  );
  expect(new Set(same.map(({ data }) => data.grantConsent.id)).size).toBe(1);
  await Promise.all(
    Array.from({ length: 10 }, (_, n) => world.ask(OFFICER, say(n % 2 ? 'grant' : 'withdraw'), consent(id))),
  );
  expect(
    await world.sql(
      'select count(*)::int as n, count(distinct at)::int as instants from consent_record where client_id = $1',
      [id],
    ),
  ).toEqual([{ n: 11, instants: 11 }]);
});

test.each<[string, string, object, string]>([
  ['marketing without a channel', 'grant', { channel: null }, 'CHANNEL_NEEDED'],
  ['greetings on a channel', 'grant', { purpose: 'CARE_GREETING' }, 'CHANNEL_NEEDED'],
  ['sharing with nobody', 'grant', { purpose: 'PARTNER_SHARING', channel: null }, 'PARTNER_NEEDED'],
  [
    'tracking for a partner',
    'grant',
    { purpose: 'TRACKING', channel: null, partner: 'P1' },
    'PARTNER_NEEDED',
  ],
  [
    'a partner in words',
    'grant',
    { purpose: 'PARTNER_SHARING', channel: null, partner: 'our friend' },
    'BAD_INPUT',
  ],
  ['no evidence', 'grant', { evidence: ' ' }, 'BAD_INPUT'],
  ['the contract', 'withdraw', { purpose: 'SERVICE_CONTRACT', channel: null }, 'NOT_WITHDRAWABLE'],
  ['a duty of law', 'withdraw', { purpose: 'STATUTORY_KYC', channel: null }, 'NOT_WITHDRAWABLE'],
  ['nobody', 'grant', { clientId: freshId() }, 'NOT_FOUND'],
])('%s is refused (%s)', async (_, command, changes, code) => {
  const { id } = await openPerson(ask, actorOf(freshId(), ['ADVISER']));
  expect((await world.ask(OFFICER, say(command), consent(id, changes))).codes).toEqual([code]);
});

test('a client speaks for nobody else, and others for nobody at all', async () => {
  const { id } = await openPerson(ask, actorOf(freshId(), ['ADVISER']));
  const { id: other } = await openPerson(ask, actorOf(freshId(), ['ADVISER']));
  expect((await world.ask(actorOf(other, ['CLIENT'], other), say('withdraw'), consent(id))).codes).toEqual([
    'NOT_FOUND',
  ]);
  for (const role of ['MARKETING', 'COMPLIANCE', 'SERVICE_AGENT', 'ANALYST'] as const)
    expect((await world.ask(actorOf(freshId(), [role]), say('withdraw'), consent(id))).codes).toEqual([
      'FORBIDDEN',
    ]);
});

describe('the table of purposes', () => {
  const ask1 = (purpose: Purpose) => ({
    purpose,
    channel: purpose === 'MARKETING' ? ('APP' as Channel) : null,
    partner: purpose === 'PARTNER_SHARING' ? 'P1' : null,
  });
  test.each(Object.keys(PURPOSES) as Purpose[])('%s', (purpose) => {
    expect(consentOf(ask1(purpose), 'GRANT', 'ACTIVE')).toMatchObject({ purpose, basis: PURPOSES[purpose] });
    const withdraw = () => consentOf(ask1(purpose), 'WITHDRAW', 'ACTIVE');
    if (purpose === 'SERVICE_CONTRACT' || purpose === 'STATUTORY_KYC')
      expect(withdraw).toThrow('rests on the contract');
    else expect(withdraw()).toMatchObject({ action: 'WITHDRAW' });
    expect(consentOf(ask1(purpose), 'WITHDRAW', 'CLOSED')).toMatchObject({ action: 'WITHDRAW' });
  });
});
