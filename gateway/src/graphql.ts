import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ApolloServer, HeaderMap, type HTTPGraphQLRequest } from '@apollo/server';
import type { Actor } from '@client-graph/kit/auth';
import { traceOf } from '@client-graph/kit/trace';
import { type Admission, isTurned } from './admission.js';
import { BodyError, readBody } from './body.js';
import { isRow, type Row } from './engine/merge.js';
import type { CompiledOperation, Program } from './engine/operation.js';
import type { FormatError } from './errors.js';
import { answerText, type Engines, type GatewayContext } from './executor.js';
import { type Excess, excessOf, excessOfVariables, type Limits } from './limits.js';
import type { Observe } from './observe.js';
import type { Reply } from './reply.js';
import { Caller, type Services } from './services.js';
import { isNotFound, type NotFound, type Texts } from './texts.js';

export type GraphqlParts = {
  apollo: ApolloServer<GatewayContext>;
  engines: Engines;
  services: Services;
  admission: Admission;
  texts: Texts;
  limits: Limits;
  bodyMaxBytes: number;
  reply: Reply;
  observe: Observe;
  formatError: FormatError;
};

const JSON_TYPE = 'application/json; charset=utf-8';

/** What is asked, once it is known which text is meant. `search` stands for a GET, `body` for a POST. */
type Asked = { text: string | undefined; body: Row | undefined; search: string };

type Turned = { status: number; code: string; message: string; details?: object; more?: readonly string[] };

/**
 * Two ways to an answer. Apollo Server takes every request whose operation is not known yet: it parses and validates it, its
 * plugins see it, and the executor compiles it. The same text asked again in the plain way (POST, JSON, no extensions) goes straight to
 * what was compiled. Admission, limits, scopes, variables, errors, metrics and drain are the same code on both.
 */
export class Graphql {
  readonly #parts: GraphqlParts;
  /** What Apollo Server has answered to an Accept header with, it would again. */
  readonly #contentTypes = new Map<string, string>();

  constructor(parts: GraphqlParts) {
    this.#parts = parts;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const { admission } = this.#parts;
    const full = admission.room();
    if (full !== undefined) {
      this.#refuse(request, response, full);
      return;
    }
    const caller = callerOf(request);
    admission.begin();
    response.once('close', () => {
      admission.end();
      if (!response.writableFinished) caller.go();
    });
    this.#answer(request, response, caller).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) return;
      if (error instanceof BodyError)
        this.#refuse(request, response, {
          status: error.status,
          code: 'BAD_REQUEST',
          message: error.message,
        });
      else this.#fault(request, response, caller, error);
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse, caller: Caller): Promise<void> {
    const { admission, texts, bodyMaxBytes, reply } = this.#parts;
    const actor = await admission.caller(request);
    if (isTurned(actor)) return this.#refuse(request, response, actor);
    const body = request.method === 'POST' ? await readBody(request, bodyMaxBytes) : undefined;
    const asked = askedBy(request, body, texts);
    if (isNotFound(asked)) return this.#refuse(request, response, asked);
    const type = this.#contentTypes.get(request.headers.accept ?? '');
    const hot = type === undefined ? undefined : preparedFor(this.#parts, asked, actor);
    if (type === undefined || hot === undefined)
      return this.#byApollo(request, response, asked, { actor, caller });
    const { status, text } = await answerHot(this.#parts, hot, caller);
    reply.send(request, response, { status, type, text });
  }

  async #byApollo(
    request: IncomingMessage,
    response: ServerResponse,
    asked: Asked,
    context: GatewayContext,
  ): Promise<void> {
    const excess = excessIn(asked, this.#parts);
    if (excess !== undefined) return this.#refuse(request, response, { status: 400, ...excess });
    const {
      status = 200,
      headers,
      body,
    } = await this.#parts.apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: toApollo(request, asked),
      context: async () => context,
    });
    let text = '';
    if (body.kind === 'complete') text = body.string;
    else for await (const part of body.asyncIterator) text += part;
    const { 'content-type': type = JSON_TYPE, ...others } = Object.fromEntries(headers);
    if (status === 200) {
      if (this.#contentTypes.size >= 100) this.#contentTypes.clear();
      this.#contentTypes.set(request.headers.accept ?? '', type);
    }
    const more = Object.entries(others).flatMap(([name, value]) => (SET_HERE.has(name) ? [] : [name, value]));
    this.#parts.reply.send(request, response, { status, type, text, more });
  }

  #refuse(request: IncomingMessage, response: ServerResponse, turned: Turned): void {
    const { status, code, message, details, more = [] } = turned;
    const text = JSON.stringify({ errors: [{ message, extensions: { code, ...(details && { details }) } }] });
    this.#parts.reply.send(request, response, { status, type: JSON_TYPE, text, more });
  }

  #fault(request: IncomingMessage, response: ServerResponse, { passed }: Caller, fault: unknown): void {
    const { observe, formatError, reply } = this.#parts;
    const { traceparent } = passed;
    observe({ operationName: undefined, errors: [], startedMs: performance.now(), traceparent, fault });
    const text = JSON.stringify({ errors: [formatError({ message: 'A fault.' })] });
    reply.send(request, response, { status: 500, type: JSON_TYPE, text });
  }
}

