import type { Actor } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aCnId, aUscc, openOrganisation, openPerson } from '../../test/applications.js';
import { service } from '../service.js';

const OFFICER = actorOf(freshId(), ['OPERATIONS']);
const SEARCH = `query ($by: ClientSearchInput!, $first: Int, $after: String) {
  searchClients(by: $by, first: $first, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } }
}`;
let world: World;
const ask = (actor: Actor, operation: string, variables: Record<string, unknown>) =>
  world.ask(actor, operation, variables);
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());
const anAdviser = () => actorOf(freshId(), ['ADVISER']);
const found = async (actor: Actor, by: object): Promise<string[]> => {
  const { data, errors } = await world.ask(actor, SEARCH, { by, first: 100 });
  expect(errors).toEqual([]);
  return data.searchClients.nodes.map(({ id }: { id: string }) => id);
};

describe('by name', () => {
  test('a Chinese name by any end of it, a Latin one by any word, whatever the case', async () => {
    const adviser = anAdviser();
    const { id: chinese } = await openPerson(ask, adviser, { name: '欧阳震华' });
    const { id: latin } = await openPerson(ask, adviser, { name: 'Xiaoming Ouyang' });
    const { id: firm } = await openOrganisation(ask, adviser, { legalName: '欧阳控股 Ouyang Holdings' });
    expect((await found(adviser, { name: '欧阳' })).sort()).toEqual([chinese, firm].sort());
    expect(await found(adviser, { name: '震' })).toEqual([chinese]);
    expect((await found(adviser, { name: 'OUY' })).sort()).toEqual([latin, firm].sort());
    expect(await found(adviser, { name: 'ming' })).toEqual([]);
    expect(await found(adviser, { name: '阳华' })).toEqual([]);
    expect(await found(adviser, { name: '欧阳震华' })).toEqual([chinese]);
    expect(await found(adviser, { name: 'ouyang xiao' })).toEqual([latin]);
    expect(await found(adviser, { name: 'xiaoming ou' })).toEqual([latin]);
  });

  test('in traditional characters what is written in simplified ones, and the reverse', async () => {
    const adviser = anAdviser();
    const { id: traditional } = await openPerson(ask, adviser, { name: '張國榮' });
    const { id: simple } = await openPerson(ask, adviser, { name: '张国荣' });
    for (const name of ['张', '張', '国荣', '國榮', '张國荣'])
      expect((await found(adviser, { name })).sort()).toEqual([traditional, simple].sort());
    expect(
      (await world.ask(adviser, `{ client(id: "${traditional}") { individual { name } } }`)).data.client
        .individual.name,
    ).toBe('張國榮');
  });

  test('in pages without gap or double, even for a name that has the beginning twice', async () => {
    const adviser = anAdviser();
    const ids: string[] = [];
    for (let n = 0; n < 7; n += 1)
      ids.push((await openPerson(ask, adviser, { name: `赵明明${'甲乙丙丁'[n % 4]}` })).id);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await world.ask(adviser, SEARCH, { by: { name: '明' }, first: 2, after });
      seen.push(...data.searchClients.nodes.map(({ id }: { id: string }) => id));
      after = data.searchClients.pageInfo.hasNextPage ? data.searchClients.pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toHaveLength(7);
    expect(new Set(seen)).toEqual(new Set(ids));
    const cursor = Buffer.from('no id').toString('base64url');
    expect((await world.ask(adviser, SEARCH, { by: { name: '明' }, after: cursor })).codes).toEqual([
      'BAD_CURSOR',
    ]);
  });

  test('follows a change of name and of adviser', async () => {
    const [before, after] = [anAdviser(), anAdviser()];
    const { id } = await openPerson(ask, before, { name: '旧名字' });
    await world.ask(
      OFFICER,
      'mutation ($input: CorrectIdentityInput!) { correctIdentity(input: $input) { id } }',
      {
        input: { clientId: id, expectedVersion: 1, method: 'VIDEO', evidenceReference: 'x', name: '新称呼' },
      },
    );
    await world.ask(
      OFFICER,
      'mutation ($input: ReassignClientInput!) { reassignClient(input: $input) { id } }',
      {
        input: { clientId: id, expectedVersion: 2, adviserId: after.id, reason: 'LEAVE' },
      },
    );
    expect(await found(OFFICER, { name: '旧名' })).toEqual([]);
    expect(await found(before, { name: '新称' })).toEqual([]);
    expect(await found(after, { name: '新称' })).toEqual([id]);
  });
});

