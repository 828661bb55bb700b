import { type ChildProcess, spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { actorOf, aService, freshId, until, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { service } from '../service.js';

const RECIPIENTS = 3_000;
/** Every fiftieth has given no consent. */
const SILENT = 50;
const NOON = new Date('2026-03-02T04:00:00.000Z');
const operations = actorOf(freshId(), ['OPERATIONS']);
const compliance = actorOf(freshId(), ['COMPLIANCE']);

let world: World;
let server: SMTPServer;
/** How often each message arrived, by its Message-ID. */
const arrived = new Map<string, number>();
let count = 0;

beforeAll(async () => {
  world = await aService(service, { now: NOON });
  server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onData: (stream, _session, done) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        const id = /^Message-ID: <([0-9a-f-]+)@/im.exec(text)?.[1] ?? 'none';
        arrived.set(id, (arrived.get(id) ?? 0) + 1);
        count += 1;
        done();
      });
    },
  });
  // A killed sender breaks its connections.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await new Promise<void>((resolve) => server.close(resolve));
  await world.stop();
});

async function aTemplate(): Promise<string> {
  const propose =
    'mutation ($input: ProposeTemplateInput!) { proposeTemplate(input: $input) { id version } }';
  const words = { code: 'CAMPAIGN', kind: 'MARKETING', subject: 'News', body: 'News of the season.' };
  const { data } = await world.ask(operations, propose, { input: { requestId: freshId(), ...words } });
  const { id, version } = data.proposeTemplate;
  await world.ask(
    compliance,
    'mutation ($input: DecideTemplateInput!) { decideTemplate(input: $input) { id } }',
    { input: { templateId: id, expectedVersion: version, isApproved: true } },
  );
  return words.code;
}

async function aCampaign(): Promise<void> {
  await world.sql(
    `insert into client_copy (client_id, adviser_id, kind, status, class, grade, age_band, full_civil_capacity, institution_type, updated_at)
     select uuidv7(), uuidv7(), 'INDIVIDUAL', 'ACTIVE', 'ORDINARY', 'BRONZE', 'FROM_31', true, null, now() from generate_series(1, $1)`,
    [RECIPIENTS],
  );
  await world.sql(
    `insert into consent_copy (id, client_id, purpose, channel, is_granted, text_version, changed_at)
     select uuidv7(), client_id, 'MARKETING', 'EMAIL', n % ${SILENT} <> 0, 'T-1', now() from (select client_id, row_number() over () as n from client_copy) t`,
  );
  await addAddresses();
  const create = 'mutation ($input: CreateMailingInput!) { createMailing(input: $input) { recipients } }';
  const input = {
    requestId: freshId(),
    templateCode: await aTemplate(),
    kind: 'MARKETING',
    channel: 'EMAIL',
  };
  const { data } = await world.ask(operations, create, {
    input: { ...input, variables: [], audience: { grades: ['BRONZE'] } },
  });
  expect(data.createMailing.recipients).toBe(RECIPIENTS);
}

/** As a release before the sealing has left them: sealed when the first sender starts. */
const addAddresses = () =>
  world.sql(
    `insert into contact_point (id, version, client_id, channel, address_plain, registered_by, registered_at)
     select uuidv7(), 1, client_id, 'EMAIL', client_id || '@mail.example.com', uuidv7(), now() from client_copy`,
  );

/** A process of its own that sends until nothing is queued, as the service's job does. */
function aSender(): { process: ChildProcess; said: () => string } {
  const source = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const script = `
    import { keysInMemory, openDatabase } from '@client-graph/kit';
    const keys = keysInMemory(() => ({ current: 'test', keys: { test: Buffer.alloc(32, 7).toString('base64') } }));
    import { service } from ${source('../service.ts')};
    import { sendCommunications } from ${source('./dispatch.ts')};
    import { smtpProvider } from ${source('./providers.ts')};
    const db = await openDatabase(service, { url: process.env.URL, poolMax: 8, now: () => new Date(process.env.NOW), keys });
    const EMAIL = smtpProvider({ url: process.env.SMTP, from: 'service@client-graph.example' });
    for (let left = 1; left > 0; ) {
      await sendCommunications(db, { EMAIL }, async () => undefined);
      [{ left }] = await db.source.query("select count(*)::int as left from communication where state in ('QUEUED', 'SENDING')");
    }
    process.exit(0);`;
  const { port } = server.server.address() as AddressInfo;
  const { url } = world.db.source.options as { url: string };
  const hooks = fileURLToPath(new URL('../../../../packages/config/source.js', import.meta.url));
  const child = spawn(process.execPath, ['--import', hooks, '--input-type=module', '-e', script], {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    env: {
      PATH: '',
      URL: url,
      NOW: NOON.toISOString(),
      SMTP: `smtp://127.0.0.1:${port}`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk));
  return { process: child, said: () => text };
}

const ended = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));

test('a campaign whose sender is killed twice in the midst reaches each recipient once, or says why not', async () => {
  await aCampaign();
  for (const after of [RECIPIENTS / 4, RECIPIENTS / 2]) {
    const sender = aSender();
    const end = ended(sender.process);
    await until(() => count >= after || sender.process.exitCode !== null, 240_000);
    expect([sender.process.exitCode, sender.said()]).toEqual([null, '']);
    sender.process.kill('SIGKILL');
    await end;
  }
  const last = aSender();
  expect([await ended(last.process), last.said()]).toEqual([0, '']);

  const rows = await world.sql<{ id: string; state: string; reason: string | null }>(
    'select id, state, reason from communication',
  );
  expect(rows).toHaveLength(RECIPIENTS);
  const times = (id: string) => arrived.get(id) ?? 0;
  const wrong = rows.filter(({ id, state, reason }) => {
    switch (state) {
      case 'SENT':
        return times(id) !== 1 || reason !== null;
      case 'SUPPRESSED':
        return times(id) !== 0 || reason !== 'NO_CONSENT';
      case 'UNCERTAIN':
        return times(id) > 1 || reason !== 'INTERRUPTED';
      default:
        return true;
    }
  });
  expect(wrong).toEqual([]);
  const of = (state: string) => rows.filter((row) => row.state === state).length;
  expect(of('SUPPRESSED')).toBe(RECIPIENTS / SILENT);
  // Sixteen are in hand at a time, and two senders died.
  expect(of('UNCERTAIN')).toBeLessThanOrEqual(32);
  const [told] = await world.sql<{ n: number }>(
    `select count(distinct payload ->> 'communicationId')::int as n from outbox where type like 'communication.%'`,
  );
  expect(told?.n).toBe(RECIPIENTS);
}, 600_000);
