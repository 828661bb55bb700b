import { LeadConverted } from '@client-graph/events';
import type { Actor } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openOrganisation, openPerson } from '../../test/applications.js';
import type { Kind } from '../clients.rules.js';
import { service } from '../service.js';
import { end, type Inverse, ROLES_BETWEEN, type Role, relate, roleSeenBy } from './relationships.rules.js';

const OFFICER = actorOf(freshId(), ['OPERATIONS']);
const RELATE =
  'mutation ($input: RelateClientsInput!) { relateClients(input: $input) { id role client { id } validFrom version } }';
const END =
  'mutation ($input: EndRelationshipInput!) { endRelationship(input: $input) { id validTo version } }';
const SET =
  'mutation ($input: SetInvestorStatusInput!) { setInvestorStatus(input: $input) { id status isQualified validTo } }';

let world: World;
const ask = (actor: Actor, operation: string, variables: Record<string, unknown>) =>
  world.ask(actor, operation, variables);
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());
const anAdviser = () => actorOf(freshId(), ['ADVISER']);
const relateBy = (actor: Actor, fromId: string, toId: string, role: string, changes: object = {}) =>
  world.ask(actor, RELATE, { input: { requestId: freshId(), fromId, toId, role, ...changes } });
const seenBy = async (id: string, actor: Actor = OFFICER) =>
  (
    await world.ask(
      actor,
      `{ client(id: "${id}") { relationships { id role client { id } validTo version } } }`,
    )
  ).data.client.relationships;

describe('relationships', () => {
  test('are seen from both sides, with what the other is, and end with their end kept', async () => {
    const adviser = anAdviser();
    const { id: firm } = await openOrganisation(ask, adviser);
    const { id: head } = await openPerson(ask, adviser);
    const { data } = await relateBy(adviser, head, firm, 'LEGAL_REPRESENTATIVE');
    expect(data.relateClients).toMatchObject({
      role: 'REPRESENTED',
      client: { id: firm },
      validFrom: '2026-03-02',
    });
    expect(await seenBy(head)).toMatchObject([{ role: 'REPRESENTED', client: { id: firm } }]);
    expect(await seenBy(firm)).toMatchObject([{ role: 'LEGAL_REPRESENTATIVE', client: { id: head } }]);
    const input = { relationshipId: data.relateClients.id, expectedVersion: 1 };
    expect((await world.ask(adviser, END, { input: { ...input, validTo: '2026-03-09' } })).codes).toEqual([
      'DAY_IMPOSSIBLE',
    ]);
    expect((await world.ask(adviser, END, { input })).data.endRelationship).toMatchObject({
      validTo: '2026-03-02',
      version: 2,
    });
    expect((await world.ask(adviser, END, { input })).codes).toEqual(['STALE_VERSION']);
    expect((await world.ask(adviser, END, { input: { ...input, expectedVersion: 2 } })).codes).toEqual([
      'RELATIONSHIP_ENDED',
    ]);
    expect(await seenBy(firm)).toMatchObject([{ validTo: '2026-03-02' }]);
  });

  test('a marriage is the same from either side, is one at a time, ten at once, and asks for a review of both', async () => {
    const { id: one } = await openPerson(ask, anAdviser());
    const { id: other } = await openPerson(ask, anAdviser());
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        n % 2 === 0 ? relateBy(OFFICER, one, other, 'SPOUSE') : relateBy(OFFICER, other, one, 'SPOUSE'),
      ),
    );
    expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('ALREADY_RELATED'));
    for (const [id, spouse] of [
      [one, other],
      [other, one],
    ])
      expect(await seenBy(id!)).toMatchObject([{ role: 'SPOUSE', client: { id: spouse } }]);
    const { id: third } = await openPerson(ask, anAdviser());
    expect((await relateBy(OFFICER, third, one, 'SPOUSE')).codes).toEqual(['ALREADY_RELATED']);
    expect(
      await world.sql(`select kind from information_review where client_id = any($1) and stage <> 'DONE'`, [
        [one, other],
      ]),
    ).toEqual([{ kind: 'EVENT' }, { kind: 'EVENT' }]);
  });

  test("need reach of both, and show nothing of a stranger's client", async () => {
    const adviser = anAdviser();
    const { id: own } = await openPerson(ask, adviser);
    const { id: other } = await openPerson(ask, anAdviser());
    expect((await relateBy(adviser, own, other, 'PARENT')).codes).toEqual(['NOT_FOUND']);
    await relateBy(OFFICER, own, other, 'PARENT');
    expect(await seenBy(own, adviser)).toMatchObject([{ role: 'CHILD', client: null }]);
    expect((await relateBy(actorOf(own, ['CLIENT'], own), own, other, 'AGENT')).codes).toEqual(['FORBIDDEN']);
    expect((await relateBy(OFFICER, own, own, 'AGENT')).codes).toEqual(['NOT_BETWEEN']);
    expect((await relateBy(OFFICER, own, other, 'AGENT', { validFrom: '2026-03-09' })).codes).toEqual([
      'DAY_IMPOSSIBLE',
    ]);
  });

  test.each(['PARENT', 'GUARDIAN', 'REFERRER'])(
    '%s: nobody is to another what the other is to them',
    async (role) => {
      const [one, other] = [await openPerson(ask, anAdviser()), await openPerson(ask, anAdviser())];
      const { data } = await relateBy(OFFICER, one.id, other.id, role);
      expect((await relateBy(OFFICER, other.id, one.id, role)).codes).toEqual(['ALREADY_RELATED']);
      await world.ask(OFFICER, END, { input: { relationshipId: data.relateClients.id, expectedVersion: 1 } });
      expect((await relateBy(OFFICER, other.id, one.id, role)).codes).toEqual([]);
    },
  );

  const kinds: Kind[] = ['INDIVIDUAL', 'INSTITUTION'];
  const inverses: Record<Role, Inverse> = {
    SPOUSE: 'SPOUSE',
    PARENT: 'CHILD',
    GUARDIAN: 'WARD',
    AGENT: 'PRINCIPAL',
    LEGAL_REPRESENTATIVE: 'REPRESENTED',
    BENEFICIAL_OWNER: 'OWNED',
    REFERRER: 'REFERRED',
  };
  test.each(
    (Object.keys(ROLES_BETWEEN) as Role[]).flatMap((role) =>
      kinds.flatMap((from) => kinds.map((to): [Role, Kind, Kind] => [role, from, to])),
    ),
  )('%s between %s and %s', (role, from, to) => {
    const isPossible = ROLES_BETWEEN[role].from.includes(from) && ROLES_BETWEEN[role].to.includes(to);
    const work = () =>
      relate({ id: 'b', kind: from }, { id: 'a', kind: to }, role, '2026-03-02', '2026-03-02');
    if (!isPossible) expect(work).toThrow('cannot be between');
    else {
      const { fromId } = work();
      expect(fromId).toBe(role === 'SPOUSE' ? 'a' : 'b');
      expect(roleSeenBy('x', { fromId: 'x', role })).toBe(inverses[role]);
      expect(roleSeenBy('y', { fromId: 'x', role })).toBe(role);
    }
  });
  test('no relationship ends before it begins', () => {
    expect(() => end({ validFrom: '2026-03-02', validTo: null }, '2026-03-01', '2026-03-03')).toThrow(
      'before the beginning',
    );
  });
});

