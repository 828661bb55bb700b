import { GraphQLError } from 'graphql';
import { Pool } from 'undici';
import { Breaker, type BreakerState } from './breaker.js';
import type { ServiceAnswer } from './engine/plan.js';
import { type Post, PostError, type Posted, post } from './http.js';

/** Enough for a few thousand requests a second to one service; more connections only move the queue into the service. */
const CONNECTIONS_MAX = 64;
/** Requests to one service that may wait or run at once; what comes on top is refused before memory grows. */
const WAITING_MAX = 4_000;
const PROBE_TIMEOUT_MS = 1_000;

export type FetchOutcome =
  | 'ok'
  | 'errors'
  | 'SERVICE_UNAVAILABLE'
  | 'SERVICE_TIMEOUT'
  | 'SERVICE_OVERLOADED'
  | 'cancelled';

export type FetchEvent = 'retried' | 'shared' | 'not asked';

export type ServicesOptions = {
  urls: ReadonlyMap<string, string>;
  timeoutMs: number;
  onFetch: (service: string, outcome: FetchOutcome, seconds: number) => void;
  onEvent?: (service: string, event: FetchEvent) => void;
};

/** What goes to every service with a caller's query. */
export type Passed = { authorization: string | undefined; purpose: string | undefined; traceparent: string };

/** The one who waits for an answer. When they go away, so does what only they have asked for. */
export class Caller {
  readonly #onGone = new Set<() => void>();
  #isGone = false;

  constructor(readonly passed: Passed) {}

  get isGone(): boolean {
    return this.#isGone;
  }

  /** Runs `action` when the caller goes; answers with what takes it back. */
  whenGone(action: () => void): () => void {
    this.#onGone.add(action);
    return () => this.#onGone.delete(action);
  }

