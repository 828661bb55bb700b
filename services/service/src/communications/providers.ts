import { createTransport } from 'nodemailer';
import { z } from 'zod';
import type { Handover } from './communications.rules.js';
import type { CommunicationChannel } from './gate.rules.js';

export type Message = { id: string; to: string; subject: string; text: string };

/** A way out of the house: e-mail by SMTP, SMS and WeChat by a provider's HTTP interface. It never throws. */
export type Provider = {
  send: (message: Message) => Promise<Handover>;
  close: () => void;
};
export type Providers = Partial<Record<CommunicationChannel, Provider>>;

/** What nodemailer says of a failure; anything may be missing. */
const Failure = z.object({
  code: z.string().optional(),
  command: z.string().optional(),
  responseCode: z.number().optional(),
});

/** The commands before the message itself: when one of them fails, nothing was taken. */
const BEFORE_THE_MESSAGE = ['CONN', 'EHLO', 'HELO', 'STARTTLS', 'AUTH', 'MAIL FROM', 'RCPT TO', 'API'];

/**
 * What a failure means for the message. A server that answers has not taken it: for good with 5xx, for now with 4xx. A
 * connection that never stood has not either. One that broke in the midst of the message leaves it open.
 */
export function handoverOf(error: unknown): Handover {
  const { code = 'FAILED', command = '', responseCode = 0 } = Failure.safeParse(error).data ?? {};
  if (responseCode >= 500) return { outcome: 'REFUSED', reason: `SMTP_${responseCode}` };
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
      maxConnections: 8,
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

/** Posts to a provider's address as JSON; `Idempotency-Key` lets it tell a repeat. */
export const httpProvider = (url: string): Provider => ({
  send: async ({ id, to, text }) => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': id },
        body: JSON.stringify({ id, to, text }),
        signal: AbortSignal.timeout(10_000),
      });
      if (response.ok) return { outcome: 'TAKEN' };
      const reason = `HTTP_${response.status}`;
      return response.status < 500 && response.status !== 429
        ? { outcome: 'REFUSED', reason }
        : { outcome: 'NOT_TAKEN', reason };
    } catch {
      return { outcome: 'UNKNOWN', reason: 'NO_ANSWER' };
    }
  },
  close: () => undefined,
});
