import type { Tx } from '@client-graph/kit';
import { CommunicationRow } from './communications.entities.js';
import type { CommunicationKind } from './gate.rules.js';
import { templateInUse } from './templates.js';

const CHANNELS = ['EMAIL', 'SMS', 'WECHAT'] as const;

/** The first channel by which the client is reached; e-mail where there is none, and the gate will say so. */
export async function channelOf(tx: Tx, clientId: string): Promise<CommunicationRow['channel']> {
  const points = await tx.query<{ channel: string }>(
    'select channel from contact_point where client_id = $1',
    [clientId],
  );
  return CHANNELS.find((of) => points.some((point) => point.channel === of)) ?? 'EMAIL';
}

type Ask = {
  clientId: string;
  kind: CommunicationKind;
  templateCode: string;
  /** What the template's variables may be filled with; those it does not name are left out. */
  words: Record<string, string>;
};

/** Queues one message to one client in the words in use; returns its id. The gate decides when it is sent. */
export async function queueMessage(tx: Tx, { clientId, kind, templateCode, words }: Ask): Promise<string> {
  const template = await templateInUse(tx, templateCode, kind);
  const variables = Object.fromEntries(template.variables.map((name) => [name, words[name] ?? '']));
  const id = tx.newId();
  await tx.insert(CommunicationRow, {
    id,
    clientId,
    mailingId: null,
    kind,
    channel: await channelOf(tx, clientId),
    templateId: template.id,
    variables,
    state: 'QUEUED',
    reason: null,
    attempts: 0,
    notBefore: tx.now,
    queuedAt: tx.now,
    handedAt: null,
    sentAt: null,
    endedAt: null,
    reportedAt: null,
  });
  return id;
}
