import { aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  aClient,
  accept,
  adviser,
  aProduct,
  command,
  demand,
  eventsOf,
  operations,
  profileOf,
  START,
  self,
} from '../fixture.js';
import { service } from '../service.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
beforeEach(() => {
  world.clock.now = START;
});
afterAll(() => world.stop());

type Facts = Record<string, unknown>;
const ORDER = 'id state version isOverride coolingOffUntil decision { result isOverridable }';
const DAY_MS = 86_400_000;
const later = (ms: number) => {
  world.clock.now = new Date(world.clock.now.getTime() + ms);
};

const read = async (id: string) =>
  (await world.ask(adviser, `query ($id: ID!) { order(id: $id) { ${ORDER} } }`, { id })).data.order;

describe('above the level, on the client’s own initiative', () => {
  const CHECK = command('checkSuitability', 'CheckSuitabilityInput', 'id result isOverridable');
  const WARN = command(
    'showSpecialWarning',
    'ShowSpecialWarningInput',
    'id textVersion shownAt confirmedAt text(locale: ZH_HANT)',
  );
  const check = async (clientId: string, productId: string) =>
    (
      await world.ask(self(clientId), CHECK, {
        input: { clientId, productId, amount: { amount: '100', currency: 'CNY' } },
      })
    ).data.checkSuitability;
  const show = (clientId: string, decisionId: string, actor = self(clientId)) =>
    world.ask(actor, WARN, { input: { requestId: freshId(), decisionId } });
  const order = (clientId: string, productId: string, override: unknown, actor = self(clientId)) =>
    world.ask(actor, command('placeOrder', 'PlaceOrderInput', ORDER), {
      input: {
        requestId: freshId(),
        clientId,
        productId,
        amount: { amount: '100', currency: 'CNY' },
        override,
      },
    });
  const publicFund = (facts: Facts = {}) =>
    aProduct(world, { issuerType: 'PUBLIC_FUND', sellerRating: 'R3', ...facts });
  async function shown(facts: Facts = {}) {
    const clientId = await aClient(world);
    const { id: productId } = await publicFund(facts);
    const decision = await check(clientId, productId);
    const { data } = await show(clientId, decision.id);
    return {
      clientId,
      productId,
      override: { warningId: data?.showSpecialWarning.id, textVersion: 'WARN-2026.1' },
    };
  }

  test('one step is ordered after the special warning was shown and confirmed; it is told, accepted and stays', async () => {
    const clientId = await aClient(world);
    const { id: productId } = await publicFund();
    const decision = await check(clientId, productId);
    expect(decision).toMatchObject({ result: 'BLOCKED', isOverridable: true });
    const warning = (await show(clientId, decision.id)).data.showSpecialWarning;
    expect(warning).toMatchObject({ textVersion: 'WARN-2026.1', confirmedAt: null });
    expect(warning.text).toContain('自行承擔損失');
    const placed = await order(clientId, productId, { warningId: warning.id, textVersion: 'WARN-2026.1' });
    expect(placed.data.placeOrder).toMatchObject({ state: 'SUBMITTED', isOverride: true });
    const checks = (await eventsOf(world, clientId)).filter((event) => event.type === 'suitability.checked');
    expect(checks.map((event) => event.data['override'])).toEqual([false, true]);
    expect((await accept(world, placed.data.placeOrder.id)).data.state).toBe('ACCEPTED');
    const [row] = await world.sql<{ confirmed_at: Date; order_id: string }>(
      'select confirmed_at, order_id from special_warning where id = $1',
      [warning.id],
    );
    expect(row).toEqual({ confirmed_at: START, order_id: placed.data.placeOrder.id });
  });

  test('recommended while the level was higher, it is not accepted as an override after', async () => {
    const { clientId, productId, override } = await shown();
    const placed = (await order(clientId, productId, override)).data.placeOrder;
    await world.deliver(profileOf(clientId, 'MEDIUM'));
    await demand(world, adviser, 'recommendProduct', 'RecommendProductInput', 'id', {
      requestId: freshId(),
      clientId,
      productId,
      amount: { amount: '100', currency: 'CNY' },
    });
    await world.deliver(profileOf(clientId, 'MEDIUM_LOW'));
    const { data } = await world.ask(
      operations,
      'query ($id: ID!) { order(id: $id) { state rejectReason } }',
      {
        id: placed.id,
      },
    );
    expect(data.order).toEqual({ state: 'REJECTED', rejectReason: 'SUITABILITY_CHANGED' });
  });

  test('without it the order is refused, and the refusal tells that there is a way', async () => {
    const clientId = await aClient(world);
    const { id: productId } = await publicFund();
    const { codes, errors } = await order(clientId, productId, null);
    expect(codes).toEqual(['NOT_SUITABLE']);
    expect(errors[0]?.extensions?.['details']).toMatchObject({ isOverridable: true });
  });

  test('another text version, a warning used before, of yesterday, or of another product does not count', async () => {
    const { clientId, productId, override } = await shown();
    expect((await order(clientId, productId, { ...override, textVersion: 'WARN-2025.9' })).codes).toEqual([
      'OTHER_TEXT_VERSION',
    ]);
    expect((await order(clientId, productId, { ...override, warningId: freshId() })).codes).toEqual([
      'WARNING_NOT_SHOWN',
    ]);
    expect((await order(clientId, (await publicFund()).id, override)).codes).toEqual(['WARNING_NOT_SHOWN']);
    expect((await order(clientId, productId, override)).codes).toEqual([]);
    expect((await order(clientId, productId, override)).codes).toEqual(['WARNING_NOT_SHOWN']);
    const again = await shown();
    later(DAY_MS);
    expect((await order(again.clientId, again.productId, again.override)).codes).toEqual([
      'WARNING_NOT_SHOWN',
    ]);
  });

  test('ten at once with one confirmation: one order', async () => {
    const { clientId, productId, override } = await shown();
    const answers = await Promise.all(Array.from({ length: 10 }, () => order(clientId, productId, override)));
    expect(answers.flatMap((answer) => answer.codes)).toEqual(Array(9).fill('WARNING_NOT_SHOWN'));
  });

  test('nobody asks for the client, not even their adviser', async () => {
    const { clientId, productId, override } = await shown();
    expect((await order(clientId, productId, override, adviser)).codes).toEqual(['NOT_ON_OWN_INITIATIVE']);
    const decision = await check(clientId, productId);
    expect((await show(clientId, decision.id, adviser)).codes).toEqual(['NOT_ON_OWN_INITIATIVE']);
    expect((await show(clientId, decision.id, self(await aClient(world)))).codes).toEqual(['NOT_FOUND']);
  });

  test.each([
    ['two steps above', 'MEDIUM_LOW', {}, { sellerRating: 'R4' }],
    ['the lowest category', 'LOW', { lowestCategory: true }, { sellerRating: 'R2' }],
    ['no level at all', null, {}, {}],
    ['an expired level', 'MEDIUM_LOW', { validTo: '2026-03-01' }, {}],
    ['a bank product', 'MEDIUM_LOW', {}, { issuerType: 'BANK_WMP' }],
    ['a category that is not offered', 'MEDIUM_LOW', {}, { category: 'EQUITY' }],
    ['a client under 18', 'MEDIUM_LOW', { ageBand: 'UNDER_18' }, {}],
  ] as const)('%s is never overridden', async (_, level, client, product) => {
    const clientId = await aClient(world, level, client);
    const { id: productId } = await publicFund(product);
    const decision = await check(clientId, productId);
    expect(decision).toMatchObject({ result: 'BLOCKED', isOverridable: false });
    expect((await show(clientId, decision.id)).codes).toEqual(['NOT_OVERRIDABLE']);
    // Even with a warning that was shown while it could be overridden.
    await world.sql(
      `insert into special_warning (id, client_id, product_id, decision_id, text_version, text, shown_at)
       values ($1, $2, $3, $4, 'WARN-2026.1', '{}', $5)`,
      [decision.id, clientId, productId, decision.id, START],
    );
    const override = { warningId: decision.id, textVersion: 'WARN-2026.1' };
    expect((await order(clientId, productId, override)).codes).toEqual(['NOT_OVERRIDABLE']);
  });

  test('an override is rejected like any order when the step becomes too high', async () => {
    const { clientId, productId, override } = await shown();
    const { data } = await order(clientId, productId, override);
    await world.deliver(profileOf(clientId, 'MEDIUM_LOW'));
    expect((await read(data.placeOrder.id)).state).toBe('SUBMITTED');
    await world.deliver(profileOf(clientId, 'LOW'));
    expect((await read(data.placeOrder.id)).state).toBe('REJECTED');
  });
});