describe('exactly', () => {
  test('by mobile, identity document and social credit code in any spelling', async () => {
    const idNumber = aCnId('1996-05-20');
    const uscc = aUscc();
    const { id } = await openPerson(ask, anAdviser(), { mobile: '13700137001', idNumber });
    const { id: firm } = await openOrganisation(ask, anAdviser(), { uscc, phone: '010 8888 7777' });
    expect(await found(OFFICER, { mobile: '+86 137 0013 7001' })).toEqual([id]);
    expect(await found(OFFICER, { mobile: '13700137002' })).toEqual([]);
    expect(await found(OFFICER, { identity: { idType: 'CN_ID', idNumber: idNumber.toLowerCase() } })).toEqual(
      [id],
    );
    expect(await found(OFFICER, { uscc: uscc.toLowerCase() })).toEqual([firm]);
    expect(await found(OFFICER, { mobile: '010-8888-7777' })).toEqual([firm]);
    await world.ask(
      OFFICER,
      'mutation ($input: ChangeIndividualInput!) { changeIndividual(input: $input) { id } }',
      {
        input: { clientId: id, expectedVersion: 1, mobile: '13700137009' },
      },
    );
    expect(await found(OFFICER, { mobile: '13700137001' })).toEqual([]);
    expect(await found(OFFICER, { mobile: '13700137009' })).toEqual([id]);
  });

  test.each<[object, string]>([
    [{}, 'ONE_OF'],
    [{ name: '王', uscc: 'x' }, 'ONE_OF'],
    [{ name: 'w' }, 'NAME_TOO_SHORT'],
    [{ mobile: 'none' }, 'BAD_INPUT'],
    [{ identity: { idType: 'CN_ID', idNumber: '310101199605200010' } }, 'ID_NUMBER_INVALID'],
    [{ uscc: '91350100M000100Y42' }, 'USCC_INVALID'],
  ])('%j is refused: %s', async (by, code) => {
    expect((await world.ask(OFFICER, SEARCH, { by })).codes).toEqual([code]);
  });
});

test('nobody finds whom they may not see', async () => {
  const adviser = anAdviser();
  const idNumber = aCnId('1996-05-20');
  const { id } = await openPerson(ask, adviser, { name: '隐名氏', mobile: '13600136001', idNumber });
  const ways = [{ name: '隐名' }, { mobile: '13600136001' }, { identity: { idType: 'CN_ID', idNumber } }];
  const watch = actorOf(freshId(), ['COMPLIANCE']);
  const strangers = [anAdviser(), actorOf(freshId(), ['CLIENT'], freshId())];
  for (const by of ways) {
    for (const actor of [adviser, OFFICER, watch, actorOf(id, ['CLIENT'], id)])
      expect(await found(actor, by)).toEqual([id]);
    for (const actor of strangers) expect(await found(actor, by)).toEqual([]);
    for (const role of ['MARKETING', 'ANALYST', 'ADMIN', 'SERVICE_AGENT', 'RISK_ASSESSOR'] as const)
      expect((await world.ask(actorOf(freshId(), [role]), SEARCH, { by })).codes).toEqual(['FORBIDDEN']);
  }
  await world.sql(`update client set status = 'RESTRICTED' where id = $1`, [id]);
  for (const by of ways) {
    expect(await found(watch, by)).toEqual([id]);
    for (const actor of [adviser, OFFICER]) expect(await found(actor, by)).toEqual([]);
  }
});

test('clients opened before there was a search, or before both scripts were one, are found after the next start', async () => {
  const { id } = await openPerson(ask, anAdviser(), { name: '早來客', mobile: '13500135001' });
  const before = async (...statements: string[]) => {
    for (const statement of statements) await world.sql(statement, [id]);
    await world.sql('update client set name_indexed_as = null where id = $1', [id]);
    expect(await found(OFFICER, { name: '早来' })).toEqual([]);
    await service.seed!(world.db);
    expect(await found(OFFICER, { name: '早来' })).toEqual([id]);
    expect(await found(OFFICER, { mobile: '13500135001' })).toEqual([id]);
  };
  await before(
    'delete from client_name_token where client_id = $1',
    'delete from contact_detail where client_id = $1',
  );
  const { rows } = await world
    .sql<{ rows: string }>('select count(*)::text as rows from contact_detail where client_id = $1', [id])
    .then(([first]) => first!);
  await before('delete from client_name_token where client_id = $1');
  expect(
    await world.sql('select count(*)::text as rows from contact_detail where client_id = $1', [id]),
  ).toEqual([{ rows }]);
});
