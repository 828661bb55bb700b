import { ClientErased, HoldingChanged } from '@client-graph/events';
import { aService, freshId, readablePlaces, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assessor, BOLD, compliance, FINDINGS, people } from './people.fixture.js';
import { service } from './service.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());
const { run, done, aClient, submitted, confirmed, ofClient } = people(() => world);

test('what a client has answered, and what was written about them, is nowhere readable, and gone once they are erased', async () => {
  const who = await aClient();
  const waiting = await submitted(who, BOLD);
  const interviewed = await done(assessor, 'recordInterview', {
    assessmentId: waiting.id,
    expectedVersion: waiting.version,
    ...FINDINGS,
    summary: 'Plantagenet 植物 keeps bees.',
    recordingRef: 'vault-77/bees',
  });
  await confirmed(who, interviewed);
  const { version } = (
    await world.ask(compliance, 'query ($id: ID!) { assessment(id: $id) { version } }', { id: waiting.id })
  ).data.assessment;
  await done(
    who.client,
    'requestReview',
    {
      requestId: freshId(),
      assessmentId: waiting.id,
      expectedVersion: version,
      comment: 'My wombat disagrees.',
    },
    'id',
  );
  await world.deliver(
    HoldingChanged({
      clientId: who.clientId,
      productId: freshId(),
      rating: 'R5',
      units: '1',
      valueBand: 'LT_100K',
    }),
  );
  const drop = { id: freshId() };
  await world.sql(
    `insert into risk_alert (id, client_id, type, subject, addressee, severity, count, evidence, rule_version, raised_at, last_raised_at, due_at, is_due_provisional, state, version)
     values ($1, $2, 'DRAWDOWN', 'CNY', 'ADVISER', 'WARN', 1, '{}', '2026.1', now(), now(), now(), false, 'ACKNOWLEDGED', 1)`,
    [drop.id, who.clientId],
  );
  const acted = {
    alertId: drop.id,
    expectedVersion: 1,
    action: 'CLIENT_CONTACTED',
    note: 'Spoke to the ocelot.',
  };
  expect((await run(compliance, 'actOnAlert', acted, 'id')).codes).toEqual([]);

  const said = ['Plantagenet', '植物', 'vault-77/bees', 'wombat', 'ocelot', '"I12": "E"', '"I12":"E"'];
  expect(await readablePlaces(world.db, said)).toEqual([]);
  const { data } = await world.ask(
    compliance,
    'query ($id: ID!) { assessment(id: $id) { answers { questionId optionCode } interview { summary recordingRef } reviews { comment } report { content } } }',
    { id: waiting.id },
  );
  expect(data.assessment.answers).toContainEqual({ questionId: 'I12', optionCode: 'E' });
  expect(data.assessment.interview).toEqual({
    summary: 'Plantagenet 植物 keeps bees.',
    recordingRef: 'vault-77/bees',
  });
  expect(data.assessment.reviews).toEqual([{ comment: 'My wombat disagrees.' }]);
  expect(data.assessment.report.content).toContain('Plantagenet 植物 keeps bees.');
  const { riskAlerts } = await ofClient(compliance, who, 'riskAlerts { actionNote }');
  expect(riskAlerts).toEqual([{ actionNote: 'Spoke to the ocelot.' }]);

  await world.deliver(
    ClientErased({ clientId: who.clientId, from: 'RESTRICTED', to: 'ERASED', reason: 'TEST' }),
  );
  expect(await ofClient(compliance, who, 'assessments { id } riskAlerts { id }')).toMatchObject({
    assessments: [],
    riskAlerts: [],
  });
});
