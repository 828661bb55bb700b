import { actorOf, aServer, aService, freshId, readablePlaces, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { marketing } from '../service.js';

const PAGE = 'https://www.example.com';
const service = marketing({
  hashKey: 'a-key-of-the-test-with-32-characters',
  formOrigins: [PAGE],
  proxies: 1,
});
const MARKETING = actorOf(freshId(), ['MARKETING']);
const START = new Date('2026-03-02T02:00:00.000Z');
let world: World;
let server: Awaited<ReturnType<typeof aServer>>;
let campaignId: string;

const ask = async (query: string, variables: Record<string, unknown> = {}) => {
  const { data, errors } = await world.ask(MARKETING, query, variables);
  expect(errors).toEqual([]);
  return data;
};
const FORM = 'id key path version isOpen submissions';
async function aForm(channels = ['PHONE', 'EMAIL']) {
  const input = { requestId: freshId(), name: 'Lecture', campaignId, consentTextVersion: 'W-1', channels };
  return (
    await ask(`mutation ($input: CreateWebFormInput!) { createWebForm(input: $input) { ${FORM} } }`, {
      input,
    })
  ).createWebForm;
}
let numbers = 80_000_000;
const filled = (override: Record<string, unknown> = {}) => ({
  submissionId: freshId(),
  name: '王小明',
  mobile: `138${numbers++}`,
  consent: { given: true, channels: ['PHONE'], textVersion: 'W-1', at: world.clock.now.toISOString() },
  ...override,
});
let addresses = 0;
/** Each post comes from another address unless it is said from which. */
const post = (
  form: { path: string },
  body: unknown,
  { headers = {}, ...sent }: { headers?: Record<string, string>; text?: string } = {},
) => {
  const from = { 'x-forwarded-for': `198.51.100.${addresses++ % 250}` };
  return server.send('POST', form.path, { body, ...sent, headers: { ...from, ...headers } });
};
const LEAD = `id stage cycle channel medium campaign { id } capturedAt consent { channels evidence textVersion }
  consentHistory { action channel } touches { nodes { kind campaign { id } } }`;
const leadsBy = async (mobile: string) =>
  (
    await ask(`query ($by: LeadByContactInput!) { leadsByContact(by: $by) { ${LEAD} version } }`, {
      by: { mobile },
    })
  ).leadsByContact;

beforeAll(async () => {
  world = await aService(service, { now: START });
  server = await aServer(service, world.db);
  campaignId = (
    await ask('mutation ($input: CreateCampaignInput!) { createCampaign(input: $input) { id } }', {
      input: {
        requestId: freshId(),
        name: 'Lecture',
        channel: 'ONLINE',
        medium: 'FORM',
        startsOn: '2026-03-01',
      },
    })
  ).createCampaign.id;
});
beforeEach(() => {
  world.clock.now = new Date(START);
});
afterAll(async () => {
  await server.stop();
  await world.stop();
});

describe('a filled form', () => {
  test('becomes a lead of the campaign, with the consent and its evidence', async () => {
    const form = await aForm();
    const body = filled();
    expect(await post(form, body, { headers: { origin: PAGE } })).toMatchObject({
      status: 202,
      body: { status: 'RECEIVED', submissionId: body.submissionId },
      headers: { 'access-control-allow-origin': PAGE, 'cache-control': 'no-store' },
    });
    expect(await leadsBy(body.mobile)).toMatchObject([
      {
        stage: 'NEW',
        channel: 'ONLINE',
        medium: 'FORM',
        campaign: { id: campaignId },
        consent: {
          channels: ['PHONE'],
          textVersion: 'W-1',
          evidence: `web form ${form.id}, submission ${body.submissionId}`,
        },
      },
    ]);
    expect((await ask(`{ webForms { nodes { ${FORM} } } }`)).webForms.nodes).toContainEqual({
      ...form,
      submissions: 1,
    });
  });

  test('sent twice, or ten times at once, is one lead and the same answer', async () => {
    const form = await aForm();
    const body = filled();
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(form, body)));
    expect(new Set(answers.map(({ status, body: answer }) => JSON.stringify([status, answer]))).size).toBe(1);
    expect(await leadsBy(body.mobile)).toHaveLength(1);
    expect((await leadsBy(body.mobile))[0].touches.nodes).toHaveLength(1);
    expect(await post(form, { ...body, name: '李大明' })).toMatchObject({
      status: 409,
      body: { code: 'SUBMISSION_REUSED' },
    });
  });

  test('of a person who is known is a response, told like any other, and an impatient second one is none', async () => {
    const form = await aForm();
    const first = filled();
    await post(form, first);
    world.clock.now = new Date('2026-03-02T02:05:00.000Z');
    const again = filled({ mobile: first.mobile });
    expect((await post(form, again)).status).toBe(202);
    expect((await leadsBy(first.mobile))[0].touches.nodes).toHaveLength(1);
    world.clock.now = new Date('2026-03-05T02:05:00.000Z');
    const other = await aForm(['EMAIL']);
    const consent = {
      given: true,
      channels: ['EMAIL'],
      textVersion: 'W-1',
      at: world.clock.now.toISOString(),
    };
    const answer = await post(other, filled({ mobile: first.mobile, consent }));
    expect(answer).toMatchObject({ status: 202, body: { status: 'RECEIVED' } });
    const [lead] = await leadsBy(first.mobile);
    expect(lead.touches.nodes[0]).toEqual({ kind: 'RESPONSE', campaign: { id: campaignId } });
    expect(lead.consent.channels).toEqual(['PHONE', 'EMAIL']);
  });

  test('sent once more with another channel loses no consent, and is no second response', async () => {
    const form = await aForm();
    const body = filled({ email: `${freshId()}@example.com` });
    await post(form, body);
    const consent = { ...body.consent, channels: ['EMAIL'] };
    await post(form, filled({ mobile: body.mobile, consent }));
    const [lead] = await leadsBy(body.mobile);
    expect(lead.consent.channels).toEqual(['PHONE', 'EMAIL']);
    expect(lead.touches.nodes).toHaveLength(1);
  });

  test('of a lost lead takes it up again', async () => {
    const form = await aForm();
    const body = filled();
    await post(form, body);
    const [lead] = await leadsBy(body.mobile);
    await ask('mutation ($input: LoseLeadInput!) { loseLead(input: $input) { id } }', {
      input: { leadId: lead.id, expectedVersion: lead.version, reason: 'TIMING' },
    });
    world.clock.now = new Date('2026-03-09T02:00:00.000Z');
    await post(form, filled({ mobile: body.mobile }));
    expect((await leadsBy(body.mobile))[0]).toMatchObject({ stage: 'NEW', cycle: 2 });
  });
});

