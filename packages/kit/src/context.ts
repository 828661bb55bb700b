import DataLoader from 'dataloader';
import type { Actor } from './auth.js';
import { ClientCopyRow } from './client-copy.js';
import { type Db, isUuid, type Row, type RowClass } from './db.js';
import { type Connection, connectionOf, type PageArgs, pageOf } from './paging.js';
import { reaches, reachesAll, seesRestricted } from './reach.js';
import { Reads } from './reads.js';
import { columnOf, readingOf, rowsOf } from './rows.js';
import { knownPurpose, type Purpose, purposeOf } from './sight.js';

/** What a resolver is given: the caller, the database in the caller's name, and loaders that live as long as the request. */
export type Context = {
  db: Db;
  actor: Actor;
  /** The same request in fewer posts of the caller. */
  as: (actor: Actor) => Context;
  /** Why the caller reads, if they have said so. Refuses PURPOSE_UNKNOWN. */
  purpose: () => Purpose | null;
  /** What of whom this request has read so far. */
  reads: Reads;
  /** Writes it down; resolves when that is committed. */
  recordReads: () => Promise<void>;
  /** The row of this id, or null. A hundred calls in one tick cost one statement. */
  load: <R extends Row>(row: RowClass<R>, id: string) => Promise<R | null>;
  /** All rows whose column has this value, oldest first; for lists that are short by nature. One statement for all values. */
  loadList: <R extends Row>(row: RowClass<R>, column: keyof R & string, value: string) => Promise<R[]>;
  /**
   * A page, newest first, of the rows whose column has this value and, with `only`, of other columns too.
   * One statement for all values asked with the same arguments.
   */
  loadPage: <R extends Row>(
    row: RowClass<R>,
    column: keyof R & string,
    value: string,
    args: PageArgs,
    only?: readonly Only<R>[],
  ) => Promise<Connection<R>>;
  /** What `batch` finds for this value, answers in the order of the values: for sums and the like. The calls of one tick are one batch per `name`. */
  loadBy: <T>(name: string, value: string, batch: (values: readonly string[]) => Promise<T[]>) => Promise<T>;
  /** Whether the caller may see this client's records, by the service's own copy of the assignment. One statement for all. */
  reachesClient: (clientId: string) => Promise<boolean>;
};

/** A further column of a list and the value it must have. */
type Only<R> = readonly [column: keyof R & string, value: string];

/** `purpose` is the header `x-purpose` as it came. */
export function createContext(
  db: Db,
  { purpose, reads = new Reads() }: { purpose?: string | undefined; reads?: Reads } = {},
): Context {
  const loaders = new Map<string, DataLoader<string, unknown>>();
  // The loaders of one row class hold rows of that class only, which the map's type cannot say.
  const loader = <T>(key: string, batch: (values: readonly string[]) => Promise<T[]>) => {
    const found = loaders.get(key) ?? new DataLoader<string, unknown>(batch);
    loaders.set(key, found);
    // biome-ignore lint/plugin: the key names the row class, so the loaders found under it hold rows of that class.
    return found as DataLoader<string, T>;
  };

  const load: Context['load'] = (row, id) => {
    if (!isUuid(id)) return Promise.resolve(null);
    return loader(`${row.name}.id`, (ids) => rowsById(db, row, ids)).load(id.toLowerCase());
  };

  const context: Context = {
    db,
    actor: db.actor,
    as: (actor) => (actor === db.actor ? context : createContext({ ...db, actor }, { purpose, reads })),
    purpose: () => purposeOf(purpose),
    reads,
    recordReads: () =>
      db.accessLog.write(reads, {
        actor: db.actor,
        now: db.now(),
        purpose: knownPurpose(purpose) ?? null,
        trace: db.traceparent?.split('-')[1] ?? null,
      }),
    load,
    loadList: (row, column, value) =>
      loader(`${row.name}.${column}`, (values) => listsBy(db, row, column, values)).load(value),
    loadPage: (row, column, value, args, only = []) => {
      const ask = { ...pageOf(args), only };
      const name = JSON.stringify([row.name, column, ask.first, ask.afterId, ...ask.only]);
      return loader(name, (values) => pagesBy(db, row, column, values, ask)).load(value);
    },
    loadBy: (name, value, batch) => loader(`by ${name}`, batch).load(value),
    reachesClient: async (clientId) => {
      if (seesRestricted(db.actor)) return true;
      // Whoever reaches the client by role or as themself still asks the copy, which alone knows of a restriction. Before the
      // first event of the client has come there is none, and nothing of theirs here either.
      const client = await load(ClientCopyRow, clientId);
      if (client !== null) return reaches(db.actor, client);
      return reachesAll(db.actor) || (db.actor.clientId === clientId && isUuid(clientId));
    },
  };
  return context;
}

async function rowsById<R extends Row>(
  db: Db,
  row: RowClass<R>,
  ids: readonly string[],
): Promise<(R | null)[]> {
  const reading = readingOf(db, row);
  const found = await db.source.query(
    `select ${reading.columns} from "${reading.metadata.tableName}" t where ${columnOf(reading, 'id')} = any($1)`,
    [ids],
  );
  const byId = new Map((await rowsOf(db, row, found)).map((one) => [one.id, one]));
  return ids.map((id) => byId.get(id) ?? null);
}

async function listsBy<R extends Row>(
  db: Db,
  row: RowClass<R>,
  column: keyof R & string,
  values: readonly string[],
): Promise<R[][]> {
  const reading = readingOf(db, row);
  const found = await db.source.query(
    `select ${reading.columns} from "${reading.metadata.tableName}" t
     where ${columnOf(reading, column)} = any($1) order by ${columnOf(reading, 'id')}`,
    [values],
  );
  const lists = new Map<string, R[]>(values.map((value) => [value, []]));
  for (const one of await rowsOf(db, row, found)) lists.get(String(one[column]))?.push(one);
  return values.map((value) => lists.get(value) ?? []);
}

/** The first rows of many lists at once: a lateral join walks the index of each value and stops at `first + 1`. */
async function pagesBy<R extends Row>(
  db: Db,
  row: RowClass<R>,
  column: keyof R & string,
  values: readonly string[],
  { first, afterId, only }: { first: number; afterId: string | null; only: readonly Only<R>[] },
): Promise<Connection<R>[]> {
  const reading = readingOf(db, row);
  const id = columnOf(reading, 'id');
  const parameters: unknown[] = [values, first + 1];
  const conditions = only.map(
    ([property, wanted]) => `and ${columnOf(reading, property)} = $${parameters.push(wanted)}`,
  );
  if (afterId !== null) conditions.push(`and ${id} < $${parameters.push(afterId)}`);
  const found: Record<string, unknown>[] = await db.source.query(
    `select ${reading.columns}
     from unnest($1::uuid[]) as keys(value)
     cross join lateral (
       select * from "${reading.metadata.tableName}"
       where ${columnOf(reading, column)} = keys.value ${conditions.join(' ')}
       order by ${id} desc limit $2
     ) t
     order by keys.value, t.${id} desc`,
    parameters,
  );
  const lists = new Map<string, R[]>(values.map((value) => [value, []]));
  for (const one of await rowsOf(db, row, found)) lists.get(String(one[column]))?.push(one);
  return values.map((value) => connectionOf(lists.get(value) ?? [], first));
}
