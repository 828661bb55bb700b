import { SERVICES, type ServiceName, type Stack } from '@client-graph/local';
import pg from 'pg';

export type Sql = <R extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<R[]>;
/** The six databases, opened for looking on. */
export type Databases = Record<ServiceName, Sql>;

export async function openDatabases(
  stack: Pick<Stack, 'databaseUrl'>,
): Promise<{ databases: Databases; close: () => Promise<void> }> {
  const pools = SERVICES.map(
    (service) => new pg.Pool({ connectionString: stack.databaseUrl(service), max: 1 }),
  );
  // A database that is killed ends the connections; the next question opens new ones.
  for (const pool of pools) pool.on('error', () => undefined);
  const sqlOf =
    (service: ServiceName): Sql =>
    async (text, values) => {
      const pool = pools[SERVICES.indexOf(service)];
      if (pool === undefined) throw new Error(`There is no service ${service}.`);
      const { rows } = await pool.query(text, values);
      return rows;
    };
  const databases: Databases = {
    clients: sqlOf('clients'),
    risk: sqlOf('risk'),
    products: sqlOf('products'),
    service: sqlOf('service'),
    loyalty: sqlOf('loyalty'),
    marketing: sqlOf('marketing'),
  };
  return { databases, close: async () => void (await Promise.all(pools.map((pool) => pool.end()))) };
}
