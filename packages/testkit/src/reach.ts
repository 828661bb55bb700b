import { ClientOnboarded, ClientRestricted, ClientUpdated, type EventDraft } from '@client-graph/events';
import { type Actor, actorOf, isRole, ROLES } from '@client-graph/kit';
import { v7 as uuidv7 } from 'uuid';

/** The part of a service under test that is needed here. */
type Service = {
  // biome-ignore lint/suspicious/noExplicitAny: what is asked for is known and checked at once.
  ask: (actor: Actor, operation: string) => Promise<{ data: any }>;
  deliver: (draft: EventDraft) => Promise<void>;
};

/** Who asks, as the test of reach names them, and whether they reach the client: in the usual case, and when the record is restricted. */
const EXPECTED = {
  'the client': [true, false],
  'another client': [false, false],
  'the adviser': [true, false],
  'the adviser of the head of the household': [true, false],
  'an adviser behind a wall, though of the head of the household': [false, false],
  'another adviser': [false, false],
  'OPERATIONS behind a wall': [false, false],
  'SERVICE_AGENT behind a wall': [false, false],
  'COMPLIANCE behind a wall': [true, true],
  OPERATIONS: [true, false],
  COMPLIANCE: [true, true],
  AUDITOR: [true, true],
  RISK_ASSESSOR: [false, false],
  SERVICE_AGENT: [false, false],
  MARKETING: [false, false],
  ANALYST: [false, false],
  ADMIN: [false, false],
} as const satisfies Record<string, readonly [usual: boolean, restricted: boolean]>;

/**
 * What is wrong with whom the service lets reach a client that it was told of: each case of the table above is asked for the client by
 * `_entities`, as the gateway does. Empty when all is as it should be.
 */
export async function reachProblems(world: Service): Promise<string[]> {
  const [clientId, adviserId, headsAdviser, walled, walledToo] = Array.from({ length: 5 }, () => uuidv7());
  if (!clientId || !adviserId || !headsAdviser || !walled || !walledToo) throw new Error('No ids.');
  const callers = {
    'the client': actorOf(clientId, ['CLIENT'], clientId),
    'another client': actorOf(headsAdviser, ['CLIENT'], headsAdviser),
    'the adviser': actorOf(adviserId, ['ADVISER']),
    'the adviser of the head of the household': actorOf(headsAdviser, ['ADVISER']),
    'another adviser': actorOf(uuidv7(), ['ADVISER']),
    'OPERATIONS behind a wall': actorOf(walled, ['OPERATIONS', 'ADVISER']),
    'SERVICE_AGENT behind a wall': actorOf(walled, ['SERVICE_AGENT']),
    'COMPLIANCE behind a wall': actorOf(walled, ['COMPLIANCE']),
    ...Object.fromEntries(
      Object.keys(ROLES)
        .filter((role) => role !== 'CLIENT' && role !== 'ADVISER')
        .map((role) => [role, actorOf(uuidv7(), isRole(role) ? [role] : [])]),
    ),
  };
  const standing = {
    clientId,
    kind: 'INDIVIDUAL' as const,
    class: 'ORDINARY' as const,
    grade: 'BRONZE' as const,
    adviserId,
    ageBand: 'FROM_31' as const,
    fullCivilCapacity: true,
    institutionType: null,
    walledIds: [walledToo, walled],
  };
  const problems: string[] = [];
  const check = async (callersNow: Record<string, Actor>, column: 0 | 1) => {
    for (const [name, actor] of Object.entries(callersNow)) {
      const { data } = await world.ask(
        actor,
        `{ _entities(representations: [{ __typename: "Client", id: "${clientId}" }]) { ... on Client { id } } }`,
      );
      const expected = Object.entries(EXPECTED).find(([key]) => key === name)?.[1][column];
      const isReached = (data?._entities?.[0] ?? null) !== null;
      if (isReached !== expected) problems.push(`${name}: ${isReached}, not ${expected}`);
    }
  };
  await world.deliver(ClientOnboarded({ ...standing, householdAdviserId: headsAdviser, originLeadId: null }));
  await check(callers, 0);
  const told = { ...standing, changedFieldCodes: ['reach'], version: 2 };
  await world.deliver(ClientUpdated({ ...told, householdAdviserId: walledToo }));
  const behind = actorOf(walledToo, ['ADVISER']);
  await check({ 'an adviser behind a wall, though of the head of the household': behind }, 0);
  await world.deliver(ClientUpdated({ ...told, householdAdviserId: headsAdviser, version: 3 }));
  await world.deliver(
    ClientRestricted({ clientId, from: 'ACTIVE', to: 'RESTRICTED', reason: 'CLIENT_REQUEST', until: null }),
  );
  await check(callers, 1);
  return problems;
}