  go(): void {
    this.#isGone = true;
    for (const action of this.#onGone) action();
    this.#onGone.clear();
  }
}

export type Services = {
  /** From now on these are the services. What is being asked of another is still answered. */
  use: (urls: ReadonlyMap<string, string>) => void;
  /** One query to one service, within the time it is given. Rejects with a GraphQLError: its code and no other word of why. */
  ask: (service: string, body: string, isQuery: boolean, caller: Caller) => Promise<ServiceAnswer>;
  reachability: () => Promise<Record<string, 'reachable' | 'unreachable'>>;
  states: () => [service: string, state: BreakerState, waiting: number][];
  close: () => Promise<void>;
};

/** A request on its way and how many wait for its answer. */
type Shared = Posted & { waiting: number };

export function createServices({ urls, timeoutMs, onFetch, onEvent = () => {} }: ServicesOptions): Services {
  const targets = new Map<string, Target>();
  const use = (next: ReadonlyMap<string, string>) => {
    for (const [name, target] of targets) {
      if (next.get(name) === target.url) continue;
      targets.delete(name);
      target.pool.close().catch(() => undefined);
    }
    for (const [name, url] of next) if (!targets.has(name)) targets.set(name, targetOf(url, timeoutMs));
  };
  use(urls);
  const sending = (service: string, target: Target, query: Omit<Post, 'path'>, isQuery: boolean) =>
    send(target, query, isQuery, {
      done: (outcome, seconds) => onFetch(service, outcome, seconds),
      retried: () => onEvent(service, 'retried'),
    });

  return {
    use,
    ask: async (service, body, isQuery, caller) => {
      const target = targets.get(service);
      if (target === undefined) throw refusal(service, 'SERVICE_UNAVAILABLE');
      const { authorization = '', purpose = '' } = caller.passed;
      // Never across callers: what one may see is none of another's.
      const who = `${authorization}\n${purpose}`;
      let shared = isQuery ? target.inFlight.get(who)?.get(body) : undefined;
      if (shared !== undefined) onEvent(service, 'shared');
      else {
        if (target.waiting >= WAITING_MAX || !target.breaker.admits()) {
          onEvent(service, 'not asked');
          throw refusal(
            service,
            target.waiting >= WAITING_MAX ? 'SERVICE_OVERLOADED' : 'SERVICE_UNAVAILABLE',
          );
        }
        shared = {
          ...sending(service, target, { headers: headersOf(caller.passed), body, timeoutMs }, isQuery),
          waiting: 0,
        };
        if (isQuery) keepWhileInFlight(target, who, body, shared);
        // What a caller reads after their change must not come from before it.
        if (!isQuery) for (const one of targets.values()) one.inFlight.clear();
      }
      return parsed(service, await waitFor(service, shared, caller));
    },
    reachability: async () =>
      Object.fromEntries(
        await Promise.all(
          [...targets].map(
            async ([name, target]) => [name, (await isAlive(target)) ? 'reachable' : 'unreachable'] as const,
          ),
        ),
      ),
    states: () => [...targets].map(([name, { breaker, waiting }]) => [name, breaker.state, waiting]),
    close: async () => {
      await Promise.all([...targets.values()].map(({ pool }) => pool.close()));
    },
  };
}

type Target = {
  url: string;
  pool: Pool;
  path: string;
  breaker: Breaker;
  waiting: number;
  /** By caller, then by what they ask. */
  inFlight: Map<string, Map<string, Shared>>;
};

function targetOf(url: string, timeoutMs: number): Target {
  const { origin, pathname, search } = new URL(url);
  const pool = new Pool(origin, {
    connections: CONNECTIONS_MAX,
    connect: { timeout: timeoutMs },
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return { url, pool, path: `${pathname}${search}`, breaker: new Breaker(), waiting: 0, inFlight: new Map() };
}

type Told = { done: (outcome: FetchOutcome, seconds: number) => void; retried: () => void };

/** Sends; a query whose connection fails before an answer begins is sent once more, a mutation never. */
function send(target: Target, query: Omit<Post, 'path'>, isQuery: boolean, told: Told): Posted {
  const { pool, path, breaker } = target;
  const startedMs = performance.now();
  const deadlineMs = startedMs + query.timeoutMs;
  let current = post(pool, { ...query, path });
  target.waiting += 1;
  const over = (outcome: FetchOutcome) => {
    target.waiting -= 1;
    told.done(outcome, (performance.now() - startedMs) / 1000);
  };
  const text = current.text
    .catch((error: unknown) => {
      if (!isQuery || !(error instanceof PostError) || error.reason !== 'UNCONNECTED') throw error;
      told.retried();
      current = post(pool, { ...query, path, timeoutMs: Math.max(1, deadlineMs - performance.now()) });
      return current.text;
    })
    .then(
      (answer) => {
        breaker.succeeded();
        over('ok');
        return answer;
      },
      (error: unknown) => {
        const reason = error instanceof PostError ? error.reason : 'BROKEN';
        if (reason === 'CANCELLED') breaker.abandoned();
        else breaker.failed();
        over(
          reason === 'CANCELLED'
            ? 'cancelled'
            : reason === 'TIMEOUT'
              ? 'SERVICE_TIMEOUT'
              : 'SERVICE_UNAVAILABLE',
        );
        throw error;
      },
    );
  return { text, cancel: () => current.cancel() };
}

function keepWhileInFlight({ inFlight }: Target, who: string, body: string, shared: Shared): void {
  const mine = inFlight.get(who) ?? new Map<string, Shared>();
  inFlight.set(who, mine.set(body, shared));
  const forget = () => {
    if (mine.get(body) === shared) mine.delete(body);
    if (mine.size === 0 && inFlight.get(who) === mine) inFlight.delete(who);
  };
  shared.text.then(forget, forget);
}

async function waitFor(service: string, shared: Shared, caller: Caller): Promise<string> {
  shared.waiting += 1;
  const leave = () => {
    shared.waiting -= 1;
    if (shared.waiting === 0) shared.cancel();
  };
  const stay = caller.whenGone(leave);
  try {
    return await shared.text;
  } catch (error) {
    const isLate = error instanceof PostError && error.reason === 'TIMEOUT';
    throw refusal(service, isLate ? 'SERVICE_TIMEOUT' : 'SERVICE_UNAVAILABLE', error);
  } finally {
    stay();
  }
}

const MESSAGES = {
  SERVICE_TIMEOUT: 'has not answered in time',
  SERVICE_UNAVAILABLE: 'cannot be reached',
  SERVICE_OVERLOADED: 'has more to do than it can at the moment',
} as const;

/** The cause names addresses: for the log, never for the caller. */
const refusal = (service: string, code: keyof typeof MESSAGES, cause?: unknown): GraphQLError =>
  new GraphQLError(`The ${service} service ${MESSAGES[code]}.`, {
    extensions: { code, details: { service } },
    originalError: cause instanceof Error ? cause : undefined,
  });

function headersOf({ authorization, purpose, traceparent }: Passed): string[] {
  const headers = [
    'content-type',
    'application/json',
    'accept',
    'application/graphql-response+json, application/json',
    'traceparent',
    traceparent,
  ];
  if (authorization !== undefined) headers.push('authorization', authorization);
  if (purpose !== undefined) headers.push('x-purpose', purpose);
  return headers;
}

/** Each caller parses an answer for themself: what is made of it is changed while it is put together. */
function parsed(service: string, text: string): ServiceAnswer {
  try {
    const answer: unknown = JSON.parse(text);
    if (isAnswer(answer)) return answer;
  } catch (error) {
    throw refusal(service, 'SERVICE_UNAVAILABLE', error);
  }
  throw refusal(service, 'SERVICE_UNAVAILABLE', new Error('That is no GraphQL answer.'));
}

const isAnswer = (value: unknown): value is ServiceAnswer =>
  typeof value === 'object' &&
  value !== null &&
  (!('errors' in value) || (Array.isArray(value.errors) && value.errors.every(isErrorLike))) &&
  ('data' in value || 'errors' in value);

const isErrorLike = (value: unknown): boolean => typeof value === 'object' && value !== null;

async function isAlive({ pool }: Target): Promise<boolean> {
  try {
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path: '/health/live',
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}
