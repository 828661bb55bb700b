import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { aClient, admin, aProduct, command, demand, place, self } from '../fixture.js';
import { service } from '../service.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

const publish = (productId: string, facts: object = {}, actor = admin) =>
  world.ask(
    actor,
    command('publishDocument', 'PublishDocumentInput', 'id version kindLabel(locale: ZH_HANT) withdrawnAt'),
    {
      input: {
        ...{
          requestId: freshId(),
          productId,
          kind: 'RISK_DISCLOSURE',
          edition: '2026.1',
          locale: 'ZH_HANT',
          title: '風險揭示書',
        },
        ...{
          url: 'https://issuer.example/risk.pdf',
          sha256: 'a'.repeat(64),
          validFrom: '2026-03-02',
          ...facts,
        },
      },
    },
  );

test('a document is published once in each language and edition, read by every role, and withdrawn once', async () => {
  const { id: productId } = await aProduct(world);
  const answers = await Promise.all(Array.from({ length: 10 }, () => publish(productId)));
  expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('EDITION_TAKEN'));
  const [published] = answers.filter(({ codes }) => codes.length === 0);
  expect(published?.data.publishDocument).toMatchObject({ kindLabel: '風險揭示書', withdrawnAt: null });
  expect((await publish(productId, { locale: 'EN', title: 'Risk disclosure' })).codes).toEqual([]);
  const { id: documentId } = published?.data.publishDocument ?? {};
  const withdraw = (expectedVersion: number) =>
    world.ask(admin, command('withdrawDocument', 'WithdrawDocumentInput', 'withdrawnAt'), {
      input: { documentId, expectedVersion },
    });
  expect((await withdraw(1)).data.withdrawDocument.withdrawnAt).toBe('2026-03-02T02:00:00.000Z');
  expect((await withdraw(2)).codes).toEqual(['DOCUMENT_WITHDRAWN']);
  const READ =
    'query ($id: ID!) { product(id: $id) { documents(first: 5) { nodes { kind locale title sha256 withdrawnAt } } } }';
  const page = await world.ask(self(freshId()), READ, { id: productId });
  expect(page.data.product.documents.nodes).toHaveLength(2);
});

test.each([
  ['BAD_INPUT', { edition: 'a b' }],
  ['BAD_INPUT', { title: ' ' }],
  ['PROMISES_RETURN', { title: '保本理財' }],
  ['BAD_INPUT', { url: 'http://issuer.example/risk.pdf' }],
  ['BAD_INPUT', { url: 'javascript:alert(1)' }],
  ['BAD_INPUT', { sha256: 'A'.repeat(64) }],
  ['NOT_FOUND', { productId: '019c0000-0000-7000-8000-000000000001' }],
] as const)('%s: %j', async (code, facts) => {
  const { id } = await aProduct(world);
  expect((await publish(id, facts)).codes).toEqual([code]);
});

const TERMS =
  'version issuer termMonths liquidity liquidityLabel(locale: ZH_HANS) minAmount { amount } terms { n validFrom issuer liquidity minAmount { amount } }';
const change = (productId: string, expectedVersion: number, facts: object = {}, actor = admin) =>
  world.ask(actor, command('changeProductTerms', 'ChangeProductTermsInput', TERMS), {
    input: {
      productId,
      expectedVersion,
      liquidity: 'MONTHLY',
      termMonths: 12,
      issuer: 'Issuer Ltd',
      minAmount: { amount: '50', currency: 'CNY' },
      minHorizonMonths: 3,
      ...facts,
    },
  });

test('terms change from today, what was stays in the history, and orders are decided by the new ones', async () => {
  const clientId = await aClient(world);
  const { id: productId } = await aProduct(world, { issuer: 'First Ltd', liquidity: 'WEEKLY' });
  expect((await place(world, clientId, productId, '1')).codes).toEqual([]);
  const { data } = await change(productId, 1);
  expect(data.changeProductTerms).toEqual({
    version: 2,
    issuer: 'Issuer Ltd',
    termMonths: 12,
    liquidity: 'MONTHLY',
    liquidityLabel: '每月开放',
    minAmount: { amount: '50' },
    terms: [
      {
        n: 2,
        validFrom: '2026-03-02',
        issuer: 'Issuer Ltd',
        liquidity: 'MONTHLY',
        minAmount: { amount: '50' },
      },
      { n: 1, validFrom: '2026-03-02', issuer: 'First Ltd', liquidity: 'WEEKLY', minAmount: { amount: '1' } },
    ],
  });
  expect((await place(world, clientId, productId, '49.99')).codes).toEqual(['NOT_SUITABLE']);
  expect((await change(productId, 2)).codes).toEqual(['TERMS_UNCHANGED']);
  const many = await Promise.all(Array.from({ length: 10 }, () => change(productId, 2, { termMonths: 24 })));
  expect(many.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('STALE_VERSION'));
});

test.each([
  ['BAD_INPUT', { termMonths: 0 }],
  ['BAD_INPUT', { liquidity: 'CLOSED', termMonths: null }],
  ['BAD_INPUT', { minHorizonMonths: -1 }],
  ['BAD_INPUT', { minAmount: { amount: '1', currency: 'USD' } }],
  ['BAD_INPUT', { minAmount: { amount: '0', currency: 'CNY' } }],
  ['BAD_INPUT', { issuer: ' ' }],
  ['STALE_VERSION', { expectedVersion: 7 }],
] as const)('%s: terms such as %j', async (code, facts) => {
  const { id } = await aProduct(world);
  expect((await change(id, 1, facts)).codes).toEqual([code]);
});

test('a new product without an end is never closed till its end; nobody but the administrators of the catalogue change it', async () => {
  await expect(aProduct(world, { liquidity: 'CLOSED' })).rejects.toThrow('BAD_INPUT');
  const { id } = await aProduct(world, { liquidity: 'CLOSED', termMonths: 6 });
  for (const role of ['CLIENT', 'ADVISER', 'OPERATIONS', 'COMPLIANCE', 'MARKETING'] as const) {
    expect((await change(id, 1, {}, actorOf(freshId(), [role]))).codes).toEqual(['FORBIDDEN']);
    expect((await publish(id, {}, actorOf(freshId(), [role]))).codes).toEqual(['FORBIDDEN']);
  }
  await demand(world, admin, 'changeProductTerms', 'ChangeProductTermsInput', 'id', {
    productId: id,
    expectedVersion: 1,
    liquidity: 'DAILY',
    minAmount: { amount: '1', currency: 'CNY' },
    minHorizonMonths: 3,
  });
});
