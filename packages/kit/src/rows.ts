import type { EntityMetadata } from 'typeorm';
import type { Db, Row, RowClass } from './db.js';
import { openRows } from './sealed.js';

/** What reading one row class by plain SQL takes; TypeORM's query builder costs several times the query it builds. */
type Reading = {
  metadata: EntityMetadata;
  /** All columns of the table `t`, named as the properties. */
  columns: string;
  /** Properties whose value the driver gives in another form than the row has it. */
  converted: readonly EntityMetadata['columns'][number][];
};

/** Given by the driver as the row has them. */
const AS_THEY_ARE: ReadonlySet<unknown> = new Set(['uuid', 'text', 'int', 'integer', 'boolean', 'bytea']);

const readings = new WeakMap<EntityMetadata, Reading>();

export function readingOf<R extends Row>(db: Db, row: RowClass<R>): Reading {
  const metadata = db.source.getMetadata(row);
  const known = readings.get(metadata);
  if (known !== undefined) return known;
  const reading = {
    metadata,
    columns: metadata.columns.map((c) => `t."${c.databaseName}" as "${c.propertyName}"`).join(', '),
    converted: metadata.columns.filter(
      ({ type, transformer, isArray }) => transformer !== undefined || isArray || !AS_THEY_ARE.has(type),
    ),
  };
  readings.set(metadata, reading);
  return reading;
}

/** The column of a property, quoted. */
export const columnOf = ({ metadata }: Reading, property: string): string => {
  const column = metadata.findColumnWithPropertyName(property);
  if (column === undefined) throw new Error(`${metadata.name} has no column ${property}.`);
  return `"${column.databaseName}"`;
};

/** Rows of a class out of what the driver has given for `columns`, converted and opened. */
export async function rowsOf<R extends Row>(
  db: Db,
  row: RowClass<R>,
  found: readonly Record<string, unknown>[],
): Promise<R[]> {
  const { metadata, converted } = readingOf(db, row);
  const { driver } = db.source;
  const rows = found.map((raw) => {
    for (const column of converted)
      raw[column.propertyName] = driver.prepareHydratedValue(raw[column.propertyName], column);
    return Object.assign(new row(), raw);
  });
  await openRows(db.vault, (sql, parameters) => db.source.query(sql, parameters), metadata, rows);
  return rows;
}
