import { createHmac } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { decrypt, encrypt, type KeyService, newKey, OVERHEAD_BYTES } from './keys.js';

/** Sends SQL in whatever transaction the caller is in. */
export type Query = (sql: string, parameters: unknown[]) => Promise<unknown>;

/** What a sealed value is bound to: moved anywhere else, it does not open. */
export type Place = { table: string; column: string; id: string };

type DataKey = { id: string; key: Buffer };
type Stored = {
  id: string;
  subject: string;
  master_key_id: string | null;
  wrapped: Buffer | null;
  is_own: boolean;
};

/** The data keys at hand, by id. */
export type Keyring = (keyId: string) => Buffer | undefined;

const VERSION = 1;
const HEADER_BYTES = 17;
/** How long a key that was destroyed elsewhere may still be known here. */
const KNOWN_MS = 60_000;
const KNOWN_MAX = 10_000;
/** Stands for the service itself: the key of its hashes. */
export const SELF = '00000000-0000-0000-0000-000000000000';
/** `is_own`: written by this very transaction. It may still be rolled back, and a key that then is nowhere must not be kept. */
const COLUMNS =
  'id, subject, master_key_id, wrapped, coalesce(xmin = pg_current_xact_id_if_assigned()::xid, false) as is_own';

/**
 * Keeps what is personal unreadable in the database: AES-256-GCM under a data key for each subject (a client, a lead), which lies
 * wrapped by a master key in the same database. Destroying the data key erases all that was sealed for the subject.
 */
export class Vault {
  private readonly known = new Map<string, DataKey & { subject: string; untilMs: number }>();
  private readonly idsBySubject = new Map<string, string>();
  private hashKey: Buffer | undefined;

