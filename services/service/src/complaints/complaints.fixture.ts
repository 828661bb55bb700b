import { randomUUID as freshId } from 'node:crypto';
import { ClientOnboarded, type EventDraft } from '@client-graph/events';
import { type Actor, actorOf } from '@client-graph/kit';

/** Builders for tests through GraphQL: each test overrides only what it is about. */

// biome-ignore lint/suspicious/noExplicitAny: a test knows the shape it has asked for and checks it at once.
type Answer = { data: any; codes: string[] };
type World = {
  ask: (actor: Actor | null, operation: string, variables?: Record<string, unknown>) => Promise<Answer>;
  deliver: (draft: EventDraft) => Promise<void>;
  events: () => Promise<{ type: string; key: string; data: Record<string, unknown> }[]>;
};

export const ADVISER = freshId();
export const AGENT = freshId();
export const agent = actorOf(AGENT, ['SERVICE_AGENT']);
export const other = actorOf(freshId(), ['SERVICE_AGENT']);
export const adviser = actorOf(ADVISER, ['ADVISER']);
export const compliance = actorOf(freshId(), ['COMPLIANCE']);
export const auditor = actorOf(freshId(), ['AUDITOR']);
export const clientActor = (id: string) => actorOf(id, ['CLIENT'], id);
export const START = new Date('2026-02-13T02:00:00.000Z');

const FIELDS = /* GraphQL */ `
  id version number status dueOn dueAt acknowledgeDueAt dueIsProvisional acknowledgeDueIsProvisional isOverdue complexity onTime remedies
  satisfaction redress { type amount { amount currency } }
`;
const INPUTS: Record<string, string> = {
  proposeComplaintExtension: 'ProposeExtensionInput',
  decideComplaintExtension: 'DecideExtensionInput',
  decideComplaintReview: 'ResolveComplaintInput',
  reopenComplaint: 'TakeUpComplaintInput',
  reviewComplaint: 'TakeUpComplaintInput',
};
export const isAssigned = { handlerId: AGENT, isRecusalChecked: true };
export const decision = {
  findings: 'It was not told.',
  decision: 'The fee is given back.',
  rootCause: 'DISCLOSURE',
};

type Changes = Record<string, unknown>;
type Found = { id: string; version: number };

export const aFiling = (clientId: string | null, changes: Changes = {}) => ({
  requestId: freshId(),
  clientId,
  channel: 'PHONE',
  category: 'FEE',
  claim: 'The fee was not told.',
  ...changes,
});

/** The complaint desk of a world, which is there once a test runs. */
export function deskOf(world: () => World) {
  async function aClient(): Promise<string> {
    const clientId = freshId();
    const standing = { kind: 'INDIVIDUAL', class: 'ORDINARY', grade: 'BRONZE', ageBand: 'FROM_31' } as const;
    const rest = { adviserId: ADVISER, fullCivilCapacity: true, institutionType: null, originLeadId: null };
    await world().deliver(ClientOnboarded({ clientId, ...standing, ...rest }));
    return clientId;
  }
  async function run(name: string, input: Changes, actor = agent) {
    const type = INPUTS[name] ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    const operation = `mutation ($input: ${type}!) { ${name}(input: $input) { ${FIELDS} } }`;
    const answer = await world().ask(actor, operation, { input });
    return { ...answer, complaint: answer.data?.[name] };
  }
  async function file(changes: Changes = {}, clientId?: string) {
    const { complaint, codes } = await run('fileComplaint', aFiling(clientId ?? (await aClient()), changes));
    if (codes.length > 0) throw new Error(`fileComplaint: ${codes}`);
    return complaint;
  }
  const at = (complaint: Found, input: Changes) => ({
    complaintId: complaint.id,
    expectedVersion: complaint.version,
    ...input,
  });
  async function step(name: string, complaint: Found, input: Changes = {}, actor = agent) {
    const answer = await run(name, at(complaint, input), actor);
    if (answer.codes.length > 0) throw new Error(`${name}: ${answer.codes}`);
    return answer.complaint;
  }
  const codesOf = async (name: string, complaint: Found, input: Changes = {}, actor = agent) =>
    (await run(name, at(complaint, input), actor)).codes;
  async function investigated(changes: Changes = {}, clientId?: string) {
    const acknowledged = await step('acknowledgeComplaint', await file(changes, clientId));
    return step('investigateComplaint', await step('assignComplaint', acknowledged, isAssigned));
  }
  const eventsOf = async (key: string) =>
    (await world().events())
      .filter((event) => event.key === key)
      .map(({ type, data }) => [type, data] as const);
  return { aClient, run, file, step, codesOf, investigated, eventsOf };
}
