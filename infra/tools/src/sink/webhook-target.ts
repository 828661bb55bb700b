import { setTimeout as delay } from 'node:timers/promises';
import { signWebhook } from '@client-graph/events/webhook';
import { type ConversionEvent, type Delivered, jsonOf, type Target } from './target.js';

const ANSWER_TIMEOUT_MS = 10_000;
const BACKOFF_MS = { first: 500, max: 60_000 } as const;
/** Answers that time may mend; every other one from 400 on is a "no" for good. */
const PASSING = new Set([408, 409, 425, 429]);

export type WebhookOptions = {
  url: string;
  secret: string;
  signal: AbortSignal;
  /** Hears of every post that must be tried again. */
  onRetry: (reason: string, pauseMs: number) => void;
  backoffMs?: { first: number; max: number };
};

/**
 * Posts each conversion to an address, one after the other: signed, with the id of the event, again and again with growing pauses
 * until it is taken. A receiver may get one twice (the id tells) and never gets two of a lead in the wrong order.
 */
export function webhookTarget(options: WebhookOptions): Target {
  const { url, secret, signal, onRetry, backoffMs = BACKOFF_MS } = options;

  /** Null once it is taken, else why it never will be. */
  async function post(event: ConversionEvent): Promise<string | null> {
    const body = jsonOf(event);
    for (let attempt = 0; ; attempt += 1) {
      signal.throwIfAborted();
      const answer = await postOnce(body, event.id);
      if (answer === 'TAKEN') return null;
      if ('refused' in answer) return answer.refused;
      const pauseMs = Math.max(
        answer.afterMs,
        Math.min(backoffMs.max, backoffMs.first * 2 ** attempt) * (0.5 + Math.random() / 2),
      );
      onRetry(answer.passing, pauseMs);
      await delay(pauseMs, undefined, { signal });
    }
  }

  async function postOnce(
    body: string,
    id: string,
  ): Promise<'TAKEN' | { refused: string } | { passing: string; afterMs: number }> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'error',
        headers: { 'content-type': 'application/json', ...signWebhook(secret, { id, at: new Date(), body }) },
        body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
      });
      await response.body?.cancel();
      if (response.ok) return 'TAKEN';
      if (response.status >= 400 && response.status < 500 && !PASSING.has(response.status))
        return { refused: `HTTP ${response.status}` };
      return {
        passing: `HTTP ${response.status}`,
        afterMs: retryAfterMs(response.headers.get('retry-after')),
      };
    } catch (error) {
      signal.throwIfAborted();
      return { passing: error instanceof Error ? error.name : 'no answer', afterMs: 0 };
    }
  }

  return {
    open: async () => undefined,
    deliver: async (events): Promise<Delivered> => {
      const refused: { event: ConversionEvent; reason: string }[] = [];
      const held = new Set<string>();
      for (const event of events) {
        const reason = held.has(event.key) ? 'after a refused one' : await post(event);
        if (reason === null) continue;
        held.add(event.key);
        refused.push({ event, reason });
      }
      return { refused };
    },
    close: async () => undefined,
  };
}

/** A receiver may say how long to wait, in seconds; more than an hour is not waited. */
const retryAfterMs = (header: string | null): number =>
  header !== null && /^\d{1,4}$/.test(header) ? Math.min(Number(header), 3_600) * 1_000 : 0;