describe('what is not taken', () => {
  test.each<[string, (body: ReturnType<typeof filled>) => unknown, number, string]>([
    ['without consent', ({ consent: _, ...body }) => body, 422, 'NO_CONSENT'],
    [
      'with the box not ticked',
      (body) => ({ ...body, consent: { ...body.consent, given: false } }),
      422,
      'NO_CONSENT',
    ],
    [
      'with consent to no channel',
      (body) => ({ ...body, consent: { ...body.consent, channels: [] } }),
      422,
      'NO_CONSENT',
    ],
    [
      'with consent to another text',
      (body) => ({ ...body, consent: { ...body.consent, textVersion: 'W-0' } }),
      409,
      'TEXT_OUTDATED',
    ],
    [
      'with a channel not asked for',
      (body) => ({ ...body, consent: { ...body.consent, channels: ['SMS'] } }),
      422,
      'CHANNEL_NOT_OFFERED',
    ],
    [
      'with a consent of last week',
      (body) => ({ ...body, consent: { ...body.consent, at: '2026-02-23T00:00:00Z' } }),
      422,
      'CONSENT_TOO_OLD',
    ],
    [
      'with a consent of tomorrow',
      (body) => ({ ...body, consent: { ...body.consent, at: '2026-03-03T02:00:00Z' } }),
      422,
      'CONSENT_TOO_OLD',
    ],
    ['with a field nobody knows', (body) => ({ ...body, age: 3 }), 422, 'BAD_FIELDS'],
    ['with a mobile that is none', (body) => ({ ...body, mobile: '123' }), 422, 'BAD_MOBILE'],
    ['with an e-mail of two lines', (body) => ({ ...body, email: 'a@b.cn\nbcc: c@d.cn' }), 422, 'BAD_EMAIL'],
    ['without a way to reach the person', ({ mobile: _, ...body }) => body, 422, 'NO_CONTACT_DETAILS'],
    ['with a name of two lines', (body) => ({ ...body, name: 'a\nb' }), 422, 'BAD_NAME'],
    ['that is a list', () => [], 422, 'BAD_FIELDS'],
  ])('%s', async (_, change, status, code) => {
    const form = await aForm();
    const answer = await post(form, change(filled()));
    expect(answer).toMatchObject({ status, body: { code } });
    expect(JSON.stringify(answer.body)).not.toMatch(/王小明|138\d{8}/);
  });

  test('no JSON, another kind of content, and what is too large', async () => {
    const form = await aForm();
    expect(await post(form, undefined, { text: '{' })).toMatchObject({
      status: 400,
      body: { code: 'BAD_JSON' },
    });
    const xml = { text: '<a/>', headers: { 'content-type': 'text/xml' } };
    expect(await post(form, undefined, xml)).toMatchObject({ status: 415, body: { code: 'NOT_JSON' } });
    const large = filled({ name: 'x'.repeat(9_000) });
    expect(await post(form, large)).toMatchObject({ status: 413, body: { code: 'TOO_LARGE' } });
  });

  test('a form that there is not, or no longer', async () => {
    expect(await post({ path: '/forms/none' }, filled())).toMatchObject({
      status: 404,
      body: { code: 'FORM_UNKNOWN' },
    });
    const form = await aForm();
    const close = 'mutation ($input: CloseWebFormInput!) { closeWebForm(input: $input) { isOpen } }';
    const input = { formId: form.id, expectedVersion: form.version };
    expect((await ask(close, { input })).closeWebForm.isOpen).toBe(false);
    expect((await post(form, filled())).status).toBe(404);
    expect((await world.ask(MARKETING, close, { input: { ...input, expectedVersion: 2 } })).codes).toEqual([
      'FORM_CLOSED',
    ]);
  });

  test('a page that is not welcome', async () => {
    const form = await aForm();
    const headers = { origin: 'https://evil.example' };
    expect(await post(form, filled(), { headers })).toMatchObject({
      status: 403,
      body: { code: 'ORIGIN_FORBIDDEN' },
    });
    expect((await server.send('OPTIONS', form.path, { headers })).status).toBe(403);
    const asked = await server.send('OPTIONS', form.path, { headers: { origin: PAGE } });
    expect(asked).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-origin': PAGE, 'access-control-allow-methods': 'POST' },
    });
  });

  test('a machine that fills every field is told the same, and nothing is kept', async () => {
    const form = await aForm();
    const body = filled({ website: 'https://spam.example' });
    expect((await post(form, body)).status).toBe(202);
    expect(await leadsBy(body.mobile)).toEqual([]);
  });
});

