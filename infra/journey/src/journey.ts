import type { ReceivedEvent } from '@client-graph/events';
import { PEOPLE } from '@client-graph/local';
import { v7 as uuidv7 } from 'uuid';
import { anApplication } from './applications.js';
import { type Graph, GraphError, until } from './graph.js';

type Versioned = { id: string; version: number };

export type JourneyOptions = {
  graph: Graph;
  /** Every event of the graph from before the first step on. */
  heard: ReceivedEvent<unknown>[];
  /** Is told each step and each event seen. */
  say: (line: string) => void;
  now: Date;
};

/** What a step leaves for the next. */
type Walk = JourneyOptions & {
  application: ReturnType<typeof anApplication>;
  leadId: string;
  clientId: string;
  told: number;
};

/** What the adviser writes down of the call. */
export const SUMMARY = 'Explained the term and the pending points.';
/** Money as the graph takes it. */
export const cny = (amount: string) => ({ amount, currency: 'CNY' });
/** One who earns well, is young and has not invested before: the sheet of the questionnaire without its derived question. */
export const YOUNG_SAVER = {
  I2: 'B',
  I3: 'D',
  I4: 'C',
  I5: 'B',
  I6: 'C',
  I7: 'A',
  I8: 'A',
  I9: 'B',
  I10: 'B',
  I11: 'B',
  I12: 'B',
};
export const answersOf = (sheet: Record<string, string>) =>
  Object.entries(sheet).map(([questionId, optionCode]) => ({ questionId, optionCode }));

/** From a seminar lead to a served client; each step as the role that may do it. Returns what was walked, and the client page. */
export async function journey(options: JourneyOptions): Promise<Walk & { page: Record<string, unknown> }> {
  const walk: Walk = {
    ...options,
    application: anApplication(options.now.getTime() % 9_999_999),
    leadId: '',
    clientId: '',
    told: 0,
  };
  await captureLead(walk);
  await openClient(walk);
  await convert(walk);
  await assessRisk(walk);
  await buy(walk);
  await logInteraction(walk);
  walk.say('The adviser asks for the client page: one query, six services.');
  const { client } = await walk.graph<{ client: Record<string, unknown> }>('adviser', 'client-page', {
    id: walk.clientId,
    locale: 'ZH_HANT',
  });
  return { ...walk, page: client };
}

async function captureLead(walk: Walk): Promise<void> {
  const { graph, say, now, application } = walk;
  const { createCampaign } = await graph<{ createCampaign: { id: string } }>('marketing', 'create-campaign', {
    input: {
      requestId: uuidv7(),
      name: `Seminar of ${dayIn(now)}`,
      channel: 'OFFLINE',
      medium: 'SEMINAR',
      budget: cny('20000'),
      startsOn: dayIn(now),
    },
  });
  const { createLead } = await graph<{ createLead: Versioned & { firstContactDueOn: string } }>(
    'marketing',
    'create-lead',
    {
      input: {
        requestId: uuidv7(),
        personName: application.name,
        mobile: application.mobile,
        email: application.email,
        campaignId: createCampaign.id,
        channel: 'OFFLINE',
        medium: 'SEMINAR',
        ownerId: PEOPLE.adviser.sub,
        consent: {
          channels: ['PHONE', 'EMAIL', 'FACE'],
          textVersion: 'MKT-2026.1',
          evidence: 'SIGNED-FORM',
          at: now.toISOString(),
        },
      },
    },
  );
  walk.leadId = createLead.id;
  say(
    `Marketing records a seminar lead: ${createLead.id}, first contact due on ${createLead.firstContactDueOn}.`,
  );
  await seen(walk, 'lead.created', createLead.id);
  const contact = { leadId: createLead.id, channel: 'PHONE', outcome: 'INTERESTED' };
  const { logLeadContact } = await graph<{ logLeadContact: Versioned }>('adviser', 'log-lead-contact', {
    input: { requestId: uuidv7(), expectedVersion: createLead.version, ...contact },
  });
  say('The adviser calls: needs and intent are known.');
  await seen(walk, 'lead.contacted', createLead.id);
  await graph('adviser', 'log-lead-follow-up', {
    input: { requestId: uuidv7(), expectedVersion: logLeadContact.version, ...contact, channel: 'FACE' },
  });
  say('The adviser meets the lead with a proposal.');
  await seen(walk, 'lead.followingup', createLead.id);
}

