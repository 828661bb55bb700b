const BRAND = Symbol.for('@client-graph/refusal');

/** Small safe facts a screen can show beside a refusal: codes, numbers, dates; never personal data. */
export type RefusalDetails = Readonly<Record<string, unknown>>;

/** A "no" that stops a command. Throwing it rolls everything back; the caller sees `extensions.code` and `extensions.details`. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly [BRAND] = true;

  constructor(
    readonly code: string,
    message: string,
    readonly details: RefusalDetails = {},
  ) {
    super(message);
  }
}

/** Recognises a refusal by its brand, so that it works across copies of this package and test realms. */
export const isRefusal = (error: unknown): error is Refusal =>
  typeof error === 'object' && error !== null && BRAND in error;

type Refuse<Code extends string> = {
  (code: Code, details?: RefusalDetails): Refusal;
  /** Every code of the table with its message; a contract test holds it against the schema's `Refuses:` lines. */
  readonly table: Readonly<Record<Code, string>>;
};

/** Declares the refusals of one noun: code → a sentence that tells the caller what to do. `throw refuse('CODE', details)`. */
export function defineRefusals<Code extends string>(table: Readonly<Record<Code, string>>): Refuse<Code> {
  return Object.assign((code: Code, details?: RefusalDetails) => new Refusal(code, table[code], details), {
    table,
  });
}

/** Refusals that any command may meet; schemas need not list them. */
export const refuse = defineRefusals({
  UNAUTHENTICATED:
    'Send a valid access token: Authorization: Bearer <token>. Ask the OpenID provider for a new one when it has expired.',
  SERVICE_UNAVAILABLE:
    'Access tokens cannot be checked while the OpenID provider is out of reach: try again shortly.',
  FORBIDDEN: 'The role of the caller does not permit this.',
  PURPOSE_REQUIRED:
    'This value is shown for a case only: name the purpose and the case in the header x-purpose, for instance INSPECTION:<id>.',
  PURPOSE_UNKNOWN: 'The header x-purpose names no purpose of the table, or a purpose without its case.',
  NOT_FOUND: 'There is no such record, or it is not one you may see.',
  BAD_INPUT: 'A value is not of the form the schema asks for.',
  STALE_VERSION: 'The record has changed since you read it: read it again and decide anew.',
  REQUEST_ID_REUSED:
    'This requestId was sent before with other content: use a new requestId for a new request.',
  BAD_CURSOR: 'The cursor in `after` is not one that this list has given.',
  PAGE_SIZE: 'Ask for at least 1 and at most 100 rows in a page.',
});