  constructor(
    private readonly service: string,
    private readonly keys: KeyService,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** Fetches the key of the hashes, making it the first time. Rejects with a sentence when the master keys are not those of this database. */
  async start(query: Query): Promise<void> {
    const key = (await this.keysOf(query, [SELF])).get(SELF);
    this.hashKey = key?.key;
  }

  /**
   * A keyed hash by which a value is found again without being readable: the same for the same kind and value, in this service only.
   * Bring the value into one spelling first.
   */
  hash(kind: string, value: string): string {
    if (this.hashKey === undefined) throw new Error('The vault is not open yet.');
    return createHmac('sha256', this.hashKey).update(`${kind}\0${value}`).digest('base64url');
  }

  /** The subjects' data keys, made where they are missing; a subject that was erased has none. */
  async keysOf(query: Query, subjects: readonly string[]): Promise<ReadonlyMap<string, DataKey>> {
    const found = new Map<string, DataKey>();
    const missing = subjects.filter((subject) => {
      const key = this.fresh(this.idsBySubject.get(subject));
      if (key !== undefined) found.set(subject, key);
      return key === undefined;
    });
    if (missing.length === 0) return found;
    const ask = () => this.stored(query, 'subject', missing);
    let rows = await ask();
    if (rows.length < missing.length) {
      await this.make(query, missing);
      rows = await ask();
    }
    for (const [subject, key] of await this.opened(query, rows)) found.set(subject, key);
    return found;
  }

  /**
   * The keys that these sealed values need, fetched in one statement; with them `open` needs no wait. Rejects where a key is nowhere: its
   * row stays when somebody is erased, so it was lost or taken away.
   */
  async keyring(query: Query, sealed: readonly Buffer[]): Promise<Keyring> {
    const { keys, missing } = await this.find(query, sealed);
    if (missing.length > 0)
      throw new Error(
        `Data keys of ${this.service} are missing (${missing.slice(0, 3).join(', ')}): what they seal was not erased and cannot be read. Restore the table data_key.`,
      );
    return (id) => keys.get(id);
  }

  private async find(
    query: Query,
    sealed: readonly Buffer[],
  ): Promise<{ keys: ReadonlyMap<string, Buffer>; missing: string[] }> {
    const ids = new Set(sealed.map(keyIdOf));
    const keys = new Map<string, Buffer>();
    for (const id of ids) {
      const known = this.fresh(id);
      if (known === undefined) continue;
      keys.set(id, known.key);
      ids.delete(id);
    }
    if (ids.size === 0) return { keys, missing: [] };
    const rows = await this.stored(query, 'id', [...ids]);
    for (const { id, key } of (await this.opened(query, rows)).values()) keys.set(id, key);
    for (const { id } of rows) ids.delete(id);
    return { keys, missing: [...ids] };
  }

  /** The keys at hand without a wait, when they are enough for these values. */
  keyringAtHand(sealed: readonly Buffer[]): Keyring | undefined {
    const isEnough = sealed.every((value) => this.fresh(keyIdOf(value)) !== undefined);
    return isEnough ? (id) => this.known.get(id)?.key : undefined;
  }

  seal({ id, key }: DataKey, place: Place, plain: Buffer): Buffer {
    const header = Buffer.concat([Buffer.of(VERSION), Buffer.from(id.replaceAll('-', ''), 'hex')]);
    return Buffer.concat([header, encrypt(key, plain, this.boundTo(place))]);
  }

  /** What was sealed for this place; null when the key is destroyed. Throws when it was sealed for another place, or changed. */
  open(keys: Keyring, sealed: Buffer, place: Place): Buffer | null {
    const key = keys(keyIdOf(sealed));
    if (key === undefined) return null;
    try {
      return decrypt(key, sealed.subarray(HEADER_BYTES), this.boundTo(place));
    } catch (error) {
      throw new Error(
        `The sealed value in ${place.table}.${place.column} of ${place.id} is not the one put there.`,
        { cause: error },
      );
    }
  }

  /**
   * Which of these values were sealed here, for the places where they stand: nobody without the keys makes one. Of somebody who is erased
   * it can no longer be told, and is taken to be so; undefined where a key cannot be opened now.
   */
  async areOwn(
    query: Query,
    values: readonly { sealed: Buffer; place: Place }[],
  ): Promise<(boolean | undefined)[]> {
    const whole = values.filter(({ sealed }) => isWhole(sealed)).map(({ sealed }) => sealed);
    const found = await this.find(query, whole).catch(() => undefined);
    if (found === undefined) {
      const each: (boolean | undefined)[] = [];
      for (const value of values)
        each.push(values.length === 1 ? undefined : (await this.areOwn(query, [value]))[0]);
      return each;
    }
    return values.map(({ sealed, place }) => {
      if (!isWhole(sealed)) return false;
      const key = found.keys.get(keyIdOf(sealed));
      if (key === undefined) return !found.missing.includes(keyIdOf(sealed));
      try {
        return decrypt(key, sealed.subarray(HEADER_BYTES), this.boundTo(place)).length > 0;
      } catch {
        return false;
      }
    });
  }

  /** Destroys the subject's key: nothing sealed for it can be read again, here at once and in other processes within a minute. */
  async erase(query: Query, subject: string, at: Date): Promise<void> {
    await query(
      `insert into data_key (id, subject, created_at, erased_at) values ($1, $2, $3, $3)
       on conflict (subject) do update set wrapped = null, master_key_id = null, erased_at = excluded.erased_at
       where data_key.erased_at is null`,
      [uuidv7(), subject, at],
    );
    this.forget(this.idsBySubject.get(subject));
  }

  /** Wraps up to `max` data keys anew that lie under a former master key; answers how many. One that does not open holds no other up. */
  async rewrap(query: Query, max: number): Promise<number> {
    const rows = await query(
      `select ${COLUMNS} from data_key where wrapped is not null and master_key_id <> $1 limit $2`,
      [await this.keys.current(), max],
    );
    let [count, fault]: [number, unknown] = [0, undefined];
    for (const row of storedRows(rows)) {
      try {
        count += (await this.opened(query, [row])).size;
      } catch (error) {
        fault = error;
      }
    }
    if (count === 0 && fault !== undefined) throw fault;
    return count;
  }

  private async stored(query: Query, by: 'id' | 'subject', values: readonly string[]): Promise<Stored[]> {
    return storedRows(await query(`select ${COLUMNS} from data_key where ${by} = any($1::uuid[])`, [values]));
  }

  private async make(query: Query, subjects: readonly string[]): Promise<void> {
    // In one order everywhere, so that two transactions cannot wait for each other.
    const made = await Promise.all(
      [...subjects].sort().map(async (subject) => {
        const { masterKeyId, wrapped } = await this.keys.wrap(newKey(), this.contextOf(subject));
        return { id: uuidv7(), subject, masterKeyId, wrapped };
      }),
    );
    await query(
      `insert into data_key (id, subject, master_key_id, wrapped, created_at)
       select m.*, now() from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[]) as m
       on conflict (subject) do nothing`,
      [
        made.map(({ id }) => id),
        made.map(({ subject }) => subject),
        made.map(({ masterKeyId }) => masterKeyId),
        made.map(({ wrapped }) => wrapped),
      ],
    );
  }

  /** Unwraps; what lies under a former master key is wrapped anew on the way. */
  private async opened(query: Query, rows: readonly Stored[]): Promise<Map<string, DataKey>> {
    const current = rows.length === 0 ? '' : await this.keys.current();
    const opened = await Promise.all(
      rows.map(async ({ id, subject, master_key_id, wrapped, is_own }) => {
        if (master_key_id === null || wrapped === null) return undefined;
        const key = await this.unwrapped(master_key_id, wrapped, subject);
        const anew =
          master_key_id === current ? undefined : await this.keys.wrap(key, this.contextOf(subject));
        return { id, subject, key, is_own, anew };
      }),
    );
    const found = new Map<string, DataKey>();
    for (const one of opened) {
      if (one === undefined) continue;
      const { id, subject, key, is_own, anew } = one;
      found.set(subject, { id, key });
      if (!is_own) this.remember(id, subject, key);
      if (anew !== undefined)
        await query(
          'update data_key set master_key_id = $2, wrapped = $3 where id = $1 and wrapped is not null',
          [id, anew.masterKeyId, anew.wrapped],
        );
    }
    return found;
  }

  private async unwrapped(masterKeyId: string, wrapped: Buffer, subject: string): Promise<Buffer> {
    try {
      return await this.keys.unwrap(masterKeyId, wrapped, this.contextOf(subject));
    } catch (error) {
      throw new Error(
        `The master keys given do not open the data keys of ${this.service} (wrapped with ${masterKeyId}): give in MASTER_KEYS the ones that its database was made with.`,
        { cause: error },
      );
    }
  }

  private remember(id: string, subject: string, key: Buffer): void {
    if (this.known.size >= KNOWN_MAX) {
      this.known.clear();
      this.idsBySubject.clear();
    }
    this.known.set(id, { id, key, subject, untilMs: this.nowMs() + KNOWN_MS });
    this.idsBySubject.set(subject, id);
  }

  private forget(id: string | undefined): void {
    const found = id === undefined ? undefined : this.known.get(id);
    if (found === undefined) return;
    this.known.delete(found.id);
    this.idsBySubject.delete(found.subject);
  }

  private fresh(id: string | undefined): DataKey | undefined {
    const found = id === undefined ? undefined : this.known.get(id);
    if (found === undefined || found.untilMs > this.nowMs()) return found;
    this.known.delete(found.id);
    this.idsBySubject.delete(found.subject);
    return undefined;
  }

  private readonly contextOf = (subject: string): string => `${this.service}/data-key/${subject}`;
  private readonly boundTo = ({ table, column, id }: Place): string =>
    `${this.service}/${table}/${column}/${id}`;
}

/** Whether it has the form of a sealed value at all. */
const isWhole = (sealed: Buffer): boolean =>
  sealed[0] === VERSION && sealed.length > HEADER_BYTES + OVERHEAD_BYTES;

function keyIdOf(sealed: Buffer): string {
  if (sealed[0] !== VERSION || sealed.length < HEADER_BYTES)
    throw new Error('A sealed value is of a version that this release does not know.');
  const hex = sealed.toString('hex', 1, HEADER_BYTES);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function storedRows(rows: unknown): Stored[] {
  // biome-ignore lint/plugin: the columns of the statements above, which the driver cannot type.
  return rows as Stored[];
}
