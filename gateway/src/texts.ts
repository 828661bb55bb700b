// Which text a request means: the one it brings, the one whose hash it brings, or, in production, one of those that were listed.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { z } from 'zod';
import { isRow } from './engine/merge.js';

/** What of a request names its text, as it came. */
export type Named = { query: unknown; id: unknown; extensions: unknown };

export type NotFound = { status: number; code: string; message: string };
/** `rest`: the extensions without what was understood here. */
export type Found = { text: string | undefined; rest: unknown };

export type Texts = {
  find: (named: Named) => Found | NotFound;
};

export const isNotFound = (answer: object): answer is NotFound => 'code' in answer;

/** Texts that strangers may leave here to be named by their hash: so many, and so long altogether. */
const LEARNED_MAX = 2_000;
const LEARNED_CHARACTERS_MAX = 8_000_000;

const NOT_FOUND: NotFound = {
  status: 200,
  code: 'PERSISTED_QUERY_NOT_FOUND',
  message: 'PersistedQueryNotFound',
};
const MISMATCH: NotFound = {
  status: 400,
  code: 'PERSISTED_QUERY_HASH_MISMATCH',
  message: 'The hash is not the SHA-256 of the text that came with it.',
};
const NOT_LISTED: NotFound = {
  status: 403,
  code: 'OPERATION_NOT_LISTED',
  message:
    'This gateway answers listed operations only, and this is none of them. Add it to the list the gateway starts with.',
};

const Persisted = z.object({
  persistedQuery: z.object({ version: z.literal(1), sha256Hash: z.string().regex(/^[0-9a-f]{64}$/) }),
});

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Automatic persisted queries: who sends a hash alone and is told that it is not known sends the text along, once. */
export function learnedTexts(): Texts {
  const known = new Map<string, string>();
  let characters = 0;
  const learn = (hash: string, text: string) => {
    if (!known.has(hash)) characters += text.length;
    known.set(hash, text);
    for (const [oldest, old] of known) {
      if (known.size <= LEARNED_MAX && characters <= LEARNED_CHARACTERS_MAX) return;
      known.delete(oldest);
      characters -= old.length;
    }
  };
  return {
    find: ({ query, id, extensions }) => {
      const text = typeof query === 'string' && query !== '' ? query : undefined;
      const named = hashIn(id, extensions);
      if (named === undefined) return { text, rest: extensions };
      if (text === undefined) {
        const found = known.get(named.hash);
        if (found === undefined) return NOT_FOUND;
        // Used again, it is the last to be forgotten.
        known.delete(named.hash);
        known.set(named.hash, found);
        return { text: found, rest: named.rest };
      }
      if (hashOf(text) !== named.hash) return MISMATCH;
      learn(named.hash, text);
      return { text, rest: named.rest };
    },
  };
}

/** Listed operations only, by their text or their id. An operation's id is what the list says, and its SHA-256 always. */
export function listedTexts(list: ReadonlyMap<string, string>): Texts {
  const byId = new Map<string, string>();
  for (const [id, text] of list) {
    byId.set(id, text);
    byId.set(hashOf(text), text);
    byId.set(hashOf(text.trim()), text);
  }
  const texts = new Map(
    [...list.values()].flatMap(
      (text) =>
        [
          [text, text],
          [text.trim(), text],
        ] as const,
    ),
  );
  return {
    find: ({ query, id, extensions }) => {
      const named = hashIn(undefined, extensions);
      const rest = named === undefined ? extensions : named.rest;
      const text =
        typeof query === 'string' && query !== ''
          ? (texts.get(query) ?? texts.get(query.trim()))
          : byId.get(named?.hash ?? (typeof id === 'string' ? id : ''));
      return text === undefined ? NOT_LISTED : { text, rest };
    },
  };
}

function hashIn(id: unknown, extensions: unknown): { hash: string; rest: unknown } | undefined {
  if (typeof id === 'string' && /^(sha256:)?[0-9a-f]{64}$/.test(id))
    return { hash: id.slice(-64), rest: extensions };
  if (!isRow(extensions) || extensions['persistedQuery'] === undefined) return undefined;
  const read = Persisted.safeParse(extensions);
  if (!read.success) return undefined;
  const { persistedQuery: _, ...others } = extensions;
  return {
    hash: read.data.persistedQuery.sha256Hash,
    rest: Object.keys(others).length === 0 ? undefined : others,
  };
}

const Manifest = z.union([
  z.object({ operations: z.array(z.object({ id: z.string(), body: z.string() })) }),
  z.record(z.string(), z.string()),
]);

/**
 * Reads the list: a folder of `.graphql` files, each one text, or a JSON file, `{"id": "text"}` or as Apollo's tools write it.
 * Throws with a sentence on what is no list, and on an empty one: it would refuse everything.
 */
export function readList(path: string): ReadonlyMap<string, string> {
  const list = statSync(path).isDirectory() ? readFolder(path) : readManifest(path);
  if (list.size === 0) throw new Error(`${path} lists no operation, so nothing could be asked.`);
  return list;
}

function readFolder(path: string): Map<string, string> {
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter(
    (file) => extname(file) === '.graphql',
  );
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(path, file), 'utf8');
      return [hashOf(text), text];
    }),
  );
}

function readManifest(path: string): Map<string, string> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new Error(`${path} is neither a folder of .graphql files nor JSON.`);
  }
  const read = Manifest.safeParse(content);
  if (!read.success)
    throw new Error(`${path} lists no operations: {"id": "text"} or {"operations": [{"id", "body"}]}.`);
  const { operations } = read.data;
  return new Map(
    Array.isArray(operations)
      ? operations.map(({ id, body }) => [id, body])
      : Object.entries(read.data).flatMap(([id, text]) => (typeof text === 'string' ? [[id, text]] : [])),
  );
}
