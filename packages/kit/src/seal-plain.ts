import type { DataSource, EntityMetadata } from 'typeorm';
import { sealedProperties, sealRows } from './sealed.js';
import type { Vault } from './vault.js';

const BATCH = 500;
/** A migration that turns a column into a sealed one keeps the old one under this name, and nullable, until it is empty. */
const PLAIN = '_plain';

/**
 * Seals what stands in plain columns (`<column>_plain`) beside sealed ones and empties them, row by row, so that it may be broken
 * off and begun again, and replicas may share the work.
 */
export async function sealPlainColumns(source: DataSource, vault: Vault): Promise<void> {
  for (const metadata of source.entityMetadatas) {
    const columns = sealedProperties(metadata);
    if (columns.length === 0) continue;
    const rows: { name: string }[] = await source.query(
      `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped
       and attname = any($2)`,
      [metadata.tableName, columns.map(({ column }) => column + PLAIN)],
    );
    const plain = columns.filter(({ column }) => rows.some(({ name }) => name === column + PLAIN));
    while (plain.length > 0 && (await sealBatch(source, vault, metadata, plain)) > 0);
  }
}

async function sealBatch(
  source: DataSource,
  vault: Vault,
  metadata: EntityMetadata,
  plain: ReturnType<typeof sealedProperties>,
): Promise<number> {
  const nameOf = (property: string) =>
    metadata.findColumnWithPropertyName(property)?.databaseName ?? property;
  const id = nameOf('id');
  const subjects = [...new Set(plain.map(({ sealed }) => sealed.subject))];
  const asText = ({ property, column, sealed }: (typeof plain)[number]) =>
    `${sealed.isJson ? `to_jsonb("${column}${PLAIN}")` : `"${column}${PLAIN}"::text`} as "${property}"`;
  return source.transaction(async (manager) => {
    const found: Record<string, unknown>[] = await manager.query(
      `select "${id}" as id, ${[
        ...subjects.filter((one) => one !== 'id').map((one) => `"${nameOf(one)}" as "${one}"`),
        ...plain.map(asText),
      ].join(', ')}
       from "${metadata.tableName}" where ${plain.map(({ column }) => `"${column}${PLAIN}" is not null`).join(' or ')}
       order by "${id}" limit ${BATCH} for update skip locked`,
    );
    const query = (sql: string, parameters: unknown[]) => manager.query(sql, parameters);
    const only = (row: Record<string, unknown>) =>
      Object.fromEntries(plain.map(({ property }) => [property, row[property]]));
    const sealed = await sealRows(
      vault,
      query,
      metadata,
      found.map((row) => ({ values: only(row), row })),
    );
    if (found.length > 0)
      await manager.query(
        `update "${metadata.tableName}" t set ${plain
          .map(
            ({ column }, n) => `"${column}" = coalesce(s.c${n}, t."${column}"), "${column}${PLAIN}" = null`,
          )
          .join(', ')}
         from (select unnest($1::uuid[]) as id, ${plain.map((_, n) => `unnest($${n + 2}::bytea[]) as c${n}`).join(', ')}) s
         where t."${id}" = s.id`,
        [
          found.map((row) => row['id']),
          ...plain.map(({ property }) => sealed.map((row) => row[property] ?? null)),
        ],
      );
    return found.length;
  });
}
