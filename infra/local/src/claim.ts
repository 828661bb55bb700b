import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Takes a data folder for this process; undefined when another one has it. A socket is the token: it answers only while its
 * owner lives, so whatever a killed owner leaves is known as stale. The path is short because a socket's must be.
 */
export async function claim(folder: string): Promise<{ release: () => void } | undefined> {
  const path = join(
    tmpdir(),
    `client-graph-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}.sock`,
  );
  if (await isAnswered(path)) return undefined;
  rmSync(path, { force: true });
  const server = createServer((socket) => socket.destroy()).unref();
  const isTaken = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(path, () => resolve(true));
  });
  return isTaken ? { release: () => void server.close() } : undefined;
}

const isAnswered = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
