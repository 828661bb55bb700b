type Asked = { source: { query: (sql: string) => Promise<unknown> } };

/**
 * The places where one of these values stands readable in a copy of the whole database, as a dump would write it: text, or bytes
 * shown as hex or base64. `table: value` each; empty when nothing is readable.
 */
export async function readablePlaces({ source }: Asked, values: readonly string[]): Promise<string[]> {
  const rows = async (sql: string): Promise<Record<string, string>[]> => {
    const found = await source.query(sql);
    return Array.isArray(found) ? found : [];
  };
  const tables = await rows(
    `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema') order by 1, 2`,
  );
  const places: string[] = [];
  for (const { schema, name } of tables) {
    const lines = await rows(`select t::text as line from "${schema}"."${name}" t`);
    const copy = lines
      .map(({ line }) => line)
      .join('\n')
      .toLowerCase();
    for (const value of values)
      if (spellings(value).some((spelling) => copy.includes(spelling))) places.push(`${name}: ${value}`);
  }
  return places;
}

function spellings(value: string): string[] {
  const bytes = Buffer.from(value);
  // Within a longer text the base64 of a value depends on where it begins; its middle is the same for one of three offsets.
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replaceAll('=', '');
    return text.slice(offset === 0 ? 0 : offset + 1, -2);
  });
  return [
    value,
    bytes.toString('hex'),
    JSON.stringify(value).slice(1, -1),
    ...base64.filter((text) => text.length >= 8),
  ].map((spelling) => spelling.toLowerCase());
}