test('who cannot act alone is served once a guardian who can act is related to it', async () => {
  const adviser = anAdviser();
  const mutate = async (name: string, type: string, input: object) =>
    world.ask(OFFICER, `mutation ($input: ${type}!) { ${name}(input: $input) { id version } }`, { input });
  const child = await openPerson(ask, adviser, { civilCapacity: 'LIMITED' });
  const parent = await openPerson(ask, adviser);
  const input = { clientId: child.id, expectedVersion: child.version };
  await mutate('verifyIdentity', 'VerifyIdentityInput', {
    ...input,
    method: 'VIDEO',
    evidenceReference: 'scan',
  });
  const activated = () => mutate('activateClient', 'ActivateClientInput', { ...input, expectedVersion: 2 });
  expect((await activated()).codes).toEqual(['GUARDIAN_NEEDED']);
  await relateBy(adviser, parent.id, child.id, 'PARENT');
  expect((await activated()).codes).toEqual(['GUARDIAN_NEEDED']);
  const wrong = await relateBy(adviser, child.id, parent.id, 'GUARDIAN');
  expect((await activated()).codes).toEqual(['GUARDIAN_NEEDED']);
  await world.ask(adviser, END, {
    input: { relationshipId: wrong.data.relateClients.id, expectedVersion: 1 },
  });
  await relateBy(adviser, parent.id, child.id, 'GUARDIAN');
  expect((await activated()).codes).toEqual([]);
});

test("who came on somebody's word is related to them by the lead, once, and never to oneself", async () => {
  const [referrer, id] = [(await openPerson(ask, anAdviser())).id, (await openPerson(ask, anAdviser())).id];
  const converted = (clientId: string, referrerClientId: string | null) =>
    LeadConverted({
      leadId: freshId(),
      clientId,
      firstTouch: { channel: 'REFERRAL', campaignId: null, at: '2026-03-01T00:00:00Z' },
      lastTouch: { channel: 'REFERRAL', campaignId: null, at: '2026-03-01T00:00:00Z' },
      daysToConvert: 1,
      campaignId: null,
      referrerClientId,
    });
  await world.deliver(converted(id, referrer), { times: 2 });
  await world.deliver(converted(id, referrer));
  for (const nobody of [null, id, freshId()]) await world.deliver(converted(id, nobody));
  const relationships = async (clientId: string) =>
    (await world.ask(OFFICER, `{ client(id: "${clientId}") { relationships { role client { id } } } }`)).data
      .client.relationships;
  expect(await relationships(id)).toEqual([{ role: 'REFERRER', client: { id: referrer } }]);
  expect(await relationships(referrer)).toEqual([{ role: 'REFERRED', client: { id } }]);
});

