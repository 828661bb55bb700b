// What every answer of the gateway carries: headers that keep browsers from doing more with it than showing it, and whose pages may read it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { encodingOf } from './http.js';

/** An answer is for the one who asked: nobody keeps, frames, guesses or embeds it. */
const GUARDED = [
  ['cache-control', 'no-store'],
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-resource-policy', 'same-site'],
].flat();
const NOTHING_RUNS = ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"];
/** GraphiQL is one page with its scripts and styles inside it. */
const PAGE_RUNS = [
  'content-security-policy',
  "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'none'",
];
const ONLY_TLS = ['strict-transport-security', 'max-age=63072000; includeSubDomains'];

const ALLOWED_HEADERS =
  'authorization, content-type, x-purpose, traceparent, apollo-require-preflight, x-apollo-operation-name';
const SHOWN_HEADERS = 'retry-after, www-authenticate';

export type Reply = {
  /** Answers and is done. `more` are names and values in turn. */
  send: (
    request: IncomingMessage,
    response: ServerResponse,
    answer: { status: number; type: string; text: string; more?: readonly string[] },
  ) => void;
  /** Answers what a browser asks before it lets a page of another origin ask. */
  preflight: (request: IncomingMessage, response: ServerResponse) => void;
  /** From now on every answer ends its connection. */
  close: () => void;
};

export type ReplyOptions = {
  /** Origins (`https://desk.example.com`) whose pages may read answers; none but the gateway's own unless named. */
  origins: ReadonlySet<string>;
  isDevelopment: boolean;
};

export function createReply({ origins, isDevelopment }: ReplyOptions): Reply {
  const guarded = isDevelopment ? GUARDED : [...GUARDED, ...ONLY_TLS];
  const heads = new Map<string, string[]>();
  const headOf = (type: string): string[] => {
    const known = heads.get(type);
    if (known !== undefined) return known;
    const head = [
      ...guarded,
      ...(type.startsWith('text/html') ? PAGE_RUNS : NOTHING_RUNS),
      ...(origins.size > 0 ? ['vary', 'origin'] : []),
      'content-type',
      type,
    ];
    // Types come from a fixed few, and yet what a caller asks for decides which.
    if (heads.size < 100) heads.set(type, head);
    return head;
  };
  const sharing = ({ headers: { origin } }: IncomingMessage): string[] =>
    origin !== undefined && origins.has(origin)
      ? ['access-control-allow-origin', origin, 'access-control-expose-headers', SHOWN_HEADERS]
      : [];
  let isClosing = false;
  return {
    send: (request, response, { status, type, text, more = [] }) => {
      if (isClosing) response.shouldKeepAlive = false;
      const length = Buffer.byteLength(text);
      response.writeHead(status, [
        ...headOf(type),
        'content-length',
        String(length),
        ...sharing(request),
        ...more,
      ]);
      response.end(text, encodingOf(text, length));
    },
    preflight: (request, response) => {
      const shared = sharing(request);
      const allowed =
        shared.length === 0
          ? []
          : [
              'access-control-allow-methods',
              'GET, POST',
              'access-control-allow-headers',
              ALLOWED_HEADERS,
              'access-control-max-age',
              '600',
            ];
      response.writeHead(204, [...guarded, ...NOTHING_RUNS, 'vary', 'origin', ...shared, ...allowed]).end();
    },
    close: () => {
      isClosing = true;
    },
  };
}
