import { randomUUID } from 'node:crypto';
import { ClientActivated, ClientOnboarded, type EventDraft } from '@client-graph/events';
import { type Actor, actorOf } from '@client-graph/kit';
import { questionnaire } from './fixture.js';

/** Clients and staff as tests see them: whom they ask as, and the steps of an assessment. */

// biome-ignore lint/suspicious/noExplicitAny: a test knows the shape it has asked for and checks it at once.
type Answer = { data: any; codes: string[] };
type World = {
  ask: (actor: Actor | null, operation: string, variables?: Record<string, unknown>) => Promise<Answer>;
  deliver: (draft: EventDraft) => Promise<void>;
  events: () => Promise<{ type: string; key: string; data: Record<string, unknown> }[]>;
};

export type Someone = { clientId: string; adviserId: string; client: Actor; adviser: Actor };
export type Standing = Omit<Parameters<typeof ClientOnboarded>[0], 'clientId'>;

export const SAVER = 'EBDCBCAABBBB';
export const BOLD = 'DDEDDDEEBDDE';
export const standing = (own: Partial<Standing> = {}): Standing => ({
  kind: 'INDIVIDUAL',
  class: 'ORDINARY',
  grade: 'BRONZE',
  adviserId: randomUUID(),
  ageBand: 'FROM_18',
  fullCivilCapacity: true,
  institutionType: null,
  originLeadId: null,
  ...own,
});

const FIELDS =
  'id version state score bandLevel scoredLevel finalLevel lowestCategory interviewReasons endedReason validFrom validTo attemptNo staffId report { id number contentHash level confirmedAt }';
const mutation = (name: string, fields = FIELDS) =>
  `mutation ($input: ${name.charAt(0).toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { ${fields} } }`;

export const assessor = actorOf(randomUUID(), ['RISK_ASSESSOR']);
export const compliance = actorOf(randomUUID(), ['COMPLIANCE']);

/** What a client sends: one letter a question, without those that are worked out. */
const sent = (letters: string, code = 'IND-RTQ') =>
  questionnaire(code).definition.questions.flatMap(({ id, source }, index) =>
    source === 'DERIVED' ? [] : [{ questionId: id, optionCode: letters.charAt(index) }],
  );

export const FINDINGS = {
  outcome: 'CONFIRM',
  mode: 'FACE',
  checklist: ['TOLERANCE', 'GOALS'],
  summary: 'Knows the swings and can bear them.',
};

export type Passed = { id: string; version: number; state: string; report: { contentHash: string } };

function asking(worldOf: () => World) {
  const run = async (actor: Actor, name: string, input: object, fields?: string) => {
    const { data, codes } = await worldOf().ask(actor, mutation(name, fields), { input });
    return { answer: data?.[name] ?? null, codes };
  };
  const done = async (actor: Actor, name: string, input: object, fields?: string) => {
    const { answer, codes } = await run(actor, name, input, fields);
    if (codes.length > 0) throw new Error(`${name} was refused: ${codes.join(', ')}`);
    return answer;
  };

  const eventsOf = async ({ clientId }: Someone, type?: string) =>
    (await worldOf().events()).filter(
      (event) => event.key === clientId && (type ?? event.type) === event.type,
    );
  const ofClient = async (actor: Actor, { clientId }: Someone, fields: string) => {
    const { data } = await worldOf().ask(
      actor,
      `query ($refs: [_Any!]!) { _entities(representations: $refs) { ... on Client { id ${fields} } } }`,
      { refs: [{ __typename: 'Client', id: clientId }] },
    );
    return data._entities[0];
  };
  return { run, done, eventsOf, ofClient };
}

export function people(worldOf: () => World) {
  const { run, done, eventsOf, ofClient } = asking(worldOf);

  const aClient = async (own: Partial<Standing> = {}): Promise<Someone> => {
    const clientId = randomUUID();
    const facts = standing(own);
    await worldOf().deliver(ClientOnboarded({ clientId, ...facts }));
    await worldOf().deliver(
      ClientActivated({ clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'VERIFIED' }),
    );
    return {
      clientId,
      adviserId: facts.adviserId,
      client: actorOf(clientId, ['CLIENT'], clientId),
      adviser: actorOf(facts.adviserId, ['ADVISER']),
    };
  };
  const started = (who: Someone, input: object = {}): Promise<Passed> =>
    done(who.client, 'startAssessment', {
      requestId: randomUUID(),
      clientId: who.clientId,
      channel: 'ONLINE',
      ...input,
    });
  const submit = (who: Someone, assessmentId: string, letters: string, input: object = {}) =>
    run(who.client, 'submitAnswers', {
      requestId: randomUUID(),
      assessmentId,
      expectedVersion: 1,
      answers: sent(letters),
      ...input,
    });
  const submitted = async (who: Someone, letters: string): Promise<Passed> => {
    const { answer, codes } = await submit(who, (await started(who)).id, letters);
    if (codes.length > 0) throw new Error(`The sheet was refused: ${codes.join(', ')}`);
    return answer;
  };
  const confirmed = (who: Someone, { id, version, report }: Passed): Promise<Passed> =>
    done(who.client, 'confirmReport', {
      requestId: randomUUID(),
      assessmentId: id,
      expectedVersion: version,
      reportHash: report.contentHash,
    });
  /** A client whose level counts. */
  const assessed = async (letters = SAVER, own: Partial<Standing> = {}) => {
    const who = await aClient(own);
    return { who, assessment: await confirmed(who, await submitted(who, letters)) };
  };
  return { run, done, aClient, started, submit, submitted, confirmed, assessed, eventsOf, ofClient };
}
