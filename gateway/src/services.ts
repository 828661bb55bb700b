import type { GraphQLDataSource } from '@apollo/gateway';
import { GraphQLError, type GraphQLFormattedError, Kind, parse, type SelectionSetNode } from 'graphql';
import { Pool } from 'undici';

/** Enough for a few thousand requests a second to one service; more connections only move the queue into the service. */
const CONNECTIONS_MAX = 64;
const PROBE_TIMEOUT_MS = 1_000;

export type FetchOutcome = 'ok' | 'errors' | 'SERVICE_UNAVAILABLE' | 'SERVICE_TIMEOUT';

export type ServicesOptions = {
  urls: ReadonlyMap<string, string>;
  timeoutMs: number;
  onFetch: (service: string, outcome: FetchOutcome, seconds: number) => void;
};

/** What goes to every service with a caller's query. */
export type Passed = { authorization: string | undefined; purpose: string | undefined; traceparent: string };

export type ServiceQuery = { query: string; variables?: unknown; operationName?: string | undefined };
export type ServiceAnswer = {
  data?: Record<string, unknown> | null;
  errors?: readonly GraphQLFormattedError[];
  extensions?: Record<string, unknown>;
};

export type Services = {
  /** One query to one service, within the time it is given. Rejects with SERVICE_UNAVAILABLE or SERVICE_TIMEOUT and no other word of why. */
  ask: (service: string, query: ServiceQuery, passed: Passed) => Promise<ServiceAnswer>;
  dataSource: (service: string) => GraphQLDataSource;
  reachability: () => Promise<Record<string, 'reachable' | 'unreachable'>>;
  close: () => Promise<void>;
};

export function createServices({ urls, timeoutMs, onFetch }: ServicesOptions): Services {
  const targets = new Map([...urls].map(([name, url]) => [name, targetOf(url, timeoutMs)]));

  const ask: Services['ask'] = async (service, query, passed) => {
    const startedMs = performance.now();
    const done = (outcome: FetchOutcome) => onFetch(service, outcome, (performance.now() - startedMs) / 1000);
    // One deadline over waiting for a connection, headers and body; undici's own timeouts leave out the wait in the pool.
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), timeoutMs);
    try {
      const answer = await post(targets.get(service), query, passed, deadline.signal);
      done(answer.errors === undefined ? 'ok' : 'errors');
      return answer;
    } catch (cause) {
      const code = deadline.signal.aborted ? 'SERVICE_TIMEOUT' : 'SERVICE_UNAVAILABLE';
      done(code);
      const message =
        code === 'SERVICE_TIMEOUT'
          ? `The ${service} service has not answered in time.`
          : `The ${service} service cannot be reached.`;
      // The cause names addresses: for the log, never for the caller.
      throw new GraphQLError(message, {
        extensions: { code, details: { service } },
        originalError: cause instanceof Error ? cause : undefined,
      });
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    ask,
    dataSource: (service) => ({
      process: async ({ request, context, ...options }) => {
        const passed: Passed = context.passed;
        const query = {
          query: request.query ?? '',
          variables: request.variables,
          operationName: request.operationName,
        };
        const at = 'pathInIncomingRequest' in options ? (options.pathInIncomingRequest ?? []) : [];
        return ask(service, query, passed).catch((error: unknown) => {
          throw error instanceof GraphQLError ? placed(error, at, query.query) : error;
        });
      },
    }),
    reachability: async () =>
      Object.fromEntries(
        await Promise.all(
          [...targets].map(
            async ([name, target]) => [name, (await isAlive(target)) ? 'reachable' : 'unreachable'] as const,
          ),
        ),
      ),
    close: async () => {
      await Promise.all([...targets.values()].map(({ pool }) => pool.close()));
    },
  };
}

type Target = { pool: Pool; path: string };

function targetOf(url: string, timeoutMs: number): Target {
  const { origin, pathname, search } = new URL(url);
  const pool = new Pool(origin, {
    connections: CONNECTIONS_MAX,
    connect: { timeout: timeoutMs },
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return { pool, path: `${pathname}${search}` };
}

async function post(
  target: Target | undefined,
  query: ServiceQuery,
  passed: Passed,
  signal: AbortSignal,
): Promise<ServiceAnswer> {
  if (target === undefined) throw new Error('There is no such service.');
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json',
    traceparent: passed.traceparent,
  };
  if (passed.authorization !== undefined) headers.authorization = passed.authorization;
  if (passed.purpose !== undefined) headers['x-purpose'] = passed.purpose;
  const { body } = await target.pool.request({
    method: 'POST',
    path: target.path,
    headers,
    body: JSON.stringify(query),
    signal,
  });
  // The status says nothing that the body does not: a refused token comes as 401 with a GraphQL body.
  const answer = await body.json();
  if (!isAnswer(answer)) throw new Error('That is no GraphQL answer.');
  return answer;
}

const isAnswer = (value: unknown): value is ServiceAnswer =>
  typeof value === 'object' &&
  value !== null &&
  ('data' in value || ('errors' in value && Array.isArray(value.errors)));

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

/** Gives a failed fetch the response path of the null it leaves, where that is one field; otherwise says where in the page it belongs. */
function placed(error: GraphQLError, at: readonly (string | number)[], query: string): GraphQLError {
  const { originalError, message } = error;
  const { details, ...extensions } = error.extensions;
  const fields = fetchedFields(query);
  if (!at.includes('@') && fields.length === 1)
    return new GraphQLError(message, {
      path: [...at, ...fields],
      extensions: error.extensions,
      originalError,
    });
  return new GraphQLError(message, {
    extensions: { ...extensions, details: { ...Object(details), at: at.join('.') } },
    originalError,
  });
}

/** The response names that a fetch brings: its root fields, or those it asks of `_entities`. */
function fetchedFields(query: string): string[] {
  const names = (set: SelectionSetNode | undefined): string[] =>
    (set?.selections ?? []).flatMap((selection) => {
      if (selection.kind === Kind.INLINE_FRAGMENT) return names(selection.selectionSet);
      if (selection.kind === Kind.FRAGMENT_SPREAD || selection.name.value === '__typename') return [];
      return selection.name.value === '_entities'
        ? names(selection.selectionSet)
        : [selection.alias?.value ?? selection.name.value];
    });
  const operation = parse(query, { noLocation: true }).definitions.find(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION,
  );
  return [...new Set(names(operation?.selectionSet))];
}
