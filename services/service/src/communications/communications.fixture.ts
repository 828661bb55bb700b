import { randomUUID as freshId } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import {
  ClientActivated,
  ClientConsentChanged,
  ClientOnboarded,
  type EventDraft,
} from '@client-graph/events';
import { type Actor, actorOf, type Db } from '@client-graph/kit';
import { SMTPServer } from 'smtp-server';
import { careSent } from '../care/care.js';
import { sendCommunications } from './dispatch.js';
import { type Provider, smtpProvider } from './providers.js';

/** Builders for tests through GraphQL and real SMTP: each test overrides only what it is about. */

// biome-ignore lint/suspicious/noExplicitAny: a test knows the shape it has asked for and checks it at once.
type Answer = { data: any; codes: string[] };
type World = {
  db: Db;
  ask: (actor: Actor | null, operation: string, variables?: Record<string, unknown>) => Promise<Answer>;
  deliver: (draft: EventDraft, how?: { times?: number; at?: Date }) => Promise<void>;
  events: () => Promise<{ type: string; key: string; data: Record<string, unknown> }[]>;
  sql: <Row>(text: string, values?: unknown[]) => Promise<Row[]>;
};

const ADVISER = freshId();
export const adviser = actorOf(ADVISER, ['ADVISER']);
export const operations = actorOf(freshId(), ['OPERATIONS']);
export const compliance = actorOf(freshId(), ['COMPLIANCE']);
export const NOON = new Date('2026-03-02T04:00:00.000Z');

/** A mail server that keeps what it is sent; there is no mailbox of anybody who is called nobody. */
export async function aMailServer() {
  const mailbox: string[] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onRcptTo: ({ address }, _session, done) =>
      done(
        address.startsWith('nobody')
          ? Object.assign(new Error('No such mailbox'), { responseCode: 550 })
          : null,
      ),
    onData: (stream, _session, done) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      stream.on('end', () => {
        mailbox.push(text);
        done();
      });
    },
  });
  const { port } = await new Promise<AddressInfo>((resolve, reject) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.server.address();
      if (address === null || typeof address === 'string') reject(new Error('The server has no port.'));
      else resolve(address);
    });
  });
  const provider = smtpProvider({ url: `smtp://127.0.0.1:${port}`, from: 'service@client-graph.example' });
  const stop = async () => {
    provider.close();
    await new Promise<void>((resolve) => server.close(resolve));
  };
  return { mailbox, provider, stop };
}

type Changes = Record<string, unknown>;
type Sent = { state: string; reason: string | null; attempts: number };

/** The post room of a world, which is there once a test runs. */
export function postOf(world: () => World) {
  const send = (email: Provider | undefined) =>
    sendCommunications(world().db, email === undefined ? {} : { EMAIL: email }, careSent);
  async function run(name: string, input: Changes, actor = operations, fields = 'id') {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    const operation = `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} } }`;
    const answer = await world().ask(actor, operation, { input });
    return { ...answer, row: answer.data?.[name] };
  }
  const consent = (
    clientId: string,
    purpose: 'MARKETING' | 'CARE_GREETING',
    action: 'GRANT' | 'WITHDRAW' = 'GRANT',
  ) => {
    const channel = purpose === 'MARKETING' ? 'EMAIL' : null;
    const changed = ClientConsentChanged({ clientId, purpose, channel, action, textVersion: 'T-1' });
    return world().deliver(changed, { times: 2 });
  };
  async function aClient({ grade = 'BRONZE', consents = true, address = true }: Wanted = {}) {
    const clientId = freshId();
    const standing = { kind: 'INDIVIDUAL', class: 'ORDINARY', grade, ageBand: 'FROM_31' } as const;
    const rest = { adviserId: ADVISER, fullCivilCapacity: true, institutionType: null, originLeadId: null };
    await world().deliver(ClientOnboarded({ clientId, ...standing, ...rest }), {
      times: 2,
      at: new Date('2025-03-02T04:00:00.000Z'),
    });
    await world().deliver(
      ClientActivated({ clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'VERIFIED' }),
    );
    if (consents) await consent(clientId, 'MARKETING');
    if (consents) await consent(clientId, 'CARE_GREETING');
    const point = { clientId, channel: 'EMAIL', address: `c-${clientId}@mail.example.com` };
    if (address) await run('setContactPoint', point, adviser);
    return clientId;
  }
  const rowsOf = (clientId: string) =>
    world().sql<Sent>('select state, reason, attempts from communication where client_id = $1 order by id', [
      clientId,
    ]);
  const eventsOf = async (clientId: string) =>
    (await world().events())
      .filter(({ key, type }) => key === clientId && type.startsWith('communication.'))
      .map(({ type, data }) => [type, data['reason'] ?? null]);
  return { send, run, consent, aClient, rowsOf, eventsOf, ...mailingsOf(run) };
}
type Wanted = { grade?: 'BRONZE' | 'GOLD'; consents?: boolean; address?: boolean };
type Run = (
  name: string,
  input: Changes,
  actor?: Actor,
  fields?: string,
) => Promise<Answer & { row: { id: string; version: number; recipients: number } }>;

function mailingsOf(run: Run) {
  async function aTemplate(kind = 'MARKETING', body = 'On {{date}}.') {
    const code = `T${freshId().replaceAll('-', '').slice(0, 30).toUpperCase()}`;
    const words = { requestId: freshId(), code, kind, subject: 'An evening', body };
    const { row } = await run('proposeTemplate', words, operations, 'id version');
    const decision = { templateId: row.id, expectedVersion: row.version, isApproved: true };
    await run('decideTemplate', decision, compliance);
    return code;
  }
  const aMailing = async (clientIds: string[], changes: Changes = {}) => ({
    requestId: freshId(),
    templateCode: await aTemplate(),
    kind: 'MARKETING',
    channel: 'EMAIL',
    variables: [{ name: 'date', value: '8 March' }],
    audience: { clientIds },
    ...changes,
  });
  const mail = async (clientIds: string[], changes: Changes = {}) => {
    const mailing = await aMailing(clientIds, changes);
    const { row, codes } = await run('createMailing', mailing, operations, 'id recipients');
    if (codes.length > 0) throw new Error(`createMailing: ${codes}`);
    return row;
  };
  return { aMailing, mail };
}