describe('investor status', () => {
  const asked = (clientId: string, changes: object = {}) => ({
    input: {
      requestId: freshId(),
      clientId,
      status: 'PROFESSIONAL_B',
      isQualified: true,
      evidence: 'statement 4',
      validTo: '2027-03-02',
      ...changes,
    },
  });
  const read = async (id: string) =>
    (
      await world.ask(
        OFFICER,
        `{ client(id: "${id}") { investorStatus { status isQualified evidence } investorStatusHistory { status } } }`,
      )
    ).data.client;

  test('is given with evidence, the latest counts while it lasts, and every one is kept', async () => {
    const { id } = await openPerson(ask, anAdviser());
    expect(await read(id)).toEqual({ investorStatus: null, investorStatusHistory: [] });
    await world.ask(OFFICER, SET, asked(id, { status: 'PROFESSIONAL_C', isQualified: false }));
    world.clock.now = new Date(world.clock.now.getTime() + 1_000);
    await world.ask(OFFICER, SET, asked(id));
    expect(await read(id)).toEqual({
      investorStatus: { status: 'PROFESSIONAL_B', isQualified: true, evidence: 'statement 4' },
      investorStatusHistory: [{ status: 'PROFESSIONAL_B' }, { status: 'PROFESSIONAL_C' }],
    });
    world.clock.now = new Date('2027-03-02T16:00:00Z');
    expect((await read(id)).investorStatus).toBeNull();
    const told = async () =>
      (await world.events('client.investor.changed'))
        .filter(({ key }) => key === id)
        .map(({ data }) => [data['investor'], data['isQualified'], data['validTo']]);
    const given = [
      ['PROFESSIONAL_C', false, '2027-03-02'],
      ['PROFESSIONAL_B', true, '2027-03-02'],
    ];
    expect(await told()).toEqual(given);
    const expire = service.jobs!.find(({ name }) => name === 'expire-investor-statuses')!;
    for (const _ of [1, 2]) await expire.run(world.db);
    expect(await told()).toEqual([...given, ['ORDINARY', false, '2027-03-02']]);
    world.clock.now = new Date('2026-03-02T02:00:00Z');
  });

  test.each<[string, object, string]>([
    ['class A for a person', { status: 'PROFESSIONAL_A' }, 'NOT_THIS_INVESTOR'],
    ['an end today', { validTo: '2026-03-02' }, 'VALIDITY_IMPOSSIBLE'],
    ['an end after 24 months', { validTo: '2028-03-03' }, 'VALIDITY_IMPOSSIBLE'],
    ['no evidence', { evidence: '' }, 'BAD_INPUT'],
    ['nobody', { clientId: freshId() }, 'NOT_FOUND'],
  ])('%s is refused', async (_, changes, code) => {
    const { id } = await openPerson(ask, anAdviser());
    expect((await world.ask(OFFICER, SET, asked(id, changes))).codes).toEqual([code]);
  });

  test('class A is for financial institutions, never by the adviser, ten at once once', async () => {
    const both = actorOf(freshId(), ['ADVISER', 'OPERATIONS']);
    const { id } = await openOrganisation(ask, both, { institutionType: 'FINANCIAL_INSTITUTION' });
    const variables = asked(id, { status: 'PROFESSIONAL_A' });
    expect((await world.ask(both, SET, variables)).codes).toEqual(['OWN_CLIENT']);
    const answers = await Promise.all(Array.from({ length: 10 }, () => world.ask(OFFICER, SET, variables)));
    expect(new Set(answers.map(({ data }) => data.setInvestorStatus.id)).size).toBe(1);
    expect((await world.ask(anAdviser(), SET, variables)).codes).toEqual(['FORBIDDEN']);
  });
});

test('codes are said in words, also of a relationship from its other side', async () => {
  const adviser = anAdviser();
  const [head, child] = [(await openPerson(ask, adviser)).id, (await openPerson(ask, adviser)).id];
  await relateBy(adviser, head, child, 'PARENT');
  const { data, codes } = await world.ask(
    OFFICER,
    `{ client(id: "${head}") { kindLabel(locale: ZH_HANT) relationships { role roleLabel(locale: ZH_HANS) }
      individual { genderLabel experienceKindLabels(locale: ZH_HANS) employmentLabel civilCapacityLabel(locale: ZH_HANS) idDocument { typeLabel } }
      statusHistory { toLabel } contactDetails { type typeLabel methodLabel endedReasonLabel } } }`,
  );
  expect(codes).toEqual([]);
  expect(data.client).toMatchObject({
    kindLabel: '個人客戶',
    relationships: [{ role: 'CHILD', roleLabel: '子女' }],
    individual: {
      genderLabel: 'Male',
      experienceKindLabels: ['理财产品'],
      employmentLabel: null,
      civilCapacityLabel: '完全民事行为能力',
    },
    statusHistory: [{ toLabel: 'Being opened' }],
  });
});
