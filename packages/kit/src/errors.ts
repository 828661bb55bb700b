import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Log } from './log.js';
import { isRefusal, type Refusal, refuse } from './refusals.js';

/** A refusal as a GraphQL error of its own, for the places where no resolver is there to throw from; `status` is HTTP's. */
export const errorOf = (refusal: Refusal, status: number): GraphQLError =>
  new GraphQLError(refusal.message, {
    extensions: { code: refusal.code, details: refusal.details, http: { status } },
  });

/** Codes of errors that GraphQL itself finds in what the caller has sent; their messages are safe and helpful. */
const CALLERS_FAULT = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'UNAUTHENTICATED',
]);

/** What Postgres says of text that it cannot keep: a NUL, or half of a character. */
const UNREADABLE_TEXT = new Set(['22021', '22P02', '22P05']);

/** A value that only the database has found to be no text is the caller's mistake, though it is logged. */
const isUnreadable = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && UNREADABLE_TEXT.has(String(error.code));

/** The one place that shows errors: refusals with code and details, the caller's mistakes as they are, every fault masked and logged once. */
export function errorFormatter(
  log: Log,
): (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError {
  return (formatted, error) => {
    const { message, locations, path } = formatted;
    const place = {
      ...(locations === undefined ? {} : { locations }),
      ...(path === undefined ? {} : { path }),
    };
    const thrown = unwrapResolverError(error);
    if (isUnreadable(thrown)) log.warn({ err: thrown, path }, 'a value is no text that the database keeps');
    const original = isUnreadable(thrown) ? refuse('BAD_INPUT', { reason: 'UNREADABLE_TEXT' }) : thrown;
    if (isRefusal(original)) {
      return {
        message: original.message,
        ...place,
        extensions: { code: original.code, details: original.details },
      };
    }
    const code = String(formatted.extensions?.['code'] ?? 'INTERNAL_SERVER_ERROR');
    if (CALLERS_FAULT.has(code)) {
      const details = formatted.extensions?.['details'];
      return { message, ...place, extensions: { code, ...(details === undefined ? {} : { details }) } };
    }
    log.error({ err: original, path }, 'a request has met a fault');
    return {
      message: 'Something went wrong on our side; it has been logged.',
      ...place,
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    };
  };
}
