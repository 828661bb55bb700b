import {
  ClientActivated,
  ClientOnboarded,
  HoldingChanged,
  OrderFeeCharged,
  PointsEarned,
} from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { service } from '../service.js';
import { queueStatements } from './statements.js';

const ADVISER = freshId();
const adviser = actorOf(ADVISER, ['ADVISER']);
let world: World;
beforeAll(async () => {
  world = await aService(service, { now: new Date('2026-01-20T02:00:00.000Z') });
});
afterAll(() => world.stop());

async function aClient(grade: 'BRONZE' | 'GOLD' = 'BRONZE', onboarded = '2025-03-02T04:00:00.000Z') {
  const clientId = freshId();
  const standing = { kind: 'INDIVIDUAL', class: 'ORDINARY', grade, ageBand: 'FROM_31' } as const;
  const rest = { adviserId: ADVISER, fullCivilCapacity: true, institutionType: null, originLeadId: null };
  await world.deliver(ClientOnboarded({ clientId, ...standing, ...rest }), { at: new Date(onboarded) });
  await world.deliver(ClientActivated({ clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'VERIFIED' }));
  return clientId;
}
const statementsOf = async (clientId: string) => {
  const { data } = await world.ask(
    adviser,
    `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Client { statements { nodes { kind periodFrom periodTo points
       fees { amount currency } holdings { product { id } rating units } communication { kind state variables { name value } } } } } } }`,
    { of: [{ __typename: 'Client', id: clientId }] },
  );
  return data._entities[0].statements.nodes;
};

test('statements are made once for each period by grade, of holdings, points and fees that events have told', async () => {
  const [holder, gold, newcomer] = [
    await aClient(),
    await aClient('GOLD'),
    await aClient('BRONZE', '2026-01-03T04:00:00.000Z'),
  ];
  const [productId, sold] = [freshId(), freshId()];
  for (const clientId of [holder, newcomer])
    await world.deliver(
      HoldingChanged({ clientId, productId, rating: 'R2', units: '1234.5678', valueBand: 'B1' }),
    );
  await world.deliver(
    HoldingChanged({ clientId: holder, productId: sold, rating: 'R2', units: '0', valueBand: 'B0' }),
  );
  const entry = { clientId: holder, entryId: freshId(), amount: 88, lotIds: [freshId()], rule: 'PURCHASE' };
  await world.deliver(
    PointsEarned({ ...entry, balance: 88, availableOn: '2026-01-01', expiresOn: '2027-12-31' }),
  );
  const fee = { clientId: holder, productClass: 'PUBLIC_FUND', currency: 'CNY' } as const;
  const charged = (amountMinor: number, at: string) =>
    world.deliver(OrderFeeCharged({ ...fee, orderId: freshId(), amountMinor }), {
      at: new Date(at),
      times: 2,
    });
  await charged(1050, '2025-12-31T15:59:59.000Z');
  await charged(2000, '2025-12-31T16:00:00.000Z');
  await charged(25, '2025-06-01T04:00:00.000Z');
  await queueStatements(world.db);
  await Promise.all([queueStatements(world.db), queueStatements(world.db)]);

  const made = await statementsOf(holder);
  expect(made.map(({ kind }: { kind: string }) => kind).sort()).toEqual(['MONTHLY', 'YEARLY']);
  const of = (kind: string) => made.find((row: { kind: string }) => row.kind === kind);
  expect(of('MONTHLY')).toMatchObject({
    periodFrom: '2025-12-01',
    periodTo: '2025-12-31',
    points: '88',
    fees: [{ amount: '10.5', currency: 'CNY' }],
    holdings: [{ product: { id: productId }, rating: 'R2', units: '1234.5678' }],
    communication: {
      kind: 'PERIODIC',
      state: 'QUEUED',
      variables: expect.arrayContaining([
        { name: 'holdings', value: '1' },
        { name: 'fees', value: 'CNY 10.50' },
      ]),
    },
  });
  expect(of('YEARLY')).toMatchObject({
    periodFrom: '2025-01-01',
    fees: [{ amount: '10.75', currency: 'CNY' }],
  });
  // Gold holds nothing: a quarterly report and the year, no monthly statement. Who came after the period has none of it.
  expect((await statementsOf(gold)).map(({ kind }: { kind: string }) => kind).sort()).toEqual([
    'QUARTERLY',
    'YEARLY',
  ]);
  expect(await statementsOf(newcomer)).toEqual([]);
  const stranger = actorOf(freshId(), ['ADVISER']);
  const asked = await world.ask(
    stranger,
    'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Client { statements { nodes { id } } } } }',
    { of: [{ __typename: 'Client', id: holder }] },
  );
  expect(asked.data._entities).toEqual([null]);
});
