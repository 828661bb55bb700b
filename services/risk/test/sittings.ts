/** The steps of an assessment as client and staff send them, for tests: builders with defaults, on a world of their own. */
import { randomUUID } from 'node:crypto';
import { ClientActivated, ClientOnboarded, type EventDraft } from '@client-graph/events';
import { type Actor, actorOf } from '@client-graph/kit';
import { questionnaire } from '../src/fixture.js';

export const MORNING = new Date('2026-03-02T02:00:00.000Z');

const FIELDS =
  'id version state score bandLevel scoredLevel finalLevel lowestCategory flags interviewReasons validFrom validTo attemptNo gatesFired { id } report { id number contentHash content confirmedAt }';
export const START = `mutation ($input: StartAssessmentInput!) { startAssessment(input: $input) { ${FIELDS} } }`;
export const SUBMIT = `mutation ($input: SubmitAnswersInput!) { submitAnswers(input: $input) { ${FIELDS} } }`;
const INTERVIEW = `mutation ($input: RecordInterviewInput!) { recordInterview(input: $input) { ${FIELDS} } }`;
export const CONFIRM = `mutation ($input: ConfirmReportInput!) { confirmReport(input: $input) { ${FIELDS} } }`;
export const ENTITIES = (fields: string) =>
  `query ($refs: [_Any!]!) { _entities(representations: $refs) { ... on Client { id ${fields} } } }`;

export const SAVER = 'EBDCBCAABBBB';
export const BOLD = 'DDEDDDEEBDDE';
export const PATIENT = 'DCDCCCDCBDDD';

// biome-ignore lint/suspicious/noExplicitAny: a test knows the shape it has asked for and checks it at once.
type Answered = { data: any; codes: string[] };
/** A service as its tests see it; what it answers is whatever its world says. */
type Served<Answer extends Answered> = {
  ask: (actor: Actor | null, operation: string, variables?: Record<string, unknown>) => Promise<Answer>;
  deliver: (draft: EventDraft) => Promise<void>;
  events: () => Promise<{ type: string; key: string; data: Record<string, unknown> }[]>;
};

type Standing = Parameters<typeof ClientOnboarded>[0];
export type Someone = {
  clientId: string;
  adviserId: string;
  client: ReturnType<typeof actorOf>;
  adviser: ReturnType<typeof actorOf>;
};

export const assessor = actorOf(randomUUID(), ['RISK_ASSESSOR']);
export const compliance = actorOf(randomUUID(), ['COMPLIANCE']);

/** What a client sends: one letter a question, without those that are worked out. */
export const sent = (letters: string, code = 'IND-RTQ') =>
  questionnaire(code).definition.questions.flatMap(({ id, source }, index) =>
    source === 'DERIVED' ? [] : [{ questionId: id, optionCode: letters.charAt(index) }],
  );

/** What cannot be refused where the test is about something else. */
async function done(answer: Promise<Answered>, field: string) {
  const { data, codes } = await answer;
  if (codes.length > 0) throw new Error(`${field} was refused: ${codes.join()}`);
  return data[field];
}

/** A person of the firm, as events tell of them. */
async function openClient(
  world: Pick<Served<Answered>, 'deliver'>,
  own: Partial<Standing>,
  isActive: boolean,
): Promise<Someone> {
  const clientId = randomUUID();
  const adviserId = randomUUID();
  const standing = {
    kind: 'INDIVIDUAL',
    class: 'ORDINARY',
    grade: 'BRONZE',
    adviserId,
    ageBand: 'FROM_18',
    fullCivilCapacity: true,
    institutionType: null,
    originLeadId: null,
    ...own,
  } as const;
  await world.deliver(ClientOnboarded({ clientId, ...standing }));
  const moved = { clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'VERIFIED' } as const;
  if (isActive) await world.deliver(ClientActivated(moved));
  return {
    clientId,
    adviserId,
    client: actorOf(clientId, ['CLIENT'], clientId),
    adviser: actorOf(adviserId, ['ADVISER']),
  };
}

export function sittings<Answer extends Answered>(worldOf: () => Served<Answer>) {
  const aClient = (own: Partial<Standing> = {}, isActive = true) => openClient(worldOf(), own, isActive);
  const started = (who: Someone, input: object = {}): Promise<{ id: string; version: number }> =>
    done(
      worldOf().ask(who.client, START, {
        input: { requestId: randomUUID(), clientId: who.clientId, channel: 'ONLINE', ...input },
      }),
      'startAssessment',
    );
  const submit = (who: Someone, assessmentId: string, letters: string, input: object = {}) =>
    worldOf().ask(who.client, SUBMIT, {
      input: { requestId: randomUUID(), assessmentId, expectedVersion: 1, answers: sent(letters), ...input },
    });
  const submitted = async (who: Someone, letters: string) =>
    done(submit(who, (await started(who)).id, letters), 'submitAnswers');
  const interview = (id: string, version: number, input: object = {}, by = assessor) =>
    worldOf().ask(by, INTERVIEW, {
      input: {
        assessmentId: id,
        expectedVersion: version,
        outcome: 'CONFIRM',
        mode: 'FACE',
        checklist: ['TOLERANCE', 'GOALS'],
        summary: 'Knows the swings and can bear them.',
        ...input,
      },
    });
  const confirmed = (
    who: Someone,
    { id, version, report }: { id: string; version: number; report: { contentHash: string } },
  ) =>
    done(
      worldOf().ask(who.client, CONFIRM, {
        input: {
          requestId: randomUUID(),
          assessmentId: id,
          expectedVersion: version,
          reportHash: report.contentHash,
        },
      }),
      'confirmReport',
    );
  const eventsOf = async (who: Someone) =>
    (await worldOf().events()).filter(({ key }) => key === who.clientId);
  return { aClient, started, submit, submitted, interview, confirmed, eventsOf };
}