async function openClient(walk: Walk): Promise<void> {
  const { graph, say, now, leadId, application } = walk;
  const { openClient: opened } = await graph<{ openClient: Versioned & { status: string } }>(
    'adviser',
    'open-client',
    {
      input: {
        requestId: uuidv7(),
        originLeadId: leadId,
        preferredLanguage: 'ZH_HANS',
        privacyNoticeVersion: 'PN-2026.1',
        individual: application,
        declaredAssets: cny('800000'),
      },
    },
  );
  walk.clientId = opened.id;
  say(`The adviser opens the client from the lead: ${opened.id}, ${opened.status}.`);
  await seen(walk, 'client.onboarded', opened.id);
  const { verifyIdentity } = await graph<{ verifyIdentity: Versioned }>('operations', 'verify-identity', {
    input: {
      clientId: opened.id,
      expectedVersion: opened.version,
      method: 'IN_PERSON',
      evidenceReference: 'DOC-1',
    },
  });
  say('Operations verifies the identity.');
  const { recordAssets } = await graph<{
    recordAssets: { client: { grade: string; gradeReasons: string[] } };
  }>('operations', 'record-assets', {
    input: {
      requestId: uuidv7(),
      clientId: opened.id,
      asOf: dayIn(now),
      aumWithFirm: cny('0'),
      externalVerified: cny('800000'),
      source: 'STATEMENT',
    },
  });
  say(
    `Operations records verified assets; grade ${recordAssets.client.grade}: ${recordAssets.client.gradeReasons.join(' ')}`,
  );
  const version = await versionOf(walk, verifyIdentity.version);
  await graph('operations', 'activate-client', { input: { clientId: opened.id, expectedVersion: version } });
  say('The file is complete: the client is ACTIVE.');
  await seen(walk, 'client.activated', opened.id);
}

async function convert(walk: Walk): Promise<void> {
  await seen(walk, 'lead.converted', walk.leadId);
  const { lead } = await walk.graph<{ lead: { stage: string } }>('marketing', 'lead', { id: walk.leadId });
  walk.say(`Marketing has seen the activation: the lead is ${lead.stage}.`);
}

async function assessRisk(walk: Walk): Promise<void> {
  const { graph, say, clientId } = walk;
  const self = `client-${clientId}`;
  const { questionnaire } = await graph<{
    questionnaire: { code: string; version: string; questions: unknown[] };
  }>(self, 'questionnaire', {
    audience: 'INDIVIDUAL',
    locale: 'ZH_HANS',
  });
  say(
    `The client reads the questionnaire ${questionnaire.code} ${questionnaire.version}: ${questionnaire.questions.length} questions.`,
  );
  // The risk service knows the client by the activation event, which is on its way.
  const { startAssessment } = await until('risk knows the active client', () =>
    whenKnown(
      graph<{ startAssessment: Versioned }>(self, 'start-assessment', {
        input: { requestId: uuidv7(), clientId, channel: 'ONLINE' },
      }),
    ),
  );
  const { submitAnswers } = await graph<{
    submitAnswers: Versioned & {
      score: number;
      bandLevel: string;
      finalLevel: string;
      gatesFired: { id: string }[];
      report: { number: string; contentHash: string };
    };
  }>(self, 'submit-answers', {
    input: {
      requestId: uuidv7(),
      assessmentId: startAssessment.id,
      expectedVersion: startAssessment.version,
      answers: answersOf(YOUNG_SAVER),
    },
  });
  const { score, bandLevel, gatesFired, finalLevel, report } = submitAnswers;
  say(
    `The client answers: ${score} points, band ${bandLevel}, ${gatesFired.map((gate) => gate.id).join(' and ')} fired, level ${finalLevel}; report ${report.number}.`,
  );
  await seen(walk, 'assessment.scored', clientId);
  await seen(walk, 'assessment.report.issued', clientId);
  await graph(self, 'confirm-report', {
    input: {
      requestId: uuidv7(),
      assessmentId: submitAnswers.id,
      expectedVersion: submitAnswers.version,
      reportHash: report.contentHash,
    },
  });
  say('The client confirms the report: the level counts.');
  await seen(walk, 'risk.profile.changed', clientId);
  const reasons = await until('clients grades by the new level', async () => {
    const { client } = await graph<{ client: { gradeReasons: string[] } }>('adviser', 'client-page', {
      id: clientId,
      locale: 'EN',
    });
    return client.gradeReasons.some((reason) => /medium-low/i.test(reason)) && client.gradeReasons;
  });
  say(`Clients has graded anew: ${reasons.join(' ')}`);
}

