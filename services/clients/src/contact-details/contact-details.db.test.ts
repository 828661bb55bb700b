import { type Actor, ROLES, type Role } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openOrganisation, openPerson } from '../../test/applications.js';
import { service } from '../service.js';

const ADVISER = actorOf(freshId(), ['ADVISER']);
const INPUTS = {
  addContactDetail: 'AddContactDetailInput',
  verifyContactDetail: 'VerifyContactDetailInput',
  preferContactDetail: 'PreferContactDetailInput',
  endContactDetail: 'EndContactDetailInput',
} as const;
type Command = keyof typeof INPUTS;

let world: World;
const ask = (actor: Actor, operation: string, variables: Record<string, unknown>) =>
  world.ask(actor, operation, variables);
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

type Point = { id: string; version: number; type: string; value: string; isValid: boolean };
const send = async (command: Command, input: object, actor: Actor = ADVISER) => {
  const { data, codes } = await world.ask(
    actor,
    `mutation ($input: ${INPUTS[command]}!) { ${command}(input: $input) { id type value isValid isPreferred verifiedAt method version } }`,
    { input },
  );
  return { detail: data?.[command] as Point, codes };
};
const add = (clientId: string, type: string, value: string) =>
  send('addContactDetail', { requestId: freshId(), clientId, type, value });
const at = ({ id, version }: Point, more: object = {}) => ({
  contactDetailId: id,
  expectedVersion: version,
  ...more,
});
const read = async (id: string) =>
  (
    await world.ask(
      ADVISER,
      `{ client(id: "${id}") { individual { mobile email address } institution { phone email address }
         contactDetails { id type value isValid isPreferred endedReason version client { id } } } }`,
    )
  ).data.client;
const pointOf = async (id: string, type: string): Promise<Point> =>
  (await read(id)).contactDetails.find((detail: Point) => detail.type === type && detail.isValid);

test('what an application says are contact details, and a changed profile changes them', async () => {
  const { id } = await openPerson(ask, ADVISER, { mobile: '13800138001' });
  const details = async () =>
    (await read(id)).contactDetails
      .map(({ type, value, isValid, isPreferred, endedReason }: Point & Record<string, unknown>) =>
        [type, type === 'MOBILE' ? value : '', isValid, isPreferred, endedReason].join(' '),
      )
      .sort();
  expect(await details()).toEqual([
    'EMAIL  true true ',
    'MOBILE +8613800138001 true true ',
    'POST  true true ',
  ]);
  const change = (changes: object, expectedVersion: number) =>
    world.ask(
      ADVISER,
      'mutation ($input: ChangeIndividualInput!) { changeIndividual(input: $input) { id } }',
      {
        input: { clientId: id, expectedVersion, ...changes },
      },
    );
  await change({ mobile: '13800138002', email: null }, 1);
  expect(await details()).toEqual([
    'EMAIL  false false REPLACED',
    'MOBILE +8613800138001 false false REPLACED',
    'MOBILE +8613800138002 true true ',
    'POST  true true ',
  ]);
  await change({ mobile: '13800138001' }, 2);
  expect(await details()).toContain('MOBILE +8613800138001 true true ');
});

test('a preferred one is what the profile answers with; one that has ended stays', async () => {
  const { id } = await openPerson(ask, ADVISER, { email: null });
  const { detail: email } = await add(id, 'EMAIL', 'first@example.com');
  expect((await read(id)).individual.email).toBe('first@example.com');
  const { detail: second } = await add(id, 'MOBILE', '13912345678');
  expect((await read(id)).individual.mobile).toBe('+8613800138000');
  await send('preferContactDetail', at(second));
  expect((await read(id)).individual.mobile).toBe('+8613912345678');
  const old = (await read(id)).contactDetails.find(({ value }: Point) => value === '+8613800138000');
  expect(old).toMatchObject({ isValid: true, isPreferred: false });
  expect((await world.events('client.updated')).at(-1)?.data).toMatchObject({
    clientId: id,
    changedFieldCodes: ['mobile', 'contactDetails'],
  });
  expect(
    (await send('endContactDetail', at(await pointOf(id, 'POST'), { reason: 'OUT_OF_USE' }))).codes,
  ).toEqual(['STILL_NEEDED']);
  await send('endContactDetail', at(email, { reason: 'BOUNCED' }));
  expect((await read(id)).individual.email).toBeNull();
  const ended = { ...email, version: email.version + 1 };
  expect((await send('preferContactDetail', at(ended))).codes).toEqual(['CONTACT_DETAIL_ENDED']);
});

