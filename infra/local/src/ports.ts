import { connect, createServer } from 'node:net';
import { Problem } from './problem.js';

/** A port nobody listens on. Another process may take it before its user does, so callers must still expect it to be taken. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('The operating system gave no port.'));
      });
    });
  });
}

/** Several different free ports: asked for together, so that none is given twice. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}

/** Refuses before anything slow is done for a port that another program has. */
export async function demandFree(port: number, program: string, variable: string): Promise<void> {
  if (await isListening(port)) throw portTaken(port, program, variable);
}

export function portTaken(port: number, program: string, variable: string): Problem {
  return new Problem(
    `${program} could not start because port ${port} is taken by another program: set ${variable} to a free one.`,
  );
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
