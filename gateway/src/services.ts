import { Breaker, type BreakerState } from './breaker.js';
import { serviceRefusal } from './errors.js';
import { type Failure, Origin, type Sending } from './http.js';

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
  readonly #waits = new Set<Wait>();
  #headers: string | undefined;
  #isGone = false;

  constructor(readonly passed: Passed) {}

  get isGone(): boolean {
    return this.#isGone;
  }

  /** The lines of the head that every service is sent. */
  get headers(): string {
    this.#headers ??= headersOf(this.passed);
    return this.#headers;
  }

  /** Never across callers, nor across what one of them says they read for: what one may see is none of another's. */
  get identity(): string {
    const { authorization = '', purpose = '' } = this.passed;
    return purpose === '' ? authorization : `${authorization}\n${purpose}`;
  }

  add(wait: Wait): void {
    this.#waits.add(wait);
    if (this.#isGone) wait.leave();
  }

  remove(wait: Wait): void {
    this.#waits.delete(wait);
  }

  go(): void {
    this.#isGone = true;
    for (const wait of this.#waits) wait.leave();
    this.#waits.clear();
  }
}

export type Services = {
  /** From now on these are the services. What is being asked of another is still answered. */
  use: (urls: ReadonlyMap<string, string>) => void;
  /** One query to one service, within the time it is given: the body of its answer. Rejects with a GraphQLError: its code and no other word of why. */
  ask: (service: string, body: string, isQuery: boolean, caller: Caller) => Promise<string>;
  reachability: () => Promise<Record<string, 'reachable' | 'unreachable'>>;
  states: () => [service: string, state: BreakerState, waiting: number][];
  close: () => Promise<void>;
};

export function createServices({ urls, timeoutMs, onFetch, onEvent = () => {} }: ServicesOptions): Services {
  const targets = new Map<string, Target>();
  const use = (next: ReadonlyMap<string, string>) => {
    for (const [name, target] of targets) {
      if (next.get(name) === target.url) continue;
      targets.delete(name);
      target.origin.close().catch(() => undefined);
    }
    for (const [name, url] of next) if (!targets.has(name)) targets.set(name, targetOf(name, url, timeoutMs));
  };
  use(urls);
  const told: Told = { onFetch, onEvent };

  /** The request that answers this: one under way for the same caller, or a new one. */
  const flightFor = (service: string, body: string, isQuery: boolean, caller: Caller): Flight => {
    const target = targets.get(service);
    if (target === undefined) throw serviceRefusal(service, 'SERVICE_UNAVAILABLE');
    const { identity } = caller;
    const shared = isQuery ? target.inFlight.get(identity)?.get(body) : undefined;
    if (shared !== undefined) {
      onEvent(service, 'shared');
      return shared;
    }
    if (target.waiting >= WAITING_MAX || !target.breaker.admits()) {
      onEvent(service, 'not asked');
      throw serviceRefusal(
        service,
        target.waiting >= WAITING_MAX ? 'SERVICE_OVERLOADED' : 'SERVICE_UNAVAILABLE',
      );
    }
    // What a caller reads after their change must not come from before it.
    if (!isQuery) for (const one of targets.values()) one.inFlight.clear();
    return new Flight(target, { identity, headers: caller.headers, body, isQuery }, told);
  };

  return {
    use,
    ask: (service, body, isQuery, caller) =>
      new Promise((resolve, reject) => {
        flightFor(service, body, isQuery, caller).join(new Wait(service, caller, resolve, reject));
      }),
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
      await Promise.all([...targets.values()].map(({ origin }) => origin.close()));
    },
  };
}

type Target = {
  name: string;
  url: string;
  origin: Origin;
  timeoutMs: number;
  breaker: Breaker;
  waiting: number;
  /** By caller, then by what they ask. */
  inFlight: Map<string, Map<string, Flight>>;
};

const targetOf = (name: string, url: string, timeoutMs: number): Target => ({
  name,
  url,
  origin: new Origin(new URL(url), CONNECTIONS_MAX),
  timeoutMs,
  breaker: new Breaker(),
  waiting: 0,
  inFlight: new Map(),
});

type Told = Required<Pick<ServicesOptions, 'onFetch' | 'onEvent'>>;
type Query = { identity: string; headers: string; body: string; isQuery: boolean };

