import { Socket } from 'node:net';
import pg from 'pg';

/**
 * For the `stream` of a pg client: a socket that gives up once the database has been silent for this long. A host that vanishes
 * ends no connection, and TCP by itself goes on for a quarter of an hour, for each connection of the pool.
 */
export const silentAtMost = (timeoutMs: number) => (): Socket => {
  const socket = new Socket();
  return socket.setTimeout(timeoutMs, () =>
    socket.destroy(new Error(`The database has been silent for ${timeoutMs / 1_000} seconds.`)),
  );
};

/** How long a connection may take to be made. */
const CONNECT_MS = 5_000;

/**
 * How long a caller waits for one of the pool's connections. More than making one may take: a burst of commands on a busy machine
 * stands in a queue, which is no fault of the database, and with less time its last ones would be answered with one.
 */
export const QUEUE_MS = 20_000;

/**
 * The `Client` of a pg pool. Pool and borrower each listen for its errors, but between the two nobody does for an instant, and a
 * connection that is lost just then, before its first use, would take the process with it. Whoever uses it next hears of the loss.
 */
export class PooledClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super({ ...config, connectionTimeoutMillis: CONNECT_MS });
    this.on('error', () => undefined);
  }
}
