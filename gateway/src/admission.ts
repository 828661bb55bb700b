// Before a body is read: is there room, whose request is it, and has its caller asked too much of late.
import type { IncomingMessage } from 'node:http';
import type { Actor, Verify } from '@client-graph/kit/auth';
import { isRefusal } from '@client-graph/kit/refusals';
import { type Rate, Rates } from './rates.js';

/** A "no" of HTTP, before there is any GraphQL. `more` are headers, names and values in turn. */
export type Turned = {
  status: number;
  code: string;
  message: string;
  details?: object;
  more?: readonly string[];
};

export type AdmissionOptions = {
  verify: Verify;
  /** Requests that may be under way at once. What comes on top is told to come back: refused at once, it costs neither memory nor time. */
  runningMax: number;
  /** How fast one caller may ask. */
  rate: Rate;
  /** Proxies before the gateway that add to `x-forwarded-for`; what the caller writes there themself is not believed. */
  proxies: number;
  onTurned: (code: string) => void;
};

export type Admission = {
  /** Undefined when another request may begin. */
  room: () => Turned | undefined;
  begin: () => void;
  end: () => void;
  /** Who asks, or why they are turned away. */
  caller: (request: IncomingMessage) => Promise<Actor | Turned>;
};

export const isTurned = (answer: Actor | Turned): answer is Turned => 'status' in answer;

/** Bad tokens an address may send at once and in the long run; from then on each of its bad ones waits. Good ones never do. */
const BAD_TOKENS: Rate = { perSecond: 1 / 6, burst: 10 };
const BAD_TOKEN_WAIT_MS = 1_000;
/** Waiting ones are kept in memory, so only so many. */
const BAD_TOKENS_WAITING_MAX = 200;

const OVERLOADED: Turned = {
  status: 503,
  code: 'SERVICE_OVERLOADED',
  message: 'The gateway has more to do than it can at the moment. Try again in a second.',
  more: ['retry-after', '1'],
};
const PROVIDER_UNREACHABLE: Turned = {
  status: 503,
  code: 'SERVICE_UNAVAILABLE',
  message: 'Access tokens cannot be checked at the moment: the OpenID provider cannot be reached. Try again.',
  details: { service: 'openid-provider' },
  more: ['retry-after', '5'],
};
const TOO_MANY_BAD_TOKENS: Turned = {
  status: 429,
  code: 'TOO_MANY_BAD_TOKENS',
  message:
    'Too many access tokens that are not valid have come from this address. Ask the OpenID provider for a new one and try again in a minute.',
  more: ['retry-after', '60'],
};

export function createAdmission({
  verify,
  runningMax,
  rate,
  proxies,
  onTurned,
}: AdmissionOptions): Admission {
  const rates = new Rates(rate);
  const badTokens = new Rates(BAD_TOKENS);
  let running = 0;
  let waiting = 0;

  const turn = (turned: Turned): Turned => {
    onTurned(turned.code);
    return turned;
  };

  const refusedToken = async (error: unknown, request: IncomingMessage): Promise<Turned> => {
    if (!isRefusal(error)) throw error;
    // A good token cannot be told from a bad one while the provider's keys are out of reach: a new token would not help.
    if (error.details['reason'] === 'PROVIDER_UNREACHABLE') return turn(PROVIDER_UNREACHABLE);
    if (badTokens.take(addressOf(request, proxies)) > 0) {
      if (waiting < BAD_TOKENS_WAITING_MAX) {
        waiting += 1;
        await new Promise((resolve) => setTimeout(resolve, BAD_TOKEN_WAIT_MS));
        waiting -= 1;
      }
      return turn(TOO_MANY_BAD_TOKENS);
    }
    const { code, message, details } = error;
    return turn({
      status: 401,
      code,
      message,
      details,
      more: ['www-authenticate', 'Bearer error="invalid_token"'],
    });
  };

  return {
    room: () => (running < runningMax ? undefined : turn(OVERLOADED)),
    begin: () => {
      running += 1;
    },
    end: () => {
      running -= 1;
    },
    caller: async (request) => {
      let actor: Actor;
      try {
        actor = await verify(request.headers.authorization);
      } catch (error) {
        return refusedToken(error, request);
      }
      const wait = rates.take(actor.id ?? addressOf(request, proxies));
      return wait === 0 ? actor : turn(tooFast(wait));
    },
  };
}

const tooFast = (seconds: number): Turned => ({
  status: 429,
  code: 'RATE_LIMITED',
  message: 'You have asked too much in too short a time. Wait as long as Retry-After says.',
  details: { retryAfterSeconds: Math.ceil(seconds) },
  more: ['retry-after', String(Math.ceil(seconds))],
});

/** Each proxy adds, at the end, the address it was asked from. */
export function addressOf({ headers, socket }: IncomingMessage, proxies: number): string {
  const own = socket.remoteAddress ?? 'unknown';
  if (proxies === 0) return own;
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  return forwarded.at(-proxies)?.trim() || own;
}