type OfferedProduct = { id: string; code: string; rating: string };

async function buy(walk: Walk): Promise<void> {
  const { graph, say, clientId } = walk;
  const self = `client-${clientId}`;
  const { me } = await graph<{ me: { eligibleProducts: { nodes: OfferedProduct[] } } }>(
    self,
    'eligible-products',
    { first: 100 },
  );
  const offered = me.eligibleProducts.nodes;
  say(`The client is offered ${offered.map((product) => `${product.code} (${product.rating})`).join(', ')}.`);
  const { products } = await graph<{ products: { nodes: OfferedProduct[] } }>(self, 'products', {
    first: 100,
  });
  const order = (productId: string | undefined, amount: string) => ({
    input: { requestId: uuidv7(), clientId, productId, amount: cny(amount) },
  });

  const above = products.nodes.find((product) => product.rating === 'R4');
  const refusal = await graph(self, 'place-order', order(above?.id, '100000')).catch(
    (error: unknown) => error,
  );
  if (!(refusal instanceof GraphError)) throw new Error('An order above the level was not refused.');
  say(
    `An order for ${above?.code} (${above?.rating}) is refused: ${refusal.codes.join()} ${JSON.stringify(refusal.errors[0]?.extensions?.details)}`,
  );

  const suitable = offered.find((product) => product.code === 'WMP-STEADY-12M');
  const { placeOrder } = await graph<{ placeOrder: Versioned }>(
    self,
    'place-order',
    order(suitable?.id, '88000.00'),
  );
  say(`The client orders ${suitable?.code} (${suitable?.rating}) for CNY 88,000.00.`);
  await seen(walk, 'order.submitted', clientId);
  const { acceptOrder } = await graph<{ acceptOrder: Versioned }>('operations', 'accept-order', {
    input: { orderId: placeOrder.id, expectedVersion: placeOrder.version },
  });
  say('The issuer has accepted.');
  const { settleOrder } = await graph<{ settleOrder: { settlement: { units: string; nav: string } } }>(
    'operations',
    'settle-order',
    {
      input: {
        requestId: uuidv7(),
        orderId: placeOrder.id,
        expectedVersion: acceptOrder.version,
        nav: '1.0250',
        settledOn: dayIn(walk.now),
      },
    },
  );
  say(`Settled at ${settleOrder.settlement.nav}: ${settleOrder.settlement.units} units.`);
  await seen(walk, 'order.settled', clientId);
  await seen(walk, 'holding.changed', clientId);
  await seen(walk, 'points.earned', clientId);
}

async function logInteraction({ graph, say, clientId, now }: Walk): Promise<void> {
  const { logInteraction: logged } = await graph<{ logInteraction: { subjectLabel: string } }>(
    'adviser',
    'log-interaction',
    {
      input: {
        requestId: uuidv7(),
        clientId,
        channel: 'PHONE',
        direction: 'OUTBOUND',
        at: now.toISOString(),
        subjectCode: 'RECOMMENDATION',
        summary: SUMMARY,
      },
    },
  );
  say(`The adviser logs a call: ${logged.subjectLabel}.`);
}

/** Waits for an event of this journey on Kafka and tells it, with all that came before it. */
async function seen(walk: Walk, type: string, key: string): Promise<void> {
  await until(`${type} of ${key} on Kafka`, async () =>
    walk.heard.some((event) => event.type === type && event.key === key),
  );
  for (; walk.told < walk.heard.length; walk.told += 1) {
    const event = walk.heard[walk.told];
    if (event === undefined || (event.key !== walk.leadId && event.key !== walk.clientId)) continue;
    walk.say(`    ${event.topic} ${event.type} #${event.sequence} ${JSON.stringify(event.data)}`);
  }
}

/** A service that has not yet seen the client's events fails closed; that passes. */
async function whenKnown<T>(command: Promise<T>): Promise<T | undefined> {
  return command.catch((error: unknown) => {
    if (
      error instanceof GraphError &&
      error.codes.some((code) => ['NOT_FOUND', 'CLIENT_UNKNOWN', 'CLIENT_NOT_ACTIVE'].includes(code))
    )
      return undefined;
    throw error;
  });
}

async function versionOf({ graph, clientId }: Walk, atLeast: number): Promise<number> {
  const { client } = await graph<{ client: Versioned }>('operations', 'client-version', { id: clientId });
  return Math.max(client.version, atLeast);
}

export const dayIn = (now: Date): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(now);
