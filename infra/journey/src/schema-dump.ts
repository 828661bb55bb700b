import pg from 'pg';

const COLUMNS = `
  select c.relname as table, format('%I %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
    case when a.attidentity <> '' then ' generated always as identity' else '' end,
    case when a.attgenerated <> '' then format(' generated always as (%s) stored', pg_get_expr(d.adbin, d.adrelid))
         when d.adbin is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid) else '' end,
    case when a.attnotnull then ' not null' else '' end) as line
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> all($1)
  order by c.relname, a.attnum`;

const CONSTRAINTS = `
  select c.relname as table, format('constraint %I %s', k.conname, pg_get_constraintdef(k.oid)) as line
  from pg_constraint k join pg_class c on c.oid = k.conrelid
  where c.relnamespace = 'public'::regnamespace and k.contype <> 'n' and c.relname <> all($1)
  order by c.relname, k.contype desc, k.conname`;

const INDEXES = `
  select pg_get_indexdef(i.indexrelid) as line from pg_index i join pg_class c on c.oid = i.indrelid
  where c.relnamespace = 'public'::regnamespace and c.relname <> all($1)
    and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
  order by 1`;

const TRIGGERS = `
  select pg_get_triggerdef(t.oid) as line from pg_trigger t join pg_class c on c.oid = t.tgrelid
  where c.relnamespace = 'public'::regnamespace and not t.tgisinternal order by 1`;

const FUNCTIONS = `
  select pg_get_functiondef(p.oid) as line from pg_proc p
  where p.pronamespace = 'public'::regnamespace and p.prokind = 'f'
    and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  order by 1`;

/** Every service has these, made by the kit's migrations; and TypeORM keeps `migration`. */
const OF_THE_KIT = [
  'outbox',
  'event_sequence',
  'inbox',
  'request',
  'client_copy',
  'migration',
  'approval',
  'data_key',
  'access_log',
  'audit_entry',
  'audit_pending',
  'audit_seal',
];

/** The tables, indexes, functions and triggers of a database as one page of SQL, in a fixed order. */
export async function dumpSchema(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const lines = async (sql: string, values = [OF_THE_KIT]) =>
      (await client.query<{ table: string; line: string }>(sql, values)).rows;
    const parts = [...(await lines(COLUMNS)), ...(await lines(CONSTRAINTS))];
    const tables = [...new Set(parts.map((part) => part.table))].sort().map((table) => {
      const body = parts.filter((part) => part.table === table).map((part) => `  ${part.line}`);
      return `create table ${table} (\n${body.join(',\n')}\n);`;
    });
    const indexes = (await lines(INDEXES)).map(({ line }) => `${line.replaceAll('public.', '')};`);
    const functions = (await lines(FUNCTIONS, [])).map(
      ({ line }) => `${line.replaceAll('public.', '').trim()};`,
    );
    const triggers = (await lines(TRIGGERS, [])).map(({ line }) => `${line.replaceAll('public.', '')};`);
    const sections = [...tables, indexes.join('\n'), ...functions, triggers.join('\n')].filter(
      (text) => text !== '',
    );
    return `-- What the migrations make, beside the tables of the kit; written by the end-to-end test, never by hand.\n\n${sections.join('\n\n')}\n`;
  } finally {
    await client.end();
  }
}
