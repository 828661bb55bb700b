import type {
  ColumnOptions,
  DataSource,
  EntityMetadata,
  EntitySubscriberInterface,
  ObjectLiteral,
} from 'typeorm';
import { Decimal } from './decimal.js';
import type { Keyring, Query, Vault } from './vault.js';

/** Shown in place of a text that must not be null, once the key that opened it is destroyed. */
export const ERASED = '[erased]';

type Codec = { encode: (value: unknown) => string; decode: (text: string) => unknown; erased: unknown };

const CODECS = {
  text: { encode: String, decode: (text: string) => text, erased: ERASED },
  json: { encode: (value) => JSON.stringify(value), decode: (text) => JSON.parse(text), erased: null },
  decimal: {
    encode: (value) => new Decimal(value instanceof Decimal ? value : String(value)).toFixed(),
    decode: (text) => new Decimal(text),
    erased: null,
  },
} as const satisfies Record<string, Codec>;

/**
 * Options of a column that is encrypted at rest: `@Column(sealed({ subject: 'clientId' }))`. `subject` is the property that names
 * whose key seals it (the row's own id where that is null). In the row stands the plain value; it is opened by every load through
 * TypeORM or the context, and sealed by `tx.insert`, `tx.insertMany` and `tx.update`, which are the only ways to write it.
 */
export const sealed = ({
  subject,
  as = 'text',
  nullable = false,
}: {
  subject: string;
  as?: keyof typeof CODECS;
  nullable?: boolean;
}) =>
  ({
    type: 'bytea',
    nullable,
    transformer: new SealedColumn(subject, as, nullable),
  }) as const satisfies ColumnOptions;

class SealedColumn {
  constructor(
    readonly subject: string,
    private readonly codec: keyof typeof CODECS,
    private readonly isNullable: boolean,
  ) {}

  get isJson(): boolean {
    return this.codec === 'json';
  }

  encode(value: unknown): Buffer {
    return Buffer.from(CODECS[this.codec].encode(value));
  }

  decode(plain: Buffer | null): unknown {
    if (plain !== null) return CODECS[this.codec].decode(plain.toString());
    return this.isNullable ? null : CODECS[this.codec].erased;
  }

  /** Called by TypeORM for what is about to be written: only what was sealed passes. */
  to(value: unknown): unknown {
    if (value === null || value === undefined || Buffer.isBuffer(value)) return value;
    throw new Error('A sealed column is written by tx.insert or tx.update, and not searched by its value.');
  }

  from(value: unknown): unknown {
    return value;
  }
}

type SealedProperty = { property: string; column: string; sealed: SealedColumn };

const properties = new WeakMap<EntityMetadata, readonly SealedProperty[]>();

/** The sealed columns of an entity. */
export function sealedProperties(metadata: EntityMetadata): readonly SealedProperty[] {
  const known = properties.get(metadata);
  if (known !== undefined) return known;
  const found = metadata.columns.flatMap(({ transformer, propertyName, databaseName }) =>
    transformer instanceof SealedColumn
      ? [{ property: propertyName, column: databaseName, sealed: transformer }]
      : [],
  );
  properties.set(metadata, found);
  return found;
}

/** The values with what is to be sealed sealed; the values themselves where nothing is. `rows` tells what stands beside them: id and subject. */
export async function sealRows<V extends ObjectLiteral>(
  vault: Vault,
  query: Query,
  metadata: EntityMetadata,
  rows: readonly { values: V; row: ObjectLiteral }[],
): Promise<V[]> {
  const columns = sealedProperties(metadata);
  const isTouched = ({ values }: { values: V }) =>
    columns.some(({ property }) => values[property] !== null && values[property] !== undefined);
  const touched = columns.length === 0 ? [] : rows.filter(isTouched);
  if (touched.length === 0) return rows.map(({ values }) => values);
  const subjects = touched.flatMap(({ row }) => columns.map((column) => subjectOf(column, row)));
  const keys = await vault.keysOf(query, [...new Set(subjects)]);
  return rows.map(({ values, row }) => {
    const changed: ObjectLiteral = {};
    for (const column of columns) {
      const value = values[column.property];
      if (value === null || value === undefined) continue;
      const subject = subjectOf(column, row);
      const key = keys.get(subject);
      if (key === undefined) throw new Error(`${subject} is erased: nothing can be kept about it any more.`);
      const place = { table: metadata.tableName, column: column.column, id: String(row['id']) };
      changed[column.property] = vault.seal(key, place, column.sealed.encode(value));
    }
    return { ...values, ...changed };
  });
}

const subjectOf = ({ sealed: { subject } }: SealedProperty, row: ObjectLiteral): string =>
  String(row[subject] ?? row['id']);

const sealedValues = (columns: readonly SealedProperty[], rows: readonly ObjectLiteral[]): Buffer[] =>
  rows.flatMap((row) =>
    columns.flatMap(({ property }): Buffer[] => {
      const value: unknown = row[property];
      return Buffer.isBuffer(value) ? [value] : [];
    }),
  );

/** Opens the sealed values of rows as the driver gave them, in place. One statement for all keys not at hand; none when all are. */
export function openRows(
  vault: Vault,
  query: Query,
  metadata: EntityMetadata,
  rows: readonly ObjectLiteral[],
): Promise<void> | undefined {
  const columns = sealedProperties(metadata);
  if (columns.length === 0) return undefined;
  const values = sealedValues(columns, rows);
  if (values.length === 0) return undefined;
  const atHand = vault.keyringAtHand(values);
  if (atHand === undefined)
    return vault.keyring(query, values).then((keys) => openIn(vault, keys, metadata, rows));
  openIn(vault, atHand, metadata, rows);
  return undefined;
}

function openIn(vault: Vault, keys: Keyring, metadata: EntityMetadata, rows: readonly ObjectLiteral[]): void {
  const columns = sealedProperties(metadata);
  for (const row of rows) {
    for (const { property, column, sealed: codec } of columns) {
      const value: unknown = row[property];
      if (!Buffer.isBuffer(value)) continue;
      if (typeof row['id'] !== 'string')
        throw new Error(`${metadata.tableName}.${column} opens only beside the id of its row.`);
      row[property] = codec.decode(
        vault.open(keys, value, { table: metadata.tableName, column, id: row['id'] }),
      );
    }
  }
}

/** From now on every load through TypeORM opens what is sealed. */
export function openWhatIsLoaded(source: DataSource, vault: Vault): void {
  for (const metadata of source.entityMetadatas)
    if (sealedProperties(metadata).length > 0) source.subscribers.push(openerOf(metadata, vault));
}

/** Opens what TypeORM loads of one entity: all rows of a load together, by the connection that has loaded them. */
function openerOf(metadata: EntityMetadata, vault: Vault): EntitySubscriberInterface<ObjectLiteral> {
  const waiting = new WeakMap<object, { rows: ObjectLiteral[]; opened: Promise<void> }>();
  return {
    listenTo: () => metadata.target,
    afterLoad: (row, event) => {
      if (event === undefined) throw new Error('A load without its event.');
      const batch = waiting.get(event.queryRunner);
      if (batch !== undefined) {
        batch.rows.push(row);
        return batch.opened;
      }
      const rows = [row];
      const opened = Promise.resolve().then(() => {
        waiting.delete(event.queryRunner);
        return openRows(vault, (sql, parameters) => event.queryRunner.query(sql, parameters), metadata, rows);
      });
      waiting.set(event.queryRunner, { rows, opened });
      return opened;
    },
  };
}