test('one is verified, found by search, and one beside the profile does not touch it', async () => {
  const { id } = await openOrganisation(ask, ADVISER, { phone: '021 6123 0000' });
  const { detail: mobile } = await add(id, 'MOBILE', '13912340001');
  const { detail: wechat } = await add(id, 'WECHAT', 'sample_wx1');
  expect([mobile, wechat]).toMatchObject([{ isPreferred: true, verifiedAt: null }, { isPreferred: true }]);
  expect((await send('verifyContactDetail', at(mobile, { method: 'CALL_BACK' }))).detail).toMatchObject({
    method: 'CALL_BACK',
    verifiedAt: world.clock.now.toISOString(),
  });
  expect((await read(id)).institution.phone).toBe('+862161230000');
  const found = await world.ask(ADVISER, '{ searchClients(by: { mobile: "13912340001" }) { nodes { id } } }');
  expect(found.data.searchClients.nodes).toEqual([{ id }]);
});

describe('refused', () => {
  test.each<[string, string, string]>([
    ['MOBILE', '12345', 'BAD_INPUT'],
    ['EMAIL', 'nobody', 'BAD_INPUT'],
    ['WECHAT', 'no spaces', 'BAD_INPUT'],
    ['POST', '', 'BAD_INPUT'],
    ['MOBILE', '138 0013 8000', 'CONTACT_DETAIL_KNOWN'],
  ])('%s %j: %s', async (type, value, code) => {
    const { id } = await openPerson(ask, ADVISER);
    expect((await add(id, type, value)).codes).toEqual([code]);
  });

  test('the twenty-first; and of ten at once with one requestId one is added', async () => {
    const { id } = await openPerson(ask, ADVISER);
    const input = { requestId: freshId(), clientId: id, type: 'EMAIL', value: 'ten@example.com' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => send('addContactDetail', input)));
    expect(new Set(answers.map(({ detail }) => detail.id)).size).toBe(1);
    for (let n = 0; n < 16; n += 1) expect((await add(id, 'EMAIL', `a${n}@example.com`)).codes).toEqual([]);
    expect((await add(id, 'EMAIL', 'last@example.com')).codes).toEqual(['CONTACT_DETAILS_FULL']);
  });

  test('a stranger, and a stale version', async () => {
    const { id } = await openPerson(ask, ADVISER);
    const detail = await pointOf(id, 'MOBILE');
    const other = actorOf(freshId(), ['ADVISER']);
    expect((await send('verifyContactDetail', at(detail, { method: 'CODE' }), other)).codes).toEqual([
      'NOT_FOUND',
    ]);
    const stale = { ...detail, version: 7 };
    expect((await send('verifyContactDetail', at(stale, { method: 'CODE' }))).codes).toEqual([
      'STALE_VERSION',
    ]);
  });

  test.each(Object.keys(ROLES) as Role[])('by role: %s', async (role) => {
    const input = { requestId: freshId(), clientId: freshId(), type: 'PHONE', value: 'x' };
    const { codes } = await send('addContactDetail', input, actorOf(freshId(), [role]));
    expect(codes).toEqual([['ADVISER', 'OPERATIONS'].includes(role) ? 'NOT_FOUND' : 'FORBIDDEN']);
  });
});
