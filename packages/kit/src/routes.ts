import type { FastifyInstance, FastifyRequest } from 'fastify';
import { asService, type Db } from './db.js';
import type { Log } from './log.js';

/** What a route is given of a request. Nobody has been authenticated: a route must know by itself whom it trusts. */
export type RouteRequest = {
  /** The caller's address, as the connection or, behind trusted proxies, its forwarded header says. */
  ip: string;
  params: Readonly<Record<string, string>>;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body as JSON; undefined without one. */
  body: unknown;
  /** The same as it came, byte for byte, for who must check a signature of it. */
  text: string | undefined;
};
export type RouteAnswer = { status: number; headers?: Readonly<Record<string, string>>; body?: unknown };

/**
 * A way into a service beside GraphQL, for callers that have no token: JSON in, JSON out. What cannot be read is answered before
 * `answer` is asked: 400 BAD_JSON, 413 TOO_LARGE, 415 NOT_JSON. A fault is logged and answered with 500 and no detail.
 */
export type Route = {
  method: 'GET' | 'POST' | 'OPTIONS';
  /** `/forms/:key`. */
  path: string;
  bodyMaxBytes: number;
  answer: (db: Db, request: RouteRequest) => Promise<RouteAnswer>;
  /** Headers of every answer, those given before `answer` is asked included. */
  headersOf?: (request: Pick<RouteRequest, 'headers'>) => Readonly<Record<string, string>>;
};

const UNREAD: Readonly<Record<number, string>> = { 400: 'BAD_JSON', 413: 'TOO_LARGE', 415: 'NOT_JSON' };

/** Adds a service's routes to its server. They act in the service's own name. */
export function addRoutes(app: FastifyInstance, routes: readonly Route[], db: Db, log: Log): void {
  // A scope of their own: elsewhere in the service the text of a body is not kept.
  void app.register((scope, _, done) => {
    const texts = new WeakMap<FastifyRequest, string>();
    const readJson = scope.getDefaultJsonParser('error', 'error');
    scope.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, read) => {
      texts.set(request, text);
      void readJson(request, text, read);
    });
    for (const route of routes) addRoute(scope, route, texts, { db, log });
    done();
  });
}

function addRoute(
  scope: FastifyInstance,
  { method, path, bodyMaxBytes, answer, headersOf }: Route,
  texts: WeakMap<FastifyRequest, string>,
  { db, log }: { db: Db; log: Log },
): void {
  scope.route<{ Params: Record<string, string> }>({
    method,
    url: path,
    bodyLimit: bodyMaxBytes,
    handler: async (request, reply) => {
      const { ip, params, headers, body } = request;
      const found = await answer(asService(db), { ip, params, headers, body, text: texts.get(request) });
      return reply
        .code(found.status)
        .headers({ ...headersOf?.({ headers }), ...found.headers })
        .send(found.body);
    },
    errorHandler: (error, { headers }, reply) => {
      const code = UNREAD[error.statusCode ?? 500];
      if (code === undefined) log.error({ err: error, path }, 'route failed');
      return reply
        .code(code === undefined ? 500 : (error.statusCode ?? 500))
        .headers({ ...headersOf?.({ headers }) })
        .send({ code: code ?? 'INTERNAL_SERVER_ERROR' });
    },
  });
}
