import { PEOPLE } from '@client-graph/local';
import { v7 as uuidv7 } from 'uuid';
import { anApplication } from './applications.js';
import { GraphError } from './graph.js';
import type { Insist } from './insist.js';
import { answersOf, cny, dayIn, YOUNG_SAVER } from './journey.js';

type Versioned = { id: string; version: number };
type Input = { requestId?: string } & Record<string, unknown>;

/** A command that was acknowledged: it must have been carried out, once. */
export type Acknowledged = { command: string; requestId: string | undefined; id: string };

type Storm = {
  insist: Insist;
  productId: string;
  /** Every command that was acknowledged, in no order. */
  acknowledged: Acknowledged[];
};

const CALLERS = 8;

/**
 * Tells the stories of people, eight at once, until `over` and no fewer commands than asked for; the stories that have begun are
 * told to their end.
 */
export async function storm(
  options: Omit<Storm, 'acknowledged'>,
  over: Promise<void>,
  commandsMin: number,
): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  let isOver = false;
  const end = over.finally(() => {
    isOver = true;
  });
  let told = 0;
  const caller = async () => {
    while (!isOver || acknowledged.length < commandsMin) {
      told += 1;
      await story({ ...options, acknowledged }, told);
    }
  };
  await Promise.all([end, ...Array.from({ length: CALLERS }, caller)]);
  return acknowledged;
}

/** Every person is a lead; every second becomes a client, every sixth buys, every twelfth buys twice. */
async function story(storm: Storm, n: number): Promise<void> {
  const leadId = await becomeLead(storm, n);
  if (n % 2 !== 0) return;
  // One client in four comes without having been a lead.
  const clientId = await becomeClient(storm, n, n % 8 === 4 ? null : leadId);
  for (const subjectCode of ['RECOMMENDATION', 'ORDER']) {
    const contact = { channel: 'PHONE', direction: 'OUTBOUND', at: new Date().toISOString(), subjectCode };
    await command(storm, 'adviser', 'logInteraction', { clientId, ...contact, summary: 'Called.' }, [
      'NOT_FOUND',
    ]);
  }
  if (n % 6 !== 0) return;
  await learnLevel(storm, clientId);
  await buy(storm, clientId, '88000.00');
  if (n % 12 === 0) await buy(storm, clientId, '20000.00');
}

async function becomeLead(storm: Storm, n: number): Promise<string> {
  const { name, mobile } = anApplication(n);
  const lead = await command(storm, 'marketing', 'createLead', {
    personName: name,
    mobile,
    channel: 'OFFLINE',
    medium: 'SEMINAR',
    ownerId: PEOPLE.adviser.sub,
    consent: {
      channels: ['PHONE'],
      textVersion: 'MKT-2026.1',
      evidence: 'SIGNED-FORM',
      at: new Date().toISOString(),
    },
  });
  const contact = { leadId: lead.id, expectedVersion: lead.version, channel: 'PHONE', outcome: 'INTERESTED' };
  await command(storm, 'adviser', 'logLeadContact', contact);
  return lead.id;
}

async function becomeClient(storm: Storm, n: number, originLeadId: string | null): Promise<string> {
  const { id: clientId } = await command(storm, 'adviser', 'openClient', {
    originLeadId,
    preferredLanguage: 'ZH_HANS',
    privacyNoticeVersion: 'PN-2026.1',
    individual: anApplication(n),
  });
  const evidence = { method: 'IN_PERSON', evidenceReference: `DOC-${n}` };
  await changeClient(
    storm,
    'verifyIdentity',
    clientId,
    evidence,
    (client) => client.identityVerification !== null,
  );
  await changeClient(storm, 'activateClient', clientId, {}, (client) => client.status === 'ACTIVE');
  const assets = {
    asOf: dayIn(new Date()),
    aumWithFirm: cny('0'),
    externalVerified: cny(n % 4 === 0 ? '5200000' : '800000'),
  };
  await command(storm, 'operations', 'recordAssets', { clientId, ...assets, source: 'STATEMENT' });
  return clientId;
}

