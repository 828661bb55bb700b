import { GraphQLError, type GraphQLFormattedError } from 'graphql';

export type FormatError = (error: GraphQLFormattedError) => GraphQLFormattedError;

/** Without a code of its own an error is a fault, and so is a query of ours that a service finds invalid. */
const FAULTS: ReadonlySet<unknown> = new Set([
  undefined,
  'INTERNAL_SERVER_ERROR',
  'DOWNSTREAM_SERVICE_ERROR',
]);
const FAULTS_OF_A_SERVICE: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
]);

type Extensions = GraphQLFormattedError['extensions'];

export function isFault(extensions: Extensions): boolean {
  const code = extensions?.code;
  return FAULTS.has(code) || (extensions?.serviceName !== undefined && FAULTS_OF_A_SERVICE.has(code));
}

/** GraphQL's own way of helping with a name that is nearly right: it would tell names to who may not read the schema. */
const withoutSuggestion = (message: string): string => message.replace(/ Did you mean [\s\S]*\?$/, '');

/**
 * What a caller is shown: the code, and the details that are meant for a screen. Everything else that Apollo and the services
 * put beside an error (addresses, responses, stacks) stays here.
 */
export const createFormatError =
  ({ hasSuggestions }: { hasSuggestions: boolean }): FormatError =>
  ({ message, path, locations, extensions }) => {
    const place = { ...(locations && { locations }), ...(path && { path }) };
    if (isFault(extensions))
      return {
        message: 'Something went wrong on our side. Please try again; it has been logged.',
        ...place,
        extensions: { code: 'INTERNAL_SERVER_ERROR' },
      };
    const shown = ['code', 'details', 'requiredScopes', 'coordinate'].flatMap((key) =>
      extensions?.[key] === undefined ? [] : [[key, extensions[key]]],
    );
    return {
      message: hasSuggestions ? message : withoutSuggestion(message),
      ...place,
      extensions: Object.fromEntries(shown),
    };
  };

/** A service that is down fails each of a page's fetches to it: the same error at the same place is said once. */
export function withoutDoubles(errors: readonly GraphQLError[]): readonly GraphQLError[] {
  return [
    ...new Map(
      errors.map((error) => [
        JSON.stringify([error.message, error.path, error.extensions.code, error.extensions.details]),
        error,
      ]),
    ).values(),
  ];
}

const WHY = {
  SERVICE_TIMEOUT: 'has not answered in time',
  SERVICE_UNAVAILABLE: 'cannot be reached',
  SERVICE_OVERLOADED: 'has more to do than it can at the moment',
} as const;

/** A service has given no answer that could be used. The cause names addresses: for the log, never for the caller. */
export const serviceRefusal = (service: string, code: keyof typeof WHY, cause?: unknown): GraphQLError =>
  new GraphQLError(`The ${service} service ${WHY[code]}.`, {
    extensions: { code, details: { service } },
    originalError: cause instanceof Error ? cause : undefined,
  });