/** A request on its way and who waits for its answer. A query whose connection fails before an answer begins is sent once more, a mutation never. */
class Flight {
  readonly #target: Target;
  readonly #query: Query;
  readonly #told: Told;
  readonly #waits = new Set<Wait>();
  readonly #startedMs = performance.now();
  #sending: Sending;
  #isRetried = false;

  constructor(target: Target, query: Query, told: Told) {
    this.#target = target;
    this.#query = query;
    this.#told = told;
    target.waiting += 1;
    if (query.isQuery) this.#remember();
    this.#sending = this.#send(target.timeoutMs);
  }

  join(wait: Wait): void {
    this.#waits.add(wait);
    wait.flight = this;
    wait.caller.add(wait);
  }

  leave(wait: Wait): void {
    this.#waits.delete(wait);
    if (this.#waits.size === 0) this.#sending.cancel();
  }

  answered(text: string): void {
    this.#target.breaker.succeeded();
    this.#over('ok');
    for (const wait of this.#waits) wait.answered(text);
  }

  failed(failure: Failure, cause?: Error): void {
    const { breaker, timeoutMs } = this.#target;
    if (failure === 'UNCONNECTED' && this.#query.isQuery && !this.#isRetried) {
      this.#isRetried = true;
      this.#told.onEvent(this.#target.name, 'retried');
      this.#sending = this.#send(Math.max(1, this.#startedMs + timeoutMs - performance.now()));
      return;
    }
    if (failure === 'CANCELLED') breaker.abandoned();
    else breaker.failed();
    const code = failure === 'TIMEOUT' ? 'SERVICE_TIMEOUT' : 'SERVICE_UNAVAILABLE';
    this.#over(failure === 'CANCELLED' ? 'cancelled' : code);
    for (const wait of this.#waits) wait.failed(code, cause);
  }

  #send(timeoutMs: number): Sending {
    const { headers, body } = this.#query;
    return this.#target.origin.post(headers, body, timeoutMs, this);
  }

  #remember(): void {
    const { inFlight } = this.#target;
    const { identity, body } = this.#query;
    const mine = inFlight.get(identity);
    if (mine === undefined) inFlight.set(identity, new Map([[body, this]]));
    else mine.set(body, this);
  }

  #over(outcome: FetchOutcome): void {
    const { name, inFlight } = this.#target;
    const { identity, body } = this.#query;
    this.#target.waiting -= 1;
    const mine = inFlight.get(identity);
    if (mine?.get(body) === this) {
      mine.delete(body);
      if (mine.size === 0) inFlight.delete(identity);
    }
    this.#told.onFetch(name, outcome, (performance.now() - this.#startedMs) / 1000);
  }
}

/** One caller's wait for one answer. */
class Wait {
  flight: Flight | undefined;

  constructor(
    readonly service: string,
    readonly caller: Caller,
    readonly resolve: (text: string) => void,
    readonly reject: (error: Error) => void,
  ) {}

  leave(): void {
    this.flight?.leave(this);
    this.reject(serviceRefusal(this.service, 'SERVICE_UNAVAILABLE'));
  }

  answered(text: string): void {
    this.caller.remove(this);
    this.resolve(text);
  }

  failed(code: 'SERVICE_TIMEOUT' | 'SERVICE_UNAVAILABLE', cause: Error | undefined): void {
    this.caller.remove(this);
    this.reject(serviceRefusal(this.service, code, cause));
  }
}

/** Node has refused line ends in what it has read; what else a head cannot hold is left out rather than sent wrongly. */
const isHeaderValue = (value: string | undefined): value is string =>
  value !== undefined && /^[\t\x20-\x7e]*$/.test(value);

function headersOf({ authorization, purpose, traceparent }: Passed): string {
  let headers = `traceparent: ${traceparent}\r\n`;
  if (isHeaderValue(authorization)) headers += `authorization: ${authorization}\r\n`;
  if (isHeaderValue(purpose)) headers += `x-purpose: ${purpose}\r\n`;
  return headers;
}

const isAlive = ({ origin }: Target): Promise<boolean> =>
  new Promise((resolve) => {
    origin.get('/health/live', PROBE_TIMEOUT_MS, {
      answered: () => resolve(true),
      failed: () => resolve(false),
    });
  });