type ClientNow = Versioned & { status: string; identityVerification: object | null };

const changeClient = (
  storm: Storm,
  name: string,
  clientId: string,
  facts: Input,
  isDone: (client: ClientNow) => boolean,
) =>
  change(storm, name, { clientId, ...facts }, isDone, async () => {
    const { client } = await storm.insist<{ client: ClientNow }>('operations', 'client-version', {
      id: clientId,
    });
    return client;
  });

async function learnLevel(storm: Storm, clientId: string): Promise<void> {
  const self = `client-${clientId}`;
  const start = { clientId, channel: 'ONLINE' };
  const draft = await command(storm, self, 'startAssessment', start, ['CLIENT_UNKNOWN', 'CLIENT_NOT_ACTIVE']);
  const submitted = await command<Versioned & { report: { contentHash: string } }>(
    storm,
    self,
    'submitAnswers',
    {
      assessmentId: draft.id,
      expectedVersion: draft.version,
      answers: answersOf(YOUNG_SAVER),
    },
  );
  await command(storm, self, 'confirmReport', {
    assessmentId: submitted.id,
    expectedVersion: submitted.version,
    reportHash: submitted.report.contentHash,
  });
}

async function buy(storm: Storm, clientId: string, amount: string): Promise<void> {
  const ask = { clientId, productId: storm.productId, amount: cny(amount) };
  const order = await command(storm, `client-${clientId}`, 'placeOrder', ask, ['NOT_FOUND', 'NOT_SUITABLE']);
  const accepted = await change(
    storm,
    'acceptOrder',
    { orderId: order.id },
    ({ state }) => state === 'ACCEPTED',
    async () => {
      const orders = await storm.insist<{ client: { orders: { nodes: (Versioned & { state: string })[] } } }>(
        'operations',
        'client-orders',
        { id: clientId },
      );
      const found = orders.client.orders.nodes.find(({ id }) => id === order.id);
      if (found === undefined) throw new Error(`The order ${order.id} was acknowledged and is not there.`);
      return found;
    },
  );
  const terms = { expectedVersion: accepted.version, nav: '1.0250', settledOn: dayIn(new Date()) };
  await command(storm, 'operations', 'settleOrder', { orderId: order.id, ...terms });
}

/** Sends a command under a requestId of its own until it is answered. */
async function command<Answer extends { id: string } = Versioned>(
  storm: Storm,
  as: string,
  name: string,
  input: Input,
  until?: readonly string[],
): Promise<Answer> {
  const requestId = uuidv7();
  const answer = await storm.insist<Record<string, Answer>>(
    as,
    fileOf(name),
    { input: { requestId, ...input } },
    until,
  );
  return acknowledge(storm, name, requestId, answer[name]);
}

/**
 * Sends a command that has no requestId, for the row as it now stands. After a fault it may have been carried out, and then the
 * version is stale: the row itself says whether it was.
 */
async function change<Now extends Versioned>(
  storm: Storm,
  name: string,
  input: Input,
  isDone: (now: Now) => boolean,
  look: () => Promise<Now>,
): Promise<Versioned> {
  for (;;) {
    const now = await look();
    if (isDone(now)) return acknowledge(storm, name, undefined, now);
    const ask = { input: { ...input, expectedVersion: now.version } };
    const answer = await storm
      .insist<Record<string, Versioned>>('operations', fileOf(name), ask)
      .catch((error: unknown) => {
        if (error instanceof GraphError && error.codes.includes('STALE_VERSION')) return undefined;
        throw error;
      });
    if (answer !== undefined) return acknowledge(storm, name, undefined, answer[name]);
  }
}

function acknowledge<Answer extends { id: string }>(
  storm: Storm,
  name: string,
  requestId: string | undefined,
  answer: Answer | undefined,
): Answer {
  if (answer === undefined) throw new Error(`${name} was answered with nothing.`);
  storm.acknowledged.push({ command: name, requestId, id: answer.id });
  return answer;
}

/** `logLeadContact` is in `log-lead-contact.graphql`. */
const fileOf = (command: string): string => command.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
