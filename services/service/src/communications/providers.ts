import { createHmac } from 'node:crypto';
import { createTransport } from 'nodemailer';
import { z } from 'zod';
import type { Handover } from './communications.rules.js';
import type { CommunicationChannel } from './gate.rules.js';

export type Message = { id: string; to: string; subject: string; text: string };

/** A way out of the house: e-mail by SMTP, SMS and WeChat by a provider's HTTP interface. It never throws. */
export type Provider = {
  send: (message: Message) => Promise<Handover>;
  /** Whether the provider tells a repeat by the message's id and takes it once: then a message may be handed over again. */
  knowsRepeats?: boolean;
  close: () => void;
};
export type Providers = Partial<Record<CommunicationChannel, Provider>>;

/** What nodemailer says of a failure; anything may be missing. */
const Failure = z.object({
  code: z.string().optional(),
  command: z.string().optional(),
  responseCode: z.number().optional(),
});

/** The commands before there is talk of a message: a "no" to one of them, however final, is about us and not about the recipient. */
const BEFORE_ANY_MESSAGE = ['CONN', 'EHLO', 'HELO', 'STARTTLS', 'AUTH'];
/** The commands before the message itself: when one of them fails, nothing was taken. */
const BEFORE_THE_MESSAGE = [...BEFORE_ANY_MESSAGE, 'MAIL FROM', 'RCPT TO', 'API'];

/**
 * What a failure means for the message. A server that answers has not taken it: for good with 5xx, for now with 4xx, and for now
 * too where it does not let us in, as with a wrong password. A connection that never stood has not either. One that broke in the midst of the message leaves it open.
 */
export function handoverOf(error: unknown): Handover {
  const { code = 'FAILED', command = '', responseCode = 0 } = Failure.safeParse(error).data ?? {};
  const isLetIn = !BEFORE_ANY_MESSAGE.some((begin) => command.startsWith(begin));
  if (responseCode >= 500 && isLetIn) return { outcome: 'REFUSED', reason: `SMTP_${responseCode}` };
  if (responseCode >= 400) return { outcome: 'NOT_TAKEN', reason: `SMTP_${responseCode}` };
  const isBefore = BEFORE_THE_MESSAGE.some((begin) => command.startsWith(begin));
  const reason = /^[A-Z0-9_]{1,40}$/.test(code) ? code : 'FAILED';
  return isBefore ? { outcome: 'NOT_TAKEN', reason } : { outcome: 'UNKNOWN', reason };
}

/** Sends over SMTP. The message's id is its Message-ID, so that a receiver can tell a repeat. */
export function smtpProvider(options: { url: string; from: string }): Provider {
  const transport = createTransport(
    {
      url: options.url,
      pool: true,
      maxConnections: 16,
      maxMessages: 1_000,
      connectionTimeout: 5_000,
      greetingTimeout: 5_000,
      socketTimeout: 20_000,
    },
    { from: options.from },
  );
  return {
    send: async ({ id, to, subject, text }) => {
      try {
        await transport.sendMail({
          to: { name: '', address: to },
          subject,
          text,
          messageId: `<${id}@client-graph>`,
        });
        return { outcome: 'TAKEN' };
      } catch (error) {
        return handoverOf(error);
      }
    },
    close: () => transport.close(),
  };
}

type HttpOptions = { url: string; secret: string | undefined; timeoutMs?: number };

/**
 * Posts to a provider of SMS or WeChat as JSON. The body is signed with the shared secret, the instant in it against replays;
 * `Idempotency-Key` is the message's id, by which the provider takes a repeat once, so that a message without an answer is tried
 * again. 4xx is a refusal for good, but 408, 425 and 429.
 */
export const httpProvider = ({ url, secret, timeoutMs = 10_000 }: HttpOptions): Provider => ({
  knowsRepeats: true,
  send: async ({ id, to, subject, text }) => {
    const body = JSON.stringify({ id, to, subject, text });
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': id,
      ...(secret === undefined
        ? {}
        : { 'x-timestamp': timestamp, 'x-signature': signed(secret, timestamp, body) }),
    };
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' });
      await response.body?.cancel();
      if (response.ok) return { outcome: 'TAKEN' };
      const reason = `HTTP_${response.status}`;
      const isForNow = response.status >= 500 || AGAIN.includes(response.status);
      return isForNow ? { outcome: 'NOT_TAKEN', reason } : { outcome: 'REFUSED', reason };
    } catch {
      return { outcome: 'NOT_TAKEN', reason: 'NO_ANSWER' };
    }
  },
  close: () => undefined,
});

const AGAIN = [408, 425, 429];

/** `sha256=` and the HMAC of `timestamp.body` in hexadecimal. */
export const signed = (secret: string, timestamp: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
