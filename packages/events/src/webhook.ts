import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * How the ready sink signs what it posts, and how a receiver checks it (the scheme of standardwebhooks.com): the signature is over
 * id, timestamp and body, so that nothing of them can be changed and nothing old can be sent again.
 */
export type WebhookHeaders = {
  'webhook-id': string;
  'webhook-timestamp': string;
  'webhook-signature': string;
};

const signatureOf = (secret: string, id: string, timestamp: string, body: string): string =>
  `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`;

/** The headers of a message. `id` is that of the event: a receiver that has seen it skips the message. */
export function signWebhook(secret: string, message: { id: string; at: Date; body: string }): WebhookHeaders {
  const timestamp = String(Math.floor(message.at.getTime() / 1_000));
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatureOf(secret, message.id, timestamp, message.body),
  };
}

export type WebhookVerdict = 'GENUINE' | 'UNSIGNED' | 'FORGED' | 'TOO_OLD';

/** What a receiver should think of a message, given its headers and its body as it came, before parsing. Several signatures may stand side by side. */
export function verifyWebhook(
  secret: string,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: string,
  { now = new Date(), toleranceMs = 300_000 }: { now?: Date; toleranceMs?: number } = {},
): WebhookVerdict {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => headers[name],
  );
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string')
    return 'UNSIGNED';
  const expected = Buffer.from(signatureOf(secret, id, timestamp, body));
  const isGenuine = signatures
    .split(' ')
    .map((signature) => Buffer.from(signature))
    .some((given) => given.length === expected.length && timingSafeEqual(given, expected));
  if (!isGenuine) return 'FORGED';
  return Math.abs(now.getTime() - Number(timestamp) * 1_000) > toleranceMs ? 'TOO_OLD' : 'GENUINE';
}
