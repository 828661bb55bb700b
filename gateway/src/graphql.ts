import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { type Actor, ANONYMOUS, type Verify } from '@client-graph/kit/auth';
import { isRefusal } from '@client-graph/kit/refusals';
import { traceOf } from '@client-graph/kit/trace';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isRow, type Row } from './engine/merge.js';
import type { CompiledOperation, Program } from './engine/operation.js';
import { formatError } from './errors.js';
import { answer, type Engines, type GatewayContext } from './executor.js';
import type { Observe } from './observe.js';
import { Caller, type Services } from './services.js';

export type GraphqlParts = {
  apollo: ApolloServer<GatewayContext>;
  engines: Engines;
  services: Services;
  verify: Verify;
  observe: Observe;
  onShed: () => void;
};

/** Operations that may run at once. What comes on top is told to come back: refused at once, it costs neither memory nor time. */
const RUNNING_MAX = 1_000;

const PROVIDER_UNREACHABLE = {
  code: 'SERVICE_UNAVAILABLE',
  message: 'Access tokens cannot be checked at the moment: the OpenID provider cannot be reached. Try again.',
  details: { service: 'openid-provider' },
};
const OVERLOADED = {
  code: 'SERVICE_OVERLOADED',
  message: 'The gateway has more to do than it can at the moment. Try again in a second.',
};

/**
 * Two ways to an answer. Apollo Server takes every request whose operation is not known yet: it parses and validates it, its
 * plugins see it, and the executor compiles it. The same text asked again in the plain way (POST, JSON, no extensions) goes straight to
 * what was compiled. Token, scopes, variables, errors, metrics and drain are the same code on both.
 */
export function addGraphql(app: FastifyInstance, parts: GraphqlParts): void {
  const contexts = new WeakMap<FastifyRequest, GatewayContext>();
  const contextOf = (request: FastifyRequest): GatewayContext =>
    contexts.get(request) ?? { actor: ANONYMOUS, caller: callerOf(request) };
  const byApollo = fastifyApolloHandler(parts.apollo, { context: async (request) => contextOf(request) });
  // What Apollo Server has answered to an Accept header with, it would again.
  const contentTypes = new Map<string, string>();

  app.route<{ Body: unknown }>({
    method: ['GET', 'POST'],
    url: '/graphql',
    onRequest: admission(parts, contexts),
    handler: async (request, reply) => {
      const { accept = '' } = request.headers;
      const contentType = contentTypes.get(accept);
      const hot =
        contentType === undefined ? undefined : preparedFor(parts.engines, request, contextOf(request).actor);
      if (contentType !== undefined && hot !== undefined) {
        reply.header('content-type', contentType);
        return answerHot(parts, contextOf(request), hot, reply);
      }
      const answered = await byApollo.call(app, request, reply);
      const type = reply.getHeader('content-type');
      if (reply.statusCode === 200 && typeof type === 'string') {
        if (contentTypes.size >= 100) contentTypes.clear();
        contentTypes.set(accept, type);
      }
      return answered;
    },
  });
  app.setErrorHandler((error: { statusCode?: number; message: string }, _, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return sendError(reply.code(status), { code: 'BAD_REQUEST', message: error.message });
    return reply.code(500).send({ errors: [formatError({ message: error.message })] });
  });
}

/** Before a body is read: is there room, and whose request is it. A token that is not valid is answered with 401 and does nothing. */
function admission({ verify, onShed }: GraphqlParts, contexts: WeakMap<FastifyRequest, GatewayContext>) {
  let running = 0;
  return async (request: FastifyRequest, reply: FastifyReply) => {
    if (running >= RUNNING_MAX) {
      onShed();
      return sendError(reply.code(503).header('retry-after', '1'), OVERLOADED);
    }
    const caller = callerOf(request);
    running += 1;
    reply.raw.once('close', () => {
      running -= 1;
      if (!reply.raw.writableFinished) caller.go();
    });
    const actor = await actorOf(verify, request, reply);
    if (actor === undefined) return reply;
    contexts.set(request, { actor, caller });
    return undefined;
  };
}

async function actorOf(
  verify: Verify,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Actor | undefined> {
  try {
    return await verify(request.headers.authorization);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // A good token cannot be told from a bad one while the provider's keys are out of reach: a new token would not help.
    if (error.details['reason'] === 'PROVIDER_UNREACHABLE')
      sendError(reply.code(503).header('retry-after', '5'), PROVIDER_UNREACHABLE);
    else sendError(reply.code(401).header('www-authenticate', 'Bearer error="invalid_token"'), error);
    return undefined;
  }
}

const callerOf = ({ headers }: FastifyRequest): Caller =>
  new Caller({
    authorization: headers.authorization,
    purpose: single(headers['x-purpose']),
    traceparent: traceOf(headers.traceparent),
  });

const single = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);

type Hot = { operation: CompiledOperation; program: Program; variables: Row };

/** The compiled operation of a plain request whose variables are in order; Apollo Server answers all others, and says what is wrong. */
function preparedFor(
  engines: Engines,
  request: FastifyRequest<{ Body: unknown }>,
  actor: Actor,
): Hot | undefined {
  const { body } = request;
  if (request.method !== 'POST' || !isRow(body) || typeof body['query'] !== 'string') return undefined;
  const { operationName, variables } = body;
  if (body['extensions'] !== undefined) return undefined;
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string')
    return undefined;
  if (variables !== undefined && variables !== null && !isRow(variables)) return undefined;
  const operation = engines.current().find(body['query'], operationName ?? undefined);
  const values = variables ?? {};
  if (!operation?.variables.accepts(values)) return undefined;
  try {
    return { operation, program: operation.program(actor, values), variables: values };
  } catch {
    // Refused while compiling: Apollo Server gets the same refusal and shows it.
    return undefined;
  }
}

async function answerHot(
  { services, observe }: GraphqlParts,
  context: GatewayContext,
  { operation, program, variables }: Hot,
  reply: FastifyReply,
): Promise<string> {
  const startedMs = performance.now();
  const { data, errors = [] } = await answer(program, variables, context.caller, services);
  observe({
    operationName: operation.name,
    errors,
    startedMs,
    traceparent: context.caller.passed.traceparent,
  });
  if (errors.length === 0) return JSON.stringify({ data });
  const { http } = errors.find(({ extensions }) => isRow(extensions['http']))?.extensions ?? {};
  if (isRow(http) && typeof http['status'] === 'number') reply.code(http['status']);
  return JSON.stringify({ errors: errors.map((error) => formatError(error.toJSON())), data });
}

const sendError = (
  reply: FastifyReply,
  { message, code, details }: { message: string; code: string; details?: object },
) => reply.send({ errors: [{ message, extensions: { code, ...(details && { details }) } }] });