/** What `reply` says itself. */
const SET_HERE: ReadonlySet<string> = new Set(['cache-control', 'content-length']);

const callerOf = ({ headers }: IncomingMessage): Caller =>
  new Caller({
    authorization: headers.authorization,
    purpose: single(headers['x-purpose']),
    traceparent: traceOf(headers.traceparent),
  });

const single = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);

function askedBy(request: IncomingMessage, body: Row | undefined, texts: Texts): Asked | NotFound {
  const search = searchOf(request.url);
  if (request.method === 'GET') return askedByGet(search, texts);
  if (body === undefined) return { text: undefined, body, search };
  const found = texts.find({
    query: body['query'],
    id: body['id'] ?? body['documentId'],
    extensions: body['extensions'],
  });
  if (isNotFound(found)) return found;
  const { text, rest } = found;
  if (text === body['query'] && rest === body['extensions']) return { text, body, search };
  const { extensions: _, ...others } = body;
  return { text, body: { ...others, query: text, ...(rest !== undefined && { extensions: rest }) }, search };
}

function askedByGet(search: string, texts: Texts): Asked | NotFound {
  const parameters = new URLSearchParams(search);
  const [query, id, extensions] = ['query', 'id', 'extensions'].map(
    (name) => parameters.get(name) ?? undefined,
  );
  const found = texts.find({ query, id, extensions: jsonIn(extensions) });
  if (isNotFound(found)) return found;
  if (found.text !== undefined && found.text !== query) parameters.set('query', found.text);
  if (extensions !== undefined && found.rest === undefined) parameters.delete('extensions');
  return { text: found.text, body: undefined, search: `?${parameters}` };
}

function jsonIn(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const searchOf = (url = ''): string => {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at);
};

const toApollo = (
  { method = 'GET', headers }: IncomingMessage,
  { body, search }: Asked,
): HTTPGraphQLRequest => {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  return { method: method.toUpperCase(), headers: map, search, body };
};

function excessIn({ text, body }: Asked, { engines, limits }: GraphqlParts): Excess | undefined {
  if (isRow(body?.['variables'])) {
    const excess = excessOfVariables(body['variables'], limits);
    if (excess !== undefined) return excess;
  }
  return text === undefined || engines.current().knows(text) ? undefined : excessOf(text, limits);
}

type Hot = { operation: CompiledOperation; program: Program; variables: Row };

/** The compiled operation of a plain request whose variables are in order; Apollo Server answers all others, and says what is wrong. */
function preparedFor(
  { engines, limits }: GraphqlParts,
  { text, body }: Asked,
  actor: Actor,
): Hot | undefined {
  if (text === undefined || body === undefined || body['extensions'] !== undefined) return undefined;
  const { operationName, variables } = body;
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string')
    return undefined;
  if (variables !== undefined && variables !== null && !isRow(variables)) return undefined;
  const operation = engines.current().find(text, operationName ?? undefined);
  const values = variables ?? {};
  if (operation === undefined || excessOfVariables(values, limits) !== undefined) return undefined;
  if (!operation.variables.accepts(values)) return undefined;
  try {
    return { operation, program: operation.program(actor, values), variables: values };
  } catch {
    // Refused while compiling: Apollo Server gets the same refusal and shows it.
    return undefined;
  }
}

async function answerHot(
  { services, observe, formatError }: GraphqlParts,
  { operation, program, variables }: Hot,
  caller: Caller,
): Promise<{ status: number; text: string }> {
  const startedMs = performance.now();
  const answered = await answerText(program, variables, caller, services);
  const { data, errors = [] } = typeof answered === 'string' ? {} : answered;
  observe({ operationName: operation.name, errors, startedMs, traceparent: caller.passed.traceparent });
  if (typeof answered === 'string') return { status: 200, text: answered };
  if (errors.length === 0) return { status: 200, text: JSON.stringify({ data }) };
  const { http } = errors.find(({ extensions }) => isRow(extensions['http']))?.extensions ?? {};
  const status = isRow(http) && typeof http['status'] === 'number' ? http['status'] : 200;
  return {
    status,
    text: JSON.stringify({ errors: errors.map((error) => formatError(error.toJSON())), data }),
  };
}
