import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { ImportProblem } from './import-problem.js';

const ANSWER_TIMEOUT_MS = 30_000;
/** Pauses before the second, third and fourth try. */
const PAUSES_MS = [500, 1_000, 2_000];

const Answer = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(
      z.object({
        message: z.string(),
        extensions: z.object({ code: z.string().optional(), details: z.unknown().optional() }).optional(),
      }),
    )
    .optional(),
});

/** Sends an operation to the graph and returns its data. Throws an ImportProblem when it is refused or nobody answers. */
export type Ask = (query: string, variables: Record<string, unknown>) => Promise<unknown>;

/** The graph at an address, asked with a token that is fetched when first needed and again when it has expired. */
export function openGraph(url: string, getToken: () => Promise<string>): Ask {
  let token: string | undefined;
  return async (query, variables) => {
    for (const isLast of [false, true]) {
      token ??= await getToken();
      const { data, errors = [] } = await post(url, token, JSON.stringify({ query, variables }));
      const [error] = errors;
      if (error === undefined) {
        if (data === undefined)
          throw new ImportProblem(`What answers at ${url} is no graph: name the gateway with --gateway.`);
        return data;
      }
      const code = error.extensions?.code ?? 'UNKNOWN';
      if (code === 'UNAUTHENTICATED' && !isLast) {
        token = undefined;
        continue;
      }
      throw new ImportProblem(sentenceOf(code, error.message, error.extensions?.details));
    }
    throw new Error('Unreachable: the second try answers or throws.');
  };
}

function sentenceOf(code: string, message: string, details: unknown): string {
  if (code === 'FORBIDDEN') return 'The token may not import leads: use one of the role MARKETING.';
  const shown =
    details === undefined || JSON.stringify(details) === '{}' ? '' : ` ${JSON.stringify(details)}`;
  return `The graph refused with ${code}${shown}: ${message}`;
}

/** A batch carries its requestId, so sending it again after a broken connection does no harm. */
async function post(url: string, token: string, body: string): Promise<z.output<typeof Answer>> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await postOnce(url, token, body);
    if (answer !== undefined) return answer;
    const pauseMs = PAUSES_MS[attempt];
    if (pauseMs === undefined)
      throw new ImportProblem(
        `Nobody answers at ${url}: start the graph with npm start, or name its gateway with --gateway.`,
      );
    await delay(pauseMs);
  }
}

/** Undefined when there is no answer that a graph would give. */
async function postOnce(
  url: string,
  token: string,
  body: string,
): Promise<z.output<typeof Answer> | undefined> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body,
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    return Answer.safeParse(await response.json()).data;
  } catch {
    return undefined;
  }
}

const Token = z.object({ access_token: z.string() });

/** A token for the marketing officer of the local OpenID provider, the way any script gets one: client credentials. */
export async function localToken(issuer: string): Promise<string> {
  const problem = new ImportProblem(
    `The OpenID provider at ${issuer} gives no token: start the graph with npm start, set OIDC_ISSUER, or put a token in TOKEN.`,
  );
  try {
    const response = await fetch(`${issuer.replace(/\/$/, '')}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('marketing:local-only').toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    return Token.parse(await response.json()).access_token;
  } catch {
    throw problem;
  }
}
