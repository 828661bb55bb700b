import { readFileSync } from 'node:fs';

/** An answer of the graph that carried errors; their codes are what a caller decides by. */
export class GraphError extends Error {
  override name = 'GraphError';

  constructor(
    operation: string,
    readonly errors: readonly {
      message: string;
      path?: readonly (string | number)[];
      extensions?: { code?: string; details?: Record<string, unknown> };
    }[],
  ) {
    super(
      `${operation}: ${errors.map((e) => `${e.extensions?.code ?? 'ERROR'} ${e.message} ${JSON.stringify(e.extensions?.details ?? {})}`).join('; ')}`,
    );
  }

  get codes(): string[] {
    return this.errors.map((error) => error.extensions?.code ?? 'ERROR');
  }
}

/** Sends an operation of `operations/` as a person and returns its data. Throws {@link GraphError} when the answer carries errors. */
export type Graph = <Data>(
  as: string,
  operation: string,
  variables?: Record<string, unknown>,
) => Promise<Data>;

/** The text of an operation: plain GraphQL files that a frontend may copy. */
export const operationText = (name: string): string =>
  readFileSync(new URL(`../operations/${name}.graphql`, import.meta.url), 'utf8');

const TOKEN_LIFE_MS = 30 * 60_000;

/** A caller of the gateway that holds a token for each person it speaks as. */
export function createGraph(gatewayUrl: string, token: (person: string) => Promise<string>): Graph {
  const tokens = new Map<string, { text: Promise<string>; at: number }>();
  const tokenOf = (person: string): Promise<string> => {
    const known = tokens.get(person);
    if (known !== undefined && Date.now() - known.at < TOKEN_LIFE_MS) return known.text;
    const fresh = { text: token(person), at: Date.now() };
    fresh.text.catch(() => tokens.delete(person));
    tokens.set(person, fresh);
    return fresh.text;
  };
  const texts = new Map<string, string>();
  return async (as, operation, variables = {}) => {
    const query = texts.get(operation) ?? operationText(operation);
    texts.set(operation, query);
    const response = await fetch(gatewayUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await tokenOf(as)}` },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(30_000),
    });
    const { data, errors } = JSON.parse(await response.text());
    if (Array.isArray(errors) && errors.length > 0) throw new GraphError(operation, errors);
    return data;
  };
}

/** Waits for a condition, never for a time. Throws with `what` when it has not come true in time. */
export async function until<T>(
  what: string,
  condition: () => Promise<T | undefined | false>,
  timeoutMs = 120_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await condition();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs / 1000} s in vain: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