test('a flood from one address is held up, says how long, and others go on', async () => {
  const form = await aForm();
  const flood = { headers: { 'x-forwarded-for': '203.0.113.7' } };
  const answers = [];
  for (let n = 0; n < 15; n += 1) answers.push(await post(form, filled(), flood));
  expect(answers.map(({ status }) => status)).toEqual([...Array(10).fill(202), ...Array(5).fill(429)]);
  expect(answers.at(-1)).toMatchObject({ headers: { 'retry-after': '6' }, body: { code: 'TOO_MANY' } });
  expect((await post(form, filled(), { headers: { 'x-forwarded-for': '203.0.113.8' } })).status).toBe(202);
  const forged = { headers: { 'x-forwarded-for': '10.0.0.1, 203.0.113.7' } };
  expect((await post(form, filled(), forged)).status).toBe(429);
  world.clock.now = new Date(START.getTime() + 6_000);
  expect((await post(form, filled(), flood)).status).toBe(202);
});

test('nothing that came by a form can be read in the database', async () => {
  const form = await aForm();
  await post(form, filled({ name: 'Ottoline 歐', mobile: '13987650001', email: 'ottoline@example.net' }));
  expect(await readablePlaces(world.db, ['Ottoline', '13987650001', 'ottoline@example.net'])).toEqual([]);
});
