import { ClientOnboarded } from '@client-graph/events';
import { actorOf, aService, freshId, readablePlaces, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { service } from '../service.js';

const ADVISER_ID = freshId();
const MARKETING = actorOf(freshId(), ['MARKETING']);
const ADVISER = actorOf(ADVISER_ID, ['ADVISER']);
const OTHER_ADVISER = actorOf(freshId(), ['ADVISER']);
const START = new Date('2026-03-02T02:00:00.000Z');
const DAY_MS = 86_400_000;

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
beforeEach(() => {
  world.clock.now = START;
});
afterAll(() => world.stop());

const later = (days: number) => {
  world.clock.now = new Date(START.getTime() + days * DAY_MS);
};
const run = (name: string) => service.jobs!.find((job) => job.name === name)!.run(world.db);
const FIELDS = `id version stage ownerId score scoreRuleVersion scoreReasons { code points } assignmentCode personKind uscc
  partner { id name isInForce } sharingConsent { textVersion evidence } consent { channels } isContactable isFirstContactLate lastOutcome
  consentHistory { channel action textVersion evidence } tasks { kind dueOn } touches { nodes { kind note campaign { id } } }`;
const mutate =
  (name: string, result = FIELDS) =>
  async (input: Record<string, unknown>, actor = MARKETING) => {
    const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
    const { data, codes, errors } = await world.ask(
      actor,
      `mutation ($input: ${type}!) { ${name}(input: $input) { ${result} } }`,
      { input },
    );
    return { found: data?.[name], codes, details: errors[0]?.extensions?.['details'] };
  };
const create = mutate('createLead');
const contact = mutate('logLeadContact');
const followUp = mutate('logLeadFollowUp');
const withdraw = mutate('withdrawLeadConsent');
const consentTo = mutate('recordLeadConsent');
const createPartner = mutate('createPartner', 'id name version isInForce agreementTo');
const endPartner = mutate('endPartner', 'id version isInForce agreementTo');

let numbers = 40_000_000;
const CONSENT = {
  channels: ['PHONE'],
  textVersion: '2026.1',
  evidence: 'form',
  at: '2026-03-01T00:00:00.000Z',
};
const aLead = (override: Record<string, unknown> = {}) => ({
  requestId: freshId(),
  personName: '王小明',
  mobile: `138${numbers++}`,
  channel: 'OFFLINE',
  medium: 'SEMINAR',
  ownerId: ADVISER_ID,
  consent: CONSENT,
  ...override,
});
const created = async (override: Record<string, unknown> = {}) => (await create(aLead(override))).found;
const aTouch = (lead: { id: string; version: number }, override: Record<string, unknown> = {}) => ({
  requestId: freshId(),
  leadId: lead.id,
  expectedVersion: lead.version,
  channel: 'PHONE',
  outcome: 'INTERESTED',
  ...override,
});
const of = (lead: { id: string; version: number }, rest: Record<string, unknown> = {}) => ({
  leadId: lead.id,
  expectedVersion: lead.version,
  ...rest,
});
const read = async (id: string, actor = MARKETING) =>
  (await world.ask(actor, `query ($id: ID!) { lead(id: $id) { ${FIELDS} } }`, { id })).data.lead;

describe('consent', () => {
  test('every yes and no is kept, and a channel taken back is closed at once', async () => {
    const lead = await created();
    later(1);
    const more = await consentTo(of(lead, { consent: { ...CONSENT, channels: ['SMS'] } }));
    expect(more.found.consent.channels).toEqual(['PHONE', 'SMS']);
    later(2);
    const less = await withdraw(of(more.found, { channels: ['PHONE'], evidence: 'call 17' }));
    expect(less.found.consent.channels).toEqual(['SMS']);
    expect((await contact(aTouch(less.found))).codes).toEqual(['NO_CONSENT']);
    later(3);
    const none = await withdraw(of(less.found, { evidence: 'letter' }));
    expect(none.found).toMatchObject({ isContactable: false, consent: { channels: [] } });
    expect(
      none.found.consentHistory.map(
        (entry: { channel: string; action: string }) => `${entry.action} ${entry.channel}`,
      ),
    ).toEqual(['GRANT PHONE', 'GRANT SMS', 'WITHDRAW PHONE', 'WITHDRAW SMS']);
    expect((await withdraw(of(none.found, { evidence: 'again' }))).codes).toEqual(['NOTHING_TO_WITHDRAW']);
    const told = (await world.events('lead.consent.changed')).filter(({ key }) => key === lead.id);
    expect(told.map(({ data }) => data['action'])).toEqual(['GRANT', 'WITHDRAW', 'WITHDRAW']);
  });
});

describe('partners', () => {
  const PARTNER = {
    kind: 'MEDIA',
    agreementReference: 'contract 5',
    agreementFrom: '2026-01-01',
    sharingTextVersion: 'P-1',
  };
  const aPartner = async () =>
    (await createPartner({ requestId: freshId(), name: `Partner ${freshId()}`, ...PARTNER })).found;
  const sharingConsent = { textVersion: 'P-1', evidence: 'form 8', at: '2026-03-01T00:00:00.000Z' };

  test('a lead of a partner needs an agreement in force and the consent to that text', async () => {
    const partner = await aPartner();
    const given = { partnerId: partner.id, sharingConsent };
    expect((await created(given)).partner).toMatchObject({ id: partner.id, isInForce: true });
    expect((await create(aLead({ partnerId: partner.id }))).codes).toEqual(['NO_SHARING_CONSENT']);
    expect(
      (await create(aLead({ ...given, sharingConsent: { ...sharingConsent, textVersion: 'P-0' } }))).codes,
    ).toEqual(['NO_SHARING_CONSENT']);
    expect((await create(aLead({ ...given, capturedAt: '2025-12-31T00:00:00.000Z' }))).codes).toEqual([
      'NO_AGREEMENT',
    ]);
    expect((await create(aLead({ ...given, partnerId: freshId() }))).codes).toEqual(['PARTNER_UNKNOWN']);

    const ended = await endPartner({
      partnerId: partner.id,
      expectedVersion: partner.version,
      on: '2026-03-02',
    });
    expect(ended.found).toMatchObject({ isInForce: true, agreementTo: '2026-03-02' });
    later(1);
    expect((await create(aLead(given))).codes).toEqual(['NO_AGREEMENT']);
    const again = { partnerId: partner.id, expectedVersion: ended.found.version, on: '2026-03-09' };
    expect((await endPartner(again)).codes).toEqual(['AGREEMENT_ENDED']);
  });

  test('two partners never share a name, and an agreement is sound', async () => {
    const { name } = await aPartner();
    expect(
      (await createPartner({ requestId: freshId(), ...PARTNER, name: name.toUpperCase() })).codes,
    ).toEqual(['PARTNER_EXISTS']);
    expect(
      (await createPartner({ requestId: freshId(), ...PARTNER, name: 'x', agreementTo: '2025-01-01' })).codes,
    ).toEqual(['BAD_AGREEMENT']);
  });
});

describe('score and assignment', () => {
  test('a lead is scored when it is captured and with every touch, with its reasons', async () => {
    const lead = await created();
    expect(lead).toMatchObject({ score: 25, scoreRuleVersion: 1 });
    expect(lead.scoreReasons).toEqual([
      { code: 'IN_PERSON', points: 10 },
      { code: 'CONTACTABLE', points: 15 },
    ]);
    const { found } = await contact(aTouch(lead));
    expect(found).toMatchObject({ score: 55, lastOutcome: 'INTERESTED' });
    const cold = (await contact(aTouch(found, { outcome: 'NOT_INTERESTED' }))).found;
    expect(cold.score).toBe(5);
    expect((await withdraw(of(cold, { evidence: 'call' }))).found.score).toBe(0);
  });

  test('whom nobody named goes by the table to whoever has the fewest open leads', async () => {
    const [one, two] = [freshId(), freshId()];
    await world.sql(
      `insert into lead_rule (id, kind, version, effective_from, source, terms) values ($1, 'ASSIGNMENT', 2, '2026-02-01', 'test', $2)`,
      [
        freshId(),
        JSON.stringify([{ code: 'BY_FAIR', when: [{ fact: 'MEDIUM', is: ['FAIR'] }], owners: [one, two] }]),
      ],
    );
    const leads = await Promise.all(
      Array.from({ length: 6 }, () => created({ ownerId: null, medium: 'FAIR' })),
    );
    expect(leads.map(({ ownerId }) => ownerId).sort()).toEqual([one, one, one, two, two, two].sort());
    expect(leads[0].assignmentCode).toBe('BY_FAIR');
    const other = await created({ ownerId: null });
    expect(other).toMatchObject({ ownerId: null, assignmentCode: null });
    const { found } = await mutate('assignLead')(of(other, { ownerId: ADVISER_ID }));
    expect(found.ownerId).toBe(ADVISER_ID);
    expect((await mutate('assignLead')(of(found), ADVISER)).codes).toEqual(['FORBIDDEN']);
  });
});

describe('tasks', () => {
  const tasksOf = async (id: string) => (await read(id)).tasks;
  const LIST =
    'query ($kind: LeadTaskKind) { leadTasks(kind: $kind, first: 100) { nodes { kind lead { id } } } }';
  const listed = async (actor: typeof MARKETING, id: string) =>
    (await world.ask(actor, LIST, {})).data.leadTasks.nodes.filter(
      (task: { lead: { id: string } }) => task.lead?.id === id,
    );

  test('a first contact that is late is told once, to those who may see the lead, until somebody is reached', async () => {
    const lead = await created();
    later(1);
    await run('open-lead-tasks');
    expect(await tasksOf(lead.id)).toEqual([]);
    later(2);
    await run('open-lead-tasks');
    await run('open-lead-tasks');
    expect(await tasksOf(lead.id)).toEqual([{ kind: 'FIRST_CONTACT_LATE', dueOn: '2026-03-03' }]);
    expect((await read(lead.id)).isFirstContactLate).toBe(true);
    expect(await listed(MARKETING, lead.id)).toHaveLength(1);
    expect(await listed(ADVISER, lead.id)).toHaveLength(1);
    expect(await listed(OTHER_ADVISER, lead.id)).toHaveLength(0);
    const tried = await contact(aTouch(lead, { outcome: 'NO_ANSWER' }));
    expect(tried.found.tasks).toHaveLength(1);
    const reached = await contact(aTouch(tried.found));
    expect(reached.found).toMatchObject({ tasks: [], isFirstContactLate: true });
  });

  test('silence of 14 days in the follow-up is told, and a touch ends it', async () => {
    const first = await contact(aTouch(await created()));
    const { found } = await followUp(aTouch(first.found));
    later(13);
    await run('open-lead-tasks');
    expect(await tasksOf(found.id)).toEqual([]);
    later(14);
    await run('open-lead-tasks');
    expect(await tasksOf(found.id)).toEqual([{ kind: 'SILENT', dueOn: '2026-03-16' }]);
    expect((await followUp(aTouch(found, { outcome: 'NO_ANSWER' }))).found.tasks).toEqual([]);
  });
});

test('a touch may belong to another campaign and say what was heard', async () => {
  const campaign = await mutate(
    'createCampaign',
    'id',
  )({
    requestId: freshId(),
    name: `Fair ${freshId()}`,
    channel: 'ONLINE',
    medium: 'WEBINAR',
    startsOn: '2026-03-01',
  });
  const lead = await created();
  later(1);
  const { found } = await contact(
    aTouch(lead, { campaignId: campaign.found.id, note: ' wants a fund\nfor school ' }),
  );
  expect(found.touches.nodes[0]).toEqual({
    kind: 'CONTACT',
    note: 'wants a fund\nfor school',
    campaign: { id: campaign.found.id },
  });
  expect((await contact(aTouch(found, { campaignId: freshId() }))).codes).toEqual(['CAMPAIGN_UNKNOWN']);
  expect((await contact(aTouch(found, { note: ' ' }))).codes).toEqual(['BAD_NOTE']);
});

test('a company is found by its code, an exact number finds its lead, and nobody finds what they may not see', async () => {
  const lead = await created({ personKind: 'COMPANY', uscc: '91310000ma1fl1ab1c' });
  expect((await create(aLead({ personKind: 'COMPANY', uscc: '91310000MA1FL1AB1C' }))).codes).toEqual([
    'DUPLICATE_LEAD',
  ]);
  expect((await create(aLead({ uscc: '91310000MA1FL1AB1D' }))).codes).toEqual(['NOT_A_COMPANY']);
  const by = async (input: Record<string, unknown>, actor = MARKETING) => {
    const { data, codes } = await world.ask(
      actor,
      'query ($by: LeadByContactInput!) { leadsByContact(by: $by) { id } }',
      { by: input },
    );
    return data?.leadsByContact?.map((found: { id: string }) => found.id) ?? codes;
  };
  const mobile = `138${numbers - 3}`;
  expect(await by({ uscc: '9131 0000 MA1F L1AB 1C' })).toEqual([lead.id]);
  expect(await by({ mobile })).toEqual([lead.id]);
  expect(await by({ mobile }, ADVISER)).toEqual([lead.id]);
  expect(await by({ mobile }, OTHER_ADVISER)).toEqual([]);
  expect(await by({})).toEqual(['BAD_INPUT']);
});

test('a client does not recommend themself', async () => {
  const mobile = `138${numbers++}`;
  const lead = await created({ mobile });
  const clientId = freshId();
  await world.deliver(
    ClientOnboarded({
      clientId,
      originLeadId: lead.id,
      adviserId: ADVISER_ID,
      kind: 'INDIVIDUAL',
      class: 'ORDINARY',
      grade: 'BRONZE',
      ageBand: 'FROM_31',
      fullCivilCapacity: true,
      institutionType: null,
    }),
  );
  expect((await create(aLead({ mobile, referrerClientId: clientId }))).codes).toEqual([
    'REFERRAL_TO_ONESELF',
  ]);
  expect((await created({ referrerClientId: clientId })).score).toBe(50);
  expect((await create(aLead({ mobile }))).codes).toEqual(['DUPLICATE_LEAD']);
});

test('two years after the last contact a lead is nobody, and the figures stay', async () => {
  const lead = (await contact(aTouch(await created({ mobile: '13899990001' }), { note: 'has two sons' })))
    .found;
  const funnel = async () =>
    (await world.ask(MARKETING, '{ leadFunnel(by: CHANNEL) { key leads contacted } }')).data.leadFunnel;
  const before = await funnel();
  world.clock.now = new Date('2028-03-01T02:00:00.000Z');
  await run('erase-leads');
  expect(await read(lead.id)).not.toBeNull();
  world.clock.now = new Date('2028-03-02T02:00:00.000Z');
  await run('erase-leads');
  await run('erase-leads');
  expect(await read(lead.id)).toBeNull();
  expect(await funnel()).toEqual(before);
  const [row] = await world.sql(
    `select person_name, mobile, mobile_hash, consent_evidence, stage, (select count(*)::int from consent_entry where lead_id = l.id) as consents,
       (select count(*)::int from touch where lead_id = l.id and note is not null) as notes from lead l where id = $1`,
    [lead.id],
  );
  expect(row).toEqual({
    person_name: null,
    mobile: null,
    mobile_hash: null,
    consent_evidence: null,
    stage: 'CONTACTED',
    consents: 0,
    notes: 0,
  });
  expect((await world.events('lead.erased')).filter(({ key }) => key === lead.id)).toHaveLength(1);
  expect((await contact(aTouch(lead))).codes).toEqual(['NOT_FOUND']);
  expect((await create(aLead({ mobile: '13899990001' }))).codes).toEqual([]);
});

test('nothing about a person can be read in the database, and it is found again all the same', async () => {
  const lead = await created({
    personName: '蒲公英 Plantagenet',
    mobile: '13900004711',
    email: 'plantagenet@example.org',
    consent: { ...CONSENT, evidence: 'FORM-PLANTAGENET' },
  });
  await contact(aTouch(lead, { note: 'seeks a castle 城堡' }));
  const words = [
    '蒲公英',
    'Plantagenet',
    '13900004711',
    'plantagenet@example.org',
    'FORM-PLANTAGENET',
    '城堡',
  ];
  expect(await readablePlaces(world.db, words)).toEqual([]);
  const { data } = await world.ask(
    MARKETING,
    '{ leadsByContact(by: { mobile: "139 0000 4711" }) { personName email consent { evidence } touches { nodes { note } } } }',
  );
  expect(data.leadsByContact).toMatchObject([
    {
      personName: '蒲公英 Plantagenet',
      email: 'plantagenet@example.org',
      consent: { evidence: 'FORM-PLANTAGENET' },
    },
  ]);
});
