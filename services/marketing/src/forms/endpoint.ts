import { isRefusal, type Route, type RouteRequest } from '@client-graph/kit';
import { receiveForm } from './forms.js';
import { type Bucket, isWelcome, type Limit, readSubmission, take } from './forms.rules.js';

/** A filled form is a few hundred bytes. */
const BODY_MAX_BYTES = 8_192;
/** A person fills one form; a family behind one address a few; a campaign on its first day many. */
const PER_ADDRESS: Limit = { burst: 10, perMinute: 10 };
const PER_FORM: Limit = { burst: 300, perMinute: 300 };
const BUCKETS_MAX = 20_000;

/** Permits by address and by form. Each process counts for itself; when very many ask, all begin anew. */
class Limits {
  private readonly buckets = new Map<string, Bucket>();

  /** How many seconds to wait; zero when all of these allow it. */
  wait(asked: readonly (readonly [string, Limit])[], nowMs: number): number {
    if (this.buckets.size > BUCKETS_MAX) this.buckets.clear();
    const taken = asked.map(([key, limit]) => ({ key, ...take(this.buckets.get(key), limit, nowMs) }));
    const waitSeconds = Math.max(...taken.map((each) => each.waitSeconds));
    if (waitSeconds === 0) for (const { key, bucket } of taken) this.buckets.set(key, bucket);
    return waitSeconds;
  }
}

const originOf = ({ headers }: Pick<RouteRequest, 'headers'>): string | undefined => {
  const { origin } = headers;
  return typeof origin === 'string' ? origin : undefined;
};

/**
 * The way in for forms on the web: `POST /forms/:key` with JSON, no token, the key of the form in the path. A page may post when its
 * address is among `origins`.
 */
export function formRoutes(hashKey: string, origins: readonly string[]): readonly Route[] {
  const limits = new Limits();
  const headersOf = (request: Pick<RouteRequest, 'headers'>) => {
    const origin = originOf(request);
    return {
      'cache-control': 'no-store',
      vary: 'origin',
      ...(origin !== undefined && origins.includes(origin) ? { 'access-control-allow-origin': origin } : {}),
    };
  };
  return [
    {
      method: 'OPTIONS',
      path: '/forms/:key',
      bodyMaxBytes: 1_024,
      headersOf,
      answer: async (_, request) => ({
        status: isWelcome(originOf(request), origins) ? 204 : 403,
        headers: {
          'access-control-allow-methods': 'POST',
          'access-control-allow-headers': 'content-type',
          'access-control-max-age': '600',
        },
      }),
    },
    {
      method: 'POST',
      path: '/forms/:key',
      bodyMaxBytes: BODY_MAX_BYTES,
      headersOf,
      answer: async (db, request) => {
        const key = request.params['key'] ?? '';
        if (!isWelcome(originOf(request), origins))
          return { status: 403, body: { code: 'ORIGIN_FORBIDDEN' } };
        const limited = [[`${key} ${request.ip}`, PER_ADDRESS] as const, [key, PER_FORM] as const];
        const waitSeconds = limits.wait(limited, db.now().getTime());
        if (waitSeconds > 0)
          return {
            status: 429,
            headers: { 'retry-after': String(waitSeconds) },
            body: { code: 'TOO_MANY', waitSeconds },
          };
        const read = readSubmission(request.body);
        if ('code' in read) return { status: 422, body: read };
        const { submission } = read;
        const received = { status: 'RECEIVED', submissionId: submission.submissionId };
        // A machine is told what a person is told, and nothing is kept.
        if (submission.website !== undefined && submission.website !== '')
          return { status: 202, body: received };
        try {
          const answer = await receiveForm(db, hashKey, key, submission);
          return answer.status === 'RECEIVED'
            ? { status: 202, body: received }
            : { status: answer.http, body: { code: answer.code } };
        } catch (error) {
          if (isRefusal(error)) return { status: 422, body: { code: error.code } };
          throw error;
        }
      },
    },
  ];
}
