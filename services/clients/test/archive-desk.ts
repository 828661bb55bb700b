import { randomUUID as freshId } from 'node:crypto';
import { type EventDraft, OrderSettled, ReportIssued } from '@client-graph/events';
import { type Actor, actorOf, type Db } from '@client-graph/kit';
import { service } from '../src/service.js';
import { activate, openPerson } from './applications.js';
import { comeBack } from './own-events.js';

export const OFFICER = actorOf(freshId(), ['OPERATIONS']);
export const WATCH = actorOf(freshId(), ['COMPLIANCE']);
export const SECOND = actorOf(freshId(), ['COMPLIANCE']);
export const AUDITOR = actorOf(freshId(), ['AUDITOR']);
export const HOUR = 3_600_000;

// biome-ignore lint/suspicious/noExplicitAny: a test knows the shape it has asked for and checks it at once.
type Answer = { data: any; codes: string[] };
/** The part of a service under test that is needed here. */
type World = {
  db: Db;
  clock: { now: Date };
  ask: (
    actor: Actor,
    operation: string,
    variables?: Record<string, unknown>,
    purpose?: string,
  ) => Promise<Answer>;
  deliver: (draft: EventDraft, options?: { times?: number; at?: Date; id?: string }) => Promise<void>;
  sql: <T>(text: string, values?: unknown[]) => Promise<T[]>;
};
let world: World;

/** Says on which service the tests of a file do what follows, again and again. */
export const openDesk = (opened: World): void => {
  world = opened;
};

type Item = {
  id: string;
  itemClass: string;
  what: string;
  retainedUntil: string | null;
  isHeld: boolean;
  sourceRef: string;
};
export const ask = (
  actor: Actor,
  operation: string,
  variables: Record<string, unknown> = {},
  purpose?: string,
) => {
  later(1);
  return world.ask(actor, operation, variables, purpose);
};
export const later = (ms: number) => {
  world.clock.now = new Date(world.clock.now.getTime() + ms);
};
export const run = async (name: string) => {
  const job = service.jobs?.find((one) => one.name === name);
  if (job === undefined) throw new Error(`There is no job ${name}.`);
  await job.run(world.db);
};
export const active = async (adviser = actorOf(freshId(), ['ADVISER'])) => {
  const client = await activate(ask, OFFICER, await openPerson(ask, adviser));
  return { ...client, adviser };
};
export const send = (actor: Actor, name: string, type: string, input: object, fields = 'id status version') =>
  ask(actor, `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} } }`, { input });

export const itemsOf = async (clientId: string, actor: Actor = WATCH): Promise<Item[]> =>
  (
    await ask(
      actor,
      `{ archiveFile(clientId: "${clientId}") { items(first: 100) { nodes { id itemClass itemClassLabel(locale: ZH_HANT) what source sourceRef hash occurredAt retainedUntil isHeld } } } }`,
    )
  ).data.archiveFile.items.nodes;
export const keepingOf = async (clientId: string) =>
  (await ask(WATCH, `{ archiveFile(clientId: "${clientId}") { keeping { keptUntil isHeld } } }`)).data
    .archiveFile.keeping;

export const order = (clientId: string) => ({
  clientId,
  orderId: freshId(),
  productId: freshId(),
  productClass: 'BANK_WMP' as const,
  side: 'BUY' as const,
  amountMinor: 8_800_000,
  currency: 'CNY',
});
export const complaint = (clientId: string, complaintId = freshId()) => ({
  complaintId,
  clientId,
  category: 'SERVICE',
  severity: 'LOW' as const,
  dueOn: '2026-03-17',
  onTime: null,
  rootCause: null,
});

/** A client with something of every service in the file. */
export async function aFile() {
  const client = await active();
  await comeBack(world);
  await world.deliver(OrderSettled({ ...order(client.id), settledOn: '2026-03-02' }), { times: 2 });
  await world.deliver(
    ReportIssued({ clientId: client.id, assessmentId: freshId(), reportId: freshId(), level: 'MEDIUM' }),
    { times: 2 },
  );
  return client;
}

export async function anAccess(actor: Actor, clientId: string, changes: object = {}) {
  const items = (await itemsOf(clientId)).map(({ id }) => id);
  const input = {
    requestId: freshId(),
    clientId,
    itemIds: items,
    purpose: 'INSPECTION',
    reason: 'The yearly sample',
    hours: 8,
    ...changes,
  };
  const answer = await send(actor, 'requestArchiveAccess', 'RequestArchiveAccessInput', input);
  return { ...answer, access: answer.data?.requestArchiveAccess, items };
}
export const decideOn = (actor: Actor, accessId: string, decision = 'APPROVE', expectedVersion = 1) =>
  send(actor, 'decideArchiveAccess', 'DecideArchiveAccessInput', {
    accessId,
    expectedVersion,
    decision,
    reason: 'The sample needs it',
  });
export const step = (actor: Actor, name: string, accessId: string, expectedVersion: number) =>
  send(actor, name, 'ArchiveAccessInput', { accessId, expectedVersion }, 'id status version closesAt');
export const read = (actor: Actor, accessId: string, itemId: string) =>
  ask(
    actor,
    `mutation ($input: ReadArchiveItemInput!) { readArchiveItem(input: $input) {
       item { id } facts { name value } isIntact readAt client { status individual { name } } } }`,
    { input: { accessId, itemId } },
  );
export async function anOpenAccess(actor: Actor, clientId: string) {
  const { access, items } = await anAccess(actor, clientId);
  await decideOn(WATCH, access.id);
  const opened = await step(actor, 'openArchiveAccess', access.id, 2);
  return { id: String(access.id), items, closesAt: opened.data.openArchiveAccess.closesAt };
}
export const stored = (sql: string, ...values: unknown[]) => world.sql<Record<string, unknown>>(sql, values);
