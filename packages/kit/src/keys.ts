import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/**
 * Holds the master keys, which never come near the database. Data keys go in and come out wrapped; `context` is bound to a wrapped
 * key, so that it opens nothing else's place.
 */
export type KeyService = {
  /** The master key that new data keys are wrapped with. */
  current: () => Promise<string>;
  wrap: (dataKey: Buffer, context: string) => Promise<{ masterKeyId: string; wrapped: Buffer }>;
  /** Rejects when this master key is not known here or does not open what was wrapped. */
  unwrap: (masterKeyId: string, wrapped: Buffer, context: string) => Promise<Buffer>;
};

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** By how much a ciphertext is longer than what it hides. */
export const OVERHEAD_BYTES = NONCE_BYTES + TAG_BYTES;

/** AES-256-GCM: nonce, tag, then the ciphertext. */
export function encrypt(key: Buffer, plain: Buffer, bound: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(bound));
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]);
}

/** Throws when the key is another one, a bit was changed, or it was bound to something else. */
export function decrypt(key: Buffer, sealed: Buffer, bound: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(bound));
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const plain = decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES));
  // Of GCM nothing is left over; this is where the tag is checked.
  decipher.final();
  return plain;
}

export const newKey = (): Buffer => randomBytes(KEY_BYTES);

const MasterKeys = z.object({
  /** The key for new data keys. */
  current: z.string(),
  /** Every key that some data key may still be wrapped with, in base64. */
  keys: z.record(
    z.string(),
    z.base64().refine((key) => Buffer.from(key, 'base64').length === KEY_BYTES),
  ),
});
type MasterKeys = z.output<typeof MasterKeys>;

/** Master keys as `read` gives them at each use. */
export const keysInMemory = (read: () => MasterKeys): KeyService => ({
  current: async () => read().current,
  wrap: async (dataKey, context) => {
    const { current, keys } = read();
    return { masterKeyId: current, wrapped: encrypt(keyOf(keys, current), dataKey, context) };
  },
  unwrap: async (masterKeyId, wrapped, context) => decrypt(keyOf(read().keys, masterKeyId), wrapped, context),
});

/**
 * Master keys in a file of one machine, made on first use and readable by its owner alone. A change of the file is seen at the next
 * use, so that a new master key needs no restart.
 */
export function keysInFile(file: URL): KeyService {
  let known: { keys: MasterKeys; version: string } | undefined;
  return keysInMemory(() => {
    const version = versionOf(file) ?? create(file);
    if (known?.version !== version) known = { keys: read(file), version };
    return known.keys;
  });
}

/** Adds a master key and makes it the current one. The former ones stay until no data key is wrapped with them. */
export function rotateKeyFile(file: URL, id: string): void {
  const { keys } = read(file);
  if (id in keys) throw new Error(`The key file has a key ${id} already.`);
  const next: MasterKeys = { current: id, keys: { ...keys, [id]: newKey().toString('base64') } };
  const beside = `${fileURLToPath(file)}.${process.pid}`;
  writeFileSync(beside, JSON.stringify(next, null, 2), { mode: 0o600 });
  renameSync(beside, file);
}

function read(file: URL): MasterKeys {
  const parsed = MasterKeys.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success || !(parsed.data.current in parsed.data.keys))
    throw new Error(`${fileURLToPath(file)} is not a file of master keys.`);
  return parsed.data;
}

/** Services that start together each make one; the first to be linked is that of all. */
function create(file: URL): string {
  mkdirSync(dirname(fileURLToPath(file)), { recursive: true });
  const first: MasterKeys = { current: 'first', keys: { first: newKey().toString('base64') } };
  const beside = `${fileURLToPath(file)}.${process.pid}`;
  writeFileSync(beside, JSON.stringify(first, null, 2), { mode: 0o600 });
  try {
    linkSync(beside, file);
  } catch (error) {
    if (versionOf(file) === undefined) throw error;
  } finally {
    rmSync(beside, { force: true });
  }
  return versionOf(file) ?? '';
}

function versionOf(file: URL): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false, bigint: true });
  return found && `${found.mtimeNs} ${found.ino}`;
}

function keyOf(keys: MasterKeys['keys'], id: string): Buffer {
  const key = keys[id];
  if (key === undefined) throw new Error(`The master key ${id} is not here.`);
  return Buffer.from(key, 'base64');
}
